// structuredClone: https://html.spec.whatwg.org/#structured-cloning. What is transferred is copied and then taken from its owner;
// only an ArrayBuffer can be.

import { Blob } from "./blob.js";
import { described } from "./text.js";

const ERRORS = { Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };
const WRAPPED = [Number, String, Boolean, BigInt];
/** Deeper objects are refused before the stack ends. */
const DEPTH = 1000;

export function structuredClone(value, options) {
  if (arguments.length === 0) throw new TypeError("structuredClone takes the value to copy");
  const transfer = [...(options?.transfer ?? [])];
  for (const [at, each] of transfer.entries()) {
    if (!(each instanceof ArrayBuffer)) refuse(described(each), "transferred: only an ArrayBuffer can");
    if (each.detached || transfer.indexOf(each) !== at) refuse("An ArrayBuffer that is detached or listed twice", "transferred");
  }
  const made = copy(value, new Map(), 0);
  for (const each of transfer) each.transfer(0);
  return made;
}

function refuse(what, done = "cloned") {
  throw new DOMException(`${what} could not be ${done}.`, "DataCloneError");
}

function copy(value, seen, depth) {
  if (typeof value === "symbol") refuse(String(value));
  if (typeof value === "function") refuse(value.name ? `The function ${value.name}` : "A function");
  if (typeof value !== "object" || value === null) return value;
  if (seen.has(value)) return seen.get(value);
  if (depth > DEPTH) refuse(`An object nested deeper than ${DEPTH} levels`);
  const keep = (made) => {
    seen.set(value, made);
    return made;
  };
  const inner = (each) => copy(each, seen, depth + 1);

  if (Array.isArray(value)) {
    const made = keep(new Array(value.length));
    for (const key of Object.keys(value)) made[key] = inner(value[key]);
    return made;
  }
  if (value instanceof Date) return keep(new Date(value.getTime()));
  if (value instanceof RegExp) return keep(new RegExp(value.source, value.flags));
  if (value instanceof ArrayBuffer) {
    if (value.detached) refuse("A detached ArrayBuffer");
    return keep(value.slice(0));
  }
  if (ArrayBuffer.isView(value)) {
    const buffer = inner(value.buffer);
    const type = value instanceof DataView ? DataView : globalThis[value[Symbol.toStringTag]];
    return keep(new type(buffer, value.byteOffset, value instanceof DataView ? value.byteLength : value.length));
  }
  if (value instanceof Map) {
    const made = keep(new Map());
    for (const [key, each] of [...value]) made.set(inner(key), inner(each));
    return made;
  }
  if (value instanceof Set) {
    const made = keep(new Set());
    for (const each of [...value]) made.add(inner(each));
    return made;
  }
  if (value instanceof DOMException) return keep(new DOMException(value.message, value.name));
  if (value instanceof Error) return error(value, keep, inner);
  if (value instanceof Blob) return keep(value.slice(0, value.size, value.type));
  for (const type of WRAPPED) {
    if (value instanceof type) return keep(Object(value.valueOf()));
  }
  const tag = Object.prototype.toString.call(value);
  if (tag !== "[object Object]" || value instanceof Promise || value instanceof WeakMap || value instanceof WeakSet || value instanceof WeakRef) {
    refuse(tag.replace("[object ", "#<").replace("]", ">"));
  }
  const made = keep({});
  for (const key of Object.keys(value)) made[key] = inner(value[key]);
  return made;
}

function error(value, keep, inner) {
  const type = Object.hasOwn(ERRORS, value.name) ? ERRORS[value.name] : Error;
  const made = keep(new type(`${value.message}`));
  const put = (key, held) => Object.defineProperty(made, key, { value: held, writable: true, configurable: true });
  put("stack", value.stack);
  if ("cause" in value) put("cause", inner(value.cause));
  return made;
}
