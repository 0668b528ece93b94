// The entry of the script runner: puts the Web API into place, and carries one request to the app's handler and back.

import { Blob, File } from "./blob.js";
import { console } from "./console.js";
import { crypto } from "./crypto.js";
import { TextDecoder, TextEncoder, atob, btoa } from "./encoding.js";
import { AbortController, AbortSignal, CustomEvent, Event, EventTarget } from "./events.js";
import { fetch } from "./fetch.js";
import { FormData } from "./formdata.js";
import { Headers } from "./headers.js";
import { installIntl } from "./intl/install.js";
import { Request, requestOf } from "./request.js";
import { Response, toNative } from "./response.js";
import { store } from "./store.js";
import { ReadableStream, ReadableStreamDefaultReader } from "./stream.js";
import { structuredClone } from "./clone.js";
import { described } from "./text.js";
import { performance, timers } from "./timers.js";
import { URL, URLSearchParams } from "./url.js";

const native = globalThis.__c4h;

/** Puts the Web API on the global object. */
export function install(global) {
  const api = {
    AbortController,
    AbortSignal,
    Blob,
    CustomEvent,
    Event,
    EventTarget,
    File,
    FormData,
    Headers,
    ReadableStream,
    ReadableStreamDefaultReader,
    Request,
    Response,
    TextDecoder,
    TextEncoder,
    URL,
    URLSearchParams,
    atob,
    btoa,
    console,
    crypto,
    fetch,
    performance,
    structuredClone,
    ...timers,
    self: global,
  };
  for (const [name, value] of Object.entries(api)) {
    Object.defineProperty(global, name, { value, writable: true, configurable: true, enumerable: false });
  }
  installIntl(global);
}

const EXPECTED = "export default { async fetch(request, env) { return new Response(\"hello\") } }";

/** Throws a sentence when the app's default export cannot answer requests. */
export function check(handler) {
  if (typeof handler === "function" || typeof handler?.fetch === "function") return;
  if (handler === undefined) throw new TypeError(`The app has no default export. It should say: ${EXPECTED}`);
  if (typeof handler === "object" && handler !== null) {
    const found = "fetch" in handler ? `its fetch is ${described(handler.fetch)}` : `it has ${Object.keys(handler).slice(0, 5).join(", ") || "nothing"}`;
    throw new TypeError(`The app's default export has no function fetch: ${found}. It should say: ${EXPECTED}`);
  }
  throw new TypeError(`The app's default export is ${described(handler)}. It should say: ${EXPECTED}`);
}

// Configuration and secrets are asked for when the app first looks at them. There is one `env` and one `ctx`: an
// instance carries one request, and making two objects for each would cost more than the rest of a short one.
let filled = false;
const settings = { store };
const fill = () => {
  if (!filled) {
    filled = true;
    for (const [name, value] of Object.entries(native.env())) if (name !== "store") settings[name] = value;
  }
  return settings;
};
const env = new Proxy(settings, {
  get: (_, name) => (name === "store" ? store : fill()[name]),
  has: (_, name) => name in fill(),
  ownKeys: () => Reflect.ownKeys(fill()),
  getOwnPropertyDescriptor: (_, name) => Object.getOwnPropertyDescriptor(fill(), name),
});

/** What the app asked to be waited for after its answer. */
let waiting;

const context = {
  waitUntil: (promise) => {
    (waiting ??= []).push(promise);
  },
  passThroughOnException: () => {},
};

/** Waits for all of it, and for what is added meanwhile. Never rejects. */
async function waitForAll(promises) {
  for (const each of promises) {
    try {
      await each;
    } catch (error) {
      console.error("What waitUntil was waiting for failed:", error);
    }
  }
}

function answer(response) {
  if (!(response instanceof Response)) {
    const object = typeof response === "object" && response !== null;
    const hint = response === undefined ? " Is a `return` missing?" : typeof response === "string" ? " Say: return new Response(text)" : object ? " Say: return Response.json(data)" : "";
    throw new TypeError(`fetch must return a Response; it returned ${described(response)}.${hint}`);
  }
  const made = toNative(response);
  if (waiting) made.after = waitForAll(waiting);
  if (typeof made.body?.then !== "function") return made;
  return made.body.then((body) => {
    made.body = body;
    return made;
  });
}

function scheduled(handler, request) {
  const every = request.headers.get("x-c4h-schedule");
  const event = { type: "scheduled", scheduledTime: native.now(), every };
  const done = () => answer(new Response(null, { status: 204 }));
  return Promise.resolve(handler.scheduled(event, env, context)).then(done);
}

/** Carries one request to the app. The answer, or a promise of it; what the app throws comes through. */
export function handle(handler, nativeRequest) {
  const request = requestOf(nativeRequest);
  waiting = undefined;
  if (typeof handler?.scheduled === "function" && request.headers.has("x-c4h-schedule")) return scheduled(handler, request);
  if (typeof handler !== "function" && typeof handler?.fetch !== "function") check(handler);
  const response = typeof handler === "function" ? handler(request, env, context) : handler.fetch(request, env, context);
  if (response instanceof Response) return answer(response);
  if (typeof response?.then === "function") return response.then(answer);
  return answer(response);
}
