//! Collects a guest's answer, bounded, while the guest writes it.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use http::header::CONTENT_LENGTH;
use http::{Response, response};
use http_body::Body as _;
use tokio::sync::oneshot;
use wasmtime_wasi_http::p2::bindings::http::types::ErrorCode;
use wasmtime_wasi_http::p2::body::HyperOutgoingBody;

use super::header_bytes;
use crate::error::RunError;
use crate::limits::{Limit, Limits};
use crate::trace::Frame;

/// What the guest hands over with `response-outparam.set`.
pub(super) type Head = Result<Response<HyperOutgoingBody>, ErrorCode>;

/// An answer on its way in.
pub(super) struct Answer {
    head: Option<oneshot::Receiver<Head>>,
    parts: Option<response::Parts>,
    body: Option<HyperOutgoingBody>,
    first: Bytes,
    rest: BytesMut,
    body_limit: u64,
    header_limit: u64,
    expects_body: bool,
    /// Steps of the error that the guest answered with.
    frames: Vec<Frame>,
}

impl Answer {
    pub(super) fn new(head: oneshot::Receiver<Head>, limits: &Limits, expects_body: bool) -> Self {
        Self {
            head: Some(head),
            parts: None,
            body: None,
            first: Bytes::new(),
            rest: BytesMut::new(),
            body_limit: limits.response_body_bytes,
            header_limit: limits.header_bytes,
            expects_body,
            frames: Vec::new(),
        }
    }

    /// Where in the code the error happened that the guest answered with, if it said so.
    pub(super) fn take_frames(&mut self) -> Vec<Frame> {
        std::mem::take(&mut self.frames)
    }

    /// Whether the guest has handed over an answer, finished or not.
    pub(super) fn has_begun(&self) -> bool {
        self.parts.is_some()
    }

    /// Takes what is there. Ready when the answer is complete or has failed.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), RunError>> {
        if let Some(head) = &mut self.head {
            let head = ready!(Pin::new(head).poll(cx));
            self.head = None;
            self.accept(head)?;
        }
        while let Some(body) = &mut self.body {
            match ready!(Pin::new(body).poll_frame(cx)) {
                None => self.body = None,
                Some(Err(_)) => return Poll::Ready(Err(RunError::IncompleteResponse)),
                Some(Ok(frame)) => {
                    // Trailers are dropped: browsers do not show them and the answer is sent whole.
                    if let Ok(data) = frame.into_data() {
                        self.take(data)?;
                    }
                }
            }
        }
        Poll::Ready(Ok(()))
    }

    fn accept(&mut self, head: Result<Head, oneshot::error::RecvError>) -> Result<(), RunError> {
        match head {
            Err(_dropped) => Err(RunError::NoResponse),
            Ok(Err(ErrorCode::InternalError(Some(text)))) => {
                let (message, frames) = super::exception::read(&text);
                self.frames = frames;
                Err(RunError::Exception { message })
            }
            Ok(Err(code)) => Err(RunError::ErrorResponse {
                code: error_name(&code),
            }),
            Ok(Ok(response)) => {
                let (parts, body) = response.into_parts();
                let size = header_bytes(&parts.headers);
                if size > self.header_limit {
                    return Err(RunError::over(Limit::Headers, self.header_limit, Some(size)));
                }
                self.parts = Some(parts);
                self.body = Some(body);
                Ok(())
            }
        }
    }

    /// Most answers come in one piece, which is kept as it is; pieces after it are joined, so that a million small ones cost no
    /// more than their bytes.
    fn take(&mut self, data: Bytes) -> Result<(), RunError> {
        let so_far = self.first.len() + self.rest.len();
        let total = u64::try_from(so_far.saturating_add(data.len())).unwrap_or(u64::MAX);
        if total > self.body_limit {
            return Err(RunError::over(Limit::ResponseBody, self.body_limit, None));
        }
        if so_far == 0 {
            self.first = data;
        } else {
            self.rest.extend_from_slice(&data);
        }
        Ok(())
    }

    /// The complete answer.
    pub(super) fn finish(self) -> Result<Response<Bytes>, RunError> {
        let parts = self.parts.ok_or(RunError::NoResponse)?;
        let body = if self.rest.is_empty() {
            self.first
        } else {
            let mut whole = BytesMut::with_capacity(self.first.len() + self.rest.len());
            whole.extend_from_slice(&self.first);
            whole.extend_from_slice(&self.rest);
            whole.freeze()
        };
        let stated = parts
            .headers
            .get(CONTENT_LENGTH)
            .and_then(|value| value.to_str().ok()?.parse().ok());
        if self.expects_body && stated.is_some_and(|stated: usize| stated != body.len()) {
            return Err(RunError::IncompleteResponse);
        }
        Ok(Response::from_parts(parts, body))
    }
}

/// The code's name as `wasi:http/types` writes it, such as `HTTP-protocol-error`.
fn error_name(code: &ErrorCode) -> String {
    let debug = format!("{code:?}");
    debug
        .strip_prefix("ErrorCode::")
        .unwrap_or(&debug)
        .chars()
        .take(200)
        .collect()
}
