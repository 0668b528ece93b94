//! A run whose end is not known yet. It always has one: when its future is dropped, what it did until then is kept all the same.

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};

use super::cpu::CpuMeter;
use super::{Recording, Run, RunContext};
use crate::error::RunError;
use crate::limits::LimitHit;
use crate::replay::Tape;
use crate::trace::{Frame, Keeper, Outcome, Recorder, ResponseRecord, TapeParts, Trace};

/// The code of a run whose caller went away.
const ABANDONED: &str = "abandoned";

/// How a run ended, before the trace is put together.
pub(super) struct Ended {
    pub(super) answer: Result<Response<Bytes>, RunError>,
    pub(super) backtrace: Vec<Frame>,
    pub(super) cpu_ns: u64,
    pub(super) memory_peak_bytes: u64,
}

impl Ended {
    pub(super) fn without_start(error: RunError) -> Self {
        Self {
            answer: Err(error),
            backtrace: Vec::new(),
            cpu_ns: 0,
            memory_peak_bytes: 0,
        }
    }
}

/// The open record of a run.
pub(super) struct OpenRun {
    pub(super) recorder: Arc<Recorder>,
    pub(super) meter: Arc<CpuMeter>,
    keeper: Option<Arc<dyn Keeper>>,
    tape: Option<TapeParts>,
    is_closed: bool,
}

impl OpenRun {
    pub(super) fn new(run: &RunContext, request: &Request<Bytes>) -> Self {
        let tape = matches!(run.recording, Recording::Tape).then(|| TapeParts {
            request: request.clone(),
            environment: run.environment.clone(),
            secrets: Arc::clone(&run.secrets),
        });
        Self {
            recorder: Arc::new(Recorder::new(run, request)),
            meter: Arc::default(),
            keeper: run.keeper.clone(),
            tape,
            is_closed: false,
        }
    }

    /// Puts the trace and the tape together.
    pub(super) fn close(mut self, ended: Ended) -> Run {
        self.is_closed = true;
        let recorder = Arc::clone(&self.recorder);
        let answer = ended.answer.map_err(|error| masked(error, &recorder));
        let outcome = match &answer {
            Ok(_) => Outcome::Answered,
            Err(error) => {
                if let RunError::Limit(hit) = error {
                    recorder.note_limit(LimitHit::clone(hit));
                }
                if let RunError::Host { detail } = error {
                    let run_id = &recorder.story().run_id;
                    tracing::error!(run_id, detail, "a run failed through no fault of the app");
                }
                Outcome::Failed {
                    code: error.code().into(),
                    sentence: error.to_string(),
                }
            }
        };
        let response = answer.as_ref().ok().map(|response| ResponseRecord {
            status: response.status().as_u16(),
            headers: recorder.headers(response.headers()),
            body: recorder.body(response.body()),
        });
        let sums = Sums {
            cpu_ns: ended.cpu_ns,
            memory_peak_bytes: ended.memory_peak_bytes,
        };
        let (trace, tape) = self.put_together(outcome, response, ended.backtrace, sums);
        Run { answer, trace, tape }
    }

    fn put_together(
        &mut self,
        outcome: Outcome,
        response: Option<ResponseRecord>,
        mut backtrace: Vec<Frame>,
        sums: Sums,
    ) -> (Trace, Option<Tape>) {
        let recorder = &self.recorder;
        let recorded = recorder.finish();
        let story = recorder.story().clone();
        for frame in &mut backtrace {
            frame.source = frame.source.take().map(|line| recorder.text(line));
        }
        let trace = Trace {
            run_id: story.run_id,
            kind: recorder.kind(),
            trace_id: story.trace_id,
            span_id: story.span_id,
            parent: story.parent.as_ref().map(|parent| parent.span_id),
            state: story
                .parent
                .and_then(|parent| parent.state)
                .map(|state| recorder.text(state)),
            started_at: story.started_at,
            request: story.request,
            calls: recorded.calls,
            log: recorded.lines,
            outcome,
            limits_hit: recorded.limits_hit,
            cpu_us: sums.cpu_ns / 1_000,
            wall_us: recorder.elapsed_us(),
            memory_peak_bytes: sums.memory_peak_bytes,
            response,
            backtrace,
        };
        recorder.tell_ended(&trace);
        let tape = self.tape.take().and_then(|parts| recorder.tape(parts));
        (trace, tape)
    }
}

struct Sums {
    cpu_ns: u64,
    memory_peak_bytes: u64,
}

/// What an app says about its own end may hold a secret of its own.
fn masked(error: RunError, recorder: &Recorder) -> RunError {
    match error {
        RunError::Exception { message } => RunError::Exception {
            message: recorder.text(message),
        },
        RunError::Trap { reason } => RunError::Trap {
            reason: recorder.text(reason),
        },
        RunError::Limit(_)
        | RunError::Exit { .. }
        | RunError::NoResponse
        | RunError::IncompleteResponse
        | RunError::ErrorResponse { .. }
        | RunError::Host { .. } => error,
    }
}

impl Drop for OpenRun {
    fn drop(&mut self) {
        if self.is_closed {
            return;
        }
        let Some(keeper) = self.keeper.take() else {
            return;
        };
        let outcome = Outcome::Failed {
            code: ABANDONED.into(),
            sentence: "Whoever asked went away before the app had answered, and the run was ended."
                .to_owned(),
        };
        let sums = Sums {
            cpu_ns: self.meter.spent_ns(),
            memory_peak_bytes: 0,
        };
        let (trace, tape) = self.put_together(outcome, None, Vec::new(), sums);
        keeper.abandoned(trace, tape);
    }
}
