//! One run from request to trace.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Uri};
use http_body_util::Full;
use tokio::sync::oneshot;
use wasmtime::{Engine, Store};
use wasmtime_wasi_http::WasiHttpView as _;
use wasmtime_wasi_http::p2::bindings::http::types::Scheme;

use super::answer::{Answer, Head};
use super::cpu::CpuMeter;
use super::host::Host;
use super::open_run::Ended;
use super::{Place, RunContext, failure, header_bytes};
use crate::capability::call_turns::CallTurns;
use crate::error::RunError;
use crate::guest::Guest;
use crate::limits::{Limit, Limits};
use crate::trace::Recorder;

/// What the runtime of scripts says of an allocation that failed.
const OUT_OF_MEMORY: &str = "out of memory";

/// Why a guest's future stopped.
enum Stopped {
    /// The guest's call came back, well or not.
    Returned(wasmtime::Result<()>),
    /// The answer broke a rule while the guest was still writing it.
    BadAnswer(RunError),
    /// Host code panicked under the guest.
    Panicked,
}

/// What a run starts with. It owns everything, because a long run changes threads.
pub(super) struct Start {
    pub(super) engine: Engine,
    pub(super) guest: Guest,
    pub(super) run: RunContext,
    pub(super) recorder: Arc<Recorder>,
    pub(super) meter: Arc<CpuMeter>,
    pub(super) turns: CallTurns,
    /// Held until the guest's memory has been given back.
    pub(super) place: Place,
}

pub(super) async fn execute(start: Start, request: Request<Bytes>) -> Ended {
    let Start {
        engine,
        guest,
        run,
        recorder,
        meter,
        turns,
        place: _place,
    } = start;
    let limits = run.limits;
    if let Err(error) = check_request(&request, &limits) {
        return Ended::without_start(error);
    }
    let mut store = Host::new(&run, &recorder, &meter, turns).into_store(&engine, &run);
    let (sender, receiver) = oneshot::channel();
    let mut answer = Answer::new(receiver, &limits, *request.method() != Method::HEAD);

    let wall = Duration::from_millis(limits.wall_ms);
    let stopped = {
        let work = pin!(call_guest(&guest, &mut store, request, sender));
        tokio::time::timeout(wall, drive(work, &mut answer, &meter)).await
    };

    let mut backtrace = Vec::new();
    let memory = store.data().memory();
    let memory_peak_bytes = memory.peak_bytes();
    if let Some(asked) = memory.refused_memory_bytes() {
        recorder.limit_hit(Limit::Memory, limits.memory_bytes, Some(asked));
    }
    if let Some(asked) = memory.refused_table_elements() {
        recorder.limit_hit(Limit::Table, limits.table_elements, Some(asked));
    }
    let refused_memory = memory.refused_memory_bytes();
    let failed = match stopped {
        Ok(Stopped::Returned(Ok(()))) => None,
        Ok(Stopped::Returned(Err(error))) => {
            backtrace = failure::backtrace(&error);
            let error = failure::classify(&error, &limits, memory);
            // Some languages end every program like this.
            let is_plain_end = error == RunError::Exit { status: 0 } && answer.has_begun();
            (!is_plain_end).then_some(error)
        }
        Ok(Stopped::BadAnswer(error)) => {
            backtrace = answer.take_frames();
            Some(error)
        }
        Ok(Stopped::Panicked) => Some(RunError::host("host code panicked under a guest")),
        Err(_late) => Some(RunError::over(Limit::Wall, limits.wall_ms, None)),
    };
    // Frees the instance, its calls and its memory. What remains of the answer is complete: nobody can add to it now.
    drop(store);
    let answer = match failed {
        Some(error) => Err(error),
        None => match poll_fn(|cx| answer.poll(cx)).await {
            Ok(()) => answer.finish(),
            Err(error) => {
                backtrace = answer.take_frames();
                Err(error)
            }
        },
    };
    let answer = match answer {
        // Whatever came in the last moment came too late; the steps say where it was.
        _ if meter.is_used_up() => {
            let spent_ms = meter.spent_ns() / 1_000_000;
            Err(RunError::over(Limit::Cpu, limits.cpu_ms, Some(spent_ms)))
        }
        // A script's runtime tells the app that there is no memory, and the app did not handle it.
        Err(RunError::Exception { message }) if message.contains(OUT_OF_MEMORY) => match refused_memory {
            Some(asked) => Err(RunError::over(Limit::Memory, limits.memory_bytes, Some(asked))),
            None => Err(RunError::Exception { message }),
        },
        answer => answer,
    };
    Ended {
        answer,
        backtrace,
        cpu_ns: meter.spent_ns(),
        memory_peak_bytes,
    }
}

fn check_request(request: &Request<Bytes>, limits: &Limits) -> Result<(), RunError> {
    let body = u64::try_from(request.body().len()).unwrap_or(u64::MAX);
    if body > limits.request_body_bytes {
        return Err(RunError::over(
            Limit::RequestBody,
            limits.request_body_bytes,
            Some(body),
        ));
    }
    let headers = header_bytes(request.headers());
    if headers > limits.header_bytes {
        return Err(RunError::over(Limit::Headers, limits.header_bytes, Some(headers)));
    }
    Ok(())
}

async fn call_guest(
    guest: &Guest,
    store: &mut Store<Host>,
    request: Request<Bytes>,
    sender: oneshot::Sender<Head>,
) -> wasmtime::Result<()> {
    let scheme = match request.uri().scheme_str() {
        Some("https") => Scheme::Https,
        _ => Scheme::Http,
    };
    let request = with_authority(request).map(Full::new);
    let proxy = guest.pre().instantiate_async(&mut *store).await?;
    let request = store.data_mut().http().new_incoming_request(scheme, request)?;
    let out = store.data_mut().http().new_response_outparam(sender)?;
    proxy
        .wasi_http_incoming_handler()
        .call_handle(&mut *store, request, out)
        .await
}

/// A request must say whom it is for; one that does not is for nobody in particular.
fn with_authority(mut request: Request<Bytes>) -> Request<Bytes> {
    let names_host = request
        .headers()
        .get(http::header::HOST)
        .is_some_and(|host| host.to_str().is_ok());
    if request.uri().authority().is_none() && !names_host {
        let path = request
            .uri()
            .path_and_query()
            .map_or("/", http::uri::PathAndQuery::as_str);
        if let Ok(uri) = Uri::builder()
            .scheme("http")
            .authority("localhost")
            .path_and_query(path)
            .build()
        {
            *request.uri_mut() = uri;
        }
    }
    request
}

/// Polls the guest and takes its answer as it comes, in the caller's own task.
async fn drive(
    mut work: Pin<&mut impl Future<Output = wasmtime::Result<()>>>,
    answer: &mut Answer,
    meter: &CpuMeter,
) -> Stopped {
    let mut answer_complete = false;
    poll_fn(|cx| {
        let polled = meter.measure(|| catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(cx))));
        match polled {
            Err(_panic) => return Poll::Ready(Stopped::Panicked),
            Ok(Poll::Ready(returned)) => return Poll::Ready(Stopped::Returned(returned)),
            Ok(Poll::Pending) => {}
        }
        if !answer_complete {
            match answer.poll(cx) {
                Poll::Pending => {}
                Poll::Ready(Ok(())) => answer_complete = true,
                // The handle was dropped without an answer: the guest may still want to do or say something.
                Poll::Ready(Err(RunError::NoResponse)) => answer_complete = true,
                Poll::Ready(Err(error)) => return Poll::Ready(Stopped::BadAnswer(error)),
            }
        }
        Poll::Pending
    })
    .await
}
