//! Headers that tell browsers what our answers may do. Set where a handler has not set its own.

use axum::response::Response;
use http::header::{self, HeaderName};
use http::{Extensions, HeaderValue};

/// Whose answer it is; handlers leave it as an extension, without one it is the platform's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Surface {
    /// A page, the API, an error.
    Platform,
    /// A guest's; [`crate::api::runs`] sets its headers.
    App,
    /// A mock interface's, as the NHS's would send it.
    Mock,
    /// The FHIR server's of a workspace.
    Fhir,
}

impl Surface {
    fn of(extensions: &Extensions) -> Self {
        extensions.get::<Self>().copied().unwrap_or(Self::Platform)
    }
}

const PLATFORM: [(HeaderName, HeaderValue); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        // Without a line of its own a page is no page: only what a handler allows may load.
        HeaderValue::from_static(
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
        ),
    ),
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN")),
    // Not `no-referrer`: browsers would then send `Origin: null` with our own forms.
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
];

/// Apps in browsers, wherever they come from, may read and change a workspace's made-up records: they hold no secret, and no
/// cookie goes along.
const FHIR: [(HeaderName, HeaderValue); 3] = [
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
    (
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("content-location, etag, last-modified, location, x-request-id"),
    ),
];

pub(super) fn apply(response: &mut Response) -> Surface {
    let surface = Surface::of(response.extensions());
    let headers = response.headers_mut();
    match surface {
        Surface::Platform => {
            for (name, value) in PLATFORM {
                headers.entry(name).or_insert(value);
            }
        }
        Surface::App => {}
        Surface::Fhir => {
            for (name, value) in FHIR {
                headers.entry(name).or_insert(value);
            }
        }
        Surface::Mock => {
            headers
                .entry(header::X_CONTENT_TYPE_OPTIONS)
                .or_insert(HeaderValue::from_static("nosniff"));
        }
    }
    surface
}
