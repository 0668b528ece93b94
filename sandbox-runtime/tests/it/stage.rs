//! What the tests share: an engine, the real compiling child, guests from text, and somebody at the other end of the way out.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{Request, Response};
use sandbox_runtime::egress::{Egress, EgressAnswer};
use sandbox_runtime::{Compiler, CompilerConfig, Guest, Limits, Run, RunContext, Sandbox, SandboxConfig};
use time::macros::datetime;

/// The compiling child of this package.
pub(crate) const CHILD: &str = env!("CARGO_BIN_EXE_compile-child");

pub(crate) static SANDBOX: LazyLock<Sandbox> =
    LazyLock::new(|| Sandbox::new(SandboxConfig::default()).unwrap());

pub(crate) fn compiler() -> Compiler {
    Compiler::new(CompilerConfig::new(CHILD, Vec::new()))
}

/// A component whose core code is `body`; see `guest.wat` for what it can use.
pub(crate) fn component(body: &str) -> Bytes {
    let text = include_str!("guest.wat").replace("    BODY\n", body);
    Bytes::from(wat::parse_str(text).unwrap())
}

/// A component whose `handle` does this. `$request` and `$out` are its parameters; `$n` is a local.
pub(crate) fn handling(code: &str) -> Bytes {
    component(&format!(
        "(func (export \"handle\") (param $request i32) (param $out i32) (local $n i32) {code})"
    ))
}

/// Compiles once for each text, however many tests ask.
pub(crate) async fn guest_of(wasm: Bytes) -> Guest {
    static KNOWN: LazyLock<Mutex<HashMap<Bytes, Guest>>> = LazyLock::new(Mutex::default);
    if let Some(guest) = KNOWN.lock().unwrap().get(&wasm) {
        return guest.clone();
    }
    let artefact = compiler().compile(wasm.clone()).await.unwrap();
    let guest = SANDBOX.load(&artefact).unwrap();
    KNOWN.lock().unwrap().insert(wasm, guest.clone());
    guest
}

pub(crate) async fn guest(code: &str) -> Guest {
    guest_of(handling(code)).await
}

pub(crate) fn get(path: &str) -> Request<Bytes> {
    Request::get(format!("http://app.test{path}"))
        .body(Bytes::new())
        .unwrap()
}

pub(crate) fn context(limits: Limits, egress: impl Egress + 'static) -> RunContext {
    RunContext::new(
        "run-1".to_owned(),
        limits,
        datetime!(2026-03-01 09:30 UTC),
        Arc::new(egress),
    )
}

/// Runs `code` once, with nobody to call.
pub(crate) async fn run(code: &str, limits: Limits) -> Run {
    run_with(code, limits, Nobody).await
}

pub(crate) async fn run_with(code: &str, limits: Limits, egress: impl Egress + 'static) -> Run {
    let guest = guest(code).await;
    SANDBOX.handle(&guest, get("/"), context(limits, egress)).await
}

/// The code of the error, or `answered`.
pub(crate) fn code(run: &Run) -> &'static str {
    run.answer
        .as_ref()
        .map_or_else(|error| error.code(), |_| "answered")
}

pub(crate) fn body(run: &Run) -> String {
    String::from_utf8(run.answer.as_ref().unwrap().body().to_vec()).unwrap()
}

/// Refuses every call.
#[derive(Debug)]
pub(crate) struct Nobody;

impl Egress for Nobody {
    fn call(&self, request: Request<Bytes>) -> BoxFuture<'_, EgressAnswer> {
        let reason = format!(
            "{} is not known here; use https://int.api.service.nhs.uk.",
            request.uri()
        );
        Box::pin(std::future::ready(EgressAnswer::Refused { reason }))
    }
}

/// Answers every call after a while, and counts how many it answers at once.
#[derive(Debug, Default, Clone)]
pub(crate) struct Somebody {
    pub(crate) patience: Duration,
    pub(crate) body: Bytes,
    pub(crate) now: Arc<AtomicUsize>,
    pub(crate) most: Arc<AtomicUsize>,
    pub(crate) dropped: Arc<AtomicUsize>,
}

struct Leaving<'a> {
    egress: &'a Somebody,
    answered: bool,
}

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.egress.now.fetch_sub(1, Ordering::SeqCst);
        if !self.answered {
            self.egress.dropped.fetch_add(1, Ordering::SeqCst);
        }
    }
}

impl Egress for Somebody {
    fn call(&self, _: Request<Bytes>) -> BoxFuture<'_, EgressAnswer> {
        Box::pin(async {
            let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(now, Ordering::SeqCst);
            let mut leaving = Leaving {
                egress: self,
                answered: false,
            };
            tokio::time::sleep(self.patience).await;
            leaving.answered = true;
            let response = Response::builder()
                .header("content-type", "application/fhir+json")
                .body(self.body.clone())
                .unwrap();
            EgressAnswer::Answered {
                response,
                label: None,
                notes: Vec::new(),
            }
        })
    }
}
