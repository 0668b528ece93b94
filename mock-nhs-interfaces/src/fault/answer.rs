//! What a fault makes of an answer.

use axum::body::Body;
use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::request::Parts;
use http::{Response, StatusCode};
use http_body_util::BodyExt as _;

use super::asked::about_another;
use super::{Breakage, Chosen, FaultKind};
use crate::Failure;

/// Who would answer well, and can fail in their own words.
pub trait Answers: Sync {
    /// The answer as always.
    fn answer(&self, request: &Parts, body: Bytes) -> impl Future<Output = Response<Body>> + Send;

    /// The answer when this goes wrong.
    fn fail(&self, request: &Parts, failure: &Failure<'_>) -> Response<Body>;

    /// Lets somebody else change what the request wants to change, so that the request comes too late. `false` when that
    /// cannot be; then the failure is made up.
    fn change_meanwhile(&self, request: &Parts, body: &Bytes) -> impl Future<Output = bool> + Send;
}

/// Answers a request as badly as was chosen. A future that is dropped has changed nothing but what the request changed.
pub async fn answer_badly<A: Answers>(
    answers: &A,
    chosen: &Chosen,
    request: &Parts,
    body: Bytes,
) -> Response<Body> {
    if !chosen.delay.is_zero() {
        tokio::time::sleep(chosen.delay).await;
    }
    let mut response = match &chosen.kind {
        None => answers.answer(request, body).await,
        Some(kind) => badly(answers, kind, request, body).await,
    };
    response.extensions_mut().insert(chosen.applied());
    response
}

async fn badly<A: Answers>(answers: &A, kind: &FaultKind, request: &Parts, body: Bytes) -> Response<Body> {
    match kind {
        // Delays are not chosen as a kind.
        FaultKind::Slow(_) => answers.answer(request, body).await,
        FaultKind::Timeout(after) => {
            tokio::time::sleep(*after).await;
            none(Breakage::NoAnswer)
        }
        FaultKind::Refused => none(Breakage::Refused),
        FaultKind::Status { status, code } => {
            let code = code.as_deref();
            answers.fail(
                request,
                &Failure::Status {
                    status: *status,
                    code,
                },
            )
        }
        FaultKind::TooManyRequests(throttle) => answers.fail(
            request,
            &Failure::TooManyRequests {
                throttle: *throttle,
                application: None,
            },
        ),
        FaultKind::ExpiredToken => answers.fail(request, &Failure::ExpiredToken),
        FaultKind::ChangedMeanwhile => {
            if answers.change_meanwhile(request, &body).await {
                answers.answer(request, body).await
            } else {
                answers.fail(request, &Failure::ChangedMeanwhile)
            }
        }
        FaultKind::MalformedJson => with_body(answers.answer(request, body).await, malformed).await,
        FaultKind::Empty => with_body(answers.answer(request, body).await, |_| Bytes::new()).await,
        FaultKind::Truncated => carried(answers.answer(request, body).await, Breakage::Truncated),
        FaultKind::Drip(over) => carried(answers.answer(request, body).await, Breakage::Drip(*over)),
        FaultKind::WrongPerson(instead) => match about_another(request, &body, *instead) {
            Some((request, body)) => answers.answer(&request, body).await,
            None => answers.answer(request, body).await,
        },
    }
}

/// No answer. The status is what a gateway would say of it, for whoever cannot break a connection.
fn none(breakage: Breakage) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = match breakage {
        Breakage::NoAnswer => StatusCode::GATEWAY_TIMEOUT,
        Breakage::Refused | Breakage::Truncated | Breakage::Drip(_) => StatusCode::BAD_GATEWAY,
    };
    carried(response, breakage)
}

fn carried(mut response: Response<Body>, breakage: Breakage) -> Response<Body> {
    response.extensions_mut().insert(breakage);
    response
}

async fn with_body(response: Response<Body>, change: impl FnOnce(Bytes) -> Bytes) -> Response<Body> {
    let (mut parts, body) = response.into_parts();
    let body = body
        .collect()
        .await
        .map(|whole| whole.to_bytes())
        .unwrap_or_default();
    parts.headers.remove(CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(change(body)))
}

/// A key without its colon: every parser stumbles over it.
fn malformed(body: Bytes) -> Bytes {
    let mut broken = body.to_vec();
    match broken.iter().position(|byte| *byte == b':') {
        Some(colon) => {
            broken.remove(colon);
        }
        None => broken.extend_from_slice(b"{\""),
    }
    broken.into()
}
