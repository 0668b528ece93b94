//! What a request carries, and what is wrong with its body.

use std::borrow::Cow;

use fhir::json::Json;
use http::header::CONTENT_TYPE;

use super::{Refusal, Request, path_values};
use crate::budget::Budget;
use crate::document::Document;
use crate::media::{MediaType, offered_for};
use crate::operation::{Operation, RequestContent};
use crate::parameter::{Carried, Meaning, pairs};
use crate::schema::{Direction, SchemaId};

/// A request's body, as far as it is understood.
pub(super) struct Body<'o> {
    /// What the document says about bodies of this type.
    pub(super) content: Option<&'o RequestContent>,
    pub(super) value: Value,
    /// Place of the example that it is.
    pub(super) shown: Option<usize>,
}

pub(super) enum Value {
    /// Nothing was sent, or nothing is wanted.
    Absent,
    /// Something that only the document's owner could understand.
    Opaque,
    Json(Json),
    /// Not what it says it is.
    Broken(String),
}

pub(super) fn carried<'r>(operation: &Operation, request: &Request<'r>) -> Carried<'r> {
    Carried::new(
        path_values(operation, request.path),
        request.query,
        request.headers,
    )
}

impl Document {
    /// Reads the body as its media type says.
    pub(super) fn body<'o>(
        &self,
        operation: &'o Operation,
        request: &Request<'_>,
        budget: &Budget<'_>,
    ) -> Result<Body<'o>, Refusal> {
        let nothing = Body {
            content: None,
            value: Value::Absent,
            shown: None,
        };
        budget.spend(1 + request.body.len() / READ_BYTES);
        let Some(wanted) = &operation.body else {
            return Ok(nothing);
        };
        if request.body.is_empty() {
            return Ok(nothing);
        }
        let sent = request
            .headers
            .get(CONTENT_TYPE)
            .map(|value| String::from_utf8_lossy(value.as_bytes()));
        let place = match &sent {
            // Who says nothing means what the document names first.
            None => Some(0),
            Some(text) => MediaType::parse(text).and_then(|sent| {
                let offered = wanted.contents.iter().map(|content| &content.media).enumerate();
                offered_for(&sent, offered)
            }),
        };
        let content = place
            .and_then(|place| wanted.contents.get(place))
            .ok_or_else(|| Refusal::UnsupportedMedia {
                offered: wanted
                    .contents
                    .iter()
                    .map(|content| content.media.text.clone())
                    .collect(),
            })?;
        // The type that was sent, where the document has a range.
        let media = match sent.as_deref().and_then(MediaType::parse) {
            Some(sent) if content.media.is_range() => Cow::Owned(sent),
            Some(_) | None => Cow::Borrowed(&content.media),
        };
        let value = if media.is_json() {
            match Json::parse(request.body) {
                Ok(json) => Value::Json(json),
                Err(error) => Value::Broken(format!("the body is not JSON: {error}")),
            }
        } else if media.is_form() {
            Value::Json(form(
                request.body,
                content.schema,
                &Meaning {
                    schemas: &self.schemas,
                    budget,
                },
            ))
        } else if media.is_text() {
            match std::str::from_utf8(request.body) {
                Ok(text) => Value::Json(Json::string(text)),
                Err(_) => Value::Broken("the body is not text in UTF-8".to_owned()),
            }
        } else {
            Value::Opaque
        };
        let shown = match &value {
            Value::Json(json) => shown(content, json, budget),
            Value::Absent | Value::Opaque | Value::Broken(_) => None,
        };
        Ok(Body {
            content: Some(content),
            value,
            shown,
        })
    }

    /// What is wrong with the body, a few of it.
    pub(super) fn wrong_in_body(
        &self,
        operation: &Operation,
        body: &Body<'_>,
        budget: &Budget<'_>,
    ) -> Vec<String> {
        const MOST: usize = 5;
        match &body.value {
            Value::Absent => {
                let is_required = operation.body.as_ref().is_some_and(|body| body.is_required);
                is_required
                    .then(|| "the body is missing".to_owned())
                    .into_iter()
                    .collect()
            }
            Value::Opaque => Vec::new(),
            Value::Broken(words) => vec![words.clone()],
            Value::Json(json) => {
                let Some(content) = body.content else {
                    return Vec::new();
                };
                // What the document itself shows is right, also where its schema forgets it.
                let Some(schema) = content.schema.filter(|_| body.shown.is_none()) else {
                    return Vec::new();
                };
                let misfits = self.schemas.misfits(schema, json, Direction::Request, budget);
                let words = misfits.iter().take(MOST).map(|misfit| {
                    let place = crate::problem::quoted(&misfit.pointer);
                    if place.is_empty() {
                        format!("the body {}", misfit.words)
                    } else {
                        format!("in the body, {place} {}", misfit.words)
                    }
                });
                words.collect()
            }
        }
    }
}

/// Bytes of a body that are read in one step.
const READ_BYTES: usize = 20;

/// Place of the example that is just this value.
fn shown(content: &RequestContent, json: &Json, budget: &Budget<'_>) -> Option<usize> {
    let bytes = json.weight();
    content
        .examples
        .iter()
        .position(|example| budget.spend_bytes(bytes.min(example.bytes)) && example.value.same_value(json))
}

/// A form as an object: what is there twice is an array.
fn form(body: &[u8], schema: Option<SchemaId>, meaning: &Meaning<'_>) -> Json {
    let Meaning { schemas, budget } = *meaning;
    let text = String::from_utf8_lossy(body);
    let mut members: Vec<(Box<str>, Vec<String>)> = Vec::new();
    for (name, value) in pairs(&text) {
        match members.iter_mut().find(|(known, _)| **known == *name) {
            Some((_, values)) => values.push(value.into_owned()),
            None => members.push(((*name).into(), vec![value.into_owned()])),
        }
    }
    let members = members.into_iter().map(|(name, values)| {
        let schema = schema.and_then(|schema| schemas.property(schema, &name, budget));
        let wants_array = schema
            .and_then(|schema| schemas.types(schema, budget))
            .is_some_and(|types| types.has(crate::schema::Types::ARRAY));
        let value = match values.as_slice() {
            [value] if !wants_array => meaning.of(value, schema),
            values => {
                let items = schema.and_then(|schema| schemas.items(schema, budget));
                Json::Array(values.iter().map(|value| meaning.of(value, items)).collect())
            }
        };
        (name, value)
    });
    Json::Object(members.collect())
}
