//! `wasi:http/outgoing-handler`, on [`WayOut`].
//!
//! Each call is a task of its own, owned by the guest's handle for the answer: it is aborted when the handle or the run ends.

use std::pin::Pin;
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Frame;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use wasmtime_wasi_http::{
    DEFAULT_FORBIDDEN_HEADERS, Error, ForbiddenHeaderFilter, RequestOptions, WasiBody, WasiHttpHooks,
};

use super::way_out::{Answered, OneCall, WayOut, method_name};
use crate::egress::Delivery;

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
pub(crate) struct OutgoingHttp(pub(crate) WayOut);

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
        mut request: Request<WasiBody>,
        options: Option<RequestOptions>,
        _processed: Box<dyn Future<Output = Result<(), Error>> + Send>,
    ) -> Box<dyn Future<Output = Sent> + Send> {
        let method = method_name(request.method());
        let uri = request.uri().clone();
        match self.0.begin(method, &uri, request.headers_mut()) {
            Ok(call) => Box::new(send(call, request, options)),
            Err(error) => Box::new(std::future::ready(Err(error))),
        }
    }
}

async fn send(call: OneCall, request: Request<WasiBody>, options: Option<RequestOptions>) -> Sent {
    let request = collect(&call, request).await?;
    let Answered { response, delivery } = call.send(request, first_byte_timeout(options)).await?;
    let response = response.map(|body| match delivery {
        None => Full::new(body).map_err(Error::from).boxed_unsync(),
        Some(Delivery::CutShort) => {
            let half = body.slice(..body.len() / 2);
            Broken { half: Some(half) }.boxed_unsync()
        }
        Some(Delivery::Drip(over)) => Dripping::new(body, over).boxed_unsync(),
    });
    Ok((response, Box::new(std::future::ready(Ok(())))))
}

async fn collect(call: &OneCall, request: Request<WasiBody>) -> Result<Request<Bytes>, Error> {
    let (parts, body) = request.into_parts();
    let body = match Limited::new(body, call.body_limit()).collect().await {
        Ok(collected) => collected.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => return Err(call.body_too_long()),
        Err(error) => {
            call.fail(
                format!("The app did not finish the body of this call: {error}."),
                None,
            );
            return Err(match error.downcast::<Error>() {
                Ok(error) => *error,
                Err(_) => Error::HttpProtocolError,
            });
        }
    };
    Ok(Request::from_parts(parts, body))
}

/// The guest's own patience. Zero means none was set: toolchains pass it for "no timeout".
fn first_byte_timeout(options: Option<RequestOptions>) -> Option<Duration> {
    let options = options?;
    options.first_byte_timeout.filter(|patience| !patience.is_zero())
}

/// The first half of a body, and then a broken connection.
struct Broken {
    half: Option<Bytes>,
}

impl http_body::Body for Broken {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        Poll::Ready(Some(match self.half.take() {
            Some(half) if !half.is_empty() => Ok(Frame::data(half)),
            _ => Err(Error::HttpResponseIncomplete),
        }))
    }
}

/// Pieces that a dripping body comes in.
const DRIPS: u32 = 20;

/// A body that comes in small pieces.
struct Dripping {
    rest: Bytes,
    piece_bytes: usize,
    pause: Duration,
    sleep: Pin<Box<tokio::time::Sleep>>,
}

impl Dripping {
    fn new(body: Bytes, over: Duration) -> Self {
        let pause = over / DRIPS;
        let pieces = usize::try_from(DRIPS).unwrap_or(1);
        Self {
            piece_bytes: body.len().div_ceil(pieces).max(1),
            rest: body,
            pause,
            sleep: Box::pin(tokio::time::sleep(pause)),
        }
    }
}

impl http_body::Body for Dripping {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        std::task::ready!(self.sleep.as_mut().poll(context));
        self.sleep = Box::pin(tokio::time::sleep(self.pause));
        let piece_bytes = self.piece_bytes.min(self.rest.len());
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(piece_bytes)))))
    }
}
