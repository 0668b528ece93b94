//! What goes wrong in the register of organisations, in the shape and the words of the HAPI server behind it.
//! <https://hapifhir.io/hapi-fhir/docs/appendix/hapi_error_codes.html>

use axum::body::Body;
use fhir::json::Json;
use http::{HeaderValue, Response, StatusCode};

use super::shape::Format;
use crate::api_platform::{X_C4H_HINT, fault};
use crate::fhir::xml::escape;
use crate::interface::Fault;

/// A kind of error: its statement, and the code of the issue.
#[derive(Debug)]
pub(super) struct Kind {
    pub(super) fault: Fault,
    issue: &'static str,
}

macro_rules! kinds {
    ($($name:ident $status:literal $issue:literal $code:literal $display:literal $when:literal;)*) => {
        $(
            pub(super) static $name: Kind = Kind {
                fault: Fault { status: $status, code: $code, display: $display, when: $when },
                issue: $issue,
            };
        )*
    };
}

kinds! {
    UNKNOWN_PARAMETER 400 "processing" "HAPI-0524" "Unknown search parameter" "A search has a parameter that this type does not have.";
    INVALID_DATE 400 "processing" "HAPI-1940" "Invalid date/time/quantity format" "A date is none.";
    INVALID_PREFIX 400 "processing" "HAPI-1941" "Invalid prefix" "The letters before a date are not two that FHIR knows.";
    INVALID_VALUE 400 "invalid" "invalid" "Invalid parameter" "A parameter or the body holds something it cannot hold, such as a name of two letters.";
    UNKNOWN_TYPE 404 "processing" "HAPI-0302" "Unknown resource type" "The path is not one of this interface's.";
    NOT_KNOWN 404 "processing" "HAPI-2001" "Resource is not known" "Nothing has this id.";
    CODE_NOT_FOUND 404 "not-found" "not-found" "Code or code system not found" "There is no such code system here, or it does not have the code.";
    METHOD_NOT_ALLOWED 405 "processing" "HAPI-0427" "Method Not Allowed" "The path is not asked with this method.";
    TOO_COSTLY 422 "too-costly" "too-costly" "Response exceeds APIM size limit" "The answer would be larger than 10 MB, or a search matches more than 50,000.";
    NO_FILTER 422 "processing" "processing" "No declared filter on CodeSystem" "A filter has a property or a comparison that the code system does not have.";
    BROKEN 500 "exception" "exception" "Internal error" "The service itself failed.";
}

/// The platform in front refuses keys in its own shape.
pub(super) const MISSING_API_KEY: Fault = Fault {
    status: 401,
    code: "steps.oauth.v2.FailedToResolveAPIKey",
    display: "Failed to resolve API Key variable request.header.apikey",
    when: "The header apikey is missing, on the int host.",
};
pub(super) const INVALID_API_KEY: Fault = Fault {
    status: 401,
    code: "oauth.v2.InvalidApiKey",
    display: "Invalid ApiKey",
    when: "The header apikey holds a key that nobody was given, on the int host.",
};

pub(super) fn refuse_key(error: &Fault, hint: Option<&'static str>) -> Response<Body> {
    let mut response = fault(StatusCode::UNAUTHORIZED, error.display, error.code);
    if let Some(hint) = hint {
        response
            .headers_mut()
            .insert(X_C4H_HINT, HeaderValue::from_static(hint));
    }
    response
}

/// An error with its words.
#[derive(Debug)]
pub(super) struct Problem {
    kind: &'static Kind,
    diagnostics: String,
}

impl Problem {
    /// An error; the words follow the server's code where there is one.
    pub(super) fn new(kind: &'static Kind, words: impl std::fmt::Display) -> Self {
        let code = kind.fault.code;
        let diagnostics = if code.starts_with("HAPI-") {
            format!("{code}: {words}")
        } else {
            words.to_string()
        };
        Self { kind, diagnostics }
    }

    pub(super) fn not_known(type_name: &str, id: &str) -> Self {
        let id = crate::api_platform::shortened(id);
        Self::new(&NOT_KNOWN, format!("Resource {type_name}/{id} is not known"))
    }

    /// The service failed; why is logged and not said.
    pub(super) fn internal(error: &dyn std::error::Error) -> Self {
        tracing::warn!(%error, "the register of organisations could not be read");
        Self::new(&BROKEN, "The register cannot be read just now.")
    }

    pub(super) fn answer(&self, format: Format) -> Response<Body> {
        let status =
            StatusCode::from_u16(self.kind.fault.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        format.answer(status, &self.outcome())
    }

    fn outcome(&self) -> Json {
        let mut issue = vec![
            ("severity", Json::string("error")),
            ("code", Json::string(self.kind.issue)),
        ];
        if self.kind.issue == "too-costly" {
            issue.push((
                "details",
                Json::object([("text", Json::string(self.diagnostics.as_str()))]),
            ));
        }
        issue.push(("diagnostics", Json::string(self.diagnostics.as_str())));
        let mut words = String::new();
        escape(&self.diagnostics, &mut words);
        let narrative = format!(
            "<div xmlns=\"http://www.w3.org/1999/xhtml\"><h1>Operation Outcome</h1><table border=\"0\"><tr>\
             <td style=\"font-weight: bold;\">ERROR</td><td>[]</td><td>{words}</td></tr></table></div>"
        );
        Json::object([
            ("resourceType", Json::string("OperationOutcome")),
            (
                "text",
                Json::object([
                    ("status", Json::string("generated")),
                    ("div", Json::string(narrative)),
                ]),
            ),
            ("issue", Json::Array(vec![Json::object(issue)])),
        ])
    }
}
