//! What the script API cannot do in JavaScript: `globalThis.__c4h`.
//!
//! The shape is agreed with `web/*.js` and described in `web/types`; nothing here is meant for apps, and nothing of it is more powerful than
//! what the API makes of it.

pub(crate) mod bytes;
mod calls;
mod chance;
mod clock;
mod crypto;
mod url;

use std::cell::RefCell;

use rquickjs::function::Func;
use rquickjs::object::Property;
use rquickjs::{Ctx, Object, Result};
use wasip2::cli::{environment, stderr, stdout};
use wasip2::io::streams::OutputStream;

/// Puts the natives into place.
pub(crate) fn install(ctx: &Ctx<'_>) -> Result<()> {
    let native = Object::new(ctx.clone())?;
    native.set("print", Func::from(print))?;
    native.set("env", Func::from(env))?;
    bytes::install(&native)?;
    calls::install(&native)?;
    chance::install(&native)?;
    clock::install(&native)?;
    crypto::install(&native)?;
    url::install(&native)?;
    // Not enumerable: an app that lists the globals sees the web's.
    ctx.globals().prop("__c4h", Property::from(native).configurable())
}

thread_local! {
    static STREAMS: RefCell<[Option<OutputStream>; 2]> = const { RefCell::new([None, None]) };
}

/// Stdout is 1, stderr is 2, as everywhere. Before the snapshot nothing is printed: there is nobody to read it, and a handle would not survive.
fn print(stream: u32, mut text: String) {
    if crate::event_loop::is_starting() {
        return;
    }
    text.push('\n');
    STREAMS.with_borrow_mut(|streams| {
        let error = stream == 2;
        if let Some(place) = streams.get_mut(usize::from(error)) {
            let stream = place.get_or_insert_with(|| {
                if error {
                    stderr::get_stderr()
                } else {
                    stdout::get_stdout()
                }
            });
            for part in text.as_bytes().chunks(4096) {
                // A host that does not listen is no reason to stop.
                let _ = stream.blocking_write_and_flush(part);
            }
        }
    });
}

/// A line of the highest level, for what the runner itself has to say.
pub(crate) fn print_error(text: &str) {
    let lines: Vec<_> = text.lines().map(|line| format!("<3>{line}")).collect();
    print(2, lines.join("\n"));
}

/// Configuration and secrets.
fn env(ctx: Ctx<'_>) -> Result<Object<'_>> {
    let object = Object::new(ctx)?;
    if !crate::event_loop::is_starting() {
        for (name, value) in environment::get_environment() {
            object.set(name, value)?;
        }
    }
    Ok(object)
}
