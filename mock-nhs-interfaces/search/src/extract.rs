//! From a resource to the values of all its search parameters, in one walk.

mod contact;
mod content;
mod date;
mod number;
mod reference;
mod text;
mod token;

pub(crate) use contact::plain_number;
pub use content::content_matches;
pub(crate) use number::{number, position};
pub(crate) use reference::{absolute, is_id, local};

use fhir::json::Json;

use crate::key::has_main_key;
use crate::query::{ParameterId, ResourceType};
use crate::registry::Registry;
use crate::registry::program::{Composite, Node, Reader};
use crate::value::Value;

/// The most composite values of one parameter in one occurrence: with 1,000 codes and 1,000 values there would be a million.
pub const COMPOSITES: usize = 256;

/// The values of every parameter of the type in the resource, in the order in which they stand there.
///
/// Not `_id`, `_lastUpdated` and `_content`. What cannot be read as its element's type is passed over: whether a resource is valid is asked elsewhere.
#[must_use]
pub fn extract(
    registry: &Registry,
    resource_type: ResourceType,
    resource: &Json,
) -> Vec<(ParameterId, Value)> {
    let mut found = Vec::new();
    if let Some(program) = registry.program(resource_type) {
        let mut walk = Walk {
            resource,
            texts: true,
            each: &mut |parameter, value| found.push((parameter, value)),
        };
        walk.node(&program.root, resource);
    }
    found
}

/// A walk through a resource.
struct Walk<'a> {
    resource: &'a Json,
    /// Whether codes come with their texts: as parts of composites nothing would ask for them.
    texts: bool,
    each: &'a mut dyn FnMut(ParameterId, Value),
}

impl Walk<'_> {
    /// Its depth is that of the program, not of the resource.
    fn node(&mut self, node: &Node, item: &Json) {
        for (reader, parameters) in &node.readers {
            let Some((last, others)) = parameters.split_last() else {
                continue;
            };
            read(reader, item, self.texts, &mut |value| {
                others
                    .iter()
                    .for_each(|parameter| (self.each)(*parameter, value.clone()));
                (self.each)(*last, value);
            });
        }
        for guard in &node.guards {
            if item.get(&guard.member).and_then(Json::as_str) == Some(&*guard.value) {
                self.node(&guard.node, item);
            }
        }
        for composite in &node.composites {
            self.composite(composite, item);
        }
        if !node.has_branches() {
            return;
        }
        for (key, value) in item.as_object().unwrap_or_default() {
            for branch in node.branches(key) {
                let items = if branch.first_only { 1 } else { usize::MAX };
                for item in value.items().take(items) {
                    self.node(&branch.node, item);
                }
            }
        }
    }

    fn composite(&mut self, composite: &Composite, item: &Json) {
        let mut rows: Vec<Vec<Value>> = vec![Vec::new()];
        for component in &composite.components {
            let mut values = Vec::new();
            for (node, item) in [
                (&component.from_item, item),
                (&component.from_resource, self.resource),
            ] {
                let mut collect = |_, value| values.push(value);
                Walk {
                    resource: self.resource,
                    texts: false,
                    each: &mut collect,
                }
                .node(node, item);
            }
            // A value without a key of its own, such as a concept that is only a text, cannot be compared as a part.
            values.retain(has_main_key);
            let pairs = rows
                .iter()
                .flat_map(|row| values.iter().map(move |value| (row, value)));
            rows = pairs
                .take(COMPOSITES)
                .map(|(row, value)| [row.as_slice(), std::slice::from_ref(value)].concat())
                .collect();
            if rows.is_empty() {
                return;
            }
        }
        for row in rows {
            (self.each)(composite.parameter, Value::Composite(row.into()));
        }
    }
}

fn read(reader: &Reader, item: &Json, texts: bool, each: &mut dyn FnMut(Value)) {
    match reader {
        Reader::Coding => token::coding(item, texts, each),
        Reader::CodeableConcept => token::concept(item, texts, each),
        Reader::Identifier => token::identifier(item, each),
        Reader::ContactPoint => contact::contact_point(item, each),
        Reader::Code(_) | Reader::PlainToken => token::plain(item, each),
        Reader::Boolean => token::boolean(item, each),
        Reader::ExistsAndIsNotFalse(keys) => token::exists_and_is_not_false(item, keys, each),
        Reader::Text => text::plain(item, each),
        Reader::HumanName => text::name(item, each),
        Reader::PhoneticName => text::phonetic_name(item, each),
        Reader::Address => text::address(item, each),
        Reader::Narrative => text::narrative(item, each),
        Reader::Reference(only) => reference::reference(item, *only, each),
        Reader::Canonical => reference::canonical(item, each),
        Reader::Resource(types) => reference::resource(item, types, each),
        Reader::Date => date::date(item, each),
        Reader::Period => date::period(item, each),
        Reader::Timing => date::timing(item, each),
        Reader::Number => number::plain(item, each),
        Reader::Quantity => number::quantity(item, each),
        Reader::Money => number::money(item, each),
        Reader::Range => number::range(item, each),
        Reader::SampledData => number::sampled_data(item, each),
        Reader::Uri => text::uri(item, each),
        Reader::Position => number::place(item, each),
    }
}

/// A member's text, cut to what is kept.
fn text_of(item: &Json, key: &str) -> Option<Box<str>> {
    item.get(key)
        .and_then(Json::as_str)
        .map(|text| crate::fold::cut(text).into())
}
