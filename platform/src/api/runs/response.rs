//! From the app's answer to the answer that leaves the server: an app never speaks for the platform, and its pages
//! never share an origin with it.

use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, header};

use super::mark;
use super::request::{HOP_BY_HOP, Outside};

/// What an app's page may do. `sandbox` without `allow-same-origin` gives it an opaque origin: no cookie, no storage
/// and no script of it can touch the platform or another app. The other lines keep made-up records from leaving
/// the building, and keep the page working without the internet.
const POLICY: &str = "sandbox allow-forms allow-scripts allow-popups allow-downloads allow-modals; \
     default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; base-uri 'self'; form-action 'self'; \
     object-src 'none'; frame-ancestors 'self'";

/// What an app may not say: these headers speak for the whole host, for other sites, or for the platform.
const DROPPED: [HeaderName; 23] = [
    header::STRICT_TRANSPORT_SECURITY,
    header::CONTENT_SECURITY_POLICY,
    header::CONTENT_SECURITY_POLICY_REPORT_ONLY,
    header::X_FRAME_OPTIONS,
    header::X_CONTENT_TYPE_OPTIONS,
    header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
    header::ACCESS_CONTROL_ALLOW_HEADERS,
    header::ACCESS_CONTROL_ALLOW_METHODS,
    header::ACCESS_CONTROL_ALLOW_ORIGIN,
    header::ACCESS_CONTROL_EXPOSE_HEADERS,
    header::ACCESS_CONTROL_MAX_AGE,
    header::ALT_SVC,
    header::CONTENT_LENGTH,
    header::SERVER,
    HeaderName::from_static("access-control-allow-private-network"),
    HeaderName::from_static("clear-site-data"),
    HeaderName::from_static("service-worker-allowed"),
    HeaderName::from_static("cross-origin-embedder-policy"),
    HeaderName::from_static("cross-origin-opener-policy"),
    HeaderName::from_static("nel"),
    HeaderName::from_static("report-to"),
    HeaderName::from_static("reporting-endpoints"),
    HeaderName::from_static("x-c4h-run"),
];

/// What every page of an app leaves with.
pub(crate) const OURS: [(HeaderName, HeaderValue); 5] = [
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    // The app's own page has an opaque origin, so to the browser its own scripts and pictures come from elsewhere.
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("cross-origin"),
    ),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ),
];

/// An opaque origin calls itself `null`.
const OPAQUE: HeaderValue = HeaderValue::from_static("null");

/// The policy of an app that has no host name of its own. To the browser all of the server is then the app's host, and the FHIR
/// server and the interfaces answer scripts from anywhere: scripts of the app reach what is its own workspace's.
fn policy_below(outside: &Outside) -> Option<HeaderValue> {
    let workspace = outside.prefix.strip_prefix("/w/")?.split('/').next()?;
    let authority = &outside.authority;
    HeaderValue::try_from(format!(
        "{POLICY}; connect-src {authority}/w/{workspace}/ data: blob:"
    ))
    .ok()
}

/// The answer as it leaves the server.
pub(super) fn outside(answer: http::Response<Bytes>, outside: &Outside) -> Response {
    let (mut parts, body) = answer.into_parts();
    let headers = &mut parts.headers;
    for name in HOP_BY_HOP.iter().chain(&DROPPED) {
        headers.remove(name);
    }
    keep_own_cookies(headers, outside);
    keep_inside(headers, outside);
    for (name, value) in OURS {
        headers.insert(name, value);
    }
    if let Some(policy) = policy_below(outside) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    // Scripts of the app's own page, whose origin is opaque, may read the app's answers; there is nothing in them
    // that a login protects.
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, OPAQUE);
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    let mut response = Response::from_parts(parts, Body::from(body));
    mark(&mut response);
    response
}

/// Answers the question that browsers ask before a script of an app's page sends anything but a plain form.
pub(super) fn preflight(request: &Request<Body>) -> Option<Response> {
    let headers = request.headers();
    let asks = *request.method() == Method::OPTIONS
        && headers.get(header::ORIGIN) == Some(&OPAQUE)
        && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    if !asks {
        return None;
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    let allow = response.headers_mut();
    allow.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, OPAQUE);
    for (asked, allowed) in [
        (
            header::ACCESS_CONTROL_REQUEST_METHOD,
            header::ACCESS_CONTROL_ALLOW_METHODS,
        ),
        (
            header::ACCESS_CONTROL_REQUEST_HEADERS,
            header::ACCESS_CONTROL_ALLOW_HEADERS,
        ),
    ] {
        if let Some(value) = headers.get(asked) {
            allow.insert(allowed, value.clone());
        }
    }
    mark(&mut response);
    Some(response)
}

/// Cookies: none under a path, where they would reach every other app; under its own host name only those that stay there.
fn keep_own_cookies(headers: &mut HeaderMap, outside: &Outside) {
    let is_own = |value: &HeaderValue| {
        let Ok(text) = value.to_str() else { return false };
        outside.has_own_host
            && text.split(';').skip(1).all(|attribute| {
                let name = attribute.split('=').next().unwrap_or_default().trim();
                !name.eq_ignore_ascii_case("domain")
            })
    };
    let kept: Vec<HeaderValue> = headers
        .get_all(header::SET_COOKIE)
        .iter()
        .filter(|value| is_own(value))
        .cloned()
        .collect();
    headers.remove(header::SET_COOKIE);
    for value in kept {
        headers.append(header::SET_COOKIE, value);
    }
}

/// A redirect to `/result` is meant within the app, which does not have to know where it is mounted.
fn keep_inside(headers: &mut HeaderMap, outside: &Outside) {
    let Some(location) = headers
        .get(header::LOCATION)
        .and_then(|value| value.to_str().ok())
    else {
        return;
    };
    // What `new URL("/result", request.url)` makes: the address that the app was asked at, which does not show where it is mounted. An
    // address of ours, such as that of a login, is meant as it is.
    let own = below_authority(location, &outside.authority).filter(|path| !path.starts_with(OUR_PATHS));
    let path = own.unwrap_or(location);
    let below = path.strip_prefix(&*outside.prefix);
    let is_prefixed = below.is_some_and(|below| below.is_empty() || below.starts_with(['/', '?', '#']));
    let is_meant_inside = own.is_some() || (path.starts_with('/') && !path.starts_with("//"));
    if is_meant_inside && !is_prefixed {
        let slash = if path.starts_with('/') { "" } else { "/" };
        let prefixed = format!("{}{slash}{path}", outside.prefix);
        if let Ok(value) = HeaderValue::try_from(prefixed) {
            headers.insert(header::LOCATION, value);
        }
    }
}

/// Where workspaces begin: their apps, interfaces and logins.
const OUR_PATHS: &str = "/w/";

/// What stands after `http://` and this authority, as URLs compare them: in any case, with the port left out where it is 80.
fn below_authority<'l>(location: &'l str, authority: &str) -> Option<&'l str> {
    let rest = location.strip_prefix("http://")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (named, below) = rest.split_at_checked(end)?;
    let without_port = |authority: &str| {
        authority
            .strip_suffix(":80")
            .unwrap_or(authority)
            .to_ascii_lowercase()
    };
    (without_port(named) == without_port(authority)).then_some(below)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::middleware::HostForm;

    fn filtered(form: HostForm, headers: &[(&str, &str)]) -> HeaderMap {
        let request = Request::builder()
            .header("host", "localhost")
            .body(Body::empty())
            .unwrap();
        let place = Outside::of(&request, form, "/w/demo/apps/x/");
        let mut answer = http::Response::builder();
        for (name, value) in headers {
            answer = answer.header(*name, *value);
        }
        outside(answer.body(Bytes::from("body")).unwrap(), &place)
            .into_parts()
            .0
            .headers
    }

    #[test]
    fn an_app_does_not_speak_for_the_platform() {
        let hostile = [
            ("set-cookie", "a=1; Domain=localhost"),
            ("set-cookie", "b=2; Path=/"),
            ("strict-transport-security", "max-age=1"),
            ("service-worker-allowed", "/"),
            ("clear-site-data", "\"*\""),
            ("content-security-policy", "default-src *"),
            ("access-control-allow-origin", "*"),
            ("access-control-allow-credentials", "true"),
            ("x-c4h-run", "forged"),
            ("transfer-encoding", "chunked"),
            ("content-length", "9999"),
            ("content-type", "text/html"),
            ("x-own", "kept"),
        ];
        let headers = filtered(HostForm::Server, &hostile);
        for name in DROPPED
            .iter()
            .chain(&[header::SET_COOKIE, header::TRANSFER_ENCODING])
        {
            let ours =
                OURS.iter().any(|(ours, _)| ours == name) || name == header::ACCESS_CONTROL_ALLOW_ORIGIN;
            assert!(ours || !headers.contains_key(name), "{name}");
        }
        assert!(
            headers[header::CONTENT_SECURITY_POLICY]
                .to_str()
                .unwrap()
                .starts_with("sandbox ")
        );
        assert!(
            !headers[header::CONTENT_SECURITY_POLICY]
                .to_str()
                .unwrap()
                .contains("allow-same-origin")
        );
        assert!(
            headers[header::CONTENT_SECURITY_POLICY]
                .to_str()
                .unwrap()
                .ends_with("; connect-src localhost/w/demo/ data: blob:")
        );
        assert_eq!(headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "null");
        assert_eq!(headers["x-own"], "kept");
        assert_eq!(headers["content-type"], "text/html");
    }

    #[test]
    fn under_its_own_host_an_app_keeps_its_own_cookies() {
        let form = HostForm::App("/w/demo/apps/x".to_owned());
        let headers = filtered(
            form,
            &[
                ("set-cookie", "a=1; domain=localhost"),
                ("set-cookie", "b=2; Path=/"),
            ],
        );
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(!policy.contains("connect-src"), "its host is its own: {policy}");
        let cookies: Vec<_> = headers.get_all(header::SET_COOKIE).iter().collect();
        assert_eq!(cookies, ["b=2; Path=/"]);
    }

    #[test]
    fn redirects_stay_inside() {
        let own = HostForm::App("/w/demo/apps/x".to_owned());
        for (form, location, expected) in [
            (HostForm::Server, "/result?a=b", "/w/demo/apps/x/result?a=b"),
            (HostForm::Server, "/w/demo/apps/x/result", "/w/demo/apps/x/result"),
            (
                HostForm::Server,
                "/w/demo/apps/xy",
                "/w/demo/apps/x/w/demo/apps/xy",
            ),
            (HostForm::Server, "result", "result"),
            (
                HostForm::Server,
                "http://localhost/result?a=b",
                "/w/demo/apps/x/result?a=b",
            ),
            (
                HostForm::Server,
                "http://LOCALHOST:80/result",
                "/w/demo/apps/x/result",
            ),
            // Where `.well-known/smart-configuration` sends browsers.
            (
                HostForm::Server,
                "http://localhost/w/demo/fhir/auth/authorize?a=b",
                "http://localhost/w/demo/fhir/auth/authorize?a=b",
            ),
            (HostForm::Server, "http://localhost", "/w/demo/apps/x/"),
            (HostForm::Server, "http://localhost?a=b", "/w/demo/apps/x/?a=b"),
            (
                HostForm::Server,
                "http://localhost/w/demo/apps/x/result",
                "http://localhost/w/demo/apps/x/result",
            ),
            (
                HostForm::Server,
                "http://localhost:99/result",
                "http://localhost:99/result",
            ),
            (
                HostForm::Server,
                "http://localhost.elsewhere.example/",
                "http://localhost.elsewhere.example/",
            ),
            (HostForm::Server, "//elsewhere.example/", "//elsewhere.example/"),
            (
                HostForm::Server,
                "https://elsewhere.example/",
                "https://elsewhere.example/",
            ),
            (own.clone(), "/result", "/result"),
            (own, "http://localhost/result", "http://localhost/result"),
        ] {
            assert_eq!(filtered(form, &[("location", location)])["location"], expected);
        }
    }
}
