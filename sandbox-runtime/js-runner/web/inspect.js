// How console shows a value: as node's util.inspect does, roughly, and never without bounds.

import { Blob, File } from "./blob.js";
import { FormData } from "./formdata.js";
import { Headers } from "./headers.js";
import { URL, URLSearchParams } from "./url.js";

/** Deeper objects are shown as [Object]. */
const DEPTH = 4;
/** More elements of one array, Map or Set are counted, not shown. */
const ITEMS = 100;
/** More fields of one object are counted, not shown. */
const FIELDS = 100;
/** A longer text inside an object is cut. */
const TEXT = 10_000;
/** One shown value; the platform bounds a run's log anyway. */
const LENGTH = 32_768;
/** A list or object that fits into this many characters stays on one line. */
const LINE = 72;

const NAME = /^[A-Za-z_$][A-Za-z0-9_$]*$/;

function quoted(text) {
  const cut = text.length > TEXT ? `${text.slice(0, TEXT)}` : text;
  const quote = !cut.includes("'") ? "'" : !cut.includes('"') ? '"' : !cut.includes("`") ? "`" : "'";
  const body = cut.replace(/[\\\n\r\t\b\f\v\0-\x1f\x7f]/g, (found) => {
    const known = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f", "\v": "\\v" }[found];
    return known ?? `\\x${found.charCodeAt(0).toString(16).padStart(2, "0").toUpperCase()}`;
  });
  const more = text.length - cut.length;
  return `${quote}${quote === "'" ? body.replaceAll("'", "\\'") : body}${quote}${more > 0 ? `... ${more} more characters` : ""}`;
}

/** A value as text; a string at the top is itself. */
export function inspect(value, options = {}) {
  const shown = new Shower(options.depth ?? DEPTH).show(value, 0);
  return shown.length > LENGTH ? `${shown.slice(0, LENGTH)}... ${shown.length - LENGTH} more characters` : shown;
}

class Shower {
  #depth;
  #above = [];
  /** Objects that hold themselves, in the order in which that was seen. */
  #circular = [];
  /** Characters that may still be made: an object of objects of objects is cut before it is built. */
  #left = LENGTH * 2;

  constructor(depth) {
    this.#depth = depth === null ? Infinity : depth;
  }

  show(value, depth) {
    switch (typeof value) {
      case "string":
        return quoted(value);
      case "bigint":
        return `${value}n`;
      case "number":
        return Object.is(value, -0) ? "-0" : `${value}`;
      case "function":
        return this.#function(value);
      case "object":
        return value === null ? "null" : this.#object(value, depth);
      default:
        return String(value);
    }
  }

  #function(value) {
    const kind = /^class\b/.test(Function.prototype.toString.call(value)) ? "class" : value.constructor?.name || "Function";
    return `[${kind}${value.name ? `${kind === "class" ? " " : ": "}${value.name}` : kind === "class" ? " (anonymous)" : " (anonymous)"}]`;
  }

  #object(value, depth) {
    if (this.#above.includes(value)) {
      if (!this.#circular.includes(value)) this.#circular.push(value);
      return `[Circular *${this.#circular.indexOf(value) + 1}]`;
    }
    const name = this.#className(value);
    if (depth > this.#depth) return `[${Array.isArray(value) ? "Array" : name || "Object: null prototype"}]`;
    if (this.#left < 0) return "…";
    this.#above.push(value);
    try {
      const inside = this.#inside(value, name, depth);
      const number = this.#circular.indexOf(value) + 1;
      const shown = number ? `<ref *${number}> ${inside}` : inside;
      this.#left -= Math.min(shown.length, 200);
      return shown;
    } catch {
      // A getter or a proxy of the app's that throws does not take the log line with it.
      return `[${name || "Object"}]`;
    } finally {
      this.#above.pop();
    }
  }

  #className(value) {
    const prototype = Object.getPrototypeOf(value);
    if (prototype === null) return "";
    return typeof value.constructor === "function" && value.constructor.name ? value.constructor.name : "Object";
  }

  #inside(value, name, depth) {
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
    if (value instanceof RegExp) return String(value);
    if (value instanceof Error || value instanceof DOMException) return this.#error(value, depth);
    if (value instanceof Promise) return "Promise { … }";
    if (value instanceof Headers || value instanceof URLSearchParams) {
      const pairs = Array.from(value.entries(), ([key, text]) => `${quoted(key)} => ${quoted(text)}`);
      return this.#braced(`${name} `, pairs, "{}");
    }
    if (value instanceof FormData) return this.#braced("FormData ", Array.from(value, ([key, each]) => `${quoted(key)} => ${typeof each === "string" ? quoted(each) : `File ${quoted(each.name)}`}`), "{}");
    if (value instanceof Blob) {
      const file = value instanceof File ? [`name: ${quoted(value.name)}`, `lastModified: ${value.lastModified}`] : [];
      return this.#braced(`${name} `, [`size: ${value.size}`, `type: ${quoted(value.type)}`, ...file], "{}");
    }
    if (value instanceof URL) return `URL { href: ${quoted(value.href)} }`;
    if (typeof value.status === "number" && name === "Response") {
      return `Response { status: ${value.status}, headers: ${this.show(value.headers, depth + 1)} }`;
    }
    if (name === "Request") return `Request { method: ${quoted(value.method)}, url: ${quoted(value.url)}, headers: ${this.show(value.headers, depth + 1)} }`;
    if (Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView))) return this.#array(value, name, depth);
    if (value instanceof ArrayBuffer) return `ArrayBuffer { byteLength: ${value.byteLength} }`;
    if (value instanceof Map) {
      const pairs = [];
      for (const [key, each] of value) {
        if (pairs.length === ITEMS) break;
        pairs.push(`${this.show(key, depth + 1)} => ${this.show(each, depth + 1)}`);
      }
      return this.#braced(`Map(${value.size}) `, this.#counted(pairs, value.size), "{}");
    }
    if (value instanceof Set) {
      const items = [];
      for (const each of value) {
        if (items.length === ITEMS) break;
        items.push(this.show(each, depth + 1));
      }
      return this.#braced(`Set(${value.size}) `, this.#counted(items, value.size), "{}");
    }
    if (value instanceof Number || value instanceof String || value instanceof Boolean) return `[${name}: ${this.show(value.valueOf(), depth)}]`;
    const tag = value[Symbol.toStringTag];
    const prefix = name === "" ? "[Object: null prototype] " : name === "Object" ? "" : `${name} `;
    return this.#braced(typeof tag === "string" && tag && tag !== name ? `${prefix || "Object "}[${tag}] ` : prefix, this.#fields(value, depth), "{}");
  }

  #fields(value, depth, skip = []) {
    const keys = Reflect.ownKeys(value).filter((key) => !skip.includes(key) && Object.getOwnPropertyDescriptor(value, key)?.enumerable);
    const shown = keys.slice(0, FIELDS).map((key) => {
      const { get, set, value: held } = Object.getOwnPropertyDescriptor(value, key);
      const label = typeof key === "symbol" ? `[${String(key)}]` : NAME.test(key) ? key : quoted(key);
      return `${label}: ${get ? (set ? "[Getter/Setter]" : "[Getter]") : set ? "[Setter]" : this.show(held, depth + 1)}`;
    });
    if (keys.length > FIELDS) shown.push(`... ${keys.length - FIELDS} more fields`);
    return shown;
  }

  #counted(items, size) {
    if (size > items.length) items.push(`... ${size - items.length} more item${size - items.length === 1 ? "" : "s"}`);
    return items;
  }

  #array(value, name, depth) {
    const items = [];
    let holes = 0;
    const end = Math.min(value.length, ITEMS);
    for (let at = 0; at < end; at++) {
      if (at in value) {
        if (holes) items.push(`<${holes} empty item${holes === 1 ? "" : "s"}>`);
        holes = 0;
        items.push(this.show(value[at], depth + 1));
      } else {
        holes++;
      }
    }
    if (holes) items.push(`<${holes} empty item${holes === 1 ? "" : "s"}>`);
    if (value.length > end) items.push(`... ${value.length - end} more item${value.length - end === 1 ? "" : "s"}`);
    const prefix = name === "Array" ? "" : `${name}(${value.length}) `;
    return this.#braced(prefix, items, "[]");
  }

  #error(error, depth) {
    const head = error.message ? `${error.name}: ${error.message}` : `${error.name}`;
    const stack = typeof error.stack === "string" ? error.stack.replace(/\s+$/, "") : "";
    // The stack has no first line here (QuickJS) or has one (others).
    let text = stack.includes(head) ? stack : stack ? `${head}\n${stack}` : `[${head}]`;
    const below = (name, held) => (text += `\n  ${name}: ${this.show(held, depth + 1).replaceAll("\n", "\n  ")}`);
    if (error.cause !== undefined) below("cause", error.cause);
    if (Array.isArray(error.errors)) below("errors", error.errors);
    const fields = this.#fields(error, depth, ["stack", "message", "name", "cause", "errors"]);
    return fields.length ? `${text} { ${fields.join(", ")} }` : text;
  }

  #braced(prefix, items, [open, close]) {
    if (!items.length) return `${prefix}${open}${close}`;
    const length = items.reduce((sum, item) => sum + item.length + 2, prefix.length);
    if (length <= LINE && !items.some((item) => item.includes("\n"))) return `${prefix}${open} ${items.join(", ")} ${close}`;
    return `${prefix}${open}\n${items.map((item) => `  ${item.replaceAll("\n", "\n  ")}`).join(",\n")}\n${close}`;
  }
}

/** The arguments of console.log as one text, with %s %d %i %f %j %o %O %c in the first. */
export function format(args) {
  let [first, ...rest] = args;
  const out = [];
  if (typeof first === "string") {
    if (rest.length && first.includes("%")) {
      first = first.replace(/%[sdifjoOc%]/g, (found) => {
        if (found === "%%") return "%";
        if (!rest.length) return found;
        const value = rest.shift();
        if (found === "%s") return typeof value === "string" ? value : typeof value === "object" && value !== null ? inspect(value, { depth: 0 }) : inspect(value);
        if (found === "%d") return typeof value === "object" ? "NaN" : `${typeof value === "bigint" ? `${value}n` : Number(value)}`;
        if (found === "%i") return `${Number.parseInt(value)}`;
        if (found === "%f") return `${Number.parseFloat(value)}`;
        if (found === "%j") return JSON.stringify(value) ?? "undefined";
        return found === "%c" ? "" : inspect(value);
      });
    }
    out.push(first);
  } else if (args.length) {
    out.push(inspect(first));
  }
  for (const value of rest) out.push(typeof value === "string" ? value : inspect(value));
  return out.join(" ");
}
