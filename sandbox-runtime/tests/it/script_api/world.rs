//! The other end of the examples' calls: a few stored answers, the app's store, and one other app.

use std::collections::BTreeMap;
use std::sync::Mutex;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{Method, Request, Response, Uri};
use sandbox_runtime::egress::{Egress, EgressAnswer};
use serde::Deserialize;
use serde_json::Value;

const ANSWERS: &str = include_str!("../../../js-runner/web/test/answers.json");

#[derive(Debug, Deserialize)]
struct Known {
    url: String,
    status: u16,
    body: Value,
}

/// What can be reached; values of the store live as long as the run.
#[derive(Debug, Default)]
pub(super) struct World {
    values: Mutex<BTreeMap<String, Bytes>>,
}

impl World {
    fn store(&self, method: &Method, uri: &Uri, body: Bytes) -> (u16, Bytes) {
        let mut values = self.values.lock().unwrap();
        let key = uri.path().strip_prefix("/values/").unwrap_or_default().to_owned();
        match *method {
            Method::PUT => {
                values.insert(key, body);
                (204, Bytes::new())
            }
            Method::DELETE => {
                values.remove(&key);
                (204, Bytes::new())
            }
            Method::POST => {
                let by: i64 = uri
                    .query()
                    .unwrap()
                    .strip_prefix("add=")
                    .unwrap()
                    .parse()
                    .unwrap();
                let before = values
                    .get(&key)
                    .map_or(0, |value| serde_json::from_slice::<i64>(value).unwrap());
                let sum = Bytes::from((before + by).to_string());
                values.insert(key, sum.clone());
                (200, sum)
            }
            _ if key.is_empty() => {
                let keys: Vec<_> = values.keys().map(|key| key.replace("%2F", "/")).collect();
                (
                    200,
                    serde_json::json!({ "keys": keys, "next": null })
                        .to_string()
                        .into(),
                )
            }
            _ => values
                .get(&key)
                .map_or((404, "{}".into()), |value| (200, value.clone())),
        }
    }
}

/// The app under test: a page that asks for an NHS number, or one about a patient.
fn letters(uri: &Uri) -> &'static str {
    if uri.query().is_some() {
        "letters to Jane Smith"
    } else {
        "letters: enter an NHS number"
    }
}

impl Egress for World {
    fn call(&self, request: Request<Bytes>) -> BoxFuture<'_, EgressAnswer> {
        let (parts, sent) = request.into_parts();
        let (status, body) = match parts.uri.host() {
            Some("store.c4h.internal") => self.store(&parts.method, &parts.uri, sent),
            Some("letters.apps.c4h.internal") => (200, letters(&parts.uri).into()),
            _ => {
                let known: Vec<Known> = serde_json::from_str(ANSWERS).unwrap();
                let Some(found) = known.into_iter().find(|known| parts.uri == known.url.as_str()) else {
                    let reason = format!(
                        "{} is not known here; use https://int.api.service.nhs.uk.",
                        parts.uri
                    );
                    return Box::pin(std::future::ready(EgressAnswer::Refused { reason }));
                };
                (found.status, found.body.to_string().into())
            }
        };
        let response = Response::builder()
            .status(status)
            .header("content-type", "application/json")
            .body(body)
            .unwrap();
        Box::pin(std::future::ready(EgressAnswer::Answered {
            response,
            label: None,
            notes: Vec::new(),
        }))
    }
}
