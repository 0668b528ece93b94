//! The examples of a response: named ones, one without a name, those of the schema, and at last one that is made.

use std::sync::Arc;

use bytes::Bytes;
use fhir::json::Json;

use super::Reader;
use super::body::value_in;
use crate::held::ENTRY_BYTES;
use crate::media::MediaType;
use crate::operation::Example;
use crate::parameter::written;
use crate::pointer::Pointer;
use crate::problem::quoted;
use crate::reference::{Placed, resolve};
use crate::schema::{Direction, SchemaId};

/// An example by its place in memory, with the schema that it must fit and its name.
pub(super) type Key = (*const Json, Option<SchemaId>, Option<String>);

/// An example of the document.
pub(super) struct Named<'d> {
    pub(super) name: Option<&'d str>,
    pub(super) summary: Option<&'d str>,
    pub(super) at: Placed<'d>,
}

/// Texts that an answer mentions, at most: enough for the largest Bundle that NHS England shows.
const MAX_MENTIONS: usize = 5_000;

impl<'d> Reader<'d> {
    /// The examples beside a schema: `examples`, then `example`.
    pub(super) fn named_examples(&mut self, content: &Placed<'d>) -> Vec<Named<'d>> {
        let mut found = Vec::new();
        let listed = content.get("examples");
        for (name, entry) in listed.iter().flat_map(Placed::members) {
            if !self.has_room(ENTRY_BYTES + name.len(), &entry.pointer) {
                break;
            }
            let Some(entry) = resolve(self.root, &entry, &mut self.problems) else {
                continue;
            };
            if let Some(address) = entry.text("externalValue") {
                self.problems.broken(
                    &entry.pointer,
                    format!(
                        "the example is elsewhere, at {}; nothing is fetched, so it is left out.",
                        quoted(address)
                    ),
                );
                continue;
            }
            let summary = entry.text("summary");
            let at = match entry.get("value") {
                Some(value) => self.example_value(value),
                // `examples` with the values themselves is a common slip.
                None if !entry.json.is_null() => {
                    self.problems.odd(
                        &entry.pointer,
                        "an example has a value; this one is taken as its own value.",
                    );
                    Some(entry)
                }
                None => None,
            };
            if let Some(at) = at {
                found.push(Named {
                    name: Some(name),
                    summary,
                    at,
                });
            }
        }
        if let Some(at) = content.get("example").and_then(|at| self.example_value(at)) {
            found.push(Named {
                name: None,
                summary: None,
                at,
            });
        }
        found
    }

    /// Examples that are nothing but a `$ref` are meant to be what that leads to.
    fn example_value(&mut self, at: Placed<'d>) -> Option<Placed<'d>> {
        let is_reference =
            at.json.as_object().is_some_and(|members| members.len() == 1) && at.text("$ref").is_some();
        if !is_reference {
            return Some(at);
        }
        let found = resolve(self.root, &at, &mut self.problems)?;
        Some(found.get("value").unwrap_or(found))
    }

    /// What a response says in this media type.
    pub(super) fn answers(
        &mut self,
        content: &Placed<'d>,
        media: &MediaType,
        schema: Option<SchemaId>,
    ) -> Vec<Arc<Example>> {
        let mut found = Vec::new();
        for named in self.named_examples(content) {
            let key = (
                std::ptr::from_ref(named.at.json),
                schema,
                named.name.map(str::to_owned),
            );
            if let Some(known) = self.known_examples.get(&key) {
                found.push(Arc::clone(known));
                continue;
            }
            let value = value_in(media, named.at.json);
            let Some(value) = self.fitting(&named.at, value, media, schema) else {
                continue;
            };
            if let Some(example) = self.example(named.name, &value, media, &named.at.pointer) {
                self.known_examples.insert(key, Arc::clone(&example));
                found.push(example);
            }
        }
        if found.is_empty() {
            found.extend(self.made(content, media, schema));
        }
        found
    }

    /// The example as it fits the schema; said where it did not.
    fn fitting(
        &mut self,
        at: &Placed<'d>,
        value: Json,
        media: &MediaType,
        schema: Option<SchemaId>,
    ) -> Option<Json> {
        let Some(schema) = schema.filter(|_| media.is_json()) else {
            return Some(value);
        };
        let schemas = self.compiler.schemas();
        let misfits = schemas.misfits(schema, &value, Direction::Answer, &self.budget);
        let Some(misfit) = misfits.first() else {
            return Some(value);
        };
        let mended = schemas.mend(schema, &value, Direction::Answer, &self.budget);
        let place = if misfit.pointer.is_empty() {
            "the whole"
        } else {
            &misfit.pointer
        };
        let others = match misfits.len() {
            1 => String::new(),
            count => format!(" (and {} more)", count - 1),
        };
        let what = if mended.is_some() {
            "it is answered mended"
        } else {
            "it is left out"
        };
        self.problems.odd(
            &at.pointer,
            format!(
                "this example does not fit its schema: {} {}{others}; {what}.",
                quoted(place),
                misfit.words
            ),
        );
        mended
    }

    /// An answer that is made from the schema, or an empty one.
    fn made(
        &mut self,
        content: &Placed<'d>,
        media: &MediaType,
        schema: Option<SchemaId>,
    ) -> Option<Arc<Example>> {
        let made = match schema {
            Some(schema) => {
                let made = self
                    .compiler
                    .schemas()
                    .make(schema, Direction::Answer, &self.budget);
                if made.is_none() {
                    self.problems.broken(
                        &content.pointer,
                        "no answer was found that fits this schema; it is left out.",
                    );
                }
                made?
            }
            None if media.is_json() => Json::Object(Vec::new()),
            None => Json::string(""),
        };
        self.example(None, &made, media, &content.pointer)
    }

    fn example(
        &mut self,
        name: Option<&str>,
        value: &Json,
        media: &MediaType,
        pointer: &Pointer<'_>,
    ) -> Option<Arc<Example>> {
        let is_tree = matches!(value, Json::Object(_) | Json::Array(_));
        let text = if media.is_json() {
            value.to_text()
        } else if let Some(text) = value.as_str() {
            text.to_owned()
        } else if media.is_xml() && is_tree {
            let words = format!(
                "no XML is made of this ({} bytes); {} is not offered.",
                value.weight(),
                quoted(&media.text)
            );
            self.problems.odd(pointer, words);
            return None;
        } else if media.is_form() {
            form(value)
        } else {
            value.to_text()
        };
        let mut mentions = Vec::new();
        mention(value, &mut mentions);
        mentions.sort_unstable();
        mentions.dedup();
        let mentioned: usize = mentions.iter().map(|text| ENTRY_BYTES + text.len()).sum();
        if !self.has_room(size_of::<Example>() + text.len() + mentioned, pointer) {
            return None;
        }
        Some(Arc::new(Example {
            name: name.map(str::to_owned),
            body: Bytes::from(text),
            mentions,
        }))
    }
}

fn form(value: &Json) -> String {
    let members = value.as_object().unwrap_or_default();
    let pairs: Vec<String> = members
        .iter()
        .map(|(name, value)| {
            let escaped = |text: &str| {
                percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
            };
            format!("{}={}", escaped(name), escaped(&written(value)))
        })
        .collect();
    pairs.join("&")
}

fn mention(value: &Json, out: &mut Vec<Box<str>>) {
    if out.len() >= MAX_MENTIONS {
        return;
    }
    match value {
        Json::String(text) | Json::Number(text) if (2..200).contains(&text.len()) => out.push(text.clone()),
        Json::Array(items) => items.iter().for_each(|item| mention(item, out)),
        Json::Object(members) => members.iter().for_each(|(_, member)| mention(member, out)),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}
