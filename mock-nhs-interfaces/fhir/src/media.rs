//! Which of the media types that a client names are FHIR JSON: `Accept`, `Content-Type`, `_format`.
//!
//! <https://hl7.org/fhir/R4/http.html#mime-type>

/// What an answer may be labelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerType {
    FhirJson,
    /// The client asked for plain JSON and not for FHIR's.
    PlainJson,
}

impl AnswerType {
    /// The value of `Content-Type`.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            AnswerType::FhirJson => "application/fhir+json; charset=utf-8",
            AnswerType::PlainJson => "application/json; charset=utf-8",
        }
    }
}

/// What a request's body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyType {
    /// A resource.
    Json,
    /// `application/json-patch+json`
    JsonPatch,
    /// `application/x-www-form-urlencoded`, for `POST _search`.
    Form,
}

/// Why no common media type was found. XML and Turtle are deliberately absent: without a parser for them there is none to attack.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MediaError {
    #[error("answers are FHIR JSON only; ask for application/fhir+json, not for \"{0}\"")]
    NotAcceptable(Box<str>),
    #[error(
        "a body is application/fhir+json, application/json-patch+json or application/x-www-form-urlencoded, not \"{0}\""
    )]
    Unsupported(Box<str>),
    #[error("the header Content-Type is missing; send application/fhir+json")]
    Missing,
    #[error("the FHIR version here is 4.0, not \"{0}\"")]
    Version(Box<str>),
    #[error("a body is in UTF-8, not in \"{0}\"")]
    Charset(Box<str>),
}

/// Ranges of one `Accept` that are looked at; browsers send about eight.
const MAX_RANGES: usize = 32;

/// The type of the answer. `_format` goes before `Accept`; without both, FHIR JSON.
///
/// # Errors
/// Nothing that was named is FHIR R4 in JSON.
pub fn answer_type(accept: Option<&str>, format: Option<&str>) -> Result<AnswerType, MediaError> {
    let named = format.filter(|text| !text.trim().is_empty()).or(accept);
    let Some(named) = named.filter(|text| !text.trim().is_empty()) else {
        return Ok(AnswerType::FhirJson);
    };
    let mut best: Option<(u16, AnswerType)> = None;
    let mut refusal = None;
    for range in named.split(',').take(MAX_RANGES) {
        let range = MediaRange::read(range);
        match range.answer() {
            Ok(answer) if range.quality > 0 && best.is_none_or(|(quality, _)| quality < range.quality) => {
                best = Some((range.quality, answer));
            }
            Ok(_) => {}
            Err(error) => refusal = Some(error),
        }
    }
    match best {
        Some((_, answer)) => Ok(answer),
        None => Err(refusal.unwrap_or_else(|| MediaError::NotAcceptable(reflected(named)))),
    }
}

/// What the body is.
///
/// # Errors
/// Missing, another type, another FHIR version, another character set.
pub fn body_type(content_type: Option<&str>) -> Result<BodyType, MediaError> {
    let text = content_type
        .filter(|text| !text.trim().is_empty())
        .ok_or(MediaError::Missing)?;
    let media = MediaRange::read(text);
    if let Some(charset) = media
        .charset
        .filter(|name| !matches!(&*name.to_ascii_lowercase(), "utf-8" | "utf8"))
    {
        return Err(MediaError::Charset(reflected(charset)));
    }
    match &*media.name {
        "application/json-patch+json" => Ok(BodyType::JsonPatch),
        "application/x-www-form-urlencoded" => Ok(BodyType::Form),
        "application/fhir+json" | "application/json" | "text/json" | "application/json+fhir" => {
            media.version().map(|()| BodyType::Json)
        }
        _ => Err(MediaError::Unsupported(reflected(text))),
    }
}

/// One media type with the parameters that matter.
struct MediaRange<'a> {
    name: String,
    /// In thousandths.
    quality: u16,
    fhir_version: Option<&'a str>,
    charset: Option<&'a str>,
}

impl<'a> MediaRange<'a> {
    fn read(text: &'a str) -> Self {
        let mut parts = text.split(';');
        // In a query the plus sign of `application/fhir+json` is often not escaped and arrives as a space.
        let name = parts
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase()
            .replace(' ', "+");
        let mut range = MediaRange {
            name,
            quality: 1000,
            fhir_version: None,
            charset: None,
        };
        for part in parts {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            let value = value.trim().trim_matches('"');
            match &*key.trim().to_ascii_lowercase() {
                "q" => range.quality = quality(value),
                "fhirversion" => range.fhir_version = Some(value),
                "charset" => range.charset = Some(value),
                _ => {}
            }
        }
        range
    }

    fn answer(&self) -> Result<AnswerType, MediaError> {
        let answer = match &*self.name {
            "application/fhir+json" | "application/json+fhir" | "json" | "*/*" | "application/*" => {
                AnswerType::FhirJson
            }
            "application/json" | "text/json" | "text/*" => AnswerType::PlainJson,
            _ => return Err(MediaError::NotAcceptable(reflected(&self.name))),
        };
        self.version().map(|()| answer)
    }

    /// 4.3 is R4B: the resources here are the same in both, and a client that sends it for every R4 server exists.
    fn version(&self) -> Result<(), MediaError> {
        match self.fhir_version {
            None | Some("4.0" | "4.0.1" | "4.3" | "4.3.0") => Ok(()),
            Some(other) => Err(MediaError::Version(reflected(other))),
        }
    }
}

/// `0.5` in thousandths; what cannot be read counts as 1, as if it were not there.
fn quality(text: &str) -> u16 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let thousandths: String = fraction.chars().chain("000".chars()).take(3).collect();
    match (whole, thousandths.parse::<u16>()) {
        ("0", Ok(thousandths)) => thousandths,
        _ => 1000,
    }
}

/// What a caller wrote, short enough for an answer and without control characters.
fn reflected(text: &str) -> Box<str> {
    text.trim()
        .chars()
        .filter(|character| !character.is_control())
        .take(100)
        .collect::<String>()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_json() {
        let check = |accept, format, expected| {
            assert_eq!(
                answer_type(accept, format).ok(),
                expected,
                "{accept:?} {format:?}"
            )
        };
        let (fhir, plain) = (Some(AnswerType::FhirJson), Some(AnswerType::PlainJson));
        check(None, None, fhir);
        check(Some(""), Some(""), fhir);
        check(Some("application/fhir+json;fhirVersion=4.0"), None, fhir);
        check(Some("application/fhir+json; fhirVersion=\"4.3\""), None, fhir);
        check(Some("application/json"), None, plain);
        check(
            Some("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
            None,
            fhir,
        );
        check(
            Some("application/fhir+xml, application/fhir+json;q=0.1"),
            None,
            fhir,
        );
        check(
            Some("application/json;q=0.5, application/fhir+json;q=0.9"),
            None,
            fhir,
        );
        check(Some("application/fhir+xml"), Some("json"), fhir);
        check(Some("application/fhir+xml"), Some("application/fhir json"), fhir);
        check(Some("application/fhir+json"), Some("xml"), None);
        check(None, Some("ttl"), None);
        check(Some("application/fhir+json;fhirVersion=5.0"), None, None);
        check(Some("application/fhir+json;q=0"), None, None);
        check(Some("application/fhir+turtle"), None, None);
    }

    #[test]
    fn bodies_are_json_patches_and_forms() {
        let check = |header, expected| assert_eq!(body_type(header), expected, "{header:?}");
        check(
            Some("application/fhir+json; charset=UTF-8; fhirVersion=4.0"),
            Ok(BodyType::Json),
        );
        check(Some("Application/JSON"), Ok(BodyType::Json));
        check(Some("application/json-patch+json"), Ok(BodyType::JsonPatch));
        check(
            Some("application/x-www-form-urlencoded;charset=utf-8"),
            Ok(BodyType::Form),
        );
        check(None, Err(MediaError::Missing));
        check(
            Some("application/fhir+xml"),
            Err(MediaError::Unsupported("application/fhir+xml".into())),
        );
        check(
            Some("application/merge-patch+json"),
            Err(MediaError::Unsupported("application/merge-patch+json".into())),
        );
        check(
            Some("application/fhir+json;fhirVersion=3.0"),
            Err(MediaError::Version("3.0".into())),
        );
        check(
            Some("application/json;charset=latin1"),
            Err(MediaError::Charset("latin1".into())),
        );
    }
}
