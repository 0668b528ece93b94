//! The one way out of a guest, whatever it speaks: a call is counted, takes its turn, is answered by [`Egress`] or from a tape, and is on
//! the trace and on the tape.

use std::borrow::Cow;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;
use http::{HeaderMap, HeaderValue, Method, Request, Response, Uri};
use tokio::sync::Semaphore;
use wasmtime_wasi_http::Error;

use super::call_turns::CallTurns;
use crate::egress::{AppliedFault, Delivery, Egress, EgressAnswer};
use crate::limits::{Limit, LimitHit};
use crate::replay::{Asked, Ending, TapedAnswer, TapedBody, TapedCall, TapedEnd, fingerprint};
use crate::trace::{CallSlot, Recorder, TRACEPARENT, TRACESTATE, World};

/// The way out of one run. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct WayOut {
    egress: Arc<dyn Egress>,
    recorder: Arc<Recorder>,
    turns: CallTurns,
    /// Made with the first call: many runs make none.
    at_once: Arc<OnceLock<Semaphore>>,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) response: Response<Bytes>,
    /// How its body comes; `None` for all at once.
    pub(crate) delivery: Option<Delivery>,
}

impl WayOut {
    pub(crate) fn new(egress: Arc<dyn Egress>, recorder: Arc<Recorder>, turns: CallTurns) -> Self {
        Self {
            egress,
            recorder,
            turns,
            at_once: Arc::default(),
        }
    }

    /// Sends a call whose body is there. It is counted at once, in the order of these calls, and not first when the future is polled.
    ///
    /// `patience` is how long the guest wants to wait, if it said so.
    pub(crate) fn send(
        &self,
        mut request: Request<Bytes>,
        patience: Option<Duration>,
    ) -> impl Future<Output = Result<Answered, Error>> + Send + 'static {
        let method = method_name(request.method());
        let uri = request.uri().clone();
        let begun = self.begin(method, &uri, request.headers_mut());
        async move {
            let call = begun?;
            call.check_body(request.body())?;
            call.send(request, patience).await
        }
    }

    /// Counts a call and puts it on the trace.
    pub(crate) fn begin(
        &self,
        method: Cow<'static, str>,
        uri: &Uri,
        headers: &mut HeaderMap,
    ) -> Result<OneCall, Error> {
        let is_own = self.egress.is_own(uri);
        let slot = self.recorder.call_sent(method, uri, headers, is_own);
        if slot.is_over_limit {
            refuse_over_limit(&self.recorder, slot);
            return Err(Error::ConnectionLimitReached);
        }
        Ok(OneCall {
            way: self.clone(),
            slot,
        })
    }

    async fn turn(&self) -> Option<tokio::sync::SemaphorePermit<'_>> {
        let at_once = self.at_once.get_or_init(|| {
            let permits = self.recorder.limits().calls_at_once.max(1);
            Semaphore::new(usize::try_from(permits).unwrap_or(Semaphore::MAX_PERMITS))
        });
        at_once.acquire().await.ok()
    }
}

pub(crate) fn method_name(method: &Method) -> Cow<'static, str> {
    match method.as_str() {
        "GET" => Cow::Borrowed("GET"),
        "POST" => Cow::Borrowed("POST"),
        "PUT" => Cow::Borrowed("PUT"),
        other => Cow::Owned(other.to_owned()),
    }
}

/// Gives a call its own step in the run's story, unless the guest tells one of its own.
pub(crate) fn join_story(headers: &mut HeaderMap, parent: &str, state: Option<&str>) {
    if headers.contains_key(TRACEPARENT) {
        return;
    }
    if let Ok(parent) = HeaderValue::from_str(parent) {
        headers.insert(TRACEPARENT, parent);
        if let Some(Ok(state)) = state.map(HeaderValue::from_str) {
            headers.entry(TRACESTATE).or_insert(state);
        }
    }
}

fn refuse_over_limit(recorder: &Recorder, slot: CallSlot) {
    let limits = recorder.limits();
    let (code, limit, what) = if slot.is_own {
        (Limit::StoreCalls, limits.store_calls, "calls of its store")
    } else {
        (Limit::Calls, limits.calls, "outgoing calls")
    };
    recorder.limit_hit(code, u64::from(limit), Some(u64::from(slot.count)));
    let reason = format!("Call {} was refused: a run may make {limit} {what}.", slot.number);
    if slot.count == limit.saturating_add(1) {
        recorder.say(reason.clone());
    }
    recorder.call_ended(slot, |call| call.refused = Some(reason));
}

/// One call on its way.
#[derive(Debug)]
pub(crate) struct OneCall {
    way: WayOut,
    slot: CallSlot,
}

impl OneCall {
    fn recorder(&self) -> &Recorder {
        &self.way.recorder
    }

    /// Answers a call whose body is complete.
    pub(crate) async fn send(
        self,
        request: Request<Bytes>,
        patience: Option<Duration>,
    ) -> Result<Answered, Error> {
        let recorder = self.recorder();
        let body = recorder.body(request.body());
        recorder.call_changed(self.slot, |call| call.request_body = body);
        self.check_headers(request.headers())?;
        // After the body: a guest may open seven calls and write to the seventh before it finishes the first.
        let _turn = self.way.turn().await.ok_or(Error::InternalError(None))?;
        if let World::Replayed(deck) = recorder.world() {
            let (method, url, fingerprint) = recognise(recorder, &request);
            let asked = Asked {
                number: self.slot.number,
                method,
                url: &url,
                fingerprint,
            };
            let dealt = deck.answer(asked).await;
            let delivery = dealt.is_truncated.then_some(Delivery::CutShort);
            return self.finish(dealt.ending, dealt.fault, delivery);
        }
        let taped = self.put_on_tape(&request);
        let (ending, fault) = self.ask(request, patience).await;
        let delivery = match &ending {
            Ending::Answered(response, ..) => response.extensions().get().copied(),
            Ending::Refused(_)
            | Ending::GaveUp(_)
            | Ending::TimedOut
            | Ending::Unreachable
            | Ending::Failed => None,
        };
        if let Some(index) = taped {
            self.end_on_tape(
                index,
                &ending,
                fault.clone(),
                delivery == Some(Delivery::CutShort),
            );
        }
        self.finish(ending, fault, delivery)
    }

    /// How the platform's side ended, and what was done on purpose.
    async fn ask(&self, request: Request<Bytes>, patience: Option<Duration>) -> (Ending, Option<String>) {
        let answer = AssertUnwindSafe(self.way.egress.call(request)).catch_unwind();
        let answer = self.way.turns.answer(answer);
        let answer = match patience {
            Some(patience) => match tokio::time::timeout(patience, answer).await {
                Ok(answer) => answer,
                Err(_) => {
                    let after_ms = u64::try_from(patience.as_millis()).unwrap_or(u64::MAX);
                    return (Ending::GaveUp(after_ms), None);
                }
            },
            None => answer.await,
        };
        match answer {
            Ok(EgressAnswer::Answered {
                response,
                label,
                notes,
            }) => {
                let fault = response.extensions().get();
                let fault = fault.map(|AppliedFault(fault)| fault.clone());
                (Ending::Answered(response, label, notes), fault)
            }
            Ok(EgressAnswer::Refused { reason }) => (Ending::Refused(reason), None),
            Ok(EgressAnswer::Unreachable { fault }) => (Ending::Unreachable, Some(fault.0)),
            Ok(EgressAnswer::TimedOut { fault }) => (Ending::TimedOut, Some(fault.0)),
            Err(_panic) => {
                tracing::error!(
                    call = self.slot.number,
                    "the way out panicked while it answered a call"
                );
                (Ending::Failed, None)
            }
        }
    }

    /// Puts the end of a call on the trace and tells the guest.
    fn finish(
        &self,
        ending: Ending,
        fault: Option<String>,
        delivery: Option<Delivery>,
    ) -> Result<Answered, Error> {
        let recorder = self.recorder();
        let fault = fault.map(|fault| recorder.text(fault));
        match ending {
            Ending::Answered(response, label, notes) => {
                let size = u64::try_from(response.body().len()).unwrap_or(u64::MAX);
                let headers = recorder.headers(response.headers());
                let body = recorder.body(response.body());
                let notes = notes.into_iter().map(|note| recorder.text(note)).collect();
                recorder.call_ended(self.slot, |call| {
                    call.status = Some(response.status().as_u16());
                    call.response_headers = headers;
                    call.response_body = body;
                    call.label = label;
                    call.notes = notes;
                    call.fault = fault;
                });
                let allowed = recorder.limits().response_body_bytes;
                if size > allowed {
                    recorder.limit_hit(Limit::CallResponse, allowed, Some(size));
                    return Err(Error::HttpResponseBodySize(Some(size)));
                }
                Ok(Answered { response, delivery })
            }
            Ending::Refused(reason) => {
                recorder.say(format!("Call {} was refused. {reason}", self.slot.number));
                self.fail(reason, fault);
                Err(Error::HttpRequestDenied)
            }
            Ending::GaveUp(after_ms) => {
                let reason =
                    format!("The app waited {after_ms} ms for an answer, as it had asked to, and gave up.");
                self.fail(reason, fault);
                Err(Error::HttpResponseTimeout)
            }
            Ending::TimedOut => {
                self.fail("No answer came in time.".to_owned(), fault);
                Err(Error::HttpResponseTimeout)
            }
            Ending::Unreachable => {
                self.fail("The connection was refused.".to_owned(), fault);
                Err(Error::ConnectionRefused)
            }
            Ending::Failed => {
                let reason = "The platform failed while it answered this call; this is not the app's fault.";
                self.fail(reason.to_owned(), fault);
                Err(Error::InternalError(Some("the platform failed".to_owned())))
            }
        }
    }

    /// The longest body, in bytes.
    pub(crate) fn body_limit(&self) -> usize {
        usize::try_from(self.recorder().limits().call_body_bytes).unwrap_or(usize::MAX)
    }

    /// Refuses a body that is too long.
    pub(crate) fn check_body(&self, body: &Bytes) -> Result<(), Error> {
        let allowed = self.recorder().limits().call_body_bytes;
        if u64::try_from(body.len()).is_ok_and(|size| size <= allowed) {
            return Ok(());
        }
        Err(self.body_too_long())
    }

    /// Says that the body is too long.
    pub(crate) fn body_too_long(&self) -> Error {
        let allowed = self.recorder().limits().call_body_bytes;
        self.recorder().limit_hit(Limit::CallBody, allowed, None);
        self.fail(LimitHit::new(Limit::CallBody, allowed, None).sentence, None);
        Error::HttpRequestBodySize(Some(allowed))
    }

    fn check_headers(&self, headers: &HeaderMap) -> Result<(), Error> {
        let allowed = self.recorder().limits().header_bytes;
        let size = crate::sandbox::header_bytes(headers);
        if size <= allowed {
            return Ok(());
        }
        self.recorder().limit_hit(Limit::Headers, allowed, Some(size));
        self.fail(LimitHit::new(Limit::Headers, allowed, Some(size)).sentence, None);
        Err(Error::HttpRequestHeaderSectionSize(u32::try_from(size).ok()))
    }

    pub(crate) fn fail(&self, reason: String, fault: Option<String>) {
        let reason = self.recorder().text(reason);
        self.recorder().call_ended(self.slot, |call| {
            call.refused = Some(reason);
            call.fault = fault;
        });
    }

    fn put_on_tape(&self, request: &Request<Bytes>) -> Option<usize> {
        let World::Recorded(reel) = self.recorder().world() else {
            return None;
        };
        let (method, url, fingerprint) = recognise(self.recorder(), request);
        Some(reel.call_sent(TapedCall {
            number: self.slot.number,
            is_own: self.slot.is_own,
            method: method.to_owned(),
            url,
            fingerprint,
            end: None,
        }))
    }

    fn end_on_tape(&self, index: usize, ending: &Ending, fault: Option<String>, is_truncated: bool) {
        let recorder = self.recorder();
        let World::Recorded(reel) = recorder.world() else {
            return;
        };
        let mut end = TapedEnd {
            order: 0,
            answer: TapedAnswer::Failed,
            label: None,
            notes: Vec::new(),
            fault: fault.map(|fault| recorder.text(fault)),
            is_truncated,
        };
        end.answer = match ending {
            Ending::Answered(response, label, notes) => {
                end.label.clone_from(label);
                end.notes = notes.iter().map(|note| recorder.text(note.clone())).collect();
                TapedAnswer::Answered {
                    status: response.status().as_u16(),
                    headers: recorder.masked_headers(response.headers()),
                    body: TapedBody(recorder.masked_bytes(response.body())),
                }
            }
            Ending::Refused(reason) => TapedAnswer::Refused {
                reason: recorder.text(reason.clone()),
            },
            Ending::GaveUp(after_ms) => TapedAnswer::GaveUp { after_ms: *after_ms },
            Ending::TimedOut => TapedAnswer::TimedOut,
            Ending::Unreachable => TapedAnswer::Unreachable,
            Ending::Failed => TapedAnswer::Failed,
        };
        reel.call_ended(index, end);
    }
}

/// What tells a call from others: method, address and fingerprint, secrets masked.
fn recognise<'a>(recorder: &Recorder, request: &'a Request<Bytes>) -> (&'a str, String, [u8; 16]) {
    let method = request.method().as_str();
    let url = recorder.url(request.uri());
    let fingerprint = fingerprint(method, &url, &recorder.masked_bytes(request.body()));
    (method, url, fingerprint)
}
