// Event, EventTarget, AbortSignal and AbortController: as much of the DOM's events as `fetch` and timers need.
// There is no tree here, so nothing bubbles and nothing is captured.

import { startTimer } from "./timers.js";

export class Event {
  #type;
  #init;
  #prevented = false;
  target = null;
  currentTarget = null;

  constructor(type, init = {}) {
    this.#type = `${type}`;
    this.#init = init;
  }

  get type() {
    return this.#type;
  }

  get bubbles() {
    return Boolean(this.#init.bubbles);
  }

  get cancelable() {
    return Boolean(this.#init.cancelable);
  }

  get defaultPrevented() {
    return this.#prevented;
  }

  preventDefault() {
    if (this.cancelable) this.#prevented = true;
  }

  stopPropagation() {}

  stopImmediatePropagation() {
    stopped.add(this);
  }
}

const stopped = new WeakSet();

export class CustomEvent extends Event {
  #detail;

  constructor(type, init = {}) {
    super(type, init);
    this.#detail = init.detail ?? null;
  }

  get detail() {
    return this.#detail;
  }
}

export class EventTarget {
  #listeners;

  addEventListener(type, listener, options = {}) {
    if (listener === null || listener === undefined) return;
    const { once, signal } = typeof options === "object" && options !== null ? options : {};
    if (signal !== undefined && !(signal instanceof AbortSignal)) throw new TypeError("The signal of a listener is an AbortSignal");
    if (signal?.aborted) return;
    this.#listeners ??= [];
    if (this.#listeners.some((each) => each.type === `${type}` && each.listener === listener)) return;
    const added = { type: `${type}`, listener, once: Boolean(once) };
    this.#listeners.push(added);
    // This one, not another that the same function was added as later.
    signal?.addEventListener("abort", () => (this.#listeners = this.#listeners.filter((each) => each !== added)), { once: true });
  }

  removeEventListener(type, listener) {
    this.#listeners = this.#listeners?.filter((each) => !(each.type === `${type}` && each.listener === listener));
  }

  dispatchEvent(event) {
    event.target = event.currentTarget = this;
    const handler = this[`on${event.type}`];
    const own = typeof handler === "function" ? [{ listener: handler }] : [];
    for (const each of [...own, ...(this.#listeners ?? []).filter((each) => each.type === event.type)]) {
      if (stopped.has(event)) break;
      // One listener may have removed another.
      if (each.type && !this.#listeners.includes(each)) continue;
      const { listener, once } = each;
      if (once) this.removeEventListener(event.type, listener);
      try {
        if (typeof listener === "function") listener.call(this, event);
        else listener.handleEvent(event);
      } catch (error) {
        // As in a browser: one listener's mistake does not keep the others from hearing the event.
        console.error(error);
      }
    }
    return !event.defaultPrevented;
  }
}

let abort;
const inside = Symbol("inside");

export class AbortSignal extends EventTarget {
  #aborted = false;
  #reason = undefined;
  onabort = null;

  constructor(from) {
    super();
    if (from !== inside) throw new TypeError("An AbortSignal comes from new AbortController().signal, AbortSignal.timeout(ms) or AbortSignal.any(signals)");
  }

  static {
    abort = (signal, reason = new DOMException("This operation was aborted", "AbortError")) => {
      if (signal.#aborted) return;
      signal.#aborted = true;
      signal.#reason = reason;
      signal.dispatchEvent(new Event("abort"));
    };
  }

  static abort(reason) {
    const signal = new AbortSignal(inside);
    abort(signal, reason);
    return signal;
  }

  static timeout(milliseconds) {
    if (!(milliseconds >= 0)) throw new RangeError(`AbortSignal.timeout takes milliseconds, 0 or more, not ${milliseconds}`);
    const signal = new AbortSignal(inside);
    startTimer(() => abort(signal, new DOMException(`The operation was aborted due to timeout: it took longer than ${milliseconds} ms`, "TimeoutError")), milliseconds);
    return signal;
  }

  static any(signals) {
    const signal = new AbortSignal(inside);
    for (const each of signals) {
      if (each.aborted) {
        abort(signal, each.reason);
        break;
      }
      each.addEventListener("abort", () => abort(signal, each.reason), { once: true });
    }
    return signal;
  }

  get aborted() {
    return this.#aborted;
  }

  get reason() {
    return this.#reason;
  }

  throwIfAborted() {
    if (this.#aborted) throw this.#reason;
  }

  get [Symbol.toStringTag]() {
    return "AbortSignal";
  }
}

export class AbortController {
  #signal;

  get signal() {
    return (this.#signal ??= new AbortSignal(inside));
  }

  abort(reason) {
    abort(this.signal, reason);
  }

  get [Symbol.toStringTag]() {
    return "AbortController";
  }
}
