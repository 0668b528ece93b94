// A small ReadableStream: enough to read a body piece by piece and to hand one over. Bodies arrive whole, so nothing
// here makes an answer leave earlier. Absent: byte streams, pipeTo, pipeThrough, WritableStream, TransformStream.

import { described } from "./text.js";

// What the controller and the reader do with a stream, and nobody else may.
let take;
let enqueue;
let end;
let release;
let wants;

export class ReadableStream {
  #source;
  #chunks = [];
  #waiting = [];
  #state = "readable";
  #error;
  #reader = null;
  #pulling = false;
  #started;
  #controller;

  constructor(source = {}) {
    this.#source = source;
    const controller = (this.#controller = new Controller(this));
    this.#started = Promise.resolve(source.start?.(controller)).catch((error) => controller.error(error));
  }

  static {
    take = (stream) => stream.#take();
    enqueue = (stream, chunk) => {
      if (stream.#state !== "readable") throw new TypeError("The stream is closed: nothing can be added");
      const waiting = stream.#waiting.shift();
      if (waiting) waiting.resolve({ done: false, value: chunk });
      else stream.#chunks.push(chunk);
      if (stream.#waiting.length) stream.#pull();
    };
    end = (stream, state, error) => {
      if (stream.#state !== "readable") return;
      stream.#state = state;
      stream.#error = error;
      for (const waiting of stream.#waiting.splice(0)) {
        if (state === "errored") waiting.reject(error);
        else waiting.resolve({ done: true, value: undefined });
      }
    };
    release = (stream) => {
      stream.#reader = null;
    };
    wants = (stream) => (stream.#state === "readable" ? Math.max(0, 1 - stream.#chunks.length) : 0);
  }

  static from(iterable) {
    const iterator = iterable[Symbol.asyncIterator]?.() ?? iterable[Symbol.iterator]();
    return new ReadableStream({
      async pull(controller) {
        const { done, value } = await iterator.next();
        if (done) controller.close();
        else controller.enqueue(await value);
      },
      cancel: (reason) => iterator.return?.(reason),
    });
  }

  get locked() {
    return this.#reader !== null;
  }

  getReader(options) {
    if (options?.mode) throw new TypeError("Only the default reader is here: getReader() without a mode");
    if (this.#reader) throw new TypeError("The stream is being read by someone else already");
    return (this.#reader = new ReadableStreamDefaultReader(this));
  }

  async #take() {
    if (this.#chunks.length) return { done: false, value: this.#chunks.shift() };
    if (this.#state === "errored") throw this.#error;
    if (this.#state === "closed") return { done: true, value: undefined };
    const taken = new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
    this.#pull();
    return taken;
  }

  async #pull() {
    if (this.#pulling || !this.#source.pull) return;
    this.#pulling = true;
    await this.#started;
    try {
      let before;
      do {
        before = this.#waiting.length;
        if (before && this.#state === "readable") await this.#source.pull(this.#controller);
        // A pull that brought nothing is not asked again until something comes.
      } while (this.#waiting.length && this.#waiting.length < before);
    } catch (error) {
      end(this, "errored", error);
    }
    this.#pulling = false;
  }

  async cancel(reason) {
    this.#chunks = [];
    end(this, "closed");
    await this.#source.cancel?.(reason);
  }

  tee() {
    const reader = this.getReader();
    const branch = () => new ReadableStream({ pull });
    const controllers = [];
    const pull = async () => {
      const { done, value } = await reader.read();
      for (const each of controllers) {
        if (done) end(each, "closed");
        else enqueue(each, value);
      }
    };
    controllers.push(branch(), branch());
    return [...controllers];
  }

  async *values() {
    const reader = this.getReader();
    let finished = false;
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) {
          finished = true;
          return;
        }
        yield value;
      }
    } finally {
      if (!finished) await this.cancel();
      reader.releaseLock();
    }
  }

  [Symbol.asyncIterator]() {
    return this.values();
  }

  pipeTo() {
    throw new TypeError("pipeTo is not here: bodies arrive whole. Read the stream with for await");
  }

  pipeThrough() {
    throw new TypeError("pipeThrough is not here: bodies arrive whole. Read the stream with for await");
  }

  get [Symbol.toStringTag]() {
    return "ReadableStream";
  }
}


class Controller {
  #stream;

  constructor(stream) {
    this.#stream = stream;
  }

  get desiredSize() {
    return wants(this.#stream);
  }

  enqueue(chunk) {
    enqueue(this.#stream, chunk);
  }

  close() {
    end(this.#stream, "closed");
  }

  error(error) {
    end(this.#stream, "errored", error);
  }
}

export class ReadableStreamDefaultReader {
  #stream;

  constructor(stream) {
    if (!(stream instanceof ReadableStream)) throw new TypeError(`A reader reads a ReadableStream, not ${described(stream)}`);
    this.#stream = stream;
  }

  read() {
    if (!this.#stream) return Promise.reject(new TypeError("This reader has let go of its stream"));
    return take(this.#stream);
  }

  releaseLock() {
    if (this.#stream) release(this.#stream);
    this.#stream = undefined;
  }

  cancel(reason) {
    return this.#stream.cancel(reason);
  }
}
