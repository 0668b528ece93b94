//! JSON or XML: which of them a caller wants, and answering in it.

use axum::body::Body;
use fhir::json::Json;
use http::header::ACCEPT;
use http::{Response, StatusCode};
use records::Record;

use super::error::{BROKEN, Problem, TOO_COSTLY};
use super::question::Question;
use crate::exchange::{Exchange, reply};
use crate::fhir::media_type::{FHIR_JSON, FHIR_XML};
use crate::fhir::xml;

/// Largest answer, in bytes. Source: the page of this API, section "Payload (Response Size Limit)".
const MAX_ANSWER_BYTES: usize = 10_000_000;
/// Ranges of one `Accept` that are looked at; browsers send about eight.
const MAX_RANGES: usize = 32;

/// How an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Json,
    Xml,
}

impl Format {
    /// What the caller wants: `_format` goes before `Accept`, and what is neither is JSON.
    pub(super) fn wanted(exchange: &Exchange<'_>) -> Self {
        let asked = Question::read(exchange.query()).ok();
        let asked = asked.as_ref().and_then(|question| question.first("_format"));
        if let Some(format) = asked.and_then(Self::named) {
            return format;
        }
        let accept = exchange
            .headers()
            .get(ACCEPT)
            .and_then(|accept| accept.to_str().ok());
        Self::accepted(accept.unwrap_or_default())
    }

    /// A format by its short name or its media type; a plus sign may have become a space on the way.
    fn named(text: &str) -> Option<Self> {
        let name = text
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .replace(' ', "+");
        match name.to_ascii_lowercase().as_str() {
            "xml" | "text/xml" | "application/xml" | "application/fhir+xml" | "application/xml+fhir" => {
                Some(Self::Xml)
            }
            "json" | "text/json" | "application/json" | "application/fhir+json" | "application/json+fhir" => {
                Some(Self::Json)
            }
            _ => None,
        }
    }

    fn accepted(accept: &str) -> Self {
        let mut best = (0.0, Self::Json);
        for range in accept.split(',').take(MAX_RANGES) {
            // A browser takes XML as well, and shows it badly.
            if range.trim_start().starts_with("text/html") {
                return Self::Json;
            }
            let quality = range
                .split(';')
                .filter_map(|parameter| parameter.trim().strip_prefix("q="))
                .find_map(|quality| quality.parse::<f32>().ok())
                .unwrap_or(1.0);
            if let Some(format) = Self::named(range)
                && quality > best.0
            {
                best = (quality, format);
            }
        }
        best.1
    }

    /// A resource as an answer.
    pub(super) fn answer(self, status: StatusCode, resource: &Json) -> Response<Body> {
        match self {
            Self::Json => reply(status, FHIR_JSON, resource.to_text()),
            Self::Xml => reply(status, FHIR_XML, xml::written(resource)),
        }
    }

    /// A good answer, unless it is larger than the platform lets through.
    ///
    /// # Errors
    /// When it is.
    pub(super) fn answer_within_limit(self, resource: &Json) -> Result<Response<Body>, Problem> {
        let (media_type, text) = match self {
            Self::Json => (FHIR_JSON, resource.to_text()),
            Self::Xml => (FHIR_XML, xml::written(resource)),
        };
        check_size(text.len())?;
        Ok(reply(StatusCode::OK, media_type, text))
    }

    /// A record as it was accepted.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn answer_record(self, record: &Record) -> Result<Response<Body>, Problem> {
        match self {
            Self::Json => Ok(reply(StatusCode::OK, FHIR_JSON, record.text.clone())),
            Self::Xml => Ok(self.answer(StatusCode::OK, &read(record)?)),
        }
    }
}

fn check_size(bytes: usize) -> Result<(), Problem> {
    if bytes > MAX_ANSWER_BYTES {
        return Err(Problem::new(&TOO_COSTLY, "Response exceeds APIM size limit"));
    }
    Ok(())
}

/// A record as JSON.
///
/// # Errors
/// When it cannot be read, which would be a mistake of ours.
pub(super) fn read(record: &Record) -> Result<Json, Problem> {
    Json::parse(&record.text).map_err(|error| {
        tracing::error!(%error, id = record.id.as_str(), "a record of the register is not JSON");
        Problem::new(&BROKEN, "The register cannot be read just now.")
    })
}

#[cfg(test)]
mod tests {
    use super::{Format, MAX_ANSWER_BYTES, check_size};

    #[test]
    fn xml_is_answered_where_it_is_wanted_most() {
        let check =
            |accept: &str, expected: Format| assert_eq!(Format::accepted(accept), expected, "{accept}");
        check("", Format::Json);
        check("*/*", Format::Json);
        check("application/fhir+xml", Format::Xml);
        check("application/fhir+xml;q=0.5, application/fhir+json", Format::Json);
        check("application/fhir+json;q=0.2,text/xml;q=0.4", Format::Xml);
        check("image/png", Format::Json);
        check("text/html,application/xml;q=0.9,*/*;q=0.8", Format::Json);
        assert_eq!(Format::named("application/fhir xml"), Some(Format::Xml));
        assert_eq!(Format::named("turtle"), None);
    }

    #[test]
    fn an_answer_has_a_largest_size() {
        assert!(check_size(MAX_ANSWER_BYTES).is_ok());
        assert!(check_size(MAX_ANSWER_BYTES + 1).is_err());
    }
}
