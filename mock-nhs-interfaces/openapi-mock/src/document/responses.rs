//! What an operation answers: statuses, headers, and the examples of each media type.

use http::{HeaderName, HeaderValue};

use super::{Reader, words};
use crate::held::ENTRY_BYTES;
use crate::media::MediaType;
use crate::operation::{Content, Response, StatusKey};
use crate::parameter::written;
use crate::problem::quoted;
use crate::reference::{Placed, resolve};
use crate::schema::Direction;

/// Headers that a document does not get to set: of the connection, and those by which an answer would reach beyond itself into
/// the pages of whoever hosts it.
const NOT_SENT: [&str; 20] = [
    "alt-svc",
    "clear-site-data",
    "connection",
    "content-encoding",
    "content-length",
    "content-security-policy",
    "content-type",
    "cross-origin-embedder-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "date",
    "keep-alive",
    "refresh",
    "service-worker-allowed",
    "set-cookie",
    "strict-transport-security",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "x-c4h-hint",
];

impl<'d> Reader<'d> {
    pub(super) fn responses(&mut self, operation: &Placed<'d>) -> Vec<Response> {
        let mut found = Vec::new();
        let listed = operation.get("responses");
        for (key, entry) in listed.iter().flat_map(Placed::members) {
            if key.starts_with("x-") {
                continue;
            }
            if !self.has_room(2 * size_of::<Response>(), &entry.pointer) {
                break;
            }
            let Some(status) = StatusKey::parse(key) else {
                self.problems.broken(
                    &entry.pointer,
                    format!("{} is no status of an answer; it is left out.", quoted(key)),
                );
                continue;
            };
            let Some(at) = resolve(self.root, &entry, &mut self.problems) else {
                continue;
            };
            found.push(Response {
                status,
                description: words::first_sentence(at.text("description").unwrap_or_default()),
                headers: self.headers(&at),
                contents: self.contents(&at),
            });
        }
        if found.is_empty() {
            self.problems.broken(
                &operation.pointer,
                "the operation has no response; it answers 200 without a body.",
            );
            found.push(Response {
                status: StatusKey::Exact(200),
                description: String::new(),
                headers: Vec::new(),
                contents: Vec::new(),
            });
        }
        // The exact ones first, so that the first that covers a status is the most particular.
        found.sort_by_key(|response| match response.status {
            StatusKey::Exact(_) => 0,
            StatusKey::Range(_) => 1,
            StatusKey::Default => 2,
        });
        found
    }

    fn contents(&mut self, response: &Placed<'d>) -> Vec<Content> {
        let mut found = Vec::new();
        for (key, content) in response.get("content").iter().flat_map(Placed::members) {
            if !self.has_room(size_of::<Content>() + 4 * key.len(), &content.pointer) {
                break;
            }
            let media = MediaType::parse(key).filter(|media| !media.is_range());
            let header = HeaderValue::from_str(key.trim()).ok();
            let (Some(media), Some(header)) = (media, header) else {
                // Anything may be answered, so JSON is.
                if MediaType::parse(key).is_some() && found.is_empty() {
                    found.extend(self.content(&content, "application/json"));
                } else {
                    self.problems.broken(
                        &content.pointer,
                        format!("{} is no media type; it is left out.", quoted(key)),
                    );
                }
                continue;
            };
            let schema = content
                .get("schema")
                .map(|schema| self.compiler.compile(&schema, &mut self.problems));
            let examples = self.answers(&content, &media, schema);
            if !examples.is_empty() {
                found.push(Content {
                    media,
                    header,
                    schema,
                    examples,
                });
            }
        }
        found
    }

    fn content(&mut self, content: &Placed<'d>, media: &'static str) -> Option<Content> {
        let schema = content
            .get("schema")
            .map(|schema| self.compiler.compile(&schema, &mut self.problems));
        let header = HeaderValue::from_static(media);
        let media = MediaType::parse(media)?;
        let examples = self.answers(content, &media, schema);
        (!examples.is_empty()).then_some(Content {
            media,
            header,
            schema,
            examples,
        })
    }

    fn headers(&mut self, response: &Placed<'d>) -> Vec<(HeaderName, HeaderValue)> {
        let mut found: Vec<(HeaderName, HeaderValue)> = Vec::new();
        for (name, entry) in response.get("headers").iter().flat_map(Placed::members) {
            if NOT_SENT.iter().any(|known| name.eq_ignore_ascii_case(known)) {
                continue;
            }
            let Ok(header) = HeaderName::from_bytes(name.as_bytes()) else {
                self.problems.broken(
                    &entry.pointer,
                    format!("{} cannot be the name of a header; it is left out.", quoted(name)),
                );
                continue;
            };
            let Some(at) = resolve(self.root, &entry, &mut self.problems) else {
                continue;
            };
            if let Some(value) = self.header_value(&at)
                && self.has_room(2 * ENTRY_BYTES + value.len(), &at.pointer)
            {
                found.push((header, value));
            }
        }
        found
    }

    fn header_value(&mut self, at: &Placed<'d>) -> Option<HeaderValue> {
        let schema = at
            .get("schema")
            .map(|schema| self.compiler.compile(&schema, &mut self.problems));
        let schemas = self.compiler.schemas();
        let listed = at
            .get("examples")
            .map(|examples| examples.members())
            .unwrap_or_default();
        let own = at.json.get("example").cloned().or_else(|| {
            let (_, first) = listed.first()?;
            first.json.get("value").cloned()
        });
        let own = own.filter(|value| {
            let Some(schema) = schema else { return true };
            let text = fhir::json::Json::string(written(value));
            let fits = |value| schemas.fits(schema, value, Direction::Answer, &self.budget);
            fits(value) || fits(&text)
        });
        let value =
            own.or_else(|| schema.and_then(|schema| schemas.make(schema, Direction::Answer, &self.budget)))?;
        let header = HeaderValue::from_str(&written(&value));
        if header.is_err() {
            self.problems.broken(
                &at.pointer,
                "the example cannot be the value of a header; it is left out.",
            );
        }
        header.ok()
    }
}
