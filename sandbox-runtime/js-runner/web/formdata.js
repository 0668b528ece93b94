// FormData, and the two ways in which forms travel: urlencoded and multipart.
// https://xhr.spec.whatwg.org/#interface-formdata, RFC 7578

import { Blob, File, blobBytes } from "./blob.js";
import { decodeUtf8, encodeUtf8, joinBytes, usv } from "./text.js";
import { parsePairs } from "./url.js";

export class FormData {
  #entries = [];

  constructor(form) {
    if (form !== undefined) throw new TypeError("There are no form elements here: new FormData() takes nothing");
  }

  #entry(name, value, filename) {
    if (!(value instanceof Blob)) {
      if (filename !== undefined) throw new TypeError("Only a Blob or a File has a file name: append(name, new Blob([text]), filename)");
      return [usv(name), usv(value)];
    }
    if (!(value instanceof File) || filename !== undefined) {
      value = new File([value], filename ?? (value instanceof File ? value.name : "blob"), { type: value.type });
    }
    return [usv(name), value];
  }

  append(name, value, filename) {
    this.#entries.push(this.#entry(name, value, filename));
  }

  set(name, value, filename) {
    const entry = this.#entry(name, value, filename);
    const first = this.#entries.findIndex((each) => each[0] === entry[0]);
    if (first < 0) {
      this.#entries.push(entry);
    } else {
      this.#entries = this.#entries.filter((each, at) => at === first || each[0] !== entry[0]);
      this.#entries[first] = entry;
    }
  }

  delete(name) {
    this.#entries = this.#entries.filter((each) => each[0] !== usv(name));
  }

  get(name) {
    return this.#entries.find((each) => each[0] === usv(name))?.[1] ?? null;
  }

  getAll(name) {
    return this.#entries.filter((each) => each[0] === usv(name)).map((each) => each[1]);
  }

  has(name) {
    return this.#entries.some((each) => each[0] === usv(name));
  }

  forEach(callback, self) {
    for (const [name, value] of this) callback.call(self, value, name, this);
  }

  *entries() {
    for (const entry of this.#entries) yield [...entry];
  }

  *keys() {
    for (const [name] of this.#entries) yield name;
  }

  *values() {
    for (const [, value] of this.#entries) yield value;
  }

  [Symbol.iterator]() {
    return this.entries();
  }

  get [Symbol.toStringTag]() {
    return "FormData";
  }
}

const escaped = (text) => text.replace(/\r\n|\r|\n/g, "%0D%0A").replaceAll('"', "%22");
const unescaped = (text) => text.replace(/%0D%0A|%22/gi, (found) => (found === "%22" ? '"' : "\r\n"));

/** A form as a multipart body, and the `content-type` that goes with it. */
export function toMultipart(form) {
  const boundary = `----c4hFormBoundary${Array.from(globalThis.__c4h.randomBytes(12), (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  const parts = [];
  for (const [name, value] of form) {
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${escaped(name)}"`;
    if (typeof value === "string") {
      parts.push(encodeUtf8(`${head}\r\n\r\n${value.replace(/\r\n|\r|\n/g, "\r\n")}\r\n`));
    } else {
      parts.push(
        encodeUtf8(`${head}; filename="${escaped(value.name)}"\r\nContent-Type: ${value.type || "application/octet-stream"}\r\n\r\n`),
        blobBytes(value),
        encodeUtf8("\r\n"),
      );
    }
  }
  parts.push(encodeUtf8(`--${boundary}--\r\n`));
  return { bytes: joinBytes(parts), type: `multipart/form-data; boundary=${boundary}` };
}

/** The form in a body, by its `content-type`. */
export function parseForm(bytes, contentType) {
  const type = (contentType ?? "").split(";", 1)[0].trim().toLowerCase();
  const form = new FormData();
  if (type === "application/x-www-form-urlencoded") {
    for (const [name, value] of parsePairs(decodeUtf8(bytes))) form.append(name, value);
    return form;
  }
  const boundary = /;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType ?? "");
  if (type !== "multipart/form-data" || !boundary) {
    throw new TypeError(
      type === "multipart/form-data"
        ? "This form cannot be read: its content-type has no boundary"
        : `This body is not a form: its content-type is ${type ? type : "missing"}. Forms are application/x-www-form-urlencoded or multipart/form-data`,
    );
  }
  parseMultipart(bytes, encodeUtf8(`--${boundary[1] ?? boundary[2]}`), form);
  return form;
}

function find(bytes, wanted, from) {
  const first = wanted[0];
  search: for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (at + wanted.length > bytes.length) return -1;
    for (let offset = 1; offset < wanted.length; offset++) {
      if (bytes[at + offset] !== wanted[offset]) continue search;
    }
    return at;
  }
  return -1;
}

const CRLF2 = new Uint8Array([13, 10, 13, 10]);

function parseMultipart(bytes, dashBoundary, form) {
  const between = joinBytes([new Uint8Array([13, 10]), dashBoundary]);
  let at = find(bytes, dashBoundary, 0);
  if (at < 0) throw new TypeError("This form cannot be read: the boundary that its content-type names is not in the body");
  at += dashBoundary.length;
  // After a boundary: "--" ends the form, a line break starts a part.
  while (!(bytes[at] === 0x2d && bytes[at + 1] === 0x2d)) {
    const headEnd = find(bytes, CRLF2, at);
    const end = headEnd < 0 ? -1 : find(bytes, between, headEnd + 2);
    if (end < 0) throw new TypeError("This form cannot be read: it ends in the middle of a part");
    const head = decodeUtf8(bytes.subarray(at, headEnd));
    const disposition = /(?:^|\n)content-disposition:\s*form-data([^\r\n]*)/i.exec(head)?.[1] ?? "";
    const name = /;\s*name=(?:"([^"]*)"|([^;\s]+))/i.exec(disposition);
    if (!name) throw new TypeError("This form cannot be read: a part has no name");
    const filename = /;\s*filename=(?:"([^"]*)"|([^;\s]+))/i.exec(disposition);
    const content = bytes.subarray(Math.min(headEnd + 4, end), end);
    const key = unescaped(name[1] ?? name[2]);
    if (filename) {
      const type = /(?:^|\n)content-type:\s*([^\r\n]*)/i.exec(head)?.[1].trim() ?? "text/plain";
      form.append(key, new File([content], unescaped(filename[1] ?? filename[2]), { type }));
    } else {
      form.append(key, globalThis.__c4h.decode("utf-8", content, false, false));
    }
    at = end + between.length;
  }
}
