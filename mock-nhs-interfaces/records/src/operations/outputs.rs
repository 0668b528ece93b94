//! What an operation answers: a `Parameters` resource. <https://hl7.org/fhir/R4/parameters.html>

use fhir::json::Json;
use http::StatusCode;

use crate::server::Answer;

/// The parameters of an answer, or the parts of one.
#[derive(Clone, Debug, Default)]
pub(super) struct Outputs(Vec<Json>);

impl Outputs {
    /// Adds a value under a key such as `valueCode`.
    pub(super) fn add(&mut self, name: &str, key: &str, value: Json) {
        self.0
            .push(Json::object([("name", Json::string(name)), (key, value)]));
    }

    /// Adds a text under a key such as `valueString`, if there is one.
    pub(super) fn text(&mut self, name: &str, key: &str, value: Option<&str>) {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            self.add(name, key, Json::string(value));
        }
    }

    /// Adds a parameter that has parts.
    pub(super) fn parts(&mut self, name: &str, parts: Self) {
        self.add(name, "part", Json::Array(parts.0));
    }

    /// The answer.
    pub(super) fn into_answer(self) -> Answer {
        let mut members = vec![("resourceType", Json::string("Parameters"))];
        if !self.0.is_empty() {
            members.push(("parameter", Json::Array(self.0)));
        }
        Answer::text(StatusCode::OK, Json::object(members).to_text())
    }
}
