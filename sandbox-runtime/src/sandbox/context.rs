//! What the caller says about one run.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use time::OffsetDateTime;

use crate::egress::{Egress, EgressAnswer};
use crate::limits::Limits;
use crate::replay::{ReplayOptions, Tape};
use crate::trace::{Keeper, RunKind, TraceParent, Watcher};

/// What belongs to one run. Start from [`RunContext::new`].
#[derive(Debug, Clone)]
pub struct RunContext {
    /// The run's name; copied into the trace.
    pub run_id: String,
    /// Why it runs; copied into the trace.
    pub kind: RunKind,
    /// What it may use.
    pub limits: Limits,
    /// The workspace's time at the start. The guest's clock goes on from there.
    pub now: OffsetDateTime,
    /// Answers its calls.
    pub egress: Arc<dyn Egress>,
    /// Its environment variables, secrets among them; the program's own are never visible.
    pub environment: Vec<(String, String)>,
    /// Values that must be in no trace and on no tape: each appears as `[secret]`, also escaped or encoded. Values of fewer
    /// than [`SECRET_BYTES`](crate::trace::SECRET_BYTES) bytes cannot be told from ordinary text and are not masked.
    pub secrets: Arc<[String]>,
    /// The caller's step, from the request's `traceparent`.
    pub parent: Option<TraceParent>,
    /// Who is told what happens while it happens.
    pub watcher: Option<Arc<dyn Watcher>>,
    /// Who keeps the trace when the caller goes away before the end.
    pub keeper: Option<Arc<dyn Keeper>>,
    /// Whether the run is recorded, or is itself a repetition.
    pub recording: Recording,
}

impl RunContext {
    /// A run that is recorded, with nothing in its environment and nobody watching.
    #[must_use]
    pub fn new(run_id: String, limits: Limits, now: OffsetDateTime, egress: Arc<dyn Egress>) -> Self {
        Self {
            run_id,
            kind: RunKind::Request,
            limits,
            now,
            egress,
            environment: Vec::new(),
            secrets: Arc::default(),
            parent: None,
            watcher: None,
            keeper: None,
            recording: Recording::Tape,
        }
    }

    /// A run that repeats the one on the tape: its time, limits and environment, and nobody to call. `secrets` are the names and values that
    /// secrets of the app have now; a secret that is gone is missing in the environment.
    #[must_use]
    pub fn replay(
        run_id: String,
        tape: Arc<Tape>,
        options: ReplayOptions,
        secrets: &[(String, String)],
    ) -> Self {
        let value_of = |wanted: &str| {
            let secret = secrets.iter().find(|(name, _)| name == wanted);
            secret.map(|(_, value)| value.clone())
        };
        Self {
            kind: RunKind::Replay {
                of: tape.run_id.clone(),
                fault: options.fault.map(|(fault, _)| fault),
                notes: tape.differences(value_of),
            },
            environment: tape.environment(value_of),
            secrets: secrets.iter().map(|(_, value)| value.clone()).collect(),
            recording: Recording::Replay(Arc::clone(&tape), options),
            ..Self::new(run_id, tape.limits, tape.started_at, Arc::new(Nowhere { tape }))
        }
    }
}

/// The other end of the way out while a run is repeated: nobody. It only knows what was the app's own.
#[derive(Debug)]
struct Nowhere {
    tape: Arc<Tape>,
}

impl Egress for Nowhere {
    fn call(&self, _: http::Request<Bytes>) -> BoxFuture<'_, EgressAnswer> {
        let reason = "A run that is repeated calls nobody.".to_owned();
        Box::pin(std::future::ready(EgressAnswer::Refused { reason }))
    }

    fn is_own(&self, uri: &http::Uri) -> bool {
        self.tape.is_own(uri)
    }
}

/// What becomes of a run's dealings with the world.
#[derive(Debug, Clone, Default)]
pub enum Recording {
    /// They are recorded, so that the run can be repeated.
    #[default]
    Tape,
    /// They are not.
    NoTape,
    /// Nor are headers, bodies and addresses on the trace. For measuring what recording costs: no run of a user is such a one.
    Nothing,
    /// They come from a tape: its clock, its randomness, its answers. The run makes no tape of its own.
    Replay(Arc<Tape>, ReplayOptions),
}
