// The module `c4h:test`: an app's own tests. `c4h test` bundles the test files, deploys them beside the app, asks for
// the list (GET /tests) and runs each test as a run of its own (POST /tests/{index}).

import { inspect } from "./inspect.js";

/** Lines of a difference that are shown. */
const LINES = 60;

const registered = [];
/** The environment of the run in which a test runs. */
let environment = {};

/** Says that there is a test: test("finds a patient", async () => { … }). */
export function test(name, run) {
  if (typeof name !== "string" || name === "") throw new TypeError('A test has a name: test("finds a patient", async () => { … })');
  if (typeof run !== "function") throw new TypeError(`The test "${name}" has no function: test("${name}", async () => { … })`);
  registered.push({ name, run, skipped: false });
}

/** A test that is listed and not run. */
test.skip = (name, run = () => {}) => {
  test(name, run);
  registered.at(-1).skipped = true;
};

/** What an assertion throws. */
export class AssertionError extends Error {
  constructor(message, { actual, expected } = {}) {
    super(message);
    this.actual = actual;
    this.expected = expected;
  }

  get name() {
    return "AssertionError";
  }
}

function same(a, b, seen = new Map()) {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (seen.get(a) === b) return true;
  seen.set(a, b);
  if (a instanceof Date) return Object.is(a.getTime(), b.getTime());
  if (a instanceof RegExp) return String(a) === String(b);
  if (a instanceof Error && (a.name !== b.name || a.message !== b.message)) return false;
  if (a instanceof Map) return a.size === b.size && [...a].every(([key, value]) => b.has(key) && same(value, b.get(key), seen));
  if (a instanceof Set) return a.size === b.size && [...a].every((value) => b.has(value) || [...b].some((other) => same(value, other, seen)));
  if (typeof a.valueOf() !== "object" && a.valueOf() !== b.valueOf()) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key], seen));
}

/** The lines of two shown values, those in common, those only expected (-) and those only found (+). */
function difference(actual, expected) {
  const [found, wanted] = [spread(actual), spread(expected)];
  // The longest common subsequence; the bound keeps the table small.
  const [a, b] = [wanted.slice(0, 400), found.slice(0, 400)];
  const table = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) table[i][j] = a[i] === b[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
  }
  const lines = [];
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push(`  ${a[i]}`);
      i++;
      j++;
    } else if (i < a.length && (j === b.length || table[i + 1][j] >= table[i][j + 1])) lines.push(`- ${a[i++]}`);
    else lines.push(`+ ${b[j++]}`);
  }
  const first = Math.max(0, lines.findIndex((line) => line[0] !== " ") - 3);
  const shown = lines.slice(first, first + LINES);
  return [...(first ? ["  …"] : []), ...shown, ...(lines.length > first + LINES ? ["  …"] : [])].join("\n");
}

/** A value with every element on a line of its own, so that differences are small. */
function spread(value, indent = "", seen = []) {
  if (typeof value === "string" && value.includes("\n")) return value.split("\n").map((line) => indent + line);
  if (typeof value !== "object" || value === null || seen.includes(value)) return [indent + inspect(value)];
  const list = Array.isArray(value);
  if (!list && Object.getPrototypeOf(value) !== Object.prototype) return inspect(value, { depth: null }).split("\n").map((line) => indent + line);
  const keys = Object.keys(value);
  if (!keys.length) return [indent + (list ? "[]" : "{}")];
  const lines = keys.flatMap((key) => {
    const [first, ...rest] = spread(value[key], `${indent}  `, [...seen, value]);
    const all = [list ? first : `${indent}  ${key}: ${first.trimStart()}`, ...rest];
    all[all.length - 1] += ",";
    return all;
  });
  return [`${indent}${list ? "[" : "{"}`, ...lines, `${indent}${list ? "]" : "}"}`];
}

function fail(message, sentence, details) {
  if (message instanceof Error) throw message;
  throw new AssertionError(message === undefined ? sentence : `${message}\n${sentence}`, details);
}

function unequal(message, actual, expected, words) {
  const details = { actual, expected };
  const simple = (value) => typeof value !== "object" || value === null;
  if (simple(actual) && simple(expected) && !`${String(actual)}${String(expected)}`.includes("\n")) {
    fail(message, `expected ${inspect(expected)}, found ${inspect(actual)}`, details);
  }
  fail(message, `${words} (- expected, + found):\n${difference(actual, expected)}`, details);
}

/** assert(value) and its relatives; each takes a message of your own as the last value. */
export function assert(value, message) {
  if (!value) fail(message, `expected something true, found ${inspect(value)}`, { actual: value, expected: true });
}

Object.assign(assert, {
  ok: (value, message) => assert(value, message),
  /** The very same value, as Object.is sees it. */
  equal(actual, expected, message) {
    if (Object.is(actual, expected)) return;
    const alike = same(actual, expected);
    unequal(message, actual, expected, alike ? "they look the same but are two objects: deepEqual compares what is inside. The values" : "not the same");
  },
  notEqual(actual, unexpected, message) {
    if (Object.is(actual, unexpected)) fail(message, `expected anything but ${inspect(unexpected)}`, { actual });
  },
  /** The same structure with the same values. */
  deepEqual(actual, expected, message) {
    if (!same(actual, expected)) unequal(message, actual, expected, "not equal");
  },
  notDeepEqual(actual, unexpected, message) {
    if (same(actual, unexpected)) fail(message, `expected anything but ${inspect(unexpected)}`, { actual });
  },
  /** A text that matches a pattern, or holds another text. */
  match(text, pattern, message) {
    const found = typeof pattern === "string" ? `${text}`.includes(pattern) : pattern.test(text);
    if (!found) fail(message, `expected a text ${typeof pattern === "string" ? "with" : "that matches"} ${inspect(pattern)}, found ${inspect(text)}`, { actual: text, expected: pattern });
  },
  doesNotMatch(text, pattern, message) {
    const found = typeof pattern === "string" ? `${text}`.includes(pattern) : pattern.test(text);
    if (found) fail(message, `expected a text without ${inspect(pattern)}, found ${inspect(text)}`, { actual: text, expected: pattern });
  },
  throws(run, expected, message) {
    try {
      run();
    } catch (error) {
      return checkError(error, expected, message);
    }
    return fail(message, `expected it to fail${wish(expected)}, and it did not`);
  },
  async rejects(promise, expected, message) {
    try {
      await (typeof promise === "function" ? promise() : promise);
    } catch (error) {
      return checkError(error, expected, message);
    }
    return fail(message, `expected it to fail${wish(expected)}, and it did not`);
  },
  fail: (message = "this should not be reached") => fail(message, "assert.fail"),
});

const wish = (expected) => (expected === undefined ? "" : ` with ${inspect(expected)}`);

/** An error against what was expected of it: a class, a pattern or text in its message, or fields. */
function checkError(error, expected, message) {
  let right = true;
  if (typeof expected === "function") right = error instanceof expected;
  else if (expected instanceof RegExp) right = expected.test(String(error?.message ?? error));
  else if (typeof expected === "string") right = String(error?.message ?? error).includes(expected);
  else if (typeof expected === "object" && expected !== null) right = Object.keys(expected).every((key) => same(error?.[key], expected[key]));
  if (!right) fail(message, `expected it to fail${wish(expected)}, and it failed with ${error?.name ?? "Error"}: ${error?.message ?? inspect(error)}`, { actual: error, expected });
  return error;
}

function address(path) {
  const name = environment.C4H_TEST_APP;
  if (!name) throw new Error("There is no app to call here: tests are run by `c4h test`, and `app` works inside a test");
  return new URL(path, `https://${name}.apps.c4h.internal/`).href;
}

/** The app under test, whatever language it is written in. Redirects are not followed: a test wants to see them. */
export const app = {
  fetch(request, init) {
    if (request instanceof Request) return fetch(request, init);
    return fetch(address(request), { redirect: "manual", ...init });
  },
  get: (path, init) => app.fetch(path, { ...init, method: "GET" }),
  delete: (path, init) => app.fetch(path, { ...init, method: "DELETE" }),
  post: (path, body, init) => app.fetch(path, sending("POST", body, init)),
  put: (path, body, init) => app.fetch(path, sending("PUT", body, init)),
};

/** A plain object or an array is sent as JSON, everything else as fetch sends it. */
function sending(method, body, init) {
  const plain = Array.isArray(body) || (typeof body === "object" && body !== null && Object.getPrototypeOf(body) === Object.prototype);
  if (!plain) return { ...init, method, body };
  const headers = new Headers(init?.headers);
  if (!headers.has("content-type")) headers.set("content-type", "application/json");
  return { ...init, method, headers, body: JSON.stringify(body) };
}

async function run(index) {
  const found = registered[index];
  if (!found) return undefined;
  if (found.skipped) return { ok: true, skipped: true };
  try {
    await found.run();
    return { ok: true };
  } catch (error) {
    const isError = error instanceof Error || error instanceof DOMException;
    const message = isError ? (error.name === "AssertionError" ? error.message : `${error.name}: ${error.message}`) : `the test threw ${inspect(error)}`;
    return { ok: false, message, stack: isError ? `${error.stack ?? ""}`.trimEnd() : "" };
  }
}

/** What answers for the tests: the default export of the bundle that `c4h test` makes. */
export const tests = {
  async fetch(request, env) {
    environment = env;
    const { pathname } = new URL(request.url);
    const one = /\/tests\/(\d+)$/.exec(pathname);
    if (request.method === "GET" && pathname.endsWith("/tests")) {
      return Response.json(registered.map(({ name, skipped }) => (skipped ? { name, skipped } : { name })));
    }
    const result = request.method === "POST" && one ? await run(Number(one[1])) : undefined;
    if (result) return Response.json(result);
    return Response.json({ detail: `There is no such test: GET /tests lists ${registered.length}, POST /tests/{index} runs one` }, { status: 404 });
  },
};
