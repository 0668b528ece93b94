// Small things that several parts of the Web API share: well-formed text, bytes, and the words for a wrong value.

const native = globalThis.__c4h;

/** Any value as text without lone surrogates, as the Web's `USVString` wants it. */
export function usv(value) {
  return `${value}`.toWellFormed();
}

/** The bytes behind an ArrayBuffer or a view of one, as a Uint8Array over the same memory; undefined for anything else. */
export function bytesOf(value) {
  if (value instanceof Uint8Array) return value;
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) return new Uint8Array(value);
  return undefined;
}

export const encodeUtf8 = (text) => native.encodeUtf8(text);
export const decodeUtf8 = (bytes) => native.decodeUtf8(bytes);

/** One Uint8Array out of several. */
export function joinBytes(parts) {
  if (parts.length === 1) return parts[0];
  let length = 0;
  for (const part of parts) length += part.length;
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** How a wrong value is called in a sentence: `undefined`, `null`, `a number`, `an object of class Foo`. */
export function described(value) {
  if (value === undefined || value === null) return `${value}`;
  if (typeof value === "string") return `the text ${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)}`;
  if (typeof value === "function") return value.name ? `the function ${value.name}` : "a function";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") {
    const name = value.constructor?.name;
    return name && name !== "Object" ? `an object of class ${name}` : "a plain object";
  }
  return `the ${typeof value} ${String(value)}`;
}

/** An error's name and message, as they stand at the head of its stack. */
export function headline(error) {
  const { name = "Error", message = "" } = error ?? {};
  return name && message ? `${name}: ${message}` : `${name || message}`;
}

/** A promise whose rejection says where in the app it was asked for: the steps that lead here, for an error that has none of its own. */
export function placed(promise) {
  const { stack } = new Error();
  return promise.catch((error) => {
    const steps = stack.indexOf("\n    at ");
    const own = error?.stack;
    const isOfApp = (step) => step.startsWith("    at ") && !step.includes("c4h:web/");
    if (steps >= 0 && typeof own === "string" && !own.split("\n").some(isOfApp)) {
      const value = headline(error) + stack.slice(steps);
      // Not one that is frozen.
      Reflect.defineProperty(error, "stack", { value, writable: true, configurable: true, enumerable: false });
    }
    throw error;
  });
}
