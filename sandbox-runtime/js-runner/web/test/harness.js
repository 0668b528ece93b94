// What the examples of the documents are checked with: `// =>` becomes check(...), `// throws` becomes throws(...).

/** A value as text that is the same for values that are the same. */
function shown(value) {
  if (value === undefined) return "undefined";
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${Array.from(value, shown).join(", ")}]`;
  if (value instanceof Date) return `Date(${value.getTime()})`;
  if (ArrayBuffer.isView(value)) return `${value.constructor.name}[${Array.from(value).join(", ")}]`;
  if (value instanceof Map) return `Map${shown([...value])}`;
  if (value instanceof Set) return `Set${shown([...value])}`;
  return `{${Object.keys(value).sort().map((key) => `${key}: ${shown(value[key])}`).join(", ")}}`;
}

export function check(code, value, expected) {
  if (shown(value) !== shown(expected)) throw new Error(`${code}\n  expected ${shown(expected)}\n  found    ${shown(value)}`);
}

export async function throws(code, run, expected) {
  try {
    await run();
  } catch (error) {
    if (`${error.message}`.includes(expected)) return;
    throw new Error(`${code}\n  expected it to throw ${shown(expected)}\n  it threw ${error.name}: ${error.message}`);
  }
  throw new Error(`${code}\n  expected it to throw ${shown(expected)}, and it did not`);
}
