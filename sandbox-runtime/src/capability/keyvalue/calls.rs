//! The store's calls over the way out of the run, and what their answers mean.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri, header};
use serde::Deserialize;

use super::Error;
use crate::capability::way_out::{Answered, WayOut};
use crate::egress::Delivery;

const ADDRESS: &str = "https://store.c4h.internal/values";
/// Keys in one page of a list, the most that the store answers at once.
const PAGE: &str = "limit=1000";
/// Keys longer than this are not even sent: an address of megabytes helps nobody. The store itself takes far less.
const LONGEST_KEY_SENT: usize = 4 * 1024;

/// A value that is there.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) value: Bytes,
    pub(super) etag: HeaderValue,
}

/// One page of keys.
#[derive(Debug, Deserialize)]
pub(super) struct Page {
    pub(super) keys: Vec<String>,
    pub(super) next: Option<String>,
}

/// What must hold for a put.
pub(super) enum Only {
    Always,
    IfAbsent,
    If(HeaderValue),
}

/// What became of a put.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Put {
    Kept,
    /// The condition did not hold.
    Changed,
}

pub(super) async fn get(way: WayOut, key: &str) -> Result<Option<Found>, Error> {
    let answer = send(way, request(Method::GET, &value_address(key)?, Bytes::new())?).await?;
    match answer.status() {
        StatusCode::OK => Ok(Some(Found {
            etag: answer
                .headers()
                .get(header::ETAG)
                .cloned()
                .unwrap_or(HeaderValue::from_static("*")),
            value: answer.into_body(),
        })),
        StatusCode::NOT_FOUND => Ok(None),
        _ => Err(refusal(&answer)),
    }
}

pub(super) async fn exists(way: WayOut, key: &str) -> Result<bool, Error> {
    let answer = send(way, request(Method::HEAD, &value_address(key)?, Bytes::new())?).await?;
    match answer.status() {
        StatusCode::OK => Ok(true),
        StatusCode::NOT_FOUND => Ok(false),
        _ => Err(refusal(&answer)),
    }
}

pub(super) async fn put(way: WayOut, key: &str, value: Bytes, only: Only) -> Result<Put, Error> {
    let mut request = request(Method::PUT, &value_address(key)?, value)?;
    let octets = HeaderValue::from_static("application/octet-stream");
    request.headers_mut().insert(header::CONTENT_TYPE, octets);
    let condition: Option<(HeaderName, HeaderValue)> = match only {
        Only::Always => None,
        Only::IfAbsent => Some((header::IF_NONE_MATCH, HeaderValue::from_static("*"))),
        Only::If(etag) => Some((header::IF_MATCH, etag)),
    };
    request.headers_mut().extend(condition);
    let answer = send(way, request).await?;
    match answer.status() {
        status if status.is_success() => Ok(Put::Kept),
        StatusCode::PRECONDITION_FAILED => Ok(Put::Changed),
        _ => Err(refusal(&answer)),
    }
}

pub(super) async fn delete(way: WayOut, key: &str) -> Result<(), Error> {
    let answer = send(way, request(Method::DELETE, &value_address(key)?, Bytes::new())?).await?;
    if answer.status().is_success() {
        Ok(())
    } else {
        Err(refusal(&answer))
    }
}

pub(super) async fn list(way: WayOut, after: Option<&str>) -> Result<Page, Error> {
    let after = match after {
        Some(after) => format!("&after={}", encoded(after)?),
        None => String::new(),
    };
    let address = format!("{ADDRESS}?{PAGE}{after}");
    let answer = send(way, request(Method::GET, &address, Bytes::new())?).await?;
    if answer.status() != StatusCode::OK {
        return Err(refusal(&answer));
    }
    serde_json::from_slice(answer.body()).map_err(|error| other(format!("The list cannot be read: {error}.")))
}

pub(super) async fn add(way: WayOut, key: &str, delta: i64) -> Result<i64, Error> {
    let address = format!("{}?add={delta}", value_address(key)?);
    let answer = send(way, request(Method::POST, &address, Bytes::new())?).await?;
    if answer.status() != StatusCode::OK {
        return Err(refusal(&answer));
    }
    let sum = std::str::from_utf8(answer.body()).ok();
    sum.and_then(|sum| sum.parse().ok())
        .ok_or_else(|| other("The sum cannot be read.".to_owned()))
}

fn other(reason: String) -> Error {
    Error::Other(reason)
}

/// Percent-encodes everything but the letters that no part of an address gives a meaning (RFC 3986 section 2.3).
fn encoded(key: &str) -> Result<String, Error> {
    if key.len() > LONGEST_KEY_SENT {
        return Err(other(format!(
            "A key has {} bytes; put what is long into the value.",
            key.len()
        )));
    }
    let mut text = String::with_capacity(key.len());
    for byte in key.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
            text.push('%');
            for digit in [byte >> 4, byte & 15] {
                text.push(
                    DIGITS
                        .get(usize::from(digit))
                        .map_or('0', |digit| char::from(*digit)),
                );
            }
        }
    }
    Ok(text)
}

fn value_address(key: &str) -> Result<String, Error> {
    Ok(format!("{ADDRESS}/{}", encoded(key)?))
}

fn request(method: Method, address: &str, body: Bytes) -> Result<Request<Bytes>, Error> {
    let uri: Uri = address
        .parse()
        .map_err(|_| other("The key cannot be sent.".to_owned()))?;
    let mut request = Request::new(body);
    *request.method_mut() = method;
    if let Some(host) = uri.host().and_then(|host| HeaderValue::from_str(host).ok()) {
        request.headers_mut().insert(header::HOST, host);
    }
    *request.uri_mut() = uri;
    Ok(request)
}

/// On a task of its own, as other calls are, so that the host's work does not count as the guest's.
async fn send(way: WayOut, request: Request<Bytes>) -> Result<Response<Bytes>, Error> {
    match wasmtime_wasi::runtime::spawn(way.send(request, None)).await {
        Ok(Answered {
            delivery: Some(Delivery::CutShort),
            ..
        }) => Err(other("The answer of the store broke off.".to_owned())),
        Ok(Answered { response, .. }) => Ok(response),
        Err(wasmtime_wasi_http::Error::HttpRequestDenied) => Err(Error::AccessDenied),
        Err(error) => Err(other(format!("The store did not answer: {error}."))),
    }
}

/// The sentence of a problem document.
fn refusal(answer: &Response<Bytes>) -> Error {
    #[derive(Deserialize)]
    struct Problem {
        detail: String,
    }
    let sentence = serde_json::from_slice::<Problem>(answer.body());
    other(sentence.map_or_else(
        |_| format!("The store answered {}.", answer.status()),
        |problem| problem.detail,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_makes_an_address() {
        for (key, expected) in [
            ("a", "/values/a"),
            ("ward/7", "/values/ward%2F7"),
            ("..", "/values/.."),
            ("a?b#c%\0 €", "/values/a%3Fb%23c%25%00%20%E2%82%AC"),
            ("", "/values/"),
        ] {
            let request = request(Method::GET, &value_address(key).unwrap(), Bytes::new()).unwrap();
            assert_eq!(request.uri().path(), expected);
            assert_eq!(request.headers()["host"], "store.c4h.internal");
        }
        assert!(value_address(&"k".repeat(LONGEST_KEY_SENT)).is_ok());
        assert!(value_address(&"€".repeat(LONGEST_KEY_SENT)).is_err());
    }
}
