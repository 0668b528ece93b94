//! Runs one app written in JavaScript: QuickJS and the web's API as a `wasi:http` component.
//!
//! Its life has three parts. `prepare` evaluates the script API, `init` evaluates the app; after both a snapshot of the memory is taken,
//! and that snapshot is the app's component. Each request then starts from the snapshot and calls the app's handler.
//!
//! ```text
//! prepare(web/*.js) ── init(app's files) ── snapshot ── handle(request): the app's fetch ── answer
//!                                                          └── event loop: timers and calls over wasi:io/poll
//! ```
//!
//! An instance serves one request and ends, so nothing is ever freed for good order's sake.

mod advice;
mod answer;
mod engine;
mod event_loop;
mod exports;
mod failure;
mod memory;
mod modules;
mod natives;
mod request;
mod source;
mod zone;

use wasip2::exports::http::incoming_handler;
use wasip2::http::types::{IncomingRequest, ResponseOutparam};

mod world {
    #![allow(missing_docs, reason = "generated")]
    wit_bindgen::generate!({ world: "script", path: "wit" });
}

pub(crate) use world::{File, Problem};

struct Runner;

impl world::Guest for Runner {
    fn prepare(modules: Vec<File>) -> Result<(), Problem> {
        engine::prepare(modules)
    }

    fn init(main: String, files: Vec<File>, tests: bool) -> Result<(), Problem> {
        engine::init(&main, files, tests)
    }
}

impl incoming_handler::Guest for Runner {
    fn handle(request: IncomingRequest, out: ResponseOutparam) {
        engine::handle(request, out);
    }
}

world::export!(Runner with_types_in world);
wasip2::http::proxy::export!(Runner);
