//! The walk through a resource: every key of every object against the definition of its place.

use definitions::{Child, Element, Node};
use fhir::json::Json;

use super::{binding, contained, extension, narrative, primitive, reference, resource_type};
use crate::issue::{IssueCode, Issues, Place, Step, did_you_mean, quoted};

type Members = [(Box<str>, Json)];

/// What one walk carries along.
pub(super) struct Walk<'i, 'r> {
    pub(super) issues: &'i mut Issues,
    /// The addresses that begin with `#` inside the resource that holds contained ones, and whether it is a Reference's.
    pub(super) local: Vec<(&'r str, bool)>,
}

impl<'i, 'r> Walk<'i, 'r> {
    pub(super) fn new(issues: &'i mut Issues) -> Self {
        Self {
            issues,
            local: Vec::new(),
        }
    }

    /// A resource that holds its own contained ones: the outermost, or one in a bundle.
    pub(super) fn resource(&mut self, resource: &'r Json, type_name: &'static str, place: &Place<'_>) {
        let around = std::mem::take(&mut self.local);
        self.resource_object(resource, type_name, place);
        contained::check(self, resource, place);
        self.local = around;
    }

    fn resource_object(&mut self, resource: &'r Json, type_name: &'static str, place: &Place<'_>) {
        let (Some(members), Some(node)) = (resource.as_object(), Node::of_type(type_name)) else {
            return;
        };
        if let Some(id) = resource.get("id") {
            primitive::check(self, id, "id", &place.element("id"));
        }
        self.members(members, node, place, true);
    }

    pub(super) fn members(&mut self, members: &'r Members, node: Node, place: &Place<'_>, is_resource: bool) {
        let mut choices: Vec<(&'static Element, &str)> = Vec::new();
        for (key, value) in members {
            if self.issues.is_full() {
                return;
            }
            let (name, is_extension) = key.strip_prefix('_').map_or((&**key, false), |name| (name, true));
            let Some(child) = node
                .child(name)
                .filter(|child| !is_extension || is_primitive(*child))
            else {
                if !(is_resource && name == "resourceType" && !is_extension) {
                    self.unknown(key, node, place);
                }
                continue;
            };
            let step = step(child, name);
            let here = place.step(step);
            if child.element.choice().is_some() {
                match choices.iter().find(|(element, _)| std::ptr::eq(*element, child.element)) {
                    Some((_, other)) if *other != name => self.issues.error(&here, IssueCode::Structure, || {
                        format!("Only one of `{other}` and `{name}` may be there: they are two types of one element.")
                    }),
                    Some(_) => {}
                    None => choices.push((child.element, name)),
                }
            }
            if is_extension {
                primitive::extensions(self, value, sibling(members, name), child, &here);
            } else {
                self.values(value, child, sibling_extension(members, name), &here);
            }
        }
        self.mandatory(members, node, place);
    }

    /// All values of one element: its one value, or the items of its array.
    fn values(&mut self, value: &'r Json, child: Child, extension: Option<&'r Json>, place: &Place<'_>) {
        let element = child.element;
        let Some(items) = value.as_array() else {
            if element.is_list() {
                self.issues.error(place, IssueCode::Structure, || {
                    format!("`{}` may have several values, so JSON writes it as an array, even when there is one.", element.name)
                });
                return;
            }
            self.value(value, child, place);
            return;
        };
        if !element.is_list() {
            self.issues.error(place, IssueCode::Structure, || {
                format!(
                    "`{}` has one value, so JSON writes it without an array.",
                    element.name
                )
            });
            return;
        }
        if items.is_empty() {
            self.issues.error(place, IssueCode::Structure, || {
                "An array has at least one item in FHIR.".to_owned()
            });
        }
        if element
            .max
            .is_some_and(|max| items.len() > usize::try_from(max).unwrap_or(usize::MAX))
        {
            let max = element.max.unwrap_or_default();
            self.issues.error(place, IssueCode::Structure, || {
                format!("At most {max} values are allowed here.")
            });
        }
        for (index, item) in items.iter().enumerate() {
            let here = place.item(index);
            if item.is_null() && is_primitive(child) {
                let extended = extension
                    .and_then(Json::as_array)
                    .and_then(|list| list.get(index));
                if extended.is_none_or(Json::is_null) {
                    self.issues.error(&here, IssueCode::Structure, || {
                        "A null in an array is only allowed where an extension at the same position stands for the value."
                            .to_owned()
                    });
                }
                continue;
            }
            self.value(item, child, &here);
            if self.issues.is_full() {
                return;
            }
        }
    }

    /// One value of an element.
    fn value(&mut self, value: &'r Json, child: Child, place: &Place<'_>) {
        let name = child.type_name();
        if name == "Resource" {
            self.nested(value, child.element, place);
            return;
        }
        if is_primitive(child) {
            primitive::check(self, value, name, place);
            binding::check_code(self, value, child.element, place);
            return;
        }
        let (Some(members), Some(node)) = (value.as_object(), child.node()) else {
            self.issues.error(place, IssueCode::Structure, || {
                format!(
                    "A value of the type {name} is a JSON object, not {}.",
                    primitive::kind(value)
                )
            });
            return;
        };
        if members.iter().all(|(key, _)| &**key == "id") {
            self.issues.error(place, IssueCode::Structure, || {
                "An object in FHIR has a value or children: this one is empty.".to_owned()
            });
        }
        self.members(members, node, place, false);
        match name {
            "Extension" => extension::check(self, members, place),
            "Reference" => reference::check(self, value, child, place),
            "Coding" => binding::check_coding(self, value, child.element, place),
            "CodeableConcept" => binding::check_concept(self, value, child.element, place),
            "Narrative" => narrative::check(self, value, place),
            _ => {}
        }
    }

    /// A resource inside another: contained, in a bundle's entry, or in a parameter.
    fn nested(&mut self, value: &'r Json, element: &'static Element, place: &Place<'_>) {
        let Some(type_name) = resource_type(value, place, self.issues) else {
            return;
        };
        if element.name == "contained" {
            self.resource_object(value, type_name, place);
        } else {
            self.resource(value, type_name, place);
        }
    }

    fn mandatory(&mut self, members: &Members, node: Node, place: &Place<'_>) {
        for element in node.children().filter(|element| element.min > 0) {
            let there = |key: &str| {
                let name = key.strip_prefix('_').unwrap_or(key);
                node.child(name)
                    .is_some_and(|child| std::ptr::eq(child.element, element))
            };
            if members.iter().any(|(key, _)| there(key)) {
                continue;
            }
            let name = element.choice().unwrap_or(element.name);
            self.issues.error(&place.element(name), IssueCode::Required, || {
                format!(
                    "`{}` must be there: R4 asks for at least {}.",
                    element.name, element.min
                )
            });
        }
    }

    fn unknown(&mut self, key: &str, node: Node, place: &Place<'_>) {
        let here = place.element(key);
        self.issues.error(&here, IssueCode::Structure, || {
            let path = node.element().map_or("this place", |element| element.path);
            match key.strip_prefix('_') {
                Some(name) if node.child(name).is_some() => {
                    format!(
                        "`{name}` is no primitive: its extensions are inside it, not in {}.",
                        quoted(key)
                    )
                }
                _ => {
                    let near = definitions::near(key, node.keys());
                    format!("`{path}` has no element {}.{}", quoted(key), did_you_mean(&near))
                }
            }
        });
    }
}

/// The value beside which `_name` stands.
fn sibling<'r>(members: &'r Members, name: &str) -> Option<&'r Json> {
    members
        .iter()
        .find(|(key, _)| &**key == name)
        .map(|(_, value)| value)
}

/// The member `_name`.
fn sibling_extension<'r>(members: &'r Members, name: &str) -> Option<&'r Json> {
    members
        .iter()
        .find(|(key, _)| key.strip_prefix('_') == Some(name))
        .map(|(_, value)| value)
}

fn step<'a>(child: Child, name: &'a str) -> Step<'a> {
    match child.element.choice() {
        Some(stem) => Step::Choice(stem, child.type_name()),
        None => Step::Element(name),
    }
}

/// Whether JSON writes the value as a string, number or boolean. Names of primitive types begin with a small letter.
pub(super) fn is_primitive(child: Child) -> bool {
    child
        .type_name()
        .starts_with(|letter: char| letter.is_ascii_lowercase())
}
