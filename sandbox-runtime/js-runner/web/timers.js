// setTimeout and setInterval on one queue, ordered by deadline and then by age, so that timers that are due together
// always fire in the same order. One sleep of the host is outstanding for the earliest of them.

const native = globalThis.__c4h;

let next = 1;
let queue = [];
/** The earliest moment for which a sleep is outstanding. */
let awake = Infinity;

/** Runs `callback` after `milliseconds`; the answer is the number to cancel it with. */
export function startTimer(callback, milliseconds, repeat = false, args = []) {
  let delay = Number(milliseconds);
  if (!(delay > 0)) delay = 0;
  // As in browsers: a delay beyond 31 bits fires at once rather than never.
  if (delay > 0x7fffffff) delay = 0;
  const id = next++;
  put({ id, callback, args, at: native.monotonic() + delay, every: repeat ? Math.max(delay, 1) : undefined });
  return id;
}

function put(timer) {
  wakeAt(timer.at);
  let place = queue.length;
  while (place > 0 && queue[place - 1].at > timer.at) place--;
  queue.splice(place, 0, timer);
}

/** Sleeps until then, unless it is awake before. Throws at the top level, and leaves no trace in what every run starts from. */
function wakeAt(moment) {
  if (moment >= awake) return;
  const slept = native.sleep(Math.max(0, Math.ceil(moment - native.monotonic())));
  awake = moment;
  slept.then(() => fire(moment));
}

function fire(mine) {
  if (awake === mine) awake = Infinity;
  const now = native.monotonic();
  // A timer that a callback adds waits for the next round, even with a delay of 0.
  const due = queue.filter((timer) => timer.at <= now);
  for (const timer of due) {
    if (!queue.includes(timer)) continue;
    queue.splice(queue.indexOf(timer), 1);
    if (timer.every !== undefined) put({ ...timer, at: now + timer.every });
    try {
      timer.callback(...timer.args);
    } catch (error) {
      console.error("A timer's function failed:", error);
    }
  }
  if (queue.length) wakeAt(queue[0].at);
}

function cancel(id) {
  queue = queue.filter((timer) => timer.id !== Number(id));
}

function callable(name, callback) {
  if (typeof callback !== "function") throw new TypeError(`${name} takes a function first: ${name}(() => …, milliseconds)`);
  return callback;
}

export const timers = {
  setTimeout: (callback, milliseconds, ...args) => startTimer(callable("setTimeout", callback), milliseconds, false, args),
  setInterval: (callback, milliseconds, ...args) => startTimer(callable("setInterval", callback), milliseconds, true, args),
  clearTimeout: cancel,
  clearInterval: cancel,
  queueMicrotask: (callback) => {
    callable("queueMicrotask", callback);
    Promise.resolve().then(() => callback()).catch((error) => console.error("A microtask failed:", error));
  },
};

let origin;

export const performance = {
  /** Milliseconds since the run began, or rather since somebody first asked; at the top level, where no time passes, 0. */
  now: () => {
    if (native.starting()) return 0;
    const now = native.monotonic();
    return now - (origin ??= now);
  },
  get timeOrigin() {
    return native.now() - performance.now();
  },
  toJSON: () => ({ timeOrigin: performance.timeOrigin }),
};
