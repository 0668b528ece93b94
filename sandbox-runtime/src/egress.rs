//! The single way out of a guest: a call that stays inside the process.

use std::fmt::Debug;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};

/// Answers the outgoing calls of one run. Whoever implements it decides what exists outside; there is no network behind it.
///
/// A call may be abandoned at any await point: the future is dropped when the run ends.
pub trait Egress: Send + Sync + Debug {
    /// Answers one call. `request.uri()` is absolute: scheme, authority, path.
    ///
    /// Headers are as the guest set them, with `host` added. A panic inside is caught and shown as a failed call.
    ///
    /// An answer that was made bad on purpose carries an [`AppliedFault`] among its extensions, and a [`Delivery`] where its body does not
    /// come as usual.
    fn call(&self, request: http::Request<Bytes>) -> BoxFuture<'_, EgressAnswer>;

    /// Whether this address belongs to the app itself, such as its store. Calls of it are counted apart: against
    /// [`Limits::store_calls`](crate::limits::Limits::store_calls) instead of [`Limits::calls`](crate::limits::Limits::calls).
    fn is_own(&self, uri: &http::Uri) -> bool {
        let _ = uri;
        false
    }
}

/// Says in plain words what was done to an answer on purpose; put into the extensions of a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedFault(pub String);

/// How the body of an answer comes to the guest; put into the extensions of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// The connection breaks in the middle.
    CutShort,
    /// In small pieces, over this time.
    Drip(Duration),
}

/// What became of an outgoing call.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "made once a call and taken apart at once; a box would only cost an allocation"
)]
pub enum EgressAnswer {
    /// Somebody answered.
    Answered {
        /// The answer, as the guest will see it.
        response: http::Response<Bytes>,
        /// What the call means, in plain words, if the other side knows.
        label: Option<CallLabel>,
        /// What was done on the way that the builder should know ("access token of the workspace attached").
        notes: Vec<String>,
    },
    /// Nobody may be reached there. The guest sees `HTTP-request-denied`.
    Refused {
        /// Which address was refused, why, and what is allowed: one or two sentences for the builder.
        reason: String,
    },
    /// Nobody listens there. The guest sees `connection-refused`.
    Unreachable {
        /// What was done on purpose, in plain words.
        fault: AppliedFault,
    },
    /// Whoever is there did not answer in time. The guest sees `HTTP-response-timeout`.
    TimedOut {
        /// What was done on purpose, in plain words.
        fault: AppliedFault,
    },
}

/// What a call means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallLabel {
    /// The interface's id, such as `pds`.
    pub interface: String,
    /// The operation's id, such as `read_patient`.
    pub operation: String,
    /// The operation in plain words, such as "Read a patient".
    pub title: String,
}
