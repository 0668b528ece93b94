//! The elements of a resource as checks walk through them: value, extensions beside it, and what the definition says of it.

use definitions::{Child, Node};
use fhir::json::Json;

use crate::issue::Step;

static NULL: Json = Json::Null;

/// One value of an element, or a resource.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Instance<'r> {
    /// `null` for a primitive that has only extensions.
    pub(crate) json: &'r Json,
    /// What stands under `_name`.
    pub(crate) shadow: Option<&'r Json>,
    /// The definition of the element; `None` for a resource at the root.
    pub(crate) child: Option<Child>,
    /// Where the definition has its children.
    pub(crate) node: Option<Node>,
}

/// An instance and the steps that lead to it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found<'r> {
    pub(crate) instance: Instance<'r>,
    pub(crate) step: Step<'r>,
    /// Its place in an array.
    pub(crate) index: Option<usize>,
}

impl<'r> Instance<'r> {
    /// A resource of a type that R4 has.
    pub(crate) fn resource(json: &'r Json) -> Option<Self> {
        let type_name = json
            .text("resourceType")
            .filter(|name| definitions::is_resource_type(name))?;
        Some(Self {
            json,
            shadow: None,
            child: None,
            node: Node::of_type(type_name),
        })
    }

    /// The type: what the key and the definition state, or what the resource says itself.
    pub(crate) fn type_name(&self) -> &'r str {
        match self.child.map(Child::type_name) {
            Some("Resource") | None => self.json.text("resourceType").unwrap_or("Resource"),
            Some(name) => name,
        }
    }

    pub(crate) fn is_resource(&self) -> bool {
        self.child.is_none_or(|child| child.type_name() == "Resource")
    }

    /// The members of the object, or those beside a primitive.
    fn members(&self) -> &'r [(Box<str>, Json)] {
        match self.json {
            Json::Object(members) => members,
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {
                self.shadow.and_then(Json::as_object).unwrap_or_default()
            }
            Json::Array(_) => &[],
        }
    }

    fn node_of_members(&self) -> Option<Node> {
        if self.json.as_object().is_some() {
            self.node
        } else {
            Node::of_type("Element")
        }
    }

    /// The values of one element by its name; `value[x]` finds `valueQuantity`, and so does `value` where `value` is a choice.
    pub(crate) fn named(&self, name: &str) -> Vec<Found<'r>> {
        let Some(node) = self.node_of_members() else {
            return Vec::new();
        };
        let stem = name.strip_suffix("[x]").unwrap_or(name);
        self.find(|key| key.starts_with(stem) && is_named(node, key, stem, name))
    }

    /// The values of every element that the definition knows, in the order of the text.
    pub(crate) fn all(&self) -> Vec<Found<'r>> {
        self.find(|_| true)
    }

    fn find(&self, wanted: impl Fn(&str) -> bool) -> Vec<Found<'r>> {
        let (Some(node), members) = (self.node_of_members(), self.members()) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for (key, value) in members {
            let (name, shadow) = key.strip_prefix('_').map_or((&**key, false), |name| (name, true));
            let Some(child) = node.child(name).filter(|_| wanted(name)) else {
                continue;
            };
            // Beside its value it is found with it.
            if shadow && members.iter().any(|(other, _)| &**other == name) {
                continue;
            }
            if shadow {
                add(&mut found, child, name, &NULL, Some(value));
            } else {
                let beside = members
                    .iter()
                    .find(|(other, _)| other.strip_prefix('_') == Some(name));
                add(&mut found, child, name, value, beside.map(|(_, shadow)| shadow));
            }
        }
        found
    }
}

fn is_named(node: Node, key: &str, stem: &str, name: &str) -> bool {
    key == name
        || node
            .child(key)
            .is_some_and(|child| child.element.choice() == Some(stem))
}

fn add<'r>(
    found: &mut Vec<Found<'r>>,
    child: Child,
    name: &'r str,
    value: &'r Json,
    shadow: Option<&'r Json>,
) {
    let step = match child.element.choice() {
        Some(stem) => Step::Choice(stem, child.type_name()),
        None => Step::Element(name),
    };
    let mut push = |json: &'r Json, shadow: Option<&'r Json>, index| {
        let shadow = shadow.filter(|shadow| !shadow.is_null());
        if json.is_null() && shadow.is_none() {
            return;
        }
        let node = match child.type_name() {
            "Resource" => json.text("resourceType").and_then(Node::of_type),
            _ => child.node(),
        };
        let instance = Instance {
            json,
            shadow,
            child: Some(child),
            node,
        };
        found.push(Found {
            instance,
            step,
            index,
        });
    };
    let values = value.as_array();
    let shadows = shadow.and_then(Json::as_array);
    if values.is_none() && shadows.is_none() {
        push(value, shadow, None);
        return;
    }
    let (values, shadows) = (values.unwrap_or_default(), shadows.unwrap_or_default());
    for index in 0..values.len().max(shadows.len()) {
        push(
            values.get(index).unwrap_or(&NULL),
            shadows.get(index),
            Some(index),
        );
    }
}
