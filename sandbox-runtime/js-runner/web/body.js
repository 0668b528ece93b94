// What Request and Response have in common: a body that can be read once, in the form that is wanted.
// https://fetch.spec.whatwg.org/#body-mixin

import { Blob, blobBytes } from "./blob.js";
import { FormData, parseForm, toMultipart } from "./formdata.js";
import { ReadableStream } from "./stream.js";
import { bytesOf, decodeUtf8, described, encodeUtf8, joinBytes, placed, usv } from "./text.js";
import { URLSearchParams } from "./url.js";

const native = globalThis.__c4h;

/** Where an object says as which type it wants to be sent: `Html` of the module nhs does. */
const MEDIA_TYPE = Symbol.for("c4h.mediaType");

/** The media type that belongs to a body when its maker names none; undefined when there is none. */
export function typeOf(source) {
  if (typeof source === "string") return "text/plain;charset=UTF-8";
  if (source instanceof URLSearchParams) return "application/x-www-form-urlencoded;charset=UTF-8";
  if (source instanceof Blob) return source.type || undefined;
  return undefined;
}

/** A body that comes from inside, ready as it is (see the field `#source` below). */
export class Given {
  constructor(source) {
    this.source = source;
  }
}

/** What `new Response(...)` was given, as one of: null, a string, bytes, a stream; with the type that it brings. */
export function extract(source) {
  if (source === undefined || source === null) return { source: null, type: undefined };
  if (typeof source === "string") return { source, type: "text/plain;charset=UTF-8" };
  if (source instanceof Given) return { source: source.source, type: undefined };
  if (source instanceof FormData) {
    const { bytes, type } = toMultipart(source);
    return { source: bytes, type };
  }
  if (source instanceof ReadableStream) {
    if (source.locked) throw new TypeError("This stream is being read already: it cannot be a body");
    return { source, type: undefined };
  }
  const type = typeOf(source);
  if (source instanceof URLSearchParams) return { source: source.toString(), type };
  if (source instanceof Blob) return { source: blobBytes(source), type };
  const bytes = bytesOf(source);
  // A copy, so that a later change to the buffer does not change the body.
  if (bytes) return { source: bytes.slice(), type };
  return { source: usv(source), type: source[MEDIA_TYPE] ?? "text/plain;charset=UTF-8" };
}

/** All of a stream, as bytes. */
export async function readAll(stream) {
  const parts = [];
  for await (const chunk of stream) {
    const bytes = bytesOf(chunk) ?? (typeof chunk === "string" ? encodeUtf8(usv(chunk)) : undefined);
    if (!bytes) throw new TypeError(`A body's stream gives bytes or text, not ${described(chunk)}`);
    parts.push(bytes);
  }
  return parts.length ? joinBytes(parts) : new Uint8Array();
}

/** A body that was taken out, as text without a byte order mark. */
function plain(body) {
  if (body === null) return "";
  if (typeof body !== "string") return decodeUtf8(body);
  const text = usv(body);
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

/** Takes the body out, marks it as used: null, a string or bytes, or a promise of bytes. */
export let takeBody;
/** A body for a copy; the original keeps its own. */
export let copyBody;
/** Whether the body is null. */
export let hasBody;

export class Body {
  /** null, a string, bytes, a promise of bytes, a stream, or a function that gives one of these on first touch. */
  #source;
  #used = false;
  #stream;

  constructor(source) {
    this.#source = source;
  }

  static {
    takeBody = (body) => body.#take();
    hasBody = (body) => body.#open() !== null;
    copyBody = (body) => {
      if (body.bodyUsed || body.#stream?.locked) throw new TypeError("The body has been read already: clone() before reading it");
      if (body.#stream) {
        const [mine, other] = body.#stream.tee();
        body.#stream = body.#source = mine;
        return other;
      }
      if (body.#open() instanceof ReadableStream) {
        const [mine, other] = body.#source.tee();
        body.#source = mine;
        return other;
      }
      return body.#source;
    };
  }

  #open() {
    if (typeof this.#source === "function") this.#source = this.#source();
    return this.#source;
  }

  #take() {
    const source = this.#open();
    if (source === null) return null;
    if (this.#used || this.#stream?.locked) throw new TypeError("The body has been read already: it can be read once. Keep what you read, or clone() before reading");
    this.#used = true;
    const stream = this.#stream ?? source;
    return stream instanceof ReadableStream ? readAll(stream) : source;
  }

  get body() {
    const source = this.#open();
    if (source === null) return null;
    if (source instanceof ReadableStream) return source;
    if (!this.#stream) {
      // Reading the stream is reading the body.
      const start = async (controller) => {
        const whole = await source;
        const bytes = typeof whole === "string" ? encodeUtf8(usv(whole)) : whole;
        if (bytes.length) controller.enqueue(bytes.slice());
        controller.close();
      };
      this.#stream = this.#used ? ReadableStream.from([]) : new ReadableStream({ start });
    }
    return this.#stream;
  }

  get bodyUsed() {
    return this.#used || (this.#stream?.locked ?? false);
  }

  text() {
    return placed(this.#text());
  }

  async #text() {
    const body = await this.#take();
    return plain(body);
  }

  json() {
    return placed(this.#json());
  }

  async #json() {
    const body = await this.#take();
    try {
      if (body !== null && typeof body !== "string" && native.parseJson) return native.parseJson(body);
      return JSON.parse(plain(body));
    } catch (error) {
      if (body === null || body.length === 0) throw new SyntaxError("The body is empty: there is no JSON to read");
      throw error;
    }
  }

  async bytes() {
    const body = await this.#take();
    return body === null ? new Uint8Array() : typeof body === "string" ? encodeUtf8(usv(body)) : body.slice();
  }

  async arrayBuffer() {
    return (await this.bytes()).buffer;
  }

  async blob() {
    return new Blob([await this.bytes()], { type: this.headers.get("content-type") ?? "" });
  }

  formData() {
    return placed(this.#formData());
  }

  async #formData() {
    return parseForm(await this.bytes(), this.headers.get("content-type"));
  }
}
