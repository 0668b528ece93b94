// Request: the one that comes in, read only as far as the app looks at it, and those that the app makes.
// https://fetch.spec.whatwg.org/#request-class

import { Body, Given, copyBody, extract, hasBody, takeBody } from "./body.js";
import { AbortController } from "./events.js";
import { Headers, headerPairs, headersOf, sendable } from "./headers.js";
import { described, usv } from "./text.js";
import { URL } from "./url.js";

const METHOD = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const FORBIDDEN = /^(connect|trace|track)$/i;
const UPPER = /^(delete|get|head|options|post|put)$/i;
/** What a Request tells about itself without that anything here depends on it. */
const KEPT = ["cache", "credentials", "integrity", "keepalive", "mode", "referrer", "referrerPolicy"];
const KEPT_DEFAULTS = { cache: "default", credentials: "same-origin", integrity: "", keepalive: false, mode: "cors", referrer: "about:client", referrerPolicy: "" };

/** The Request for what the runner received. */
export let requestOf;
/** What a fetch needs to know of a Request: {method, url, headers as pairs, body, redirect, signal}. */
export let outgoing;

function checkedMethod(method) {
  method = `${method}`;
  if (!METHOD.test(method)) throw new TypeError(`${described(method)} cannot be the method of a request: GET, POST, PUT, PATCH, DELETE and the like can`);
  if (FORBIDDEN.test(method)) throw new TypeError(`The method ${method} is not allowed in fetch`);
  return UPPER.test(method) ? method.toUpperCase() : method;
}

function fullAddress(input) {
  const text = usv(input);
  const url = URL.parse(text);
  if (!url) throw new TypeError(`fetch needs a full address such as https://int.api.service.nhs.uk/…; it got ${described(text)}`);
  if (url.username || url.password) throw new TypeError("An address in fetch cannot hold a user name or a password: send a header authorization");
  return url.href;
}

export class Request extends Body {
  #method = "GET";
  #url;
  #headers;
  #signal;
  #redirect = "follow";
  #kept;
  /** What the runner received, until somebody looks. */
  #native;

  constructor(input, init) {
    if (input instanceof Given) {
      super(input.source);
      return;
    }
    const from = input instanceof Request ? input : undefined;
    const url = from ? from.url : fullAddress(input);
    init ??= {};
    if (typeof init !== "object") throw new TypeError(`The second value of a request is an object such as { method: "POST" }, not ${described(init)}`);
    const method = init.method === undefined ? (from ? from.method : "GET") : checkedMethod(init.method);
    const given = init.body ?? null;
    const inherits = given === null && from !== undefined && hasBody(from);
    if ((given !== null || inherits) && (method === "GET" || method === "HEAD")) {
      throw new TypeError(`A ${method} request has no body. Use method: "POST", or put the values into the address`);
    }
    const { source, type } = inherits ? { source: takeBody(from) } : extract(given);
    super(source);
    this.#url = url;
    this.#method = method;
    this.#headers = new Headers(init.headers ?? from?.headers);
    if (type && !this.#headers.has("content-type")) this.#headers.append("content-type", type);
    if (init.signal !== undefined && init.signal !== null && typeof init.signal.aborted !== "boolean") {
      throw new TypeError(`signal takes an AbortSignal such as AbortSignal.timeout(5000), not ${described(init.signal)}`);
    }
    this.#signal = init.signal === undefined ? from?.#signal : (init.signal ?? undefined);
    this.#redirect = init.redirect ?? from?.redirect ?? "follow";
    if (!["follow", "error", "manual"].includes(this.#redirect)) throw new TypeError(`redirect is "follow", "error" or "manual", not ${described(this.#redirect)}`);
    for (const key of KEPT) {
      if (init[key] !== undefined) (this.#kept ??= {})[key] = init[key];
    }
  }

  static {
    requestOf = (native) => {
      const request = new Request(
        new Given(() => {
          const body = native.body;
          if (body === null || body === undefined || body.length === 0) return null;
          return body;
        }),
      );
      request.#native = native;
      request.#method = undefined;
      return request;
    };
    outgoing = (request) => ({
      method: request.method,
      url: request.url,
      headers: sendable(headerPairs(request.headers)),
      body: takeBody(request),
      redirect: request.#redirect,
      signal: request.#signal,
    });
  }

  get method() {
    return (this.#method ??= this.#native.method);
  }

  get url() {
    return (this.#url ??= this.#native.url);
  }

  get headers() {
    return (this.#headers ??= headersOf(this.#native.headers, true));
  }

  get signal() {
    return (this.#signal ??= new AbortController().signal);
  }

  get redirect() {
    return this.#redirect;
  }

  get destination() {
    return "";
  }

  get duplex() {
    return "half";
  }

  static {
    for (const key of KEPT) {
      Object.defineProperty(this.prototype, key, {
        get() {
          return this.#kept?.[key] ?? KEPT_DEFAULTS[key];
        },
        enumerable: true,
        configurable: true,
      });
    }
  }

  clone() {
    const copy = new Request(new Given(copyBody(this)));
    copy.#method = this.method;
    copy.#url = this.url;
    copy.#headers = headersOf(headerPairs(this.headers), this.#native !== undefined);
    copy.#signal = this.#signal;
    copy.#redirect = this.#redirect;
    copy.#kept = this.#kept;
    return copy;
  }

  get [Symbol.toStringTag]() {
    return "Request";
  }
}
