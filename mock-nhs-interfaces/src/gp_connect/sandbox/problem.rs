//! What Prism says when nothing of the document can be answered.
//! Source: <https://docs.stoplight.io/docs/prism/beeaea1fb4bc0-errors>

use axum::body::Body;
use fhir::json::Json;
use http::{HeaderValue, Method, Response, StatusCode};

use crate::api_platform::shortened;
use crate::exchange::reply;

const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");
const ERRORS: &str = "https://stoplight.io/prism/errors#";

/// A problem in the shape of RFC 7807.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    /// What comes behind the hash of its type.
    code: &'static str,
    title: String,
    detail: String,
}

impl Problem {
    fn new(status: StatusCode, code: &'static str, title: &str, detail: String) -> Self {
        Self {
            status,
            code,
            title: title.to_owned(),
            detail,
        }
    }

    pub(super) fn no_path(path: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "NO_PATH_MATCHED_ERROR",
            "Route not resolved, no path matched",
            format!(
                "The route {} hasn't been found in the specification file",
                shortened(path)
            ),
        )
    }

    pub(super) fn no_method(path: &str, method: &Method) -> Self {
        let (path, method) = (shortened(path), method.as_str().to_ascii_lowercase());
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "NO_METHOD_MATCHED_ERROR",
            "Route resolved, but no method matched",
            format!("The route {path} has been matched, but it does not have \"{method}\" method defined"),
        )
    }

    pub(super) fn no_status(status: StatusCode) -> Self {
        Self::no_content(format!(
            "Requested status code {} is not defined in the document.",
            status.as_u16()
        ))
    }

    pub(super) fn no_example(name: &str) -> Self {
        Self::no_content(format!(
            "Response for contentType: application/fhir+json and exampleKey: {} does not exist.",
            shortened(name)
        ))
    }

    fn no_content(detail: String) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "NOT_FOUND",
            "The server cannot find the requested content",
            detail,
        )
    }

    pub(super) fn not_acceptable(accept: &str) -> Self {
        Self::new(
            StatusCode::NOT_ACCEPTABLE,
            "NOT_ACCEPTABLE",
            "The server cannot produce a representation for your accept header",
            format!("Unable to find content for {}", shortened(accept)),
        )
    }

    /// A part of `Prefer` that holds something else than it can hold.
    pub(super) fn unreadable_preference(name: &str, value: &str, expected: &str) -> Self {
        let value = match value {
            "" => "true".to_owned(),
            value => format!("{:?}", shortened(value)),
        };
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "UNPROCESSABLE_ENTITY",
            "Invalid request",
            format!("optional property \"{name}\"\n└─ cannot decode {value}, should be {expected}"),
        )
    }

    /// The same, unless a status was asked for: what goes wrong then is an error of the server.
    pub(super) fn unless(self, no_status_was_asked_for: bool) -> Self {
        if no_status_was_asked_for {
            return self;
        }
        let own = format!("{ERRORS}{}: {}", self.code, self.title);
        let title = format!("{own}. We tried default response, but we got {own}");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "UNKNOWN",
            &title,
            String::new(),
        )
    }

    pub(super) fn answer(&self) -> Response<Body> {
        let body = Json::object([
            ("type", Json::from(format!("{ERRORS}{}", self.code))),
            ("title", (&*self.title).into()),
            ("status", Json::Number(self.status.as_str().into())),
            ("detail", (&*self.detail).into()),
        ]);
        reply(self.status, PROBLEM_JSON, body.to_text())
    }
}
