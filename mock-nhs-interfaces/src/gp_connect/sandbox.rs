//! The patient-facing interfaces as the NHS's own sandbox answers: canned, stateless, open. Nothing here reads or changes
//! the workspace's records.
//!
//! The sandbox is [Prism](https://github.com/stoplightio/prism) over the published document: it checks what is sent by the
//! document's parameters, and answers the document's examples. What is said here was compared with Prism 5.14 over
//! <https://github.com/NHSDigital/gp-connect-appointments-management-fhir> and
//! <https://github.com/NHSDigital/gp-connect-access-record-fhir>.

mod preference;
mod problem;
mod violations;

use axum::body::Body;
use fhir::json::Json;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderName};
use http::{HeaderValue, Response, StatusCode};

use super::Refused;
use super::refused::{GpConnectError, outcome};
use crate::Profile;
use crate::exchange::{Exchange, reply};
use crate::fhir::media_type::{FHIR_JSON, JSON};
use crate::interface::{Fault, Refusal};
use preference::Preference;
use problem::Problem;
pub(crate) use violations::Rule;
use violations::Violations;

/// What Prism found wrong with a request, as JSON.
const SL_VIOLATIONS: HeaderName = HeaderName::from_static("sl-violations");

/// What the published document has about one operation.
#[derive(Debug)]
pub(crate) struct Published {
    /// The status of a good answer.
    pub(crate) status: StatusCode,
    /// The examples of a good answer and their names. The first is answered unless another is asked for.
    pub(crate) answers: &'static [(&'static str, &'static str)],
    /// The example of a bad answer, the same for every status from 400 to 499.
    pub(crate) refusal: &'static GpConnectError,
    /// The parameters of the query.
    pub(crate) query: &'static [Rule],
    /// What the document says about the body.
    pub(crate) body: Sent,
}

/// What is sent with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    /// Nothing that is looked at.
    Nothing,
    /// An object, or no body at all.
    MaybeObject,
    /// An object.
    Object,
}

/// The name that Prism gives to an example that is the only one of its answer.
pub(crate) const ONLY: &str = "default";
/// The name that the documents give to the example of an error.
const REFUSAL: &str = "example";

/// What the sandbox answers to a request that is not as the document says.
pub(crate) const fn invalid(error: &GpConnectError) -> Fault {
    Fault {
        status: 422,
        when: "On the sandbox host: a header, a parameter or the body is not as the document of the API says.",
        ..error.fault
    }
}

/// What the sandbox answers to a body of another media type.
pub(crate) const fn wrong_media_type(error: &GpConnectError) -> Fault {
    Fault {
        status: 415,
        when: "On the sandbox host: the body is of another media type.",
        ..error.fault
    }
}

/// Nothing can be answered in the media type that `Accept` asks for.
pub(crate) const NOT_ACCEPTABLE: Fault = Fault {
    status: 406,
    code: "NOT_ACCEPTABLE",
    display: "The server cannot produce a representation for your accept header",
    when: "On the sandbox host: the header Accept allows no FHIR in JSON.",
};
/// There is no such example.
pub(crate) const NOT_FOUND: Fault = Fault {
    status: 404,
    code: "NOT_FOUND",
    display: "The server cannot find the requested content",
    when: "On the sandbox host: the header Prefer asks for a status or an example that the document does not have.",
};
/// `Prefer` cannot be read.
pub(crate) const UNPROCESSABLE: Fault = Fault {
    status: 422,
    code: "UNPROCESSABLE_ENTITY",
    display: "Invalid request",
    when: "On the sandbox host: the header Prefer asks for a code that is no status.",
};
/// Nothing can be answered with the status that `Prefer` asks for.
pub(crate) const UNKNOWN: Fault = Fault {
    status: 500,
    code: "UNKNOWN",
    display: "The server cannot find the requested content",
    when: "On the sandbox host: the header Prefer asks for an example that the status, which it asks for too, does not have.",
};
/// The body is no JSON.
pub(crate) const INVALID_JSON: Fault = Fault {
    status: 400,
    code: "invalid_json",
    display: "Invalid JSON",
    when: "On the sandbox host: the body says that it is JSON and is not.",
};

/// Answers an operation: by the document in profile `sandbox`, by what `real` does in profile `int`.
pub(crate) async fn answered(
    exchange: &Exchange<'_>,
    published: &Published,
    real: impl Future<Output = Result<Response<Body>, Refused>>,
) -> Response<Body> {
    match exchange.profile {
        Profile::Sandbox => published.answer(exchange),
        Profile::Int => real.await.unwrap_or_else(Refused::answer),
    }
}

impl Published {
    fn answer(&self, exchange: &Exchange<'_>) -> Response<Body> {
        let Ok(body) = sent(exchange) else {
            let said = r#"{"error":{"code":"invalid_json","message":"Invalid JSON"}}"#;
            return reply(StatusCode::BAD_REQUEST, JSON, said);
        };
        let violations = Violations::of(exchange, self.query, self.body, body.as_ref());
        if let Some(status) = violations.status() {
            let mut response = self.refused(status);
            if let Ok(said) = HeaderValue::try_from(violations.text()) {
                response.headers_mut().insert(SL_VIOLATIONS, said);
            }
            return response;
        }
        self.preferred(exchange)
            .unwrap_or_else(|problem| problem.answer())
    }

    /// The answer that the headers `Prefer` and `Accept` ask for.
    fn preferred(&self, exchange: &Exchange<'_>) -> Result<Response<Body>, Problem> {
        let wish = Preference::of(exchange)?;
        let accept = exchange
            .headers()
            .get(ACCEPT)
            .and_then(|accept| accept.to_str().ok())
            .unwrap_or_default();
        let acceptable = || {
            if accepts_fhir(accept) {
                Ok(())
            } else {
                Err(Problem::not_acceptable(accept))
            }
        };
        let Some(status) = wish.status.filter(|status| *status != self.status) else {
            acceptable().map_err(|problem| problem.unless(wish.status.is_none()))?;
            let text = self
                .example(wish.example.as_deref())
                .map_err(|problem| problem.unless(wish.status.is_none()))?;
            return Ok(reply(self.status, FHIR_JSON, text));
        };
        if !status.is_client_error() {
            return Err(Problem::no_status(status));
        }
        acceptable().map_err(|problem| problem.unless(false))?;
        match wish.example {
            Some(name) if name != REFUSAL => Err(Problem::no_example(&name).unless(false)),
            _ => Ok(self.refused(status)),
        }
    }

    fn example(&self, name: Option<&str>) -> Result<&'static str, Problem> {
        let mut answers = self.answers.iter();
        let found = match name {
            Some(name) => answers.find(|(known, _)| *known == name),
            None => answers.next(),
        };
        // The line that ends a file is not part of the example.
        found
            .map(|(_, text)| text.trim_end())
            .ok_or_else(|| Problem::no_example(name.unwrap_or_default()))
    }

    fn refused(&self, status: StatusCode) -> Response<Body> {
        reply(status, FHIR_JSON, outcome(self.refusal, None).to_text())
    }
}

/// The body, where its media type says that it is JSON.
fn sent(exchange: &Exchange<'_>) -> Result<Option<Json>, ()> {
    let media_type = media_type(exchange);
    if exchange.body.is_empty() || !(media_type == "application/json" || media_type.ends_with("+json")) {
        return Ok(None);
    }
    Json::parse(&exchange.body).map(Some).map_err(|_| ())
}

/// The media type of the body without its parameters, in lower case; empty where none is said.
fn media_type(exchange: &Exchange<'_>) -> String {
    let said = exchange
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|said| said.to_str().ok());
    let name = said.unwrap_or_default().split(';').next().unwrap_or_default();
    name.trim().to_ascii_lowercase()
}

fn accepts_fhir(accept: &str) -> bool {
    accept.trim().is_empty()
        || accept.split(',').any(|range| {
            let name = range.split(';').next().unwrap_or_default().trim();
            ["application/fhir+json", "application/*", "*/*"]
                .iter()
                .any(|known| name.eq_ignore_ascii_case(known))
        })
}

/// How the patient-facing interfaces say no to a request that reaches no operation.
pub(crate) fn refuse(exchange: &Exchange<'_>, refusal: &Refusal) -> Response<Body> {
    let is_unrouted = matches!(
        refusal,
        Refusal::UnknownPath | Refusal::UnknownMethod | Refusal::OptionsWithoutPreflight
    );
    if exchange.profile == Profile::Int || !is_unrouted {
        return super::refused::refuse(exchange, refusal);
    }
    let is_known = !exchange.interface.methods(exchange.path).is_empty();
    let problem = if is_known {
        Problem::no_method(exchange.path, &exchange.request.method)
    } else {
        Problem::no_path(exchange.path)
    };
    problem.answer()
}

#[cfg(test)]
mod tests {
    use super::accepts_fhir;

    #[test]
    fn fhir_is_accepted_by_name_or_by_range() {
        for (accept, expected) in [
            ("", true),
            ("*/*", true),
            ("application/*", true),
            ("text/html, */*", true),
            ("application/fhir+json; version=1", true),
            ("APPLICATION/FHIR+JSON", true),
            ("text/html, application/fhir+json;q=0.5", true),
            ("application/json", false),
            ("application/fhir+xml", false),
            ("text/*", false),
        ] {
            assert_eq!(accepts_fhir(accept), expected, "{accept}");
        }
    }
}
