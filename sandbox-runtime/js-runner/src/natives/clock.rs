//! Time: now, how much has passed, and waiting.

use rquickjs::function::Func;
use rquickjs::{Ctx, Object, Promise, Result, Value};
use wasip2::clocks::{monotonic_clock, wall_clock};
use wasip2::io::poll::Pollable;

use crate::event_loop::{self, Outcome, Waiting};
use crate::modules::throw;

const NS_PER_MS: f64 = 1_000_000.0;

/// The longest wait, in milliseconds: a day, longer than any run.
const LONGEST_MS: f64 = 86_400_000.0;

pub(super) fn install(native: &Object<'_>) -> Result<()> {
    native.set("now", Func::from(now))?;
    native.set("monotonic", Func::from(monotonic))?;
    native.set("sleep", Func::from(sleep))?;
    native.set("starting", Func::from(event_loop::is_starting))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "milliseconds since 1970 fit into a double for 280,000 years"
)]
fn now() -> f64 {
    let now = wall_clock::now();
    (now.seconds as f64) * 1_000.0 + f64::from(now.nanoseconds / 1_000_000)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "nanoseconds of a run fit into a double for 104 days"
)]
fn monotonic() -> f64 {
    monotonic_clock::now() as f64 / NS_PER_MS
}

/// Resolves after this many milliseconds.
fn sleep(ctx: Ctx<'_>, ms: f64) -> Result<Promise<'_>> {
    if event_loop::is_starting() {
        return Err(throw(
            &ctx,
            "TypeError",
            "Timers can only be used while the app answers a request, not at the top level of a file. Move this into fetch.",
        ));
    }
    event_loop::promise(&ctx, None, Box::new(Sleep(timer(ms))))
}

/// Ready after this many milliseconds.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped before"
)]
pub(super) fn timer(ms: f64) -> Pollable {
    let ms = if ms.is_nan() {
        0.0
    } else {
        ms.clamp(0.0, LONGEST_MS)
    };
    monotonic_clock::subscribe_duration((ms * NS_PER_MS) as u64)
}

struct Sleep(Pollable);

impl Waiting for Sleep {
    fn pollable(&self) -> &Pollable {
        &self.0
    }

    fn advance<'js>(&mut self, ctx: &Ctx<'js>) -> Option<Outcome<'js>> {
        Some(Ok(Value::new_undefined(ctx.clone())))
    }
}
