//! What an operation is called with: a query, or a `Parameters` resource. <https://hl7.org/fhir/R4/operations.html#executing>

use axum::body::Body;
use fhir::json::Json;
use fhir::media::BodyType;
use http::Method;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use search::parse::Handling;

use crate::server::{Call, MAX_BODY_BYTES, Refusal, parameters};
use crate::{Instant, ResourceType};

/// Parameters that say how to write the answer, and are read elsewhere.
const WRITING: [&str; 2] = ["_format", "_pretty"];

/// The parameters of a call, in their order.
#[derive(Clone, Debug, Default)]
pub(super) struct Inputs(Vec<(String, Json)>);

impl Inputs {
    /// Reads them; `known` names those that the operation has, with commas between them.
    pub(super) async fn read(call: &Call<'_>, body: Body, known: &'static str) -> Result<Self, Refusal> {
        let body = read_body(call, body).await?;
        Self::of(call, body.as_ref(), known)
    }

    /// The same of a body that was read before.
    pub(super) fn of(call: &Call<'_>, body: Option<&Json>, known: &'static str) -> Result<Self, Refusal> {
        let mut inputs = Self::default();
        for (name, value) in parameters::pairs(call.query()) {
            if !WRITING.contains(&&*name) {
                inputs.add(call, &name, Json::string(&*value), known)?;
            }
        }
        for parameter in body
            .and_then(|body| body.get("parameter"))
            .into_iter()
            .flat_map(Json::items)
        {
            let Some(name) = parameter.text("name") else {
                continue;
            };
            let members = parameter.as_object().unwrap_or_default();
            let value = members
                .iter()
                .find(|(key, _)| key.starts_with("value") || &**key == "resource");
            if let Some((_, value)) = value {
                inputs.add(call, name, value.clone(), known)?;
            }
        }
        Ok(inputs)
    }

    fn add(&mut self, call: &Call<'_>, name: &str, value: Json, known: &'static str) -> Result<(), Refusal> {
        if known.split(", ").any(|one| one == name) {
            self.0.push((name.to_owned(), value));
            return Ok(());
        }
        match call.wishes.handling {
            Handling::Lenient => Ok(()),
            Handling::Strict | Handling::Criteria => Err(Refusal::UnknownParameter {
                name: name.to_owned(),
                known,
            }),
        }
    }

    /// The first value of this name.
    pub(super) fn value(&self, name: &str) -> Option<&Json> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// The same as a text; an empty one is as good as none.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.texts(name).into_iter().next()
    }

    /// Every value of this name that is a text.
    pub(super) fn texts(&self, name: &str) -> Vec<&str> {
        let values = self.0.iter().filter(|(key, _)| key == name);
        values
            .filter_map(|(_, value)| value.as_str().or_else(|| value.as_number()))
            .filter(|text| !text.is_empty())
            .collect()
    }

    /// The types in `_type`; none: all.
    pub(super) fn types(&self) -> Result<Vec<ResourceType>, Refusal> {
        let names = self.texts("_type").into_iter().flat_map(|names| names.split(','));
        names
            .map(|name| ResourceType::parse(name.trim()).ok_or_else(|| Refusal::UnknownType(name.to_owned())))
            .collect()
    }

    /// The instant in `_since`.
    pub(super) fn since(&self) -> Result<Option<Instant>, Refusal> {
        let Some(text) = self.text("_since") else {
            return Ok(None);
        };
        let date = fhir::date::DateTime::parse_query(text).map_err(|_| Refusal::Parameter {
            name: "_since",
            value: text.to_owned(),
            wanted: "an instant",
        })?;
        Ok(Some(Instant::from_micros_up(date.interval().low)))
    }

    /// A number that counts something.
    pub(super) fn count(&self, name: &'static str) -> Result<Option<usize>, Refusal> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        text.parse().map(Some).map_err(|_| Refusal::Parameter {
            name,
            value: text.to_owned(),
            wanted: "a whole number that is not negative",
        })
    }

    /// Whether something is asked for.
    pub(super) fn flag(&self, name: &'static str) -> Result<bool, Refusal> {
        match self.value(name) {
            None => Ok(false),
            Some(value) => match (value.as_bool(), value.as_str()) {
                (Some(flag), _) => Ok(flag),
                (None, Some("true")) => Ok(true),
                (None, Some("false")) => Ok(false),
                (None, other) => Err(Refusal::Parameter {
                    name,
                    value: other.unwrap_or_default().to_owned(),
                    wanted: "true or false",
                }),
            },
        }
    }

    /// The texts as a query, without the parameters of these names.
    pub(super) fn query(&self, without: &[&str]) -> String {
        let mut query = String::new();
        for (name, value) in self
            .0
            .iter()
            .filter(|(name, _)| !without.contains(&name.as_str()))
        {
            if let Some(text) = value.as_str().or_else(|| value.as_number()) {
                push(&mut query, name, text);
            }
        }
        query
    }
}

/// Adds a parameter to a query.
pub(super) fn push(query: &mut String, name: &str, value: &str) {
    if !query.is_empty() {
        query.push('&');
    }
    query.extend(utf8_percent_encode(name, NON_ALPHANUMERIC));
    query.push('=');
    query.extend(utf8_percent_encode(value, NON_ALPHANUMERIC));
}

/// The body of a POST; one may come without.
pub(super) async fn read_body(call: &Call<'_>, body: Body) -> Result<Option<Json>, Refusal> {
    let announced = call.header(CONTENT_LENGTH).unwrap_or("0");
    let nothing = call.header(CONTENT_TYPE).is_none() && announced == "0";
    if call.parts.method != Method::POST || nothing {
        return Ok(None);
    }
    let (_, bytes) = call.body(body, &[BodyType::Json], MAX_BODY_BYTES).await?;
    if bytes.is_empty() {
        return Ok(None);
    }
    Ok(Some(Json::parse(&bytes)?))
}
