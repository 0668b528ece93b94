//! The one way out of a guest: `wasi:http/outgoing-handler` becomes a call of [`Egress`], counted, bounded and recorded.
//!
//! Each call is a task of its own, owned by the guest's handle for the answer: it is aborted when the handle or the run ends.

use std::borrow::Cow;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;
use http::{Method, Request, Response};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use tokio::sync::Semaphore;
use wasmtime_wasi_http::{
    DEFAULT_FORBIDDEN_HEADERS, Error, ForbiddenHeaderFilter, RequestOptions, WasiBody, WasiHttpHooks,
};

use crate::egress::{Egress, EgressAnswer};
use crate::limits::Limit;
use crate::trace::{Body, CallSlot, Headers, Recorder};

/// Headers that a guest may not set, because they belong to the connection. Made once, not for every header list.
static FORBIDDEN_HEADERS: LazyLock<ForbiddenHeaderFilter> =
    LazyLock::new(|| Arc::new(|name| DEFAULT_FORBIDDEN_HEADERS.contains(name)));

/// Bytes of a body that a guest may write at once. Two such pieces wait in the host for each body it holds, and it may hold hundreds;
/// wasi's default of 1 MiB would add up to gigabytes.
const BODY_PIECE_BYTES: usize = 16 * 1024;

/// What wasi expects of a call: the answer and a task that carries its body. Ours is complete, so the task is empty.
type Sent = Result<
    (
        Response<WasiBody>,
        Box<dyn Future<Output = Result<(), Error>> + Send>,
    ),
    Error,
>;

/// Sends the calls of one run.
pub(crate) struct OutgoingHttp {
    egress: Arc<dyn Egress>,
    recorder: Arc<Recorder>,
    /// Made with the first call: many runs make none.
    at_once: Option<Arc<Semaphore>>,
}

impl OutgoingHttp {
    pub(crate) fn new(egress: Arc<dyn Egress>, recorder: Arc<Recorder>) -> Self {
        Self {
            egress,
            recorder,
            at_once: None,
        }
    }
}

impl WasiHttpHooks for OutgoingHttp {
    fn is_forbidden_header(&mut self, name: &http::HeaderName) -> bool {
        DEFAULT_FORBIDDEN_HEADERS.contains(name)
    }

    fn forbidden_header_filter(&mut self) -> ForbiddenHeaderFilter {
        Arc::clone(&FORBIDDEN_HEADERS)
    }

    fn p2_outgoing_body_chunk_size(&mut self) -> usize {
        BODY_PIECE_BYTES
    }

    fn send_request(
        &mut self,
        request: Request<WasiBody>,
        options: Option<RequestOptions>,
        _processed: Box<dyn Future<Output = Result<(), Error>> + Send>,
    ) -> Box<dyn Future<Output = Sent> + Send> {
        let slot = self
            .recorder
            .call_sent(method_name(request.method()), request.uri(), request.headers());
        if slot.is_over_limit {
            refuse_over_limit(&self.recorder, slot);
            return Box::new(std::future::ready(Err(Error::ConnectionLimitReached)));
        }
        let limits = self.recorder.limits();
        let permits = usize::try_from(limits.calls_at_once.max(1)).unwrap_or(usize::MAX);
        let at_once = self
            .at_once
            .get_or_insert_with(|| Arc::new(Semaphore::new(permits)));
        let call = OneCall {
            egress: Arc::clone(&self.egress),
            recorder: Arc::clone(&self.recorder),
            at_once: Arc::clone(at_once),
            slot,
        };
        Box::new(call.send(request, options))
    }
}

fn method_name(method: &Method) -> Cow<'static, str> {
    match method.as_str() {
        "GET" => Cow::Borrowed("GET"),
        "POST" => Cow::Borrowed("POST"),
        "PUT" => Cow::Borrowed("PUT"),
        other => Cow::Owned(other.to_owned()),
    }
}

fn refuse_over_limit(recorder: &Recorder, slot: CallSlot) {
    let limit = recorder.limits().calls;
    recorder.limit_hit(Limit::Calls, u64::from(limit), Some(u64::from(slot.number)));
    let reason = format!(
        "Call {} was refused: a run may make {limit} outgoing calls.",
        slot.number
    );
    if slot.number == limit.saturating_add(1) {
        recorder.say(reason.clone());
    }
    recorder.call_ended(slot, |call| call.refused = Some(reason));
}

/// One call on its way.
struct OneCall {
    egress: Arc<dyn Egress>,
    recorder: Arc<Recorder>,
    at_once: Arc<Semaphore>,
    slot: CallSlot,
}

impl OneCall {
    async fn send(self, request: Request<WasiBody>, options: Option<RequestOptions>) -> Sent {
        let request = self.collect(request).await?;
        self.check_headers(request.headers())?;
        // After the body: a guest may open seven calls and write to the seventh before it finishes the first.
        let _turn = self
            .at_once
            .acquire()
            .await
            .map_err(|_| Error::InternalError(None))?;
        let answer = AssertUnwindSafe(self.egress.call(request)).catch_unwind();
        let answer = match first_byte_timeout(options) {
            Some(patience) => match tokio::time::timeout(patience, answer).await {
                Ok(answer) => answer,
                Err(_) => {
                    let reason = format!(
                        "The app waited {} ms for an answer, as it had asked to, and gave up.",
                        patience.as_millis()
                    );
                    self.fail(reason);
                    return Err(Error::HttpResponseTimeout);
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
                let size = u64::try_from(response.body().len()).unwrap_or(u64::MAX);
                self.recorder.call_ended(self.slot, |call| {
                    call.status = Some(response.status().as_u16());
                    call.response_headers = Headers::record(response.headers());
                    call.response_body = Body::record(response.body());
                    call.label = label;
                    call.notes = notes;
                });
                let allowed = self.recorder.limits().response_body_bytes;
                if size > allowed {
                    self.recorder.limit_hit(Limit::CallResponse, allowed, Some(size));
                    return Err(Error::HttpResponseBodySize(Some(size)));
                }
                let response = response.map(|body| Full::new(body).map_err(Error::from).boxed_unsync());
                Ok((response, Box::new(std::future::ready(Ok(())))))
            }
            Ok(EgressAnswer::Refused { reason }) => {
                self.recorder
                    .say(format!("Call {} was refused. {reason}", self.slot.number));
                self.fail(reason);
                Err(Error::HttpRequestDenied)
            }
            Err(_panic) => {
                tracing::error!(
                    call = self.slot.number,
                    "the way out panicked while it answered a call"
                );
                self.fail(
                    "The platform failed while it answered this call; this is not the app's fault."
                        .to_owned(),
                );
                Err(Error::InternalError(Some("the platform failed".to_owned())))
            }
        }
    }

    async fn collect(&self, request: Request<WasiBody>) -> Result<Request<Bytes>, Error> {
        let allowed = self.recorder.limits().call_body_bytes;
        let (parts, body) = request.into_parts();
        let limit = usize::try_from(allowed).unwrap_or(usize::MAX);
        let body = match Limited::new(body, limit).collect().await {
            Ok(collected) => collected.to_bytes(),
            Err(error) if error.is::<LengthLimitError>() => {
                self.recorder.limit_hit(Limit::CallBody, allowed, None);
                self.fail(crate::limits::LimitHit::new(Limit::CallBody, allowed, None).sentence);
                return Err(Error::HttpRequestBodySize(Some(allowed)));
            }
            Err(error) => {
                self.fail(format!("The app did not finish the body of this call: {error}."));
                return Err(match error.downcast::<Error>() {
                    Ok(error) => *error,
                    Err(_) => Error::HttpProtocolError,
                });
            }
        };
        self.recorder
            .call_changed(self.slot, |call| call.request_body = Body::record(&body));
        Ok(Request::from_parts(parts, body))
    }

    fn check_headers(&self, headers: &http::HeaderMap) -> Result<(), Error> {
        let allowed = self.recorder.limits().header_bytes;
        let size = crate::sandbox::header_bytes(headers);
        if size <= allowed {
            return Ok(());
        }
        self.recorder.limit_hit(Limit::Headers, allowed, Some(size));
        self.fail(crate::limits::LimitHit::new(Limit::Headers, allowed, Some(size)).sentence);
        Err(Error::HttpRequestHeaderSectionSize(u32::try_from(size).ok()))
    }

    fn fail(&self, reason: String) {
        self.recorder
            .call_ended(self.slot, |call| call.refused = Some(reason));
    }
}

/// The guest's own patience. Zero means none was set: toolchains pass it for "no timeout".
fn first_byte_timeout(options: Option<RequestOptions>) -> Option<Duration> {
    let options = options?;
    options.first_byte_timeout.filter(|patience| !patience.is_zero())
}
