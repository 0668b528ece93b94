//! `$ref`: followed inside the document only, a bounded number of times; what leads elsewhere is said and left out.

use std::cell::RefCell;
use std::collections::HashMap;

use fhir::json::Json;
use percent_encoding::percent_decode_str;

use crate::limits::MAX_REFERENCES;
use crate::pointer::Pointer;
use crate::problem::{Problems, quoted};

/// From this many members on, those of an object are looked up in a map: every `$ref` may lead through the same object.
const MANY_MEMBERS: usize = 16;

/// The whole document.
#[derive(Debug)]
pub(crate) struct Root<'d> {
    json: &'d Json,
    /// The members of objects that have many, by the place of the object in memory.
    large: RefCell<HashMap<*const Json, HashMap<&'d str, &'d Json>>>,
}

impl<'d> Root<'d> {
    pub(crate) fn new(json: &'d Json) -> Self {
        Self {
            json,
            large: RefCell::default(),
        }
    }

    /// The member of an object of the document, the first of its name.
    pub(crate) fn member(&self, of: &'d Json, key: &str) -> Option<&'d Json> {
        let members = of.as_object()?;
        if members.len() < MANY_MEMBERS {
            return of.get(key);
        }
        let mut large = self.large.borrow_mut();
        let members = large.entry(std::ptr::from_ref(of)).or_insert_with(|| {
            let members = members.iter().rev();
            members.map(|(name, member)| (&**name, member)).collect()
        });
        members.get(key).copied()
    }
}

/// A value of the document and its place.
#[derive(Clone, Debug)]
pub(crate) struct Placed<'d> {
    pub(crate) json: &'d Json,
    pub(crate) pointer: Pointer<'d>,
}

impl<'d> Placed<'d> {
    pub(crate) fn root(json: &'d Json) -> Self {
        Self {
            json,
            pointer: Pointer::default(),
        }
    }

    /// The member of that name.
    pub(crate) fn get(&self, key: &str) -> Option<Placed<'d>> {
        let mut members = self.json.as_object()?.iter();
        let (key, json) = members.find(|(name, _)| **name == *key)?;
        let pointer = self.pointer.key(key);
        Some(Placed { json, pointer })
    }

    /// The members of an object; none of anything else.
    pub(crate) fn members(&self) -> Vec<(&'d str, Placed<'d>)> {
        let members = self.json.as_object().unwrap_or_default();
        members
            .iter()
            .map(|(key, json)| {
                let pointer = self.pointer.key(key);
                (&**key, Placed { json, pointer })
            })
            .collect()
    }

    /// The items of an array; none of anything else.
    pub(crate) fn items(&self) -> Vec<Placed<'d>> {
        let items = self.json.as_array().unwrap_or_default();
        items
            .iter()
            .enumerate()
            .map(|(place, json)| Placed {
                json,
                pointer: self.pointer.index(place),
            })
            .collect()
    }

    pub(crate) fn text(&self, key: &str) -> Option<&'d str> {
        self.json.text(key)
    }

    pub(crate) fn flag(&self, key: &str) -> bool {
        self.json.get(key).and_then(Json::as_bool).unwrap_or_default()
    }
}

/// Follows `$ref` from `from` to what is meant; `None`, and a problem, when that is not in the document.
pub(crate) fn resolve<'d>(root: &Root<'d>, from: &Placed<'d>, problems: &mut Problems) -> Option<Placed<'d>> {
    let mut at = from.clone();
    for _ in 0..MAX_REFERENCES {
        let Some(reference) = root.member(at.json, "$ref") else {
            return Some(at);
        };
        let Some(reference) = reference.as_str() else {
            problems.broken(&at.pointer, "$ref is not a text; it is left out.");
            return None;
        };
        at = target(root, reference, &at.pointer, problems)?;
    }
    problems.broken(
        &from.pointer,
        format!("$ref leads to $ref more than {MAX_REFERENCES} times; it is left out."),
    );
    None
}

/// The value that `reference` names.
pub(crate) fn target<'d>(
    root: &Root<'d>,
    reference: &str,
    from: &Pointer<'_>,
    problems: &mut Problems,
) -> Option<Placed<'d>> {
    let Some(fragment) = reference.strip_prefix('#') else {
        problems.broken(
            from,
            format!(
                "$ref leads out of the document, to {}; nothing is fetched, so it is left out.",
                quoted(reference)
            ),
        );
        return None;
    };
    let decoded = percent_decode_str(fragment).decode_utf8_lossy();
    let found = at(root, &decoded);
    if found.is_none() {
        problems.broken(
            from,
            format!(
                "$ref leads to {}, which is not in the document; it is left out.",
                quoted(reference)
            ),
        );
    }
    found
}

fn at<'d>(root: &Root<'d>, pointer: &str) -> Option<Placed<'d>> {
    if pointer.is_empty() {
        return Some(Placed::root(root.json));
    }
    let mut json = root.json;
    for step in pointer.strip_prefix('/')?.split('/') {
        let step = step.replace("~1", "/").replace("~0", "~");
        json = match json.as_array() {
            Some(items) => items.get(step.parse::<usize>().ok()?)?,
            None => root.member(json, &step)?,
        };
    }
    Some(Placed {
        json,
        pointer: Pointer::written(pointer),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_stays_in_the_document_and_ends() {
        let root = Json::parse(
            br##"{"a":{"$ref":"#/b~1c/0"},"b/c":[{"x":1}],"loop":{"$ref":"#/loop"},"out":{"$ref":"other.yaml#/a"},"none":{"$ref":"#/z"},"odd":{"$ref":1}}"##,
        )
        .unwrap();
        let check = |key: &str, expected: Option<&str>| {
            let mut problems = Problems::default();
            let from = Placed::root(&root).get(key).unwrap();
            let found = resolve(&Root::new(&root), &from, &mut problems);
            let found = found.map(|found| found.pointer.to_string());
            assert_eq!(found.as_deref(), expected, "{key}");
            assert_eq!(problems.found.is_empty(), expected.is_some(), "{key}");
        };
        check("a", Some("/b~1c/0"));
        check("loop", None);
        check("out", None);
        check("none", None);
        check("odd", None);
    }

    #[test]
    fn members_of_large_objects_are_found_as_those_of_small_ones() {
        for count in [1, MANY_MEMBERS - 1, MANY_MEMBERS, 1_000] {
            let members =
                (0..count).map(|n| (format!("m/{n}").into(), Json::integer(i64::try_from(n).unwrap())));
            let object = Json::Object(members.collect());
            let root = Root::new(&object);
            for n in [0, count - 1, count] {
                let found = at(&root, &format!("/m~1{n}"));
                let expected = (n < count).then(|| n.to_string());
                assert_eq!(
                    found.map(|found| found.json.to_text()),
                    expected,
                    "{n} of {count}"
                );
            }
            let is_indexed = !root.large.borrow().is_empty();
            assert_eq!(is_indexed, count >= MANY_MEMBERS, "{count}");
        }
    }
}
