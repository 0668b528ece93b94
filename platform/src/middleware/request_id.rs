//! Every request has an id: the caller's where it is sane, else one of ours. It is in the log and in every error.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::Body;
use axum::response::Response;
use http::{HeaderName, HeaderValue, Request};
use uuid::Uuid;

use super::Surface;

const NAME: HeaderName = HeaderName::from_static("x-request-id");
/// Longest id that is taken over: twice a UUID and more than any gateway in use sends.
const LENGTH: usize = 80;

/// The id of a request.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(HeaderValue);

impl RequestId {
    pub(crate) fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }
}

/// Finds or makes the id and leaves it with the request as an extension. The header stays as the caller sent it: the
/// mock interfaces have rules of their own about it.
pub(super) fn assign(request: &mut Request<Body>) -> RequestId {
    let id = match request.headers().get(NAME) {
        Some(sent) if is_sane(sent) => RequestId(sent.clone()),
        Some(_) | None => RequestId(fresh()),
    };
    request.extensions_mut().insert(id.clone());
    id
}

/// Puts the id on the answer; the mock interfaces echo by their own rules, so theirs are left alone.
pub(super) fn echo(response: &mut Response, surface: Surface, id: &RequestId) {
    match surface {
        Surface::Platform | Surface::App | Surface::Fhir => {
            response.headers_mut().insert(NAME, id.0.clone());
        }
        Surface::Mock => {}
    }
}

fn is_sane(value: &HeaderValue) -> bool {
    let text = value.as_bytes();
    (1..=LENGTH).contains(&text.len())
        && text
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(byte))
}

/// A random start for this process and a counter: unique enough to find a line in the log, and nearly free.
fn fresh() -> HeaderValue {
    static START: LazyLock<u64> = LazyLock::new(|| Uuid::new_v4().as_u64_pair().0);
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let text = format!("{:016x}-{:x}", *START, COUNT.fetch_add(1, Ordering::Relaxed));
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("none"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sane_ids() {
        let long = "x".repeat(81);
        for (text, sane) in [
            ("60E0B220-8136-4CA5-AE46-1D97EF59D068", true),
            ("a", true),
            ("", false),
            ("a b", false),
            ("a\"b", false),
            ("<script>", false),
            (long.as_str(), false),
        ] {
            assert_eq!(is_sane(&HeaderValue::from_str(text).unwrap()), sane, "{text}");
        }
        assert_ne!(fresh(), fresh());
        assert!(is_sane(&fresh()));
    }
}
