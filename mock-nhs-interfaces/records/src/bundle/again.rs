//! Entries that are done as the requests they could have been, by the server's own routes.

use std::future::Future;
use std::pin::Pin;

use axum::body::Body;
use bytes::Bytes;
use fhir::media::BodyType;
use http::header::{CONTENT_TYPE, ETAG, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, LOCATION};
use http::{HeaderName, HeaderValue, Method, Request, Response};
use http_body_util::BodyExt as _;

use super::entry::Entry;
use super::patching::patch_body;
use super::refused;
use crate::Instant;
use crate::server::bundle_text::Responded;
use crate::server::{Call, FhirServer, FhirTenant, Refusal, outcome};

/// Does an entry, and says what became of it.
pub(super) async fn do_entry(call: &Call<'_>, entry: Entry) -> Responded {
    match request(call, entry) {
        Ok(request) => {
            // An operation may well answer an outcome as what was asked for.
            let operation = request.uri().path().contains('$');
            responded(answer(call.server, call.tenant, request).await, operation).await
        }
        Err(refusal) => refused_entry(&refusal),
    }
}

/// What is said of an entry that cannot be done.
pub(super) fn refused_entry(refusal: &Refusal) -> Responded {
    Responded {
        status: refusal.status(),
        outcome: Some(outcome::text(&refusal.findings())),
        ..Responded::default()
    }
}

fn request(call: &Call<'_>, entry: Entry) -> Result<Request<Body>, Refusal> {
    let mut request = Request::builder()
        .uri(address(&entry.url))
        .method(entry.method.clone());
    let conditions = [
        (IF_MATCH, &entry.if_match),
        (IF_NONE_MATCH, &entry.if_none_match),
        (
            IF_MODIFIED_SINCE,
            &entry.if_modified_since.as_deref().map(http_date),
        ),
        (HeaderName::from_static("if-none-exist"), &entry.if_none_exist),
    ];
    for (name, value) in conditions {
        if let Some(value) = value {
            request = request.header(name, value);
        }
    }
    for value in call.parts.headers.get_all("prefer") {
        request = request.header("prefer", value);
    }
    let writes = !matches!(entry.method, Method::GET | Method::HEAD);
    if writes && !call.parts.headers.contains_key("prefer") {
        // As in a transaction: who has just sent a resource need not be sent it back.
        request = request.header("prefer", "return=minimal");
    }
    let body = match entry.resource {
        Some(resource) if entry.method == Method::PATCH => {
            let (kind, patch) = patch_body(&resource)?;
            let patches = matches!(kind, BodyType::JsonPatch);
            let name = if patches {
                "application/json-patch+json"
            } else {
                "application/fhir+json"
            };
            request = request.header(CONTENT_TYPE, name);
            Body::from(patch)
        }
        Some(resource) => {
            request = request.header(CONTENT_TYPE, "application/fhir+json");
            Body::from(resource)
        }
        None => Body::empty(),
    };
    request.body(body).map_err(|_| {
        refused(
            "request",
            "The request cannot be sent: its url or a condition has signs that HTTP does not take".to_owned(),
        )
    })
}

/// An entry's `ifModifiedSince` is an instant, the header a date of HTTP.
fn http_date(instant: &str) -> String {
    Instant::parse(instant).map_or_else(|| instant.to_owned(), Instant::to_http)
}

/// The address with what people write in a Bundle and no address takes as it is: blanks, quotation marks, bars, letters
/// beyond ASCII.
fn address(url: &str) -> String {
    use std::fmt::Write as _;
    let mut address = String::with_capacity(url.len().saturating_add(1));
    address.push('/');
    for byte in url.bytes() {
        if byte.is_ascii_graphic()
            && !matches!(
                byte,
                b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}'
            )
        {
            address.push(char::from(byte));
        } else {
            let _ = write!(address, "%{byte:02X}");
        }
    }
    address
}

/// The server's answer, boxed: a batch is done by the server that does its entries.
fn answer<'a>(
    server: &'a FhirServer,
    tenant: &'a FhirTenant,
    request: Request<Body>,
) -> Pin<Box<dyn Future<Output = Response<Body>> + Send + 'a>> {
    Box::pin(async move { server.answer(tenant, request).await })
}

async fn responded(response: Response<Body>, operation: bool) -> Responded {
    let (parts, body) = response.into_parts();
    // The body is one that this server has just made.
    let body = body
        .collect()
        .await
        .map_or_else(|_| Bytes::new(), |body| body.to_bytes());
    let header = |name: HeaderName| {
        let value: Option<&HeaderValue> = parts.headers.get(name);
        value.and_then(|value| value.to_str().ok()).map(str::to_owned)
    };
    let failed = parts.status.is_client_error() || parts.status.is_server_error();
    let body = Some(body).filter(|body| !body.is_empty());
    let says = body
        .as_deref()
        .is_some_and(|body| body.starts_with(br#"{"resourceType":"OperationOutcome""#));
    let (resource, outcome) = if failed || (says && !operation) {
        (None, body)
    } else {
        (body, None)
    };
    Responded {
        full_url: None,
        status: parts.status,
        location: header(LOCATION),
        etag: header(ETAG),
        last_modified: header(LAST_MODIFIED)
            .and_then(|date| Instant::parse_http(&date))
            .map(|instant| instant.to_string()),
        resource,
        outcome,
    }
}
