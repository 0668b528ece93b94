// crypto: random values of the run, and digests. Keys, signatures and encryption are absent.
// https://w3c.github.io/webcrypto/

import { bytesOf, described } from "./text.js";

const native = globalThis.__c4h;
/** What one call of getRandomValues may fill, by the specification. */
const RANDOM_BYTES_MAX = 65_536;
const DIGESTS = ["SHA-1", "SHA-256", "SHA-384", "SHA-512"];
const INTEGERS = ["Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array", "Uint32Array", "BigInt64Array", "BigUint64Array"];

function absent(name) {
  return () => Promise.reject(new DOMException(`crypto.subtle.${name} is not here: only digest is`, "NotSupportedError"));
}

const subtle = {
  async digest(algorithm, data) {
    const name = `${typeof algorithm === "object" && algorithm !== null ? algorithm.name : algorithm}`.toUpperCase();
    if (!DIGESTS.includes(name)) throw new DOMException(`crypto.subtle.digest knows ${DIGESTS.join(", ")}, not ${described(algorithm?.name ?? algorithm)}`, "NotSupportedError");
    const bytes = bytesOf(data);
    if (!bytes) throw new TypeError(`crypto.subtle.digest takes bytes, not ${described(data)}: new TextEncoder().encode(text)`);
    return native.digest(name, bytes).slice().buffer;
  },
};
for (const name of ["encrypt", "decrypt", "sign", "verify", "generateKey", "deriveKey", "deriveBits", "importKey", "exportKey", "wrapKey", "unwrapKey"]) {
  subtle[name] = absent(name);
}

export const crypto = {
  subtle,

  getRandomValues(target) {
    if (!ArrayBuffer.isView(target) || !INTEGERS.includes(target[Symbol.toStringTag])) {
      throw new DOMException(`getRandomValues fills an array of whole numbers such as new Uint8Array(16), not ${described(target)}`, "TypeMismatchError");
    }
    if (target.byteLength > RANDOM_BYTES_MAX) {
      throw new DOMException(`getRandomValues fills at most ${RANDOM_BYTES_MAX} bytes at once, not ${target.byteLength}`, "QuotaExceededError");
    }
    new Uint8Array(target.buffer, target.byteOffset, target.byteLength).set(native.randomBytes(target.byteLength));
    return target;
  },

  randomUUID() {
    const bytes = native.randomBytes(16);
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  },
};
