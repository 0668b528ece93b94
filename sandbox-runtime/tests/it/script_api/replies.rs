//! Somebody who gives one reply after the other, and keeps what was asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{Request, Response};
use sandbox_runtime::egress::{AppliedFault, Delivery, Egress, EgressAnswer};

/// What becomes of a call.
#[derive(Debug, Clone)]
pub(super) enum Reply {
    /// It is answered with this status, these headers and this body.
    Answer(u16, Vec<(&'static str, &'static str)>, Bytes),
    /// It is refused.
    Refused,
    /// Nobody listens there.
    Unreachable,
    /// It is not answered in time.
    TimedOut,
    /// The answer breaks off in the middle.
    CutShort,
    /// It is not answered as long as the run lives.
    Never,
}

impl Reply {
    pub(super) fn status(status: u16) -> Self {
        Self::Answer(status, Vec::new(), Bytes::from_static(b"{}"))
    }

    /// A status with `retry-after`.
    pub(super) fn later(status: u16, after: &'static str) -> Self {
        Self::Answer(status, vec![("retry-after", after)], Bytes::from_static(b"{}"))
    }

    /// A status with `location`.
    pub(super) fn redirect(status: u16, location: &'static str) -> Self {
        Self::Answer(status, vec![("location", location)], Bytes::new())
    }
}

/// The replies, in order; when they are used up, the last one again.
#[derive(Debug, Clone)]
pub(super) struct Replies {
    left: Arc<Mutex<VecDeque<Reply>>>,
    asked: Arc<Mutex<Vec<Request<Bytes>>>>,
}

impl Replies {
    pub(super) fn new(replies: impl IntoIterator<Item = Reply>) -> Self {
        Self {
            left: Arc::new(Mutex::new(replies.into_iter().collect())),
            asked: Arc::default(),
        }
    }

    /// The calls so far.
    pub(super) fn asked(&self) -> Vec<Request<Bytes>> {
        self.asked.lock().unwrap().clone()
    }

    /// Method and address of the calls so far.
    pub(super) fn lines(&self) -> Vec<String> {
        let asked = self.asked();
        asked
            .iter()
            .map(|request| format!("{} {}", request.method(), request.uri()))
            .collect()
    }
}

impl Egress for Replies {
    fn call(&self, request: Request<Bytes>) -> BoxFuture<'_, EgressAnswer> {
        self.asked.lock().unwrap().push(request);
        let mut left = self.left.lock().unwrap();
        let reply = match left.len() {
            0 | 1 => left.front().cloned(),
            _ => left.pop_front(),
        };
        let fault = || AppliedFault("made so by the test".to_owned());
        let answer = match reply.unwrap_or_else(|| Reply::status(200)) {
            Reply::Answer(status, headers, body) => {
                let mut response = Response::builder().status(status);
                for (name, value) in headers {
                    response = response.header(name, value);
                }
                answered(response.body(body).unwrap())
            }
            Reply::CutShort => {
                let mut response = Response::new(Bytes::from_static(b"{\"resourceType\":\"Patient\"}"));
                response.extensions_mut().insert(Delivery::CutShort);
                answered(response)
            }
            Reply::Refused => EgressAnswer::Refused {
                reason: "The test refuses this.".to_owned(),
            },
            Reply::Unreachable => EgressAnswer::Unreachable { fault: fault() },
            Reply::TimedOut => EgressAnswer::TimedOut { fault: fault() },
            Reply::Never => return Box::pin(std::future::pending()),
        };
        Box::pin(std::future::ready(answer))
    }
}

fn answered(response: Response<Bytes>) -> EgressAnswer {
    EgressAnswer::Answered {
        response,
        label: None,
        notes: Vec::new(),
    }
}
