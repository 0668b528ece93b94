// env.store: the app's small store. Every call is an ordinary HTTP call to the store's own address, so it is on the
// trace and can be replayed like any other.

import { fetch } from "./fetch.js";
import { described } from "./text.js";

const STORE = "https://store.c4h.internal/values";
/** By the rules of the store: bytes of a key. */
const KEY_BYTES_MAX = 256;

function address(key) {
  // An address cannot hold the last two: it takes them for steps in its path.
  if (typeof key !== "string" || key === "" || key === "." || key === "..") {
    throw new TypeError(`A key of the store is a text of 1 to ${KEY_BYTES_MAX} bytes other than "." and "..", and ${described(key)} is none`);
  }
  return `${STORE}/${encodeURIComponent(key.toWellFormed())}`;
}

async function refused(response, what) {
  const problem = await response.json().catch(() => ({}));
  const error = new Error(`The store could not ${what}: ${problem.detail ?? problem.title ?? `it answered ${response.status}`}`);
  error.status = response.status;
  if (problem.code) error.code = problem.code;
  return error;
}

export const store = {
  /** The value kept under the key, or undefined. */
  async get(key) {
    const response = await fetch(address(key));
    if (response.status === 404) return undefined;
    if (!response.ok) throw await refused(response, `read ${JSON.stringify(key)}`);
    try {
      return await response.json();
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw new SyntaxError(`What the store keeps under ${JSON.stringify(key)} is not JSON, so store.set did not put it there. Read it with fetch(${JSON.stringify(address(key))})`);
    }
  },

  /** Keeps a value (anything that JSON can hold) under the key. */
  async set(key, value) {
    const where = address(key);
    const body = JSON.stringify(value);
    if (body === undefined) throw new TypeError(`The store keeps what JSON can hold, and not ${described(value)}. To remove a key: store.delete(key)`);
    const response = await fetch(where, { method: "PUT", body, headers: { "content-type": "application/json" } });
    if (!response.ok) throw await refused(response, `keep ${JSON.stringify(key)}`);
  },

  /** Removes the key; removing one that is not there is no mistake. */
  async delete(key) {
    const response = await fetch(address(key), { method: "DELETE" });
    if (!response.ok && response.status !== 404) throw await refused(response, `remove ${JSON.stringify(key)}`);
  },

  /** Adds a whole number to the one under the key (0 when it is not there) in one step, and answers the sum. */
  async add(key, number = 1) {
    if (!Number.isSafeInteger(number)) throw new TypeError(`The store adds a whole number, and ${described(number)} is none`);
    const response = await fetch(`${address(key)}?add=${number}`, { method: "POST" });
    if (!response.ok) throw await refused(response, `add to ${JSON.stringify(key)}`);
    return response.json();
  },

  /** Keys in order: {keys, next}; pass `next` as `after` for the following page. */
  async list({ prefix, after, limit } = {}) {
    const query = new URLSearchParams();
    if (prefix !== undefined) query.set("prefix", prefix);
    if (after !== undefined && after !== null) query.set("after", after);
    if (limit !== undefined) query.set("limit", limit);
    const text = query.toString();
    const response = await fetch(text ? `${STORE}?${text}` : STORE);
    if (!response.ok) throw await refused(response, "list its keys");
    const { keys, next } = await response.json();
    return { keys, next: next ?? undefined };
  },
};
