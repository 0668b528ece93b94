//! What an operation can be sent.

use fhir::json::Json;

use super::{Reader, words};
use crate::held::{ENTRY_BYTES, bytes_of};
use crate::media::MediaType;
use crate::operation::{RequestBody, RequestContent, RequestExample};
use crate::problem::quoted;
use crate::reference::{Placed, resolve};
use crate::schema::{Direction, SchemaId};

impl<'d> Reader<'d> {
    pub(super) fn body(&mut self, operation: &Placed<'d>) -> Option<RequestBody> {
        let at = operation.get("requestBody")?;
        let at = resolve(self.root, &at, &mut self.problems)?;
        let mut contents = Vec::new();
        for (media, content) in at.get("content").iter().flat_map(Placed::members) {
            if !self.has_room(size_of::<RequestContent>() + 3 * media.len(), &content.pointer) {
                break;
            }
            let Some(media) = MediaType::parse(media) else {
                self.problems.broken(
                    &content.pointer,
                    format!("{} is no media type; it is left out.", quoted(media)),
                );
                continue;
            };
            let schema = content
                .get("schema")
                .map(|schema| self.compiler.compile(&schema, &mut self.problems));
            if schema.is_some() && !media.is_json() && !media.is_form() && !media.is_text() {
                self.problems.odd(
                    &content.pointer,
                    format!("what is sent as {} is not checked here.", quoted(&media.text)),
                );
            }
            let examples = if media.is_json() || media.is_form() || media.is_text() {
                self.request_examples(&content, &media, schema)
            } else {
                Vec::new()
            };
            contents.push(RequestContent {
                media,
                schema,
                examples,
            });
        }
        if contents.is_empty() {
            self.problems
                .broken(&at.pointer, "a body has content; anything can be sent.");
            return None;
        }
        Some(RequestBody {
            is_required: at.flag("required"),
            contents,
        })
    }

    fn request_examples(
        &mut self,
        content: &Placed<'d>,
        media: &MediaType,
        schema: Option<SchemaId>,
    ) -> Vec<RequestExample> {
        let mut found = Vec::new();
        for named in self.named_examples(content) {
            // Before it is copied; what a text becomes is about as long.
            if !self.has_room(bytes_of(named.at.json) + ENTRY_BYTES, &named.at.pointer) {
                break;
            }
            let value = value_in(media, named.at.json);
            if let Some(schema) = schema {
                let misfits =
                    self.compiler
                        .schemas()
                        .misfits(schema, &value, Direction::Request, &self.budget);
                if let Some(misfit) = misfits.first() {
                    let place = if misfit.pointer.is_empty() {
                        "the whole"
                    } else {
                        &misfit.pointer
                    };
                    self.problems.odd(
                        &named.at.pointer,
                        format!(
                            "this example of a request does not fit its schema: {} {}.",
                            quoted(place),
                            misfit.words
                        ),
                    );
                }
            }
            found.push(RequestExample {
                name: named.name.map(str::to_owned),
                title: named.summary.map(words::line),
                bytes: value.weight(),
                value,
            });
        }
        if found.is_empty() {
            let made = match schema {
                Some(schema) => self
                    .compiler
                    .schemas()
                    .make(schema, Direction::Request, &self.budget),
                None => media.is_json().then(|| Json::Object(Vec::new())),
            };
            found.extend(made.map(|value| RequestExample {
                name: None,
                title: None,
                bytes: value.weight(),
                value,
            }));
        }
        found
    }
}

/// The value that an example means: JSON that was pasted as a text is JSON.
pub(super) fn value_in(media: &MediaType, example: &Json) -> Json {
    match example {
        Json::String(text) if media.is_json() => match Json::parse(text.trim().as_bytes()) {
            Ok(json @ (Json::Object(_) | Json::Array(_))) => json,
            Ok(_) | Err(_) => example.clone(),
        },
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) | Json::Object(_) => {
            example.clone()
        }
    }
}
