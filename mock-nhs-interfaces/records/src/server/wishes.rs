//! How the caller wants the answer: `Accept`, `Prefer`, `_format`, `_pretty`, `_summary`, `_elements`.

use fhir::media::{AnswerType, answer_type};
use http::HeaderMap;
use http::header::ACCEPT;
use search::parse::Handling;

use super::{Refusal, parameters};

/// What a write answers with. <https://hl7.org/fhir/R4/http.html#ops>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Return {
    /// Nothing but headers.
    Minimal,
    /// The resource.
    #[default]
    Representation,
    /// An `OperationOutcome` that says it worked.
    Outcome,
}

/// How the caller wants the answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wishes {
    pub(crate) answer_type: AnswerType,
    pub(crate) pretty: bool,
    pub(crate) returned: Return,
    pub(crate) handling: Handling,
}

impl Default for Wishes {
    fn default() -> Self {
        Self {
            answer_type: AnswerType::FhirJson,
            pretty: false,
            returned: Return::default(),
            handling: Handling::Strict,
        }
    }
}

impl Wishes {
    /// Reads them; when there is no common media type, the refusal is FHIR JSON.
    pub(super) fn of(headers: &HeaderMap, query: &str) -> Result<Self, (Self, Refusal)> {
        let format = parameters::value(query, "_format");
        let mut wishes = Self {
            pretty: parameters::value(query, "_pretty").is_some_and(|value| value == "true"),
            ..Self::default()
        };
        wishes.read_preferences(headers);
        let accept: Vec<&str> = headers
            .get_all(ACCEPT)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .collect();
        let accept = accept.join(",");
        match answer_type(Some(&accept), format.as_deref()) {
            Ok(answer_type) => Ok(Self {
                answer_type,
                ..wishes
            }),
            Err(error) => Err((wishes, Refusal::NotAcceptable(error))),
        }
    }

    /// `Prefer: return=minimal; handling=lenient`, also with commas, also in several headers. What is not known is
    /// ignored, as RFC 7240 asks.
    fn read_preferences(&mut self, headers: &HeaderMap) {
        let values = headers.get_all("prefer");
        let texts = values.iter().filter_map(|value| value.to_str().ok());
        for preference in texts.flat_map(|text| text.split([',', ';'])) {
            match preference.replace(' ', "").to_ascii_lowercase().as_str() {
                "return=minimal" => self.returned = Return::Minimal,
                "return=representation" => self.returned = Return::Representation,
                "return=operationoutcome" => self.returned = Return::Outcome,
                "handling=lenient" => self.handling = Handling::Lenient,
                "handling=strict" => self.handling = Handling::Strict,
                _ => {}
            }
        }
    }
}
