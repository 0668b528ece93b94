//! The parts of one parameter of a structured record, each of its type.

use fhir::json::Json;
use time::Date;

use super::invalid;
use crate::gp_connect::Refused;
use crate::gp_connect::dates::day;

/// The parts of one parameter.
pub(super) struct Parts<'a> {
    pub(super) of: &'a str,
    pub(super) parts: Vec<&'a Json>,
    pub(super) unknown: &'a mut Vec<String>,
}

impl<'a> Parts<'a> {
    pub(super) fn one(&self, name: &str) -> Result<Option<&'a Json>, Refused> {
        let mut found = self.parts.iter().filter(|part| part.text("name") == Some(name));
        let first = found.next().copied();
        match found.next() {
            Some(_) => Err(invalid(name, "may be given once only.")),
            None => Ok(first),
        }
    }

    pub(super) fn boolean(&self, name: &str) -> Result<Option<bool>, Refused> {
        let Some(part) = self.one(name)? else {
            return Ok(None);
        };
        match part.get("valueBoolean").and_then(Json::as_bool) {
            Some(value) => Ok(Some(value)),
            None => Err(invalid(&format!("{}.{name}", self.of), "is a valueBoolean.")),
        }
    }

    pub(super) fn date(&self, name: &str) -> Result<Option<Date>, Refused> {
        let Some(part) = self.one(name)? else {
            return Ok(None);
        };
        match part.text("valueDate").and_then(day) {
            Some(value) => Ok(Some(value)),
            None => Err(invalid(name, "is a valueDate: a whole day without a time.")),
        }
    }

    /// A code; the published example of a request has it as `value`.
    pub(super) fn word(&self, name: &str) -> Result<Option<&'a str>, Refused> {
        let Some(part) = self.one(name)? else {
            return Ok(None);
        };
        match part
            .text("valueCode")
            .or(part.text("valueString"))
            .or(part.text("value"))
        {
            Some(value) => Ok(Some(value)),
            None => Err(invalid(name, "is a valueCode.")),
        }
    }

    pub(super) fn count(&self, name: &str) -> Result<Option<usize>, Refused> {
        let Some(part) = self.one(name)? else {
            return Ok(None);
        };
        let value = part.get("valuePositiveInt").or(part.get("valueInteger"));
        // One of the published examples has a number in quotation marks.
        let text = value.and_then(|value| value.as_number().or(value.as_str()));
        match text.and_then(|text| text.parse().ok()) {
            Some(count) if count > 0 => Ok(Some(count)),
            _ => Err(invalid(name, "is a valuePositiveInt.")),
        }
    }

    /// Remembers parts that nobody knows.
    pub(super) fn others(&mut self, known: &[&str]) {
        for part in &self.parts {
            let name = part.text("name").unwrap_or_default();
            if !known.contains(&name) {
                self.unknown.push(format!("{}.{name}", self.of));
            }
        }
    }
}
