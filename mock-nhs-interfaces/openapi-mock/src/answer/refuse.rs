//! What cannot be answered, in the document's own words for that status, or in the usual ones.

use bytes::Bytes;
use fhir::json::Json;
use http::header::{ALLOW, CONTENT_TYPE, HeaderMap};
use http::{HeaderValue, Method, StatusCode};

use super::choose::{any_content, telling_of};
use super::{Answer, accept_of, response_for};
use crate::document::Document;
use crate::operation::{Operation, StatusKey};
use crate::problem::quoted;

/// Why there is no good answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// The document has no such path.
    UnknownPath,
    /// The path is known, the method is not.
    UnknownMethod {
        /// Methods that are.
        allowed: Vec<Method>,
    },
    /// The caller accepts nothing that is offered.
    NotAcceptable {
        /// Media types that are.
        offered: Vec<String>,
    },
    /// The body is of a type that is not wanted.
    UnsupportedMedia {
        /// Media types that are.
        offered: Vec<String>,
    },
    /// The request is not as the document says.
    Invalid {
        /// What is wrong with it.
        wrong: Vec<String>,
    },
    /// `Prefer` asks for an answer that the document does not have.
    NoSuchAnswer {
        /// What can be asked for.
        offered: String,
    },
    /// Nobody is logged in, or with something that does not open this.
    Login {
        /// What would help.
        words: String,
    },
    /// The body is longer than is read, or broke off.
    UnreadableBody,
    /// Something goes wrong on purpose.
    Failing {
        /// The statuses that say it; the first that the document has is answered.
        statuses: [u16; 2],
        /// What went wrong.
        words: String,
    },
}

impl Refusal {
    /// The statuses that say it; the first that the document has is answered.
    fn statuses(&self) -> [u16; 2] {
        match self {
            Self::UnknownPath => [404; 2],
            Self::UnknownMethod { .. } => [405; 2],
            Self::NotAcceptable { .. } => [406; 2],
            Self::UnsupportedMedia { .. } => [415; 2],
            Self::Invalid { .. } => [400, 422],
            Self::NoSuchAnswer { .. } => [400; 2],
            Self::Login { .. } => [401, 403],
            Self::UnreadableBody => [413; 2],
            Self::Failing { statuses, .. } => *statuses,
        }
    }

    fn words(&self) -> String {
        match self {
            Self::UnknownPath => "The document has no such path.".to_owned(),
            Self::UnknownMethod { allowed } => {
                let allowed: Vec<&str> = allowed.iter().map(Method::as_str).collect();
                format!("This path answers {}.", allowed.join(", "))
            }
            Self::NotAcceptable { offered } => {
                format!(
                    "The header Accept takes none of what is offered: {}.",
                    offered.join(", ")
                )
            }
            Self::UnsupportedMedia { offered } => {
                format!(
                    "The header Content-Type names none of what is taken: {}.",
                    offered.join(", ")
                )
            }
            Self::Invalid { wrong } => {
                format!("The request is not as the document says: {}.", wrong.join("; "))
            }
            Self::NoSuchAnswer { offered } => {
                format!("Prefer asks for an answer that the document does not have; {offered}.")
            }
            Self::Login { words } => words.clone(),
            Self::UnreadableBody => "The body is longer than an interface reads, or broke off.".to_owned(),
            Self::Failing { words, .. } => words.clone(),
        }
    }

    /// The code of an issue in an `OperationOutcome`.
    /// Source: <https://hl7.org/fhir/R4/valueset-issue-type.html>
    fn issue_code(&self) -> &'static str {
        match self {
            Self::UnknownPath => "not-found",
            Self::UnknownMethod { .. } | Self::NotAcceptable { .. } | Self::UnsupportedMedia { .. } => {
                "not-supported"
            }
            Self::Invalid { .. } | Self::NoSuchAnswer { .. } => "invalid",
            Self::Login { .. } => "login",
            Self::UnreadableBody => "too-long",
            Self::Failing { .. } => "transient",
        }
    }

    /// The code of a fault of the API platform; ours, because the platform has none for these.
    fn fault_code(&self) -> &'static str {
        match self {
            Self::UnknownPath => "c4h.not-found",
            Self::UnknownMethod { .. } => "c4h.method-not-allowed",
            Self::NotAcceptable { .. } => "c4h.not-acceptable",
            Self::UnsupportedMedia { .. } => "c4h.media-type",
            Self::Invalid { .. } => "c4h.invalid-request",
            Self::NoSuchAnswer { .. } => "c4h.no-such-answer",
            Self::Login { .. } => "c4h.login",
            Self::UnreadableBody => "c4h.body",
            Self::Failing { .. } => "c4h.fault",
        }
    }
}

impl Document {
    /// Says no, as the operation of this number would; without one, as the whole interface would.
    #[must_use]
    pub fn refuse(&self, operation: Option<usize>, headers: &HeaderMap, refusal: Refusal) -> Answer {
        let operation = operation.and_then(|place| self.operations.get(place));
        self.refuse_in(operation, headers, refusal)
    }

    pub(super) fn refuse_in(
        &self,
        operation: Option<&Operation>,
        headers: &HeaderMap,
        refusal: Refusal,
    ) -> Answer {
        let words = refusal.words();
        let statuses = refusal.statuses();
        let [usual, _] = statuses;
        let documented = operation.and_then(|operation| {
            let exact = statuses.iter().find_map(|status| {
                let response = response_for(operation, *status)?;
                (response.status == StatusKey::Exact(*status)).then_some((response, *status))
            });
            exact.or_else(|| response_for(operation, usual).map(|response| (response, usual)))
        });
        let mut answer = match documented {
            Some((response, status)) => {
                let content = any_content(response, accept_of(headers));
                match content {
                    Some(content) => self.say(
                        &super::choose::Wanted {
                            response,
                            status,
                            content: Some(content),
                            example: telling_of(content, status),
                        },
                        None,
                    ),
                    None => {
                        let mut answer = self.usual_refusal(status, &refusal, &words);
                        for (name, value) in &response.headers {
                            answer.headers.append(name.clone(), value.clone());
                        }
                        answer
                    }
                }
            }
            None => self.usual_refusal(usual, &refusal, &words),
        };
        if let Refusal::UnknownMethod { allowed } = &refusal {
            let mut allowed: Vec<&str> = allowed.iter().map(Method::as_str).collect();
            if allowed.contains(&"GET") && !allowed.contains(&"HEAD") {
                allowed.push("HEAD");
            }
            if let Ok(allowed) = HeaderValue::from_str(&allowed.join(", ")) {
                answer.headers.insert(ALLOW, allowed);
            }
        }
        answer.hint = Some(words);
        answer
    }

    /// An error that the document has no shape for: FHIR's, or that of the NHS API platform, as built-in interfaces have it.
    fn usual_refusal(&self, status: u16, refusal: &Refusal, words: &str) -> Answer {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
        let text = Json::string;
        let (media, body) = if self.is_fhir {
            let issue = Json::object([
                ("severity", text("error")),
                ("code", text(refusal.issue_code())),
                ("diagnostics", text(words)),
            ]);
            let outcome = Json::object([
                ("resourceType", text("OperationOutcome")),
                ("issue", Json::Array(vec![issue])),
            ]);
            ("application/fhir+json", outcome)
        } else {
            let code = Json::object([("errorcode", text(refusal.fault_code()))]);
            let fault = Json::object([("faultstring", text(words)), ("detail", code)]);
            ("application/json", Json::object([("fault", fault)]))
        };
        let mut headers = HeaderMap::with_capacity(6);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media));
        Answer {
            status,
            headers,
            body: Bytes::from(body.to_text()),
            hint: None,
        }
    }
}

/// Shortens what an answer repeats in a header.
impl Answer {
    /// The hint as the value of a header: ASCII, one line, short.
    #[must_use]
    pub fn hint_header(&self) -> Option<HeaderValue> {
        const MOST_BYTES: usize = 500;
        let hint = self.hint.as_deref()?;
        let plain: String = hint
            .chars()
            .map(|c| {
                if c.is_ascii() && !c.is_ascii_control() {
                    c
                } else {
                    '?'
                }
            })
            .take(MOST_BYTES)
            .collect();
        HeaderValue::from_str(&plain)
            .or_else(|_| HeaderValue::from_str(&quoted(&plain)))
            .ok()
    }
}
