// Response. Made lazily: one that only carries a text costs its fields and nothing else.
// https://fetch.spec.whatwg.org/#response-class

import { Body, Given, copyBody, extract, takeBody } from "./body.js";
import { Headers, headerPairs, headersOf, sendable } from "./headers.js";
import { described } from "./text.js";
import { URL } from "./url.js";

const TEXT = "text/plain;charset=UTF-8";
const ONLY_TEXT = [["content-type", TEXT]];
const NONE = [];
const REDIRECTS = [301, 302, 303, 307, 308];
/** Statuses that never have a body. */
const NULL_BODY = [101, 103, 204, 205, 304];

/** The Response of a fetch: {status, headers as pairs, body, url, redirected}. Its headers cannot be changed. */
export let responseOf;
/** A Response as the runner wants it: {status, headers as pairs, body}; the body may be a promise of bytes. */
export let toNative;

export class Response extends Body {
  #status = 200;
  #statusText = "";
  #type = "default";
  #url = "";
  #redirected = false;
  #headers;
  /** The headers as they came over the wire, until somebody looks at them. */
  #wire;
  /** The type that the body brought, until somebody looks at the headers. */
  #bodyType;

  constructor(body, init) {
    const { source, type } = extract(body);
    super(source);
    this.#bodyType = type;
    if (init === undefined || init === null) return;
    if (typeof init !== "object") throw new TypeError(`The second value of new Response is an object such as { status: 404 }, not ${described(init)}`);
    const { status, statusText, headers } = init;
    if (status !== undefined) {
      const number = Number(status);
      if (!(number >= 200 && number <= 599) || number !== Math.trunc(number)) {
        throw new RangeError(`The status of a Response is a whole number from 200 to 599, not ${described(status)}`);
      }
      if (source !== null && NULL_BODY.includes(number)) {
        throw new TypeError(`A Response with status ${number} has no body: new Response(null, { status: ${number} })`);
      }
      this.#status = number;
    }
    if (statusText !== undefined) {
      this.#statusText = `${statusText}`;
      if (/[^\t\x20-\x7e\x80-\xff]/.test(this.#statusText)) throw new TypeError("A statusText has no line breaks and no characters beyond Latin-1");
    }
    // Made now and not on first touch, so that a wrong name or value fails where it was written.
    if (headers !== undefined) this.#take(new Headers(headers));
  }

  #take(headers) {
    if (this.#bodyType && !headers.has("content-type")) headers.append("content-type", this.#bodyType);
    this.#headers = headers;
  }

  static {
    responseOf = ({ status, headers, body, url, redirected = false }) => {
      const response = new Response(new Given(body));
      response.#status = status;
      response.#wire = headers;
      response.#url = url;
      response.#redirected = redirected;
      response.#type = "basic";
      return response;
    };
    toNative = (response) => {
      const type = response.#bodyType;
      let headers = response.#wire;
      if (response.#headers) headers = sendable(headerPairs(response.#headers));
      else if (!headers) headers = type === TEXT ? ONLY_TEXT : type ? [["content-type", type]] : NONE;
      if (response.#type === "error") throw new TypeError("fetch returned Response.error(): that is a failed call, not an answer");
      return { status: response.#status, headers, body: takeBody(response) };
    };
  }

  static json(data, init = {}) {
    const text = JSON.stringify(data);
    if (text === undefined) throw new TypeError(`Response.json cannot write ${described(data)} as JSON`);
    const response = new Response(text, init);
    response.#bodyType = undefined;
    if (!response.#headers) response.#wire = [["content-type", "application/json"]];
    else if (!new Headers(init.headers).has("content-type")) response.#headers.set("content-type", "application/json");
    return response;
  }

  static redirect(address, status = 302) {
    if (!REDIRECTS.includes(Number(status))) throw new RangeError(`A redirect has the status 301, 302, 303, 307 or 308, not ${status}`);
    const response = new Response(null, { status });
    // A path alone is kept as it is: the browser knows the address of the page it came from.
    const location = `${address}`;
    response.#wire = [["location", /^[/?#.]/.test(location) ? location : new URL(location).href]];
    return response;
  }

  static error() {
    const response = new Response(null);
    response.#type = "error";
    response.#status = 0;
    response.#wire = NONE;
    return response;
  }

  get headers() {
    if (!this.#headers) {
      const immutable = this.#type !== "default";
      if (this.#wire) this.#headers = headersOf(this.#wire, immutable);
      else this.#take(new Headers());
    }
    return this.#headers;
  }

  get status() {
    return this.#status;
  }

  get ok() {
    return this.#status >= 200 && this.#status <= 299;
  }

  get statusText() {
    return this.#statusText;
  }

  get type() {
    return this.#type;
  }

  get url() {
    return this.#url;
  }

  get redirected() {
    return this.#redirected;
  }

  clone() {
    const copy = new Response(new Given(copyBody(this)));
    copy.#status = this.#status;
    copy.#statusText = this.#statusText;
    copy.#type = this.#type;
    copy.#url = this.#url;
    copy.#redirected = this.#redirected;
    copy.#headers = headersOf(headerPairs(this.headers), this.#type !== "default");
    return copy;
  }

  get [Symbol.toStringTag]() {
    return "Response";
  }
}
