//! What recording costs: the same small guest with and without a tape, turn by turn in one process, so that whatever else the machine does
//! hits both. `cargo bench -p sandbox-runtime --bench recording`.
//!
//! The trace is part of every run; that the two together stay small beside the engine's own work shows in `platform`'s bench against a
//! bare wasmtime loop.

#![expect(clippy::print_stdout, reason = "a benchmark prints its result")]

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{Request, Response};
use sandbox_runtime::egress::{Egress, EgressAnswer};
use sandbox_runtime::{
    Compiler, CompilerConfig, Guest, Limits, Recording, RunContext, Sandbox, SandboxConfig,
};
use time::OffsetDateTime;

/// Rounds of each kind; the median of their ratios is printed.
const ROUNDS: usize = 41;

/// Runs in one round.
const RUNS: u32 = 400;

/// The most that a tape may take of the throughput of a guest that does next to nothing, in per cent.
const ALLOWED_PER_CENT: f64 = 10.0;

#[derive(Debug)]
struct Answers(Bytes);

impl Egress for Answers {
    fn call(&self, _: Request<Bytes>) -> BoxFuture<'_, EgressAnswer> {
        Box::pin(std::future::ready(EgressAnswer::Answered {
            response: Response::new(self.0.clone()),
            label: None,
            notes: Vec::new(),
        }))
    }
}

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let Ok(runtime) = runtime else {
        return ExitCode::FAILURE;
    };
    let within = runtime.block_on(async {
        let hello = measure("hello", "(call $hello (local.get $out))").await;
        let call = measure(
            "hello after a call answered with 24 KiB",
            "(drop (call $call)) (call $hello (local.get $out))",
        )
        .await;
        hello && call
    });
    if within {
        return ExitCode::SUCCESS;
    }
    println!("recording costs more than {ALLOWED_PER_CENT} %");
    ExitCode::FAILURE
}

async fn measure(name: &str, code: &str) -> bool {
    let text = include_str!("../tests/it/guest.wat").replace(
        "    BODY\n",
        &format!("(func (export \"handle\") (param $request i32) (param $out i32) {code})"),
    );
    let Ok(wasm) = wat::parse_str(text) else {
        return false;
    };
    let Ok(sandbox) = Sandbox::new(SandboxConfig::default()) else {
        return false;
    };
    let compiler = Compiler::new(CompilerConfig::new(
        env!("CARGO_BIN_EXE_compile-child"),
        Vec::new(),
    ));
    let Ok(artefact) = compiler.compile(wasm.into()).await else {
        return false;
    };
    let Ok(guest) = sandbox.load(&artefact) else {
        return false;
    };
    let egress: Arc<dyn Egress> = Arc::new(Answers(Bytes::from(vec![b'x'; 24 * 1024])));
    let mut ratios = Vec::with_capacity(ROUNDS);
    let (mut without, mut with) = (Duration::MAX, Duration::MAX);
    for round in 0..=ROUNDS {
        let bare = one_round(&sandbox, &guest, &egress, Recording::NoTape).await;
        let taped = one_round(&sandbox, &guest, &egress, Recording::Tape).await;
        // The first round warms up.
        if round > 0 {
            ratios.push(taped.as_secs_f64() / bare.as_secs_f64());
            without = without.min(bare);
            with = with.min(taped);
        }
    }
    ratios.sort_by(f64::total_cmp);
    let median = ratios.get(ROUNDS / 2).copied().unwrap_or(f64::NAN);
    let per_run = |round: Duration| round.as_secs_f64() * 1e6 / f64::from(RUNS);
    println!(
        "{name}: {:.2} µs a run without a tape, {:.2} µs with one (best rounds); median ratio {median:.3}",
        per_run(without),
        per_run(with)
    );
    (median - 1.0) * 100.0 < ALLOWED_PER_CENT
}

async fn one_round(
    sandbox: &Sandbox,
    guest: &Guest,
    egress: &Arc<dyn Egress>,
    recording: Recording,
) -> Duration {
    let started = Instant::now();
    for _ in 0..RUNS {
        let mut run = RunContext::new(
            "run".to_owned(),
            Limits::DEFAULT,
            OffsetDateTime::UNIX_EPOCH,
            Arc::clone(egress),
        );
        run.recording = recording.clone();
        let request = Request::get("http://app.test/path?query=1")
            .header("accept", "text/html,application/xhtml+xml")
            .header("accept-encoding", "gzip, deflate, br")
            .header("accept-language", "en-GB,en;q=0.5")
            .header(
                "user-agent",
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            )
            .body(Bytes::new())
            .unwrap_or_default();
        let run = sandbox.handle(guest, request, run).await;
        assert!(run.answer.is_ok());
    }
    started.elapsed()
}
