// Blob and File: bytes with a media type, as FormData needs them.

import { bytesOf, decodeUtf8, encodeUtf8, joinBytes, usv } from "./text.js";
import { ReadableStream } from "./stream.js";

/** The bytes of a Blob, without a copy. */
export let blobBytes;

export class Blob {
  #bytes;
  #type;

  constructor(parts = [], options = {}) {
    if (typeof parts !== "object" || parts === null || typeof parts[Symbol.iterator] !== "function") {
      throw new TypeError('A Blob is made from an array of parts: new Blob(["text"], { type: "text/plain" })');
    }
    const all = [];
    for (const part of parts) {
      // A copy, so that a later change to the part does not change the blob.
      all.push(part instanceof Blob ? part.#bytes : (bytesOf(part)?.slice() ?? encodeUtf8(usv(part))));
    }
    this.#bytes = all.length ? joinBytes(all) : new Uint8Array();
    const type = `${options.type ?? ""}`;
    this.#type = /[^\x20-\x7e]/.test(type) ? "" : type.toLowerCase();
  }

  static {
    blobBytes = (blob) => blob.#bytes;
  }

  get size() {
    return this.#bytes.length;
  }

  get type() {
    return this.#type;
  }

  slice(start, end, type = "") {
    const part = new Blob([], { type });
    part.#bytes = this.#bytes.subarray(start, end);
    return part;
  }

  async text() {
    return decodeUtf8(this.#bytes);
  }

  async bytes() {
    return this.#bytes.slice();
  }

  async arrayBuffer() {
    return this.#bytes.slice().buffer;
  }

  stream() {
    return ReadableStream.from(this.size ? [this.#bytes.slice()] : []);
  }

  get [Symbol.toStringTag]() {
    return "Blob";
  }
}

export class File extends Blob {
  #name;
  #lastModified;

  constructor(parts, name, options = {}) {
    if (arguments.length < 2) throw new TypeError('A File has a name: new File(["text"], "note.txt")');
    super(parts, options);
    this.#name = usv(name);
    this.#lastModified = Number(options.lastModified ?? Date.now());
  }

  get name() {
    return this.#name;
  }

  get lastModified() {
    return this.#lastModified;
  }

  get webkitRelativePath() {
    return "";
  }

  get [Symbol.toStringTag]() {
    return "File";
  }
}
