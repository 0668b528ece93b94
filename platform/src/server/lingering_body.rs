//! A request body whose rest is read and thrown away when nobody wants it any more.
//!
//! An error is often answered before the body was read: an unknown workspace, a foreign origin, a file that is too large.
//! Closing the connection at once would reset it, and most clients would then show "connection reset" instead of our
//! sentence. Each unread body is one task of at most [`LINGER`].

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Frame, Incoming, SizeHint};

/// How long the rest is read.
const LINGER: Duration = Duration::from_secs(5);
/// How much of the rest is read, in bytes: eight times the largest component, for those who try with a larger one.
const LINGER_BYTES: usize = 256 << 20;

/// The body of a request as handlers get it.
pub(super) fn body_of(incoming: Incoming) -> Body {
    if incoming.is_end_stream() {
        return Body::empty();
    }
    Body::new(LingeringBody {
        incoming: Some(incoming),
    })
}

#[derive(Debug)]
struct LingeringBody {
    /// Nothing once the body has ended or broken.
    incoming: Option<Incoming>,
}

impl hyper::body::Body for LingeringBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let Some(incoming) = &mut self.incoming else {
            return Poll::Ready(None);
        };
        let polled = Pin::new(incoming).poll_frame(context);
        if matches!(polled, Poll::Ready(None | Some(Err(_)))) {
            self.incoming = None;
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.as_ref().is_none_or(Incoming::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming
            .as_ref()
            .map_or_else(|| SizeHint::with_exact(0), Incoming::size_hint)
    }
}

impl Drop for LingeringBody {
    fn drop(&mut self) {
        let Some(mut rest) = self.incoming.take().filter(|rest| !rest.is_end_stream()) else {
            return;
        };
        // Without an executor the connection is gone as well, and nobody waits for a sentence.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        let discard = async move {
            let mut left = LINGER_BYTES;
            while let Some(Ok(frame)) = rest.frame().await {
                left = left.saturating_sub(frame.data_ref().map_or(0, Bytes::len));
                if left == 0 {
                    return;
                }
            }
        };
        runtime.spawn(async { tokio::time::timeout(LINGER, discard).await });
    }
}
