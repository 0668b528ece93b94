//! What a script waits for: jobs of promises, timers and calls, over `wasi:io/poll`.
//!
//! The loop ends as soon as the promise it runs for is settled; what is still under way then is dropped with the instance. When nothing is
//! left to wait for and the promise is not settled, nothing ever will settle it, and the loop says so at once.

use std::cell::{Cell, RefCell};
use std::mem::MaybeUninit;

use rquickjs::promise::PromiseState;
use rquickjs::{Ctx, Function, IntoJs, Persistent, Promise, Result, Value, qjs};
use wasip2::clocks::monotonic_clock;
use wasip2::io::poll::{Pollable, poll};

use crate::failure::Failure;
use crate::natives;

/// Something outside the engine that will settle a promise.
pub(crate) trait Waiting {
    /// What to wait for next.
    fn pollable(&self) -> &Pollable;
    /// Goes on after that. The outcome, once there is one.
    fn advance<'js>(&mut self, ctx: &Ctx<'js>) -> Option<Outcome<'js>>;
}

/// How it ended: the promise's value, or the error it is rejected with.
pub(crate) type Outcome<'js> = std::result::Result<Value<'js>, Value<'js>>;

struct Entry {
    id: Option<f64>,
    waiting: Box<dyn Waiting>,
    resolve: Persistent<Function<'static>>,
    reject: Persistent<Function<'static>>,
}

struct Rejection {
    promise: Persistent<Value<'static>>,
    text: Failure,
}

/// Rejections of promises that are kept until it is known whether somebody handles them.
const REJECTIONS: usize = 16;

thread_local! {
    static ENTRIES: RefCell<Vec<Entry>> = const { RefCell::new(Vec::new()) };
    static REJECTED: RefCell<Vec<Rejection>> = const { RefCell::new(Vec::new()) };
    static STARTING: Cell<bool> = const { Cell::new(false) };
    static STOPPED: Cell<bool> = const { Cell::new(false) };
    static STOPPED_AT: RefCell<Option<Failure>> = const { RefCell::new(None) };
}

/// Whether the host wants the run to end: asked by the engine every few thousand steps, and true ever after. A host that counts a run's
/// processor time says so with a clock whose resolution is endless. Code cannot catch what follows, and the place where it was is told.
pub(crate) fn must_stop() -> bool {
    if !STOPPED.get() && monotonic_clock::resolution() == u64::MAX {
        STOPPED.set(true);
    }
    STOPPED.get()
}

/// Whether the host has ended the run.
pub(crate) fn is_stopped() -> bool {
    STOPPED.get()
}

/// Where the code was then, if a job of a promise was running.
pub(crate) fn take_stopped() -> Option<Failure> {
    STOPPED_AT.take()
}

/// From here on the app's top level runs.
pub(crate) fn starting() {
    STARTING.set(true);
}

/// The app's top level is done.
pub(crate) fn started() {
    STARTING.set(false);
}

/// Whether the app's top level runs, where there is no request and so nothing to wait for.
pub(crate) fn is_starting() -> bool {
    STARTING.get()
}

/// A promise that `waiting` settles.
pub(crate) fn promise<'js>(
    ctx: &Ctx<'js>,
    id: Option<f64>,
    waiting: Box<dyn Waiting>,
) -> Result<Promise<'js>> {
    let (promise, resolve, reject) = ctx.promise()?;
    let entry = Entry {
        id,
        waiting,
        resolve: Persistent::save(ctx, resolve),
        reject: Persistent::save(ctx, reject),
    };
    ENTRIES.with_borrow_mut(|entries| entries.push(entry));
    Ok(promise)
}

/// Drops what was started under this number, if it is still under way.
pub(crate) fn cancel(id: f64) {
    // Dropped outside of the borrow.
    let dropped: Vec<_> =
        ENTRIES.with_borrow_mut(|entries| entries.extract_if(.., |entry| entry.id == Some(id)).collect());
    drop(dropped);
}

/// Runs what is ready to run.
pub(crate) fn run_jobs(ctx: &Ctx<'_>) {
    loop {
        let mut of_job = MaybeUninit::uninit();
        // SAFETY: the context is alive and so is its runtime, which has no other context.
        let done = unsafe {
            let runtime = qjs::JS_GetRuntime(ctx.as_raw().as_ptr());
            qjs::JS_ExecutePendingJob(runtime, of_job.as_mut_ptr())
        };
        if done < 0 {
            let thrown = ctx.catch();
            if is_stopped() {
                STOPPED_AT.set(Some(Failure::of_value(&thrown)));
                return;
            }
        }
        if done == 0 {
            return;
        }
    }
}

/// Runs until the promise is settled, or until nothing is left that could settle it.
pub(crate) fn run_until(ctx: &Ctx<'_>, promise: &Promise<'_>) {
    loop {
        run_jobs(ctx);
        if promise.state() != PromiseState::Pending || is_stopped() || !wait(ctx) {
            return;
        }
    }
}

/// Waits for one thing or more. False when there is nothing to wait for.
fn wait(ctx: &Ctx<'_>) -> bool {
    let ended: Vec<_> = ENTRIES
        .with_borrow_mut(|entries| {
            if entries.is_empty() {
                return None;
            }
            let pollables: Vec<_> = entries.iter().map(|entry| entry.waiting.pollable()).collect();
            let mut ready = poll(&pollables);
            ready.sort_unstable();
            let mut ended = Vec::new();
            // From the end, so that the places of the others stay.
            for index in ready
                .into_iter()
                .rev()
                .filter_map(|index| usize::try_from(index).ok())
            {
                let outcome = entries
                    .get_mut(index)
                    .and_then(|entry| entry.waiting.advance(ctx));
                if let Some(outcome) = outcome {
                    ended.push((entries.remove(index), outcome));
                }
            }
            ended.reverse();
            Some(ended)
        })
        .unwrap_or_else(|| Vec::with_capacity(0));
    if ended.is_empty() {
        return ENTRIES.with_borrow(|entries| !entries.is_empty());
    }
    for (entry, outcome) in ended {
        let (settle, value) = match outcome {
            Ok(value) => (entry.resolve, value),
            Err(value) => (entry.reject, value),
        };
        let settled = settle
            .restore(ctx)
            .and_then(|settle| settle.call::<_, ()>((value,)));
        if settled.is_err() {
            // Only memory can be short here; the promise stays open and the loop says so.
            let _ = ctx.catch();
        }
    }
    true
}

/// An outcome from what converts to JavaScript.
pub(crate) fn outcome<'js>(ctx: &Ctx<'js>, result: Result<impl IntoJs<'js>>) -> Outcome<'js> {
    match result.and_then(|value| value.into_js(ctx)) {
        Ok(value) => Ok(value),
        Err(_) => Err(ctx.catch()),
    }
}

/// A promise was rejected with nobody listening, or somebody came to listen after all.
pub(crate) fn note_rejection<'js>(ctx: &Ctx<'js>, promise: Value<'js>, reason: &Value<'js>, handled: bool) {
    REJECTED.with_borrow_mut(|rejected| {
        let promise = Persistent::save(ctx, promise);
        if handled {
            rejected.retain(|rejection| rejection.promise != promise);
        } else if rejected.len() < REJECTIONS {
            rejected.push(Rejection {
                promise,
                text: Failure::of_value(reason),
            });
        }
    });
}

/// Somebody handles what this promise was rejected with.
pub(crate) fn forget_rejection<'js>(ctx: &Ctx<'js>, promise: &Promise<'js>) {
    note_rejection(
        ctx,
        promise.as_value().clone(),
        &Value::new_undefined(ctx.clone()),
        true,
    );
}

/// The first rejection that nobody handles.
pub(crate) fn take_rejection() -> Option<Failure> {
    let first = REJECTED.with_borrow_mut(|rejected| std::mem::take(rejected).into_iter().next());
    first.map(|rejection| rejection.text)
}

/// Prints the rejections that nobody handled during a request.
pub(crate) fn report_rejections() {
    for rejection in REJECTED.with_borrow_mut(std::mem::take) {
        let text = format!("A promise was rejected and nobody handled it: {}", rejection.text);
        natives::print_error(&text);
        std::mem::forget(rejection.promise);
    }
}
