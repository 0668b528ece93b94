//! What `/metrics` shows: counters and histograms of this process, in the text form that Prometheus reads.
//!
//! Written by hand: three shapes and no labels from strangers do not need a library.

mod text;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

pub(crate) use text::{Kind, MetricsText};

/// Upper ends of the buckets of every histogram, in microseconds: from a cached page to the limits of a run and a
/// compilation.
const BUCKETS_US: [u64; 12] = [
    500, 1_000, 2_500, 5_000, 10_000, 25_000, 100_000, 250_000, 1_000_000, 2_500_000, 10_000_000, 30_000_000,
];

/// The counters of this process. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Metrics {
    counts: Arc<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    /// By the first digit of the status.
    requests: [AtomicU64; 6],
    runs: Labelled,
    runs_begun_slowly: AtomicU64,
    run_wall: Histogram,
    run_cpu: Histogram,
    calls: AtomicU64,
    calls_refused: AtomicU64,
    deploys: Labelled,
    compile: Histogram,
    compile_failures: AtomicU64,
    panics: AtomicU64,
    connections: AtomicU64,
}

/// Counters told apart by a code from one of our own tables.
#[derive(Debug, Default)]
struct Labelled {
    by_code: Mutex<BTreeMap<String, u64>>,
}

impl Labelled {
    fn add(&self, code: &str) {
        let mut by_code = self.by_code.lock().unwrap_or_else(PoisonError::into_inner);
        match by_code.get_mut(code) {
            Some(count) => *count += 1,
            None => {
                by_code.insert(code.to_owned(), 1);
            }
        }
    }

    fn all(&self) -> Vec<(String, u64)> {
        let by_code = self.by_code.lock().unwrap_or_else(PoisonError::into_inner);
        by_code
            .iter()
            .map(|(code, count)| (code.clone(), *count))
            .collect()
    }
}

/// Durations in buckets.
#[derive(Debug, Default)]
pub(crate) struct Histogram {
    /// One for each of [`BUCKETS_US`] and one for everything longer.
    buckets: [AtomicU64; BUCKETS_US.len() + 1],
    sum_us: AtomicU64,
}

impl Histogram {
    fn add_us(&self, duration_us: u64) {
        let place = BUCKETS_US.partition_point(|end_us| *end_us < duration_us);
        if let Some(bucket) = self.buckets.get(place) {
            bucket.fetch_add(1, Ordering::Relaxed);
        }
        self.sum_us.fetch_add(duration_us, Ordering::Relaxed);
    }
}

/// A run as the metrics see it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RunFigures<'r> {
    /// `answered`, or the code of what ended it.
    pub(crate) outcome: &'r str,
    pub(crate) wall_us: u64,
    pub(crate) cpu_us: u64,
    pub(crate) calls: u64,
    pub(crate) calls_refused: u64,
}

impl Metrics {
    pub(crate) fn answered(&self, status: http::StatusCode) {
        if let Some(count) = self.counts.requests.get(usize::from(status.as_u16() / 100)) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn ran(&self, run: RunFigures<'_>) {
        self.counts.runs.add(run.outcome);
        self.counts.run_wall.add_us(run.wall_us);
        self.counts.run_cpu.add_us(run.cpu_us);
        self.counts.calls.fetch_add(run.calls, Ordering::Relaxed);
        self.counts
            .calls_refused
            .fetch_add(run.calls_refused, Ordering::Relaxed);
    }

    pub(crate) fn begun_slowly(&self) {
        self.counts.runs_begun_slowly.fetch_add(1, Ordering::Relaxed);
    }

    /// `outcome` is `deployed`, or the code of the refusal.
    pub(crate) fn deployed(&self, outcome: &str) {
        self.counts.deploys.add(outcome);
    }

    pub(crate) fn compiled(&self, took: Duration, succeeded: bool) {
        self.counts
            .compile
            .add_us(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
        if !succeeded {
            self.counts.compile_failures.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn panicked(&self) {
        self.counts.panics.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn connected(&self) {
        self.counts.connections.fetch_add(1, Ordering::Relaxed);
    }

    /// Writes everything counted here.
    pub(crate) fn write(&self, text: &mut MetricsText) {
        let counts = &*self.counts;
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        text.family(
            "c4h_http_requests_total",
            Kind::Counter,
            "Answered requests by the first digit of the status.",
        );
        for (digit, requests) in counts.requests.iter().enumerate().skip(1) {
            text.sample(
                "c4h_http_requests_total",
                Some(("status", &format!("{digit}xx"))),
                count(requests),
            );
        }
        text.family("c4h_connections_total", Kind::Counter, "Accepted connections.");
        text.sample("c4h_connections_total", None, count(&counts.connections));
        text.family(
            "c4h_runs_total",
            Kind::Counter,
            "Runs by outcome: answered, or the code of what ended them.",
        );
        for (outcome, runs) in counts.runs.all() {
            text.sample("c4h_runs_total", Some(("outcome", &outcome)), runs);
        }
        text.family(
            "c4h_runs_begun_slowly_total",
            Kind::Counter,
            "Runs that began at low priority, because their workspace had had its share and others were about.",
        );
        text.sample(
            "c4h_runs_begun_slowly_total",
            None,
            count(&counts.runs_begun_slowly),
        );
        text.histogram(
            "c4h_run_seconds",
            "Time of runs from start to end.",
            &counts.run_wall,
        );
        text.histogram("c4h_run_cpu_seconds", "Processor time of runs.", &counts.run_cpu);
        text.family("c4h_calls_total", Kind::Counter, "Requests that runs sent out.");
        text.sample("c4h_calls_total", None, count(&counts.calls));
        text.family(
            "c4h_calls_refused_total",
            Kind::Counter,
            "Requests of runs that were refused.",
        );
        text.sample("c4h_calls_refused_total", None, count(&counts.calls_refused));
        text.family(
            "c4h_deploys_total",
            Kind::Counter,
            "Deploys by outcome: deployed, or the code of the refusal.",
        );
        for (outcome, deploys) in counts.deploys.all() {
            text.sample("c4h_deploys_total", Some(("outcome", &outcome)), deploys);
        }
        text.histogram(
            "c4h_compile_seconds",
            "Time to compile a component.",
            &counts.compile,
        );
        text.family(
            "c4h_compile_failures_total",
            Kind::Counter,
            "Components that did not compile.",
        );
        text.sample(
            "c4h_compile_failures_total",
            None,
            count(&counts.compile_failures),
        );
        text.family(
            "c4h_panics_total",
            Kind::Counter,
            "Handlers that panicked; each is a fault of ours.",
        );
        text.sample("c4h_panics_total", None, count(&counts.panics));
    }
}
