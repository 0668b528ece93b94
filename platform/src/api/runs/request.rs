//! From the request as it came in to the request as the app sees it.

use axum::body::Body;
use bytes::Bytes;
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Uri, header};

use crate::error::AppError;
use crate::hooks::SUBSCRIPTION_HEADER;
use crate::middleware::{HostForm, requested_authority};
use crate::schedule::SCHEDULE_HEADER;

/// Where the app is, seen from outside.
#[derive(Debug, Clone)]
pub(super) struct Outside {
    /// `host:port` that the caller used; checked by the edge.
    pub(super) authority: String,
    /// What stands before the app's own paths: `/w/demo/apps/patient-lookup`, or nothing under a host name of its own.
    pub(super) prefix: String,
    /// What the router saw before the app's own paths.
    routed_prefix: String,
    pub(super) has_own_host: bool,
}

impl Outside {
    pub(super) fn of(request: &Request<Body>, form: HostForm, app_path: &str) -> Self {
        let routed_prefix = app_path.trim_end_matches('/').to_owned();
        // After the rewrite of a host form the address no longer has an authority; the header still has.
        let authority = requested_authority(request).unwrap_or("localhost").to_owned();
        match form {
            HostForm::App(_) => Self {
                authority,
                prefix: String::new(),
                routed_prefix,
                has_own_host: true,
            },
            HostForm::Server | HostForm::Interfaces(_) => Self {
                authority,
                prefix: routed_prefix.clone(),
                routed_prefix,
                has_own_host: false,
            },
        }
    }
}

impl Outside {
    /// The app's own part of a path that the router saw.
    pub(super) fn own_path<'p>(&self, path: &'p str) -> &'p str {
        path.strip_prefix(&*self.routed_prefix).unwrap_or(path)
    }
}

/// Headers that belong to one connection (RFC 9110 section 7.6.1), and those that speak for the platform.
pub(super) const HOP_BY_HOP: [HeaderName; 8] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const FORWARDED_PREFIX: HeaderName = HeaderName::from_static("x-forwarded-prefix");
/// Where a caller could pretend to be the platform.
const NOT_FROM_CALLERS: [HeaderName; 6] = [
    header::FORWARDED,
    HeaderName::from_static("x-forwarded-for"),
    HeaderName::from_static("x-c4h-hops"),
    HeaderName::from_static("x-c4h-run"),
    SCHEDULE_HEADER,
    SUBSCRIPTION_HEADER,
];

/// The request as the app sees it: the path is its own, and `X-Forwarded-Prefix` says what to put before links.
pub(super) fn inside(parts: Parts, body: Bytes, outside: &Outside) -> Result<Request<Bytes>, AppError> {
    let Parts {
        method,
        uri,
        mut headers,
        ..
    } = parts;
    let whole = uri.path_and_query().map_or("/", PathAndQuery::as_str);
    let own = whole.strip_prefix(&*outside.routed_prefix).unwrap_or(whole);
    let uri = Uri::builder()
        .scheme("http")
        .authority(&*outside.authority)
        .path_and_query(own)
        .build();
    let uri = uri.map_err(|_| AppError::Malformed("The address of the request cannot be read."))?;
    for name in HOP_BY_HOP.iter().chain(&NOT_FROM_CALLERS) {
        headers.remove(name);
    }
    remove_cookies(&mut headers, outside);
    let said = |text: &str| HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""));
    headers.insert(header::HOST, said(&outside.authority));
    headers.insert(FORWARDED_HOST, said(&outside.authority));
    headers.insert(FORWARDED_PROTO, HeaderValue::from_static("http"));
    headers.insert(FORWARDED_PREFIX, said(&outside.prefix));
    let mut request = Request::new(body);
    (*request.method_mut(), *request.uri_mut(), *request.headers_mut()) = (method, uri, headers);
    Ok(request)
}

/// Under a path every cookie belongs to the platform or to another app; under its own host name an app has its own,
/// beside which a cookie of the platform could only be there by mistake.
fn remove_cookies(headers: &mut HeaderMap, outside: &Outside) {
    if !outside.has_own_host {
        headers.remove(header::COOKIE);
        return;
    }
    let kept: Vec<String> = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';').map(str::trim))
        .filter(|pair| {
            let name = pair.trim_start_matches("__Host-").trim_start_matches("__Secure-");
            !name.starts_with("c4h")
        })
        .map(str::to_owned)
        .collect();
    headers.remove(header::COOKIE);
    if let Ok(value) = HeaderValue::try_from(kept.join("; "))
        && !value.is_empty()
    {
        headers.insert(header::COOKIE, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(form: HostForm, uri: &str, headers: &[(&str, &str)]) -> Request<Bytes> {
        let mut request = Request::builder().uri(uri).header("host", "127.0.0.1:8080");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::empty()).unwrap();
        let outside = Outside::of(&request, form, "/w/demo/apps/x/");
        inside(request.into_parts().0, Bytes::new(), &outside).unwrap()
    }

    #[test]
    fn the_app_sees_its_own_paths() {
        for (uri, own) in [
            ("/w/demo/apps/x/", "http://127.0.0.1:8080/"),
            ("/w/demo/apps/x/a/b?c=d", "http://127.0.0.1:8080/a/b?c=d"),
            (
                "/w/demo/apps/x/%2e%2e/?nhs=9000000009",
                "http://127.0.0.1:8080/%2e%2e/?nhs=9000000009",
            ),
        ] {
            let request = seen(HostForm::Server, uri, &[]);
            assert_eq!(request.uri().to_string(), own);
            assert_eq!(request.headers()[FORWARDED_PREFIX], "/w/demo/apps/x");
            let request = seen(HostForm::App("/w/demo/apps/x".to_owned()), uri, &[]);
            assert_eq!(request.headers()[FORWARDED_PREFIX], "");
        }
    }

    #[test]
    fn cookies_and_claims_of_callers_stay_outside() {
        let sent = [
            ("cookie", "c4h-session=1; own=2"),
            ("cookie", "__Host-c4h=3"),
            ("x-forwarded-for", "1.2.3.4"),
            ("x-forwarded-prefix", "/evil"),
            ("connection", "upgrade"),
            ("authorization", "Bearer mine"),
        ];
        let request = seen(HostForm::Server, "/w/demo/apps/x/", &sent);
        assert!(
            !request.headers().contains_key("cookie") && !request.headers().contains_key("x-forwarded-for")
        );
        assert!(!request.headers().contains_key("connection"));
        assert_eq!(request.headers()["x-forwarded-prefix"], "/w/demo/apps/x");
        assert_eq!(request.headers()["authorization"], "Bearer mine");
        let request = seen(
            HostForm::App("/w/demo/apps/x".to_owned()),
            "/w/demo/apps/x/",
            &sent,
        );
        assert_eq!(request.headers()["cookie"], "own=2");
    }
}
