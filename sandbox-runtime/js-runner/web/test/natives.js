// The natives of the runner under Node, for trying the modules without building anything: `node --test`. Not part of the runner.

import { createHash, randomBytes } from "node:crypto";

const NodeURL = globalThis.URL;
const NodeTextDecoder = globalThis.TextDecoder;
const NodeTextEncoder = globalThis.TextEncoder;
const nodeSetTimeout = globalThis.setTimeout;
const nodePerformance = globalThis.performance;

// Node 22 has both.
if (!ArrayBuffer.prototype.transfer) {
  const nodeClone = globalThis.structuredClone;
  const detached = new WeakSet();
  Object.defineProperty(ArrayBuffer.prototype, "detached", { get() { return detached.has(this); }, configurable: true });
  ArrayBuffer.prototype.transfer = function transfer(length = this.byteLength) {
    const [moved] = nodeClone([this], { transfer: [this] });
    detached.add(this);
    return moved.slice(0, length);
  };
}

const PARTS = ["href", "protocol", "username", "password", "host", "hostname", "port", "pathname", "search", "hash", "origin"];
const record = (url) => Object.fromEntries(PARTS.map((part) => [part, url[part]]));

globalThis.__c4h = {
  urlParse(text, base) {
    try {
      return record(new NodeURL(text, base));
    } catch {
      return undefined;
    }
  },
  urlSet(href, part, value) {
    const url = new NodeURL(href);
    url[part] = value;
    return record(url);
  },
  encodeUtf8: (text) => new Uint8Array(new NodeTextEncoder().encode(text)),
  decodeUtf8: (bytes) => new NodeTextDecoder().decode(bytes),
  decode(label, bytes, fatal, ignoreBOM) {
    try {
      return new NodeTextDecoder(label, { fatal, ignoreBOM }).decode(bytes);
    } catch {
      return undefined;
    }
  },
  encodingLabel(label) {
    try {
      return new NodeTextDecoder(label).encoding;
    } catch {
      return undefined;
    }
  },
  random: Math.random,
  randomBytes: (count) => new Uint8Array(randomBytes(count)),
  digest: (name, bytes) => new Uint8Array(createHash(name.replace("-", "")).update(bytes).digest()),
  base64Encode: (bytes) => Buffer.from(bytes).toString("base64"),
  base64Decode(text) {
    const bare = text.replace(/[\t\n\f\r ]/g, "").replace(/={1,2}$/, (found, at, all) => (all.length % 4 === 0 ? "" : found));
    return /^[A-Za-z0-9+/]*$/.test(bare) && bare.length % 4 !== 1 ? new Uint8Array(Buffer.from(bare, "base64")) : undefined;
  },
  print: () => {},
  send: async () => ({ status: 200, headers: [], body: new Uint8Array() }),
  cancel: () => {},
  starting: () => false,
  sleep: (milliseconds) => new Promise((resolve) => nodeSetTimeout(resolve, milliseconds)),
  now: () => Date.now(),
  monotonic: () => nodePerformance.now(),
  env: () => ({}),
};
