//! The app's own values over HTTP: `https://store.c4h.internal/values/{key}`. Described in `docs/reference/values.md`.
//!
//! An ordinary call, so that it is on the trace and on the tape, and so that every language can make it.

use axum::extract::Query;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use sandbox_runtime::{CallLabel, EgressAnswer};
use serde::Deserialize;
use serde_json::json;

use super::Inside;
use super::answer::{answered, body, empty, problem, problem_of};
use crate::data::{DEFAULT_TYPE, KeyError, MAX_PAGE, Only, ValueError, ValueKey, ValuePage};
use crate::error::{AppError, Public};

const JSON: HeaderValue = HeaderValue::from_static("application/json");
/// Keys in one page of a list when nobody says.
const PAGE: usize = 100;

/// What a request wants.
#[derive(Debug, PartialEq, Eq)]
enum Wish {
    List {
        prefix: String,
        after: Option<String>,
        limit: usize,
    },
    Read(ValueKey),
    Put(ValueKey, Only),
    Delete(ValueKey, Only),
    Add(ValueKey, i64),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    #[serde(default)]
    prefix: String,
    after: Option<String>,
    limit: Option<usize>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AddQuery {
    add: i64,
}

/// Why a request could not be understood.
#[derive(Debug)]
enum Unclear {
    Address,
    Method(&'static str),
    Key(KeyError),
    Query(String),
    Condition,
}

/// Does what the request wants to the values of the app that calls.
pub(super) async fn call(inside: &Inside, request: Request<Bytes>) -> EgressAnswer {
    let (parts, bytes) = request.into_parts();
    let wish = match wish(&parts) {
        Ok(wish) => wish,
        Err(unclear) => return answered(unclear.answer(), None),
    };
    let label = wish.label();
    let mut response = grant(inside, wish, &parts.headers, &bytes)
        .await
        .unwrap_or_else(|error| problem(&error));
    if parts.method == Method::HEAD {
        *response.body_mut() = Bytes::new();
    }
    answered(response, Some(label))
}

async fn grant(
    inside: &Inside,
    wish: Wish,
    headers: &HeaderMap,
    bytes: &Bytes,
) -> Result<Response<Bytes>, AppError> {
    let values = &inside.app.values;
    let (workspace, app) = (inside.workspace.id, &inside.running.app.name);
    match wish {
        Wish::List { prefix, after, limit } => {
            let page = values
                .list(workspace, app, &prefix, after.as_deref(), limit)
                .await?;
            let ValuePage { values, next } = page;
            let keys: Vec<&str> = values.iter().map(|value| value.key.as_str()).collect();
            let next = next.as_ref().map(ValueKey::as_str);
            Ok(body(&JSON, json!({ "keys": keys, "next": next }).to_string()))
        }
        Wish::Read(key) => {
            let value = values.get(workspace, app, &key).await?;
            let value = value.ok_or_else(|| AppError::UnknownValue(key.to_string()))?;
            let content_type =
                HeaderValue::try_from(value.content_type).unwrap_or(HeaderValue::from_static(DEFAULT_TYPE));
            Ok(tagged(body(&content_type, value.bytes), value.revision))
        }
        Wish::Put(key, only) => {
            let content_type = headers
                .get(header::CONTENT_TYPE)
                .map_or(Ok(DEFAULT_TYPE), |value| {
                    value.to_str().map_err(|_| ValueError::Type)
                })?;
            let revision = values
                .put(workspace, app, &key, (content_type, bytes), only)
                .await?;
            Ok(tagged(empty(StatusCode::NO_CONTENT), revision))
        }
        Wish::Delete(key, only) => {
            values.delete(workspace, app, &key, only).await?;
            Ok(empty(StatusCode::NO_CONTENT))
        }
        Wish::Add(key, delta) => {
            let sum = values.add(workspace, app, &key, delta).await?;
            Ok(body(&JSON, sum.to_string()))
        }
    }
}

fn wish(parts: &Parts) -> Result<Wish, Unclear> {
    let path = parts.uri.path().strip_prefix("/values").ok_or(Unclear::Address)?;
    if path.is_empty() {
        return match parts.method {
            Method::GET | Method::HEAD => {
                let ListQuery { prefix, after, limit } = query(parts)?;
                let limit = limit.unwrap_or(PAGE);
                if !(1..=MAX_PAGE).contains(&limit) {
                    return Err(Unclear::Query(format!("limit is from 1 to {MAX_PAGE}.")));
                }
                Ok(Wish::List { prefix, after, limit })
            }
            _ => Err(Unclear::Method("GET")),
        };
    }
    let encoded = path.strip_prefix('/').ok_or(Unclear::Address)?;
    let key = ValueKey::from_path(encoded).map_err(Unclear::Key)?;
    if parts.method == Method::POST {
        return Ok(Wish::Add(key, query::<AddQuery>(parts)?.add));
    }
    if parts.uri.query().is_some_and(|query| !query.is_empty()) {
        let reason = "only POST takes one, ?add=1; percent-encode a question mark in a key as %3F.";
        return Err(Unclear::Query(reason.to_owned()));
    }
    match parts.method {
        Method::GET | Method::HEAD => Ok(Wish::Read(key)),
        Method::PUT => Ok(Wish::Put(key, only(&parts.headers)?)),
        Method::DELETE => Ok(Wish::Delete(key, only(&parts.headers)?)),
        _ => Err(Unclear::Method("GET, PUT, DELETE, POST")),
    }
}

fn query<Q: serde::de::DeserializeOwned>(parts: &Parts) -> Result<Q, Unclear> {
    let query = Query::<Q>::try_from_uri(&parts.uri);
    query.map(|Query(query)| query).map_err(|error| {
        let reason = std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
        Unclear::Query(format!("{reason}."))
    })
}

/// `if-none-match: *`, `if-match: *` or `if-match: "7"` (RFC 9110 section 13.1); one of them at most.
fn only(headers: &HeaderMap) -> Result<Only, Unclear> {
    let said = |name: HeaderName| {
        headers
            .get(name)
            .map(|value| value.to_str().unwrap_or_default().trim())
    };
    match (said(header::IF_MATCH), said(header::IF_NONE_MATCH)) {
        (None, None) => Ok(Only::Always),
        (None, Some("*")) => Ok(Only::IfAbsent),
        (Some("*"), None) => Ok(Only::IfPresent),
        (Some(tag), None) => {
            let revision = tag
                .strip_prefix('"')
                .and_then(|tag| tag.strip_suffix('"'))
                .and_then(|tag| tag.parse().ok());
            revision.map(Only::If).ok_or(Unclear::Condition)
        }
        _ => Err(Unclear::Condition),
    }
}

fn tagged(mut response: Response<Bytes>, revision: u64) -> Response<Bytes> {
    if let Ok(tag) = HeaderValue::try_from(format!("\"{revision}\"")) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

impl Wish {
    fn label(&self) -> CallLabel {
        let (operation, title) = match self {
            Self::List { .. } => ("list_values", "List what the app keeps"),
            Self::Read(_) => ("read_value", "Read what the app keeps"),
            Self::Put(..) => ("put_value", "Keep a value"),
            Self::Delete(..) => ("delete_value", "Delete a value"),
            Self::Add(..) => ("add_to_value", "Add to a number"),
        };
        CallLabel {
            interface: "store".to_owned(),
            operation: operation.to_owned(),
            title: title.to_owned(),
        }
    }
}

impl Unclear {
    fn answer(self) -> Response<Bytes> {
        let there_is = "There are /values and /values/{key}, the key percent-encoded.";
        let (status, code, detail) = match self {
            Self::Address => (
                StatusCode::NOT_FOUND,
                "unknown-address",
                format!("The store has nothing at this address. {there_is}"),
            ),
            Self::Method(allowed) => {
                let mut response = problem_of(&Public {
                    status: StatusCode::METHOD_NOT_ALLOWED,
                    code: "method-not-allowed",
                    detail: format!("The store does not take that method here; it takes {allowed}."),
                });
                response
                    .headers_mut()
                    .insert(header::ALLOW, HeaderValue::from_static(allowed));
                return response;
            }
            Self::Key(error) => return problem(&AppError::Key(error)),
            Self::Query(reason) => return problem(&AppError::Query(reason)),
            Self::Condition => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "bad-condition",
                "A condition on a value is one of `if-none-match: *`, `if-match: *` and `if-match` with the etag of an \
                 answer, such as \"7\"."
                    .to_owned(),
            ),
        };
        problem_of(&Public { status, code, detail })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(method: &str, path: &str, headers: &[(&str, &str)]) -> Result<Wish, u16> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("https://store.c4h.internal{path}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        wish(&parts).map_err(|unclear| unclear.answer().status().as_u16())
    }

    fn key(text: &str) -> ValueKey {
        ValueKey::new(text).unwrap()
    }

    #[test]
    fn requests_are_understood() {
        let list = |prefix: &str, after: Option<&str>, limit| Wish::List {
            prefix: prefix.to_owned(),
            after: after.map(str::to_owned),
            limit,
        };
        for (method, path, headers, expected) in [
            ("GET", "/values", &[][..], list("", None, 100)),
            (
                "GET",
                "/values?prefix=ward%2F&after=ward%2F7&limit=1000",
                &[],
                list("ward/", Some("ward/7"), 1_000),
            ),
            ("HEAD", "/values/a%20b/c", &[], Wish::Read(key("a b/c"))),
            ("PUT", "/values/%3F", &[], Wish::Put(key("?"), Only::Always)),
            (
                "PUT",
                "/values/k",
                &[("if-none-match", "*")],
                Wish::Put(key("k"), Only::IfAbsent),
            ),
            (
                "DELETE",
                "/values/k",
                &[("if-match", "\"7\"")],
                Wish::Delete(key("k"), Only::If(7)),
            ),
            (
                "DELETE",
                "/values/k",
                &[("if-match", "*")],
                Wish::Delete(key("k"), Only::IfPresent),
            ),
            ("POST", "/values/k?add=-3", &[], Wish::Add(key("k"), -3)),
        ] {
            assert_eq!(asked(method, path, headers), Ok(expected), "{method} {path}");
        }
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        let long = format!("/values/{}", "k".repeat(300));
        for (method, path, headers, status) in [
            ("GET", "/", &[][..], 404),
            ("GET", "/valuesx", &[], 404),
            ("GET", "/values/", &[], 422),
            ("GET", "/values/%zz", &[], 422),
            ("GET", "/values/%ff", &[], 422),
            ("GET", "/values/..", &[], 422),
            ("GET", &long, &[], 422),
            ("GET", "/values/k?x=1", &[], 422),
            ("GET", "/values?limit=0", &[], 422),
            ("GET", "/values?limit=1001", &[], 422),
            ("GET", "/values?start=a", &[], 422),
            ("POST", "/values", &[], 405),
            ("PATCH", "/values/k", &[], 405),
            ("POST", "/values/k", &[], 422),
            ("POST", "/values/k?add=9223372036854775808", &[], 422),
            ("PUT", "/values/k", &[("if-match", "7")], 422),
            ("PUT", "/values/k", &[("if-none-match", "\"7\"")], 422),
            (
                "PUT",
                "/values/k",
                &[("if-none-match", "*"), ("if-match", "*")],
                422,
            ),
        ] {
            assert_eq!(asked(method, path, headers), Err(status), "{method} {path}");
        }
    }
}
