//! What every refusal says.

use super::{Refusal, of_records};
use crate::server::shown::shown;

impl Refusal {
    pub(super) fn sentence(&self) -> String {
        match self {
            Self::UnknownType(name) => unknown_type(name),
            Self::UnknownPath => "FHIR R4 has no such address; see https://hl7.org/fhir/R4/http.html".to_owned(),
            Self::UnknownExport => {
                "There is no such export or file of it; exports are kept until newer ones take their place".to_owned()
            }
            Self::UnknownOperation(name) => {
                format!("There is no operation {} here; see /metadata for those there are", shown(name))
            }
            Self::Method(allowed) => format!("This address takes {}", allowed.join(", ")),
            Self::NotAcceptable(error) | Self::UnsupportedMedia(error) => error.to_string(),
            Self::OtherMedia => "This interaction takes another media type: a resource is application/fhir+json, a \
                 JSON Patch application/json-patch+json, the form of a search application/x-www-form-urlencoded"
                .to_owned(),
            Self::Encoded => "Bodies with a Content-Encoding are not taken; send it as it is".to_owned(),
            Self::TooLarge(limit) => format!("The body is larger than {limit} bytes"),
            Self::TooManyEntries(limit) => format!("The Bundle has more than {limit} entries; send it in parts"),
            Self::AnswerTooLarge(limit) => {
                format!("The answer would be larger than {limit} bytes; ask for it in parts")
            }
            Self::Entry(_, refusal) => refusal.sentence(),
            Self::BodyBroken => "The body ended before it was whole".to_owned(),
            Self::WrongType { expected, found } => {
                format!("The body is a {}, the address takes a {}", shown(found), expected.name())
            }
            Self::WrongId { expected, found } => match found {
                Some(found) => format!("The body's id is {}, the address says {}", shown(found), shown(expected)),
                None => format!("The body needs the id that the address names: {}", shown(expected)),
            },
            Self::BadId(id) => format!("{} cannot be an id: 1 to 64 of A-Z a-z 0-9 - .", shown(id)),
            Self::NotFound(kind, id) => format!("There is no {}/{}", kind.name(), shown(id)),
            Self::NoVersion(kind, id, version) => {
                format!("{}/{} has no version {}", kind.name(), shown(id), shown(version))
            }
            Self::Gone(kind, id, version) => format!(
                "{}/{id} was deleted by version {version}; its history is at {}/{id}/_history",
                kind.name(),
                kind.name()
            ),
            Self::Precondition(sentence) | Self::NotSupported(sentence) => sentence.clone(),
            Self::BadTag(error) => error.to_string(),
            Self::NoCriteria => {
                "A conditional interaction needs conditions: without them it would be about every resource".to_owned()
            }
            Self::TooManyMatches(criteria, most) => format!(
                "More than {most} resources meet {}; nothing was deleted: delete fewer at once",
                shown(criteria)
            ),
            Self::MultipleMatches(criteria) => format!("More than one resource meets {}", shown(criteria)),
            Self::NoMatch(criteria) => format!("No resource meets {}", shown(criteria)),
            Self::IdTaken(kind, id) => format!(
                "No resource meets the conditions, and the id in the body is that of another: {}/{id}",
                kind.name()
            ),
            Self::UnknownParameter { name, known } => {
                format!("There is no parameter {} here; there are {known}", shown(name))
            }
            Self::Parameter { name, value, wanted } => format!("{name} is {wanted}, not {}", shown(value)),
            Self::Json(error) => error.to_string(),
            Self::Patch(error) => error.to_string(),
            Self::Query(errors) => errors.to_string(),
            Self::Execute(error) => error.to_string(),
            Self::Records(error) => of_records::sentence(error),
            Self::Terminology(error) => error.to_string(),
            Self::Invalid(_) | Self::Unprocessable(_) => "The request cannot be done".to_owned(),
            Self::Broken => "The server failed; it is not the request's fault".to_owned(),
        }
    }
}

fn unknown_type(name: &str) -> String {
    let near = definitions::near(name, definitions::resource_types().iter().copied());
    let mut sentence = format!("FHIR R4 has no resource type {}", shown(name));
    if !near.is_empty() {
        sentence.push_str("; did you mean ");
        sentence.push_str(&near.join(" or "));
        sentence.push('?');
    }
    sentence
}
