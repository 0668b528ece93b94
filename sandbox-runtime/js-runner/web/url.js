// URL and URLSearchParams. Parsing a URL is the host language's (the crate `url`); what is here is the Web's face of it.
// https://url.spec.whatwg.org/

import { described, usv } from "./text.js";

const native = globalThis.__c4h;
const PARTS = ["protocol", "username", "password", "host", "hostname", "port", "pathname", "search", "hash"];

function decoded(text) {
  text = text.replaceAll("+", " ");
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    // A lone % stays as it is, and bytes that are not UTF-8 become U+FFFD.
    const bytes = [];
    for (const byte of native.encodeUtf8(text)) bytes.push(byte);
    const out = [];
    for (let at = 0; at < bytes.length; at++) {
      const pair = bytes[at] === 0x25 ? String.fromCharCode(bytes[at + 1] ?? 0, bytes[at + 2] ?? 0) : "";
      if (/^[0-9a-fA-F]{2}$/.test(pair)) {
        out.push(parseInt(pair, 16));
        at += 2;
      } else {
        out.push(bytes[at]);
      }
    }
    return native.decode("utf-8", new Uint8Array(out), false, true);
  }
}

const encoded = (text) =>
  encodeURIComponent(text).replace(/%20|[!'()~]/g, (found) => (found === "%20" ? "+" : `%${found.charCodeAt(0).toString(16).toUpperCase()}`));

/** The pairs of an `application/x-www-form-urlencoded` text. */
export function parsePairs(text) {
  const pairs = [];
  for (const part of text.split("&")) {
    if (!part) continue;
    const equals = part.indexOf("=");
    pairs.push(equals < 0 ? [decoded(part), ""] : [decoded(part.slice(0, equals)), decoded(part.slice(equals + 1))]);
  }
  return pairs;
}

// What the two classes do for each other and nobody else may.
let paramsOfUrl;
let refreshParams;
let takeSearch;
let getPart;
let setPart;

export class URLSearchParams {
  #pairs = [];
  #url;

  constructor(init = "") {
    if (typeof init === "object" && init !== null) {
      if (typeof init[Symbol.iterator] === "function") {
        for (const pair of init) {
          const both = [...pair];
          if (both.length !== 2) throw new TypeError("Each pair of URLSearchParams is [name, value]");
          this.#pairs.push([usv(both[0]), usv(both[1])]);
        }
      } else {
        const record = new Map();
        for (const name of Object.keys(init)) record.set(usv(name), usv(init[name]));
        this.#pairs = [...record];
      }
    } else {
      const text = usv(init);
      this.#pairs = parsePairs(text.startsWith("?") ? text.slice(1) : text);
    }
  }

  static {
    paramsOfUrl = (url, search) => {
      const params = new URLSearchParams(search);
      params.#url = url;
      return params;
    };
    refreshParams = (params, search) => {
      params.#pairs = parsePairs(search.startsWith("?") ? search.slice(1) : search);
    };
  }

  #changed() {
    if (this.#url) takeSearch(this.#url, this.toString());
  }

  get size() {
    return this.#pairs.length;
  }

  append(name, value) {
    this.#pairs.push([usv(name), usv(value)]);
    this.#changed();
  }

  delete(name, value) {
    name = usv(name);
    const wanted = value === undefined ? undefined : usv(value);
    this.#pairs = this.#pairs.filter((pair) => !(pair[0] === name && (wanted === undefined || pair[1] === wanted)));
    this.#changed();
  }

  get(name) {
    name = usv(name);
    return this.#pairs.find((pair) => pair[0] === name)?.[1] ?? null;
  }

  getAll(name) {
    name = usv(name);
    return this.#pairs.filter((pair) => pair[0] === name).map((pair) => pair[1]);
  }

  has(name, value) {
    name = usv(name);
    const wanted = value === undefined ? undefined : usv(value);
    return this.#pairs.some((pair) => pair[0] === name && (wanted === undefined || pair[1] === wanted));
  }

  set(name, value) {
    name = usv(name);
    const first = this.#pairs.findIndex((pair) => pair[0] === name);
    if (first < 0) {
      this.#pairs.push([name, usv(value)]);
    } else {
      this.#pairs = this.#pairs.filter((pair, at) => at === first || pair[0] !== name);
      this.#pairs[first] = [name, usv(value)];
    }
    this.#changed();
  }

  sort() {
    this.#pairs.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
    this.#changed();
  }

  forEach(callback, self) {
    for (const [name, value] of this) callback.call(self, value, name, this);
  }

  *entries() {
    for (let at = 0; at < this.#pairs.length; at++) yield [...this.#pairs[at]];
  }

  *keys() {
    for (const [name] of this.entries()) yield name;
  }

  *values() {
    for (const [, value] of this.entries()) yield value;
  }

  [Symbol.iterator]() {
    return this.entries();
  }

  toString() {
    return this.#pairs.map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join("&");
  }

  get [Symbol.toStringTag]() {
    return "URLSearchParams";
  }
}

export class URL {
  #record;
  #params;

  constructor(address, base) {
    const record = native.urlParse(usv(address), base === undefined ? undefined : usv(base));
    if (!record) {
      const error = new TypeError(`Invalid URL: ${described(`${address}`)}${base === undefined ? "" : ` on the base ${described(`${base}`)}`} is not an address. A full one looks like https://host/path`);
      error.code = "ERR_INVALID_URL";
      throw error;
    }
    this.#record = record;
  }

  static canParse(address, base) {
    return native.urlParse(usv(address), base === undefined ? undefined : usv(base)) !== undefined;
  }

  static parse(address, base) {
    try {
      return new URL(address, base);
    } catch {
      return null;
    }
  }

  static {
    getPart = (url, part) => url.#record[part];
    setPart = (url, part, value) => {
      url.#record = native.urlSet(url.#record.href, part, usv(value)) ?? url.#record;
      if (part === "search" && url.#params) refreshParams(url.#params, url.#record.search);
    };
    takeSearch = (url, search) => {
      url.#record = native.urlSet(url.#record.href, "search", search) ?? url.#record;
    };
  }

  get href() {
    return this.#record.href;
  }

  set href(address) {
    this.#record = new URL(address).#record;
    if (this.#params) refreshParams(this.#params, this.#record.search);
  }

  get origin() {
    return this.#record.origin;
  }

  get searchParams() {
    return (this.#params ??= paramsOfUrl(this, this.#record.search));
  }

  toString() {
    return this.#record.href;
  }

  toJSON() {
    return this.#record.href;
  }

  get [Symbol.toStringTag]() {
    return "URL";
  }
}

for (const part of PARTS) {
  Object.defineProperty(URL.prototype, part, {
    get() {
      return getPart(this, part);
    },
    set(value) {
      setPart(this, part, value);
    },
    enumerable: true,
    configurable: true,
  });
}
