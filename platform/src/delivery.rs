//! Carries an answer to a caller outside of the sandbox as a fault wants it carried: cut off, in drops, or not at all.

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream::{self, StreamExt as _};
use http::{HeaderValue, header};
use http_body_util::BodyExt as _;
use mock_nhs_interfaces::fault::{Breakage, FaultApplied, X_C4H_FAULT};

/// Pieces that a dripping body comes in.
const DRIPS: u32 = 20;

/// How long the first half of a body has before the connection breaks: the server writes while it waits for more.
const BEFORE_THE_END: Duration = Duration::from_millis(50);

/// An extension of an answer that is never sent: the connection ends instead. One that is there already cannot be refused
/// any more, so that a caller sees it closed without a word.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hangup;

/// The connection was ended on purpose.
#[derive(Debug, thiserror::Error)]
#[error("the connection was ended on purpose: a fault asked for it")]
pub(crate) struct HungUp;

/// Makes the answer come as its fault wants, and says in a header which fault that was.
pub(crate) async fn deliver(mut response: Response) -> Response {
    let Some(applied) = response.extensions().get::<FaultApplied>() else {
        return response;
    };
    if let Ok(name) = HeaderValue::try_from(&applied.name) {
        response.headers_mut().insert(X_C4H_FAULT, name);
    }
    match response.extensions().get::<Breakage>().copied() {
        None => response,
        Some(Breakage::Refused | Breakage::NoAnswer) => {
            response.extensions_mut().insert(Hangup);
            response
        }
        Some(Breakage::Truncated) => {
            with_stream(response, |body| {
                let half = body.slice(..body.len() / 2);
                let end = async {
                    // What was sent so far is sent before the end comes.
                    tokio::time::sleep(BEFORE_THE_END).await;
                    Err(io::Error::new(io::ErrorKind::ConnectionAborted, HungUp))
                };
                let halves = stream::iter([Ok::<_, io::Error>(half)]).chain(stream::once(end));
                Body::from_stream(halves)
            })
            .await
        }
        Some(Breakage::Drip(over)) => with_stream(response, |body| dripping(body, over)).await,
    }
}

/// The length of the whole body is told, so that a caller notices what is missing.
async fn with_stream(response: Response, made: impl FnOnce(Bytes) -> Body) -> Response {
    let (mut parts, body) = response.into_parts();
    let whole = body
        .collect()
        .await
        .map(|body| body.to_bytes())
        .unwrap_or_default();
    parts
        .headers
        .insert(header::CONTENT_LENGTH, HeaderValue::from(whole.len()));
    Response::from_parts(parts, made(whole))
}

fn dripping(body: Bytes, over: Duration) -> Body {
    let pause = over / DRIPS;
    let pieces = usize::try_from(DRIPS).unwrap_or(1);
    let piece_bytes = body.len().div_ceil(pieces).max(1);
    Body::from_stream(stream::unfold(body, move |mut rest| async move {
        if rest.is_empty() {
            return None;
        }
        tokio::time::sleep(pause).await;
        let piece = rest.split_to(piece_bytes.min(rest.len()));
        Some((Ok::<_, Infallible>(piece), rest))
    }))
}
