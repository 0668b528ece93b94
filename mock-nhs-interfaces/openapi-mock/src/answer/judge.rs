//! Whether an answer, whoever gave it, is one that the document allows.

use fhir::json::Json;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};

use super::response_for;
use crate::budget::Budget;
use crate::document::Document;
use crate::limits::ANSWER_STEPS;
use crate::media::MediaType;
use crate::problem::quoted;
use crate::schema::Direction;

impl Document {
    /// What an answer of the operation of this number has that the document does not allow: its status, its media type, or what
    /// its body says. Empty where it fits; each is one sentence.
    #[must_use]
    pub fn outside(
        &self,
        operation: usize,
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Vec<String> {
        let Some(operation) = self.operations.get(operation) else {
            return vec!["There is no such operation.".to_owned()];
        };
        let Some(response) = response_for(operation, status.as_u16()) else {
            return vec![format!("The status {} is not in the document.", status.as_u16())];
        };
        if response.contents.is_empty() || body.is_empty() {
            return Vec::new();
        }
        let said = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let said = said.unwrap_or_default();
        let Some(media) = MediaType::parse(said) else {
            return vec![format!("{} is no media type.", quoted(said))];
        };
        let content = response
            .contents
            .iter()
            .find(|content| content.media.covers(&media).is_some());
        let Some(content) = content else {
            return vec![format!(
                "The media type {} is not in the document for the status {}.",
                quoted(said),
                status.as_u16()
            )];
        };
        let Some(schema) = content.schema.filter(|_| media.is_json()) else {
            return Vec::new();
        };
        let value = match Json::parse(body) {
            Ok(value) => value,
            Err(error) => return vec![format!("The body is not JSON: {error}")],
        };
        let misfits = self
            .schemas
            .misfits(schema, &value, Direction::Answer, &Budget::of(ANSWER_STEPS));
        misfits
            .iter()
            .map(|misfit| {
                let place = if misfit.pointer.is_empty() {
                    "The whole"
                } else {
                    &misfit.pointer
                };
                format!("{place} {}.", misfit.words)
            })
            .collect()
    }
}
