// Headers: names and values are checked, names compare without case, iteration is sorted and combined.
// https://fetch.spec.whatwg.org/#headers-class

import { described } from "./text.js";

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const BAD_IN_VALUE = /[\0\r\n]|[^\0-\xff]/;
const OUTER_SPACE = /^[\t\n\r ]+|[\t\n\r ]+$/g;

/** Names that are met often, in the two ways in which they are written: they need no check. */
const USUAL = new Map();
for (const name of ["accept", "allow", "authorization", "cache-control", "content-type", "cookie", "etag", "if-match", "link", "location", "retry-after", "set-cookie", "x-correlation-id", "x-request-id"]) {
  USUAL.set(name, name);
  USUAL.set(name.replace(/(^|-)[a-z]/g, (found) => found.toUpperCase()).replace(/-Id$/, "-ID"), name);
}

function checkedName(name) {
  const usual = USUAL.get(name);
  if (usual !== undefined) return usual;
  name = `${name}`;
  if (!NAME.test(name)) throw new TypeError(`${JSON.stringify(name)} cannot be the name of a header: only letters, digits and - _ . are usual`);
  return name.toLowerCase();
}

function checkedValue(name, value) {
  value = `${value}`;
  if (value.charCodeAt(0) <= 0x20 || value.charCodeAt(value.length - 1) <= 0x20) value = value.replace(OUTER_SPACE, "");
  if (BAD_IN_VALUE.test(value)) {
    throw new TypeError(`The header ${name} cannot hold ${described(value)}: no line breaks, and no characters beyond Latin-1`);
  }
  return value;
}

/** Headers of a connection: whoever sends the message writes them itself. */
const OF_CONNECTION = ["connection", "content-length", "host", "http2-settings", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"];

/** The pairs without those of the connection, which are passed over as they are elsewhere. */
export const sendable = (pairs) => (pairs.some(([name]) => OF_CONNECTION.includes(name)) ? pairs.filter(([name]) => !OF_CONNECTION.includes(name)) : pairs);

/** Headers from pairs that are known to be right (they came over the wire), without checks. */
export let headersOf;
/** The pairs as they go over the wire: lower-case names, in the order in which they were added. */
export let headerPairs;

export class Headers {
  #list = [];
  #immutable = false;

  constructor(init) {
    if (init === undefined) return;
    if (init === null || typeof init !== "object") throw new TypeError(`Headers are made from an object or from pairs, not from ${described(init)}`);
    if (init instanceof Headers) {
      this.#list = init.#list.slice();
    } else if (typeof init[Symbol.iterator] === "function") {
      for (const pair of init) {
        const [name, value, ...more] = pair;
        if (more.length || pair.length < 2) throw new TypeError("Each pair of headers is [name, value]");
        this.append(name, value);
      }
    } else {
      for (const name of Object.keys(init)) this.#list.push([checkedName(name), checkedValue(name, init[name])]);
    }
  }

  static {
    headersOf = (pairs, immutable) => {
      const headers = new Headers();
      headers.#list = pairs.map(([name, value]) => [name.toLowerCase(), value]);
      headers.#immutable = immutable;
      return headers;
    };
    headerPairs = (headers) => headers.#list;
  }

  #mayChange() {
    if (this.#immutable) {
      throw new TypeError("These headers cannot be changed: they came over the wire. Copy them first: new Headers(response.headers), or new Response(response.body, response)");
    }
  }

  append(name, value) {
    name = checkedName(name);
    value = checkedValue(name, value);
    this.#mayChange();
    this.#list.push([name, value]);
  }

  delete(name) {
    name = checkedName(name);
    this.#mayChange();
    this.#list = this.#list.filter((pair) => pair[0] !== name);
  }

  get(name) {
    name = checkedName(name);
    let found = null;
    for (const pair of this.#list) {
      if (pair[0] === name) found = found === null ? pair[1] : `${found}, ${pair[1]}`;
    }
    return found;
  }

  getSetCookie() {
    return this.#list.filter((pair) => pair[0] === "set-cookie").map((pair) => pair[1]);
  }

  has(name) {
    name = checkedName(name);
    return this.#list.some((pair) => pair[0] === name);
  }

  set(name, value) {
    name = checkedName(name);
    value = checkedValue(name, value);
    this.#mayChange();
    const first = this.#list.findIndex((pair) => pair[0] === name);
    if (first < 0) {
      this.#list.push([name, value]);
    } else {
      this.#list = this.#list.filter((pair, at) => at === first || pair[0] !== name);
      this.#list[first] = [name, value];
    }
  }

  #sorted() {
    const combined = new Map();
    const cookies = [];
    for (const [name, value] of this.#list) {
      if (name === "set-cookie") cookies.push([name, value]);
      else combined.set(name, combined.has(name) ? `${combined.get(name)}, ${value}` : value);
    }
    return [...combined, ...cookies].sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
  }

  // The list may change while it is walked: as the specification says, the walk sees the change.
  *entries() {
    for (let at = 0; ; at++) {
      const pair = this.#sorted()[at];
      if (!pair) return;
      yield pair;
    }
  }

  *keys() {
    for (const [name] of this.entries()) yield name;
  }

  *values() {
    for (const [, value] of this.entries()) yield value;
  }

  forEach(callback, self) {
    for (const [name, value] of this.entries()) callback.call(self, value, name, this);
  }

  [Symbol.iterator]() {
    return this.entries();
  }

  get [Symbol.toStringTag]() {
    return "Headers";
  }
}
