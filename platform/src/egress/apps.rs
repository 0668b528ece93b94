//! A call of another app of the same workspace: a run of its own, with its own place, limits and trace.
//!
//! How deep apps may ask each other is known here and kept from the guests: a circle ends with 508 at the fifth app, and
//! each depth has places of its own (see [`crate::slots`]), so that waiting for an answer never blocks who is to give it.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, header};
use sandbox_runtime::trace::RunKind;
use sandbox_runtime::{CallLabel, EgressAnswer};

use super::Inside;
use super::answer::{answered, problem};
use crate::error::AppError;
use crate::model::{AppName, Use};
use crate::run::{Job, Ran, run};

/// How many apps wait for the answer; for the app to read, never believed when it comes from one.
const HOPS: HeaderName = HeaderName::from_static("x-c4h-hops");
/// Which run answered.
const RUN: HeaderName = HeaderName::from_static("x-c4h-run");
/// What stands in front of every header that speaks for the platform.
const OURS: &str = "x-c4h-";
/// Where a caller could pretend that the request came another way.
const FORWARDED: &str = "x-forwarded-";

/// Lets the app of this name answer.
pub(super) async fn call(inside: &Inside, name: String, request: Request<Bytes>) -> EgressAnswer {
    let (app, workspace) = (&inside.app, &inside.workspace);
    let running = match app.running_app(workspace, &name).await {
        Ok(running) => running,
        Err(error) => return answered(problem(&error), None),
    };
    let asked = running.app.name.clone();
    let manifest = &inside.running.version.manifest;
    let is_itself = asked == inside.running.app.name;
    if !is_itself && !manifest.allows_app(asked.as_str()) {
        let reason = format!(
            "The app {asked} was refused: the app's manifest lists what it uses, and \"app:{asked}\" is not in the \
             list. To allow it, write this line into app.toml and deploy again: {}",
            manifest.uses_line_with(&Use::App(asked.clone()))
        );
        return EgressAnswer::Refused { reason };
    }
    let label = label(&asked);
    let depth = inside.depth.saturating_add(1);
    let job = Job {
        workspace: Arc::clone(workspace),
        running,
        request: received(request, depth),
        kind: RunKind::Request,
        depth,
        chain: inside.chain,
        without_cookies: false,
    };
    match run(app, job).await {
        Ok(Ran { run_id, answer }) => {
            let trace = format!("/w/{}/app/{asked}/runs/{run_id}", workspace.name);
            let mut response = answer.unwrap_or_else(|error| {
                problem(&AppError::Run {
                    error: Box::new(error),
                    run: run_id.clone(),
                    trace: trace.clone(),
                })
            });
            if let Ok(run_id) = HeaderValue::try_from(run_id) {
                response.headers_mut().insert(RUN, run_id);
            }
            EgressAnswer::Answered {
                response,
                label: Some(label),
                notes: vec![format!("What {asked} did is at {trace}.")],
            }
        }
        Err(error) => answered(problem(&error), Some(label)),
    }
}

fn label(asked: &AppName) -> CallLabel {
    CallLabel {
        interface: format!("app:{asked}"),
        operation: "run_app".to_owned(),
        title: format!("Ask the app {asked}"),
    }
}

/// The request as the other app gets it.
fn received(mut request: Request<Bytes>, depth: u8) -> Request<Bytes> {
    let headers = request.headers_mut();
    remove_claims(headers);
    headers.insert(HOPS, HeaderValue::from(u16::from(depth)));
    request
}

/// Headers of one connection, and those that only the platform may set.
fn remove_claims(headers: &mut HeaderMap) {
    let claims: Vec<HeaderName> = headers
        .keys()
        .filter(|name| name.as_str().starts_with(OURS) || name.as_str().starts_with(FORWARDED))
        .cloned()
        .collect();
    let claims = claims.iter().chain(&[
        header::CONNECTION,
        header::FORWARDED,
        header::TE,
        header::TRAILER,
        header::TRANSFER_ENCODING,
        header::UPGRADE,
    ]);
    for name in claims {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apps_cannot_speak_for_the_platform_to_each_other() {
        let request = Request::builder()
            .uri("https://letters.apps.c4h.internal/")
            .header("x-c4h-hops", "0")
            .header("x-c4h-schedule", "15m")
            .header("X-Forwarded-Host", "evil")
            .header("te", "trailers")
            .header("authorization", "Bearer mine")
            .body(Bytes::new())
            .unwrap();
        let received = received(request, 3);
        let headers: Vec<_> = received
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
            .collect();
        assert_eq!(headers.len(), 2, "{headers:?}");
        assert!(
            headers.contains(&("x-c4h-hops", "3")) && headers.contains(&("authorization", "Bearer mine"))
        );
    }
}
