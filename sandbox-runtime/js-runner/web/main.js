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
import { described, headline } from "./text.js";
import { performance, timers } from "./timers.js";
import { URL, URLSearchParams } from "./url.js";

const native = globalThis.__c4h;

/** What a service worker's script listens to instead of exporting it. */
const listeners = new Map();

function addEventListener(type, listener) {
  const call = typeof listener === "function" ? listener : listener?.handleEvent?.bind(listener);
  if (typeof call !== "function") throw new TypeError(`addEventListener takes a function, not ${described(listener)}`);
  listeners.set(`${type}`, call);
}

/** Makes `stack` what it is in browsers and Node.js: what the error is in the first line, then the steps, without those in here. */
function installStack(prototype) {
  const { get, set } = Object.getOwnPropertyDescriptor(prototype, "stack") ?? {};
  // Not the engine of the runner: then the stack is right already.
  if (!get) return;
  const stack = {
    get() {
      const steps = get.call(this);
      if (typeof steps !== "string" || (steps && !steps.startsWith("    at "))) return steps;
      const own = steps.split("\n").filter((step) => step && !step.includes("c4h:web/"));
      return [headline(this), ...own].join("\n");
    },
    set(text) {
      set.call(this, text);
    },
  };
  Object.defineProperty(prototype, "stack", { ...stack, configurable: true, enumerable: false });
}

/** Puts the Web API on the global object. */
export function install(global) {
  installStack(Error.prototype);
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
    addEventListener,
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
  // The engine seeds its own before the snapshot, so that every run would draw the same.
  Object.defineProperty(global.Math, "random", { value: native.random, writable: true, configurable: true, enumerable: false });
  installIntl(global);
}

const EXPECTED = "export default { async fetch(request, env) { return new Response(\"hello\") } }";

/** Throws a sentence when the app's default export cannot answer requests. `names` are all its exports. */
export function check(handler, names = []) {
  if (typeof handler === "function" && /^class\b/.test(Function.prototype.toString.call(handler))) {
    throw new TypeError(`The app's default export is a class; export an object of it: export default new ${handler.name === "default" ? "App" : handler.name}()`);
  }
  if (typeof handler === "function" || typeof handler?.fetch === "function") return;
  if (handler === undefined) {
    if (listeners.has("fetch")) return;
    const others = names.length ? ` It exports ${names.slice(0, 5).join(", ")}, and none of these as default.` : "";
    throw new TypeError(`The app has no default export.${others} It should say: ${names.includes("fetch") ? "export default { fetch }" : EXPECTED}`);
  }
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
    // A manifest with `store` in its configuration is refused; another host's environment may have it.
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
  const called = handler === undefined ? listeners.get("scheduled")({ ...event, ...context }) : handler.scheduled(event, env, context);
  return Promise.resolve(called).then(done);
}

/** The app as a service worker: its listener is given the request and says what it responds with. */
function dispatchFetch(listener, request) {
  let response;
  let isOver = false;
  listener({
    type: "fetch",
    request,
    respondWith: (given) => {
      if (isOver) throw new DOMException("respondWith was called after the listener had returned", "InvalidStateError");
      if (response !== undefined) throw new DOMException("respondWith was called already", "InvalidStateError");
      response = given;
    },
    ...context,
  });
  isOver = true;
  if (response === undefined) throw new TypeError("The app was told of the request and gave no answer: call event.respondWith(response) before the listener returns");
  return response;
}

/** Carries one request to the app. The answer, or a promise of it; what the app throws comes through. */
export function handle(handler, nativeRequest) {
  const request = requestOf(nativeRequest);
  waiting = undefined;
  const knowsSchedules = handler === undefined ? listeners.has("scheduled") : typeof handler?.scheduled === "function";
  if (knowsSchedules && request.headers.has("x-c4h-schedule")) return scheduled(handler, request);
  const listener = handler === undefined ? listeners.get("fetch") : undefined;
  if (!listener && typeof handler !== "function" && typeof handler?.fetch !== "function") check(handler);
  const response = listener ? dispatchFetch(listener, request) : typeof handler === "function" ? handler(request, env, context) : handler.fetch(request, env, context);
  if (response instanceof Response) return answer(response);
  if (typeof response?.then === "function") return response.then(answer);
  return answer(response);
}
