// TextEncoder, TextDecoder, atob and btoa. The encodings themselves are the host language's.
// https://encoding.spec.whatwg.org/

import { bytesOf, described, joinBytes, usv } from "./text.js";

const native = globalThis.__c4h;

export class TextEncoder {
  get encoding() {
    return "utf-8";
  }

  encode(text = "") {
    return native.encodeUtf8(usv(text));
  }

  encodeInto(text, target) {
    let read = 0;
    let written = 0;
    for (const character of usv(text)) {
      const bytes = native.encodeUtf8(character);
      if (written + bytes.length > target.length) break;
      target.set(bytes, written);
      written += bytes.length;
      read += character.length;
    }
    return { read, written };
  }

  get [Symbol.toStringTag]() {
    return "TextEncoder";
  }
}

const NOTHING = new Uint8Array();

/** How many bytes at the end are the beginning of a UTF-8 character whose rest is still to come. */
function unfinished(bytes) {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back];
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) > back ? back : 0;
  }
  return 0;
}

export class TextDecoder {
  #encoding;
  #fatal;
  #ignoreBOM;
  #kept = NOTHING;
  #started = false;

  constructor(label = "utf-8", options = {}) {
    this.#encoding = native.encodingLabel(`${label}`);
    if (!this.#encoding || this.#encoding === "replacement") throw new RangeError(`TextDecoder does not know the encoding ${described(`${label}`)}`);
    this.#fatal = Boolean(options?.fatal);
    this.#ignoreBOM = Boolean(options?.ignoreBOM);
  }

  get encoding() {
    return this.#encoding;
  }

  get fatal() {
    return this.#fatal;
  }

  get ignoreBOM() {
    return this.#ignoreBOM;
  }

  decode(input, options = {}) {
    let bytes = input === undefined ? NOTHING : bytesOf(input);
    if (!bytes) throw new TypeError(`decode takes bytes (a Uint8Array or an ArrayBuffer), not ${described(input)}`);
    if (this.#kept.length) bytes = joinBytes([this.#kept, bytes]);
    this.#kept = NOTHING;
    const more = Boolean(options?.stream);
    if (more) {
      // Other encodings than UTF-8 are kept whole until the last piece: the text is the same, it only comes later.
      const keep = this.#encoding === "utf-8" ? unfinished(bytes) : bytes.length;
      this.#kept = bytes.slice(bytes.length - keep);
      bytes = bytes.subarray(0, bytes.length - keep);
    }
    const text = native.decode(this.#encoding, bytes, this.#fatal, this.#ignoreBOM || this.#started);
    this.#started = more && (this.#started || bytes.length > 0);
    if (text === undefined) {
      const error = new TypeError(`The encoded data was not valid for encoding ${this.#encoding}`);
      error.code = "ERR_ENCODING_INVALID_ENCODED_DATA";
      throw error;
    }
    return text;
  }

  get [Symbol.toStringTag]() {
    return "TextDecoder";
  }
}

export function btoa(text) {
  text = `${text}`;
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit > 0xff) throw new DOMException("btoa takes characters up to U+00FF only: encode the text first, with new TextEncoder().encode(text)", "InvalidCharacterError");
    bytes[at] = unit;
  }
  return native.base64Encode(bytes);
}

export function atob(text) {
  const bare = `${text}`.replace(/[\t\n\f\r ]+/g, "");
  // Padding is left out altogether or complete.
  const padded = bare.includes("=") && (bare.length % 4 !== 0 || !/^[^=]+={1,2}$/.test(bare));
  const bytes = padded ? undefined : native.base64Decode(bare);
  if (!bytes) throw new DOMException("atob takes base64, and this is not", "InvalidCharacterError");
  let out = "";
  // In pieces: a call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 4096) out += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return out;
}
