//! The operations of a document.

use std::collections::HashSet;

use http::Method;

use super::login::Logins;
use super::{Reader, words};
use crate::limits::MAX_OPERATIONS;
use crate::operation::{Operation, Response};
use crate::path::Pattern;
use crate::problem::quoted;
use crate::reference::{Placed, resolve};

const METHODS: [(&str, Method); 8] = [
    ("get", Method::GET),
    ("put", Method::PUT),
    ("post", Method::POST),
    ("delete", Method::DELETE),
    ("options", Method::OPTIONS),
    ("head", Method::HEAD),
    ("patch", Method::PATCH),
    ("trace", Method::TRACE),
];

/// Tags of an operation that are kept.
const MAX_TAGS: usize = 20;

/// What an operation shares with the others of its path.
#[derive(Clone, Copy)]
struct Around<'d, 'p> {
    item: &'p Placed<'d>,
    path: &'p str,
    pattern: &'p Pattern,
}

impl<'d> Reader<'d> {
    pub(super) fn operations(&mut self, at: &Placed<'d>, logins: &Logins<'d>) -> Vec<Operation> {
        let mut found = Vec::new();
        let mut ids = HashSet::new();
        for (path, item) in at.get("paths").iter().flat_map(Placed::members) {
            if path.starts_with("x-") {
                continue;
            }
            let Some(pattern) = Pattern::parse(path.split(['?', '#']).next().unwrap_or(path)) else {
                self.problems.broken(
                    &item.pointer,
                    format!("{} cannot be a path; it is left out.", quoted(path)),
                );
                continue;
            };
            let Some(item) = resolve(self.root, &item, &mut self.problems) else {
                continue;
            };
            let around = Around {
                item: &item,
                path,
                pattern: &pattern,
            };
            for (word, method) in METHODS {
                let Some(operation) = item.get(word) else {
                    continue;
                };
                if operation.json.as_object().is_none() {
                    self.problems
                        .broken(&operation.pointer, "an operation is an object; it is left out.");
                    continue;
                }
                if found.len() >= MAX_OPERATIONS {
                    self.problems.broken(
                        &operation.pointer,
                        format!("there are more than {MAX_OPERATIONS} operations; this one is left out."),
                    );
                    return found;
                }
                if !self.has_room(size_of::<Operation>() + 4 * path.len(), &operation.pointer) {
                    return found;
                }
                let made = self.operation(&around, &operation, method, logins);
                found.push(with_own_id(made, &mut ids));
            }
        }
        found
    }

    fn operation(
        &mut self,
        around: &Around<'d, '_>,
        at: &Placed<'d>,
        method: Method,
        logins: &Logins<'d>,
    ) -> Operation {
        let Around { item, path, pattern } = *around;
        let responses = self.responses(at);
        let said = |key: &str| at.text(key).or_else(|| item.text(key)).unwrap_or_default();
        let id = words::slug(at.text("operationId").unwrap_or_default());
        let id = if id.is_empty() {
            words::slug(&format!("{method} {path}"))
        } else {
            id
        };
        let title = [
            words::line(said("summary")),
            words::of_id(at.text("operationId").unwrap_or_default()),
            format!("{method} {path}"),
        ];
        let tags = at.get("tags").map(|tags| tags.items()).unwrap_or_default();
        let documents = at.get("externalDocs");
        Operation {
            id,
            title: title
                .into_iter()
                .find(|title| !title.is_empty())
                .unwrap_or_default(),
            summary: words::first_sentence(said("description")),
            tags: tags
                .iter()
                .take(MAX_TAGS)
                .filter_map(|tag| tag.json.as_str())
                .map(words::line)
                .collect(),
            specification: documents
                .as_ref()
                .and_then(|documents| documents.text("url"))
                .filter(|url| words::is_link(url))
                .map(str::to_owned),
            logins: self.operation_logins(at, logins),
            parameters: self.parameters(item, at, pattern),
            samples: Vec::new(),
            errors: errors(&responses),
            body: self.body(at),
            responses,
            pattern: pattern.clone(),
            method,
            path: path.to_owned(),
        }
    }
}

fn errors(responses: &[Response]) -> Vec<(u16, String)> {
    responses
        .iter()
        .filter(|response| response.status.usual() >= 400)
        .map(|response| (response.status.usual(), response.description.clone()))
        .collect()
}

/// An id that no operation before has.
fn with_own_id(mut operation: Operation, ids: &mut HashSet<String>) -> Operation {
    let mut id = operation.id.clone();
    let mut number = 2;
    while !ids.insert(id.clone()) {
        id = format!("{}-{number}", operation.id);
        number += 1;
    }
    operation.id = id;
    operation
}
