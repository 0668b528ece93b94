//! What recording costs: the same small guest with nothing recorded, with its trace, and with trace and tape, turn by turn in one process, so
//! that whatever else the machine does hits all. `cargo bench -p sandbox-runtime --bench recording`.
//!
//! What it costs to keep the traces afterwards, in rings and files, is no part of this; it is in what `platform`'s bench shows against a
//! bare wasmtime loop. Ends with a failure when it is more than allowed.

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

/// Rounds of each kind; the medians of their ratios are printed.
const ROUNDS: usize = 41;

/// Runs in one round.
const RUNS: u32 = 400;

/// The most that trace and tape together may take of the throughput of a guest that does next to nothing, in per cent.
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
    let kinds = [Recording::Nothing, Recording::NoTape, Recording::Tape];
    let mut best = [Duration::MAX; 3];
    let (mut traced, mut taped) = (Vec::with_capacity(ROUNDS), Vec::with_capacity(ROUNDS));
    for round in 0..=ROUNDS {
        let mut times = [Duration::ZERO; 3];
        for ((kind, time), best) in kinds.iter().zip(&mut times).zip(&mut best) {
            *time = one_round(&sandbox, &guest, &egress, kind.clone()).await;
            *best = (*best).min(*time);
        }
        // The first round warms up.
        if round > 0 {
            let [nothing, trace, tape] = times.map(|time| time.as_secs_f64());
            traced.push(trace / nothing);
            taped.push(tape / nothing);
        }
    }
    let (traced, taped) = (median(traced), median(taped));
    let [nothing, trace, tape] = best.map(|round| round.as_secs_f64() * 1e6 / f64::from(RUNS));
    println!(
        "{name}: {nothing:.2} µs a run with nothing recorded, {trace:.2} µs with its trace, {tape:.2} µs with trace and tape (best rounds); median ratios {traced:.3} and {taped:.3}"
    );
    (taped - 1.0) * 100.0 < ALLOWED_PER_CENT
}

fn median(mut ratios: Vec<f64>) -> f64 {
    ratios.sort_by(f64::total_cmp);
    ratios.get(ratios.len() / 2).copied().unwrap_or(f64::NAN)
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
