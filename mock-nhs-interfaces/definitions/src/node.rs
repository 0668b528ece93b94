//! Walking from a type into its elements, through datatypes and references to other content, by the keys that JSON has.

use crate::element::{Element, ElementType};
use crate::types::{TypeDefinition, type_definition};

/// A place in a definition that has children: a type, or an element that states its own.
#[derive(Clone, Copy, Debug)]
pub struct Node {
    definition: &'static TypeDefinition,
    number: usize,
}

/// What a key of a JSON object means at a [`Node`].
#[derive(Clone, Copy, Debug)]
pub struct Child {
    definition: &'static TypeDefinition,
    number: usize,
    pub element: &'static Element,
    /// The type that the key states; `None` where the element borrows another's content.
    pub chosen: Option<&'static ElementType>,
}

impl Node {
    /// The root of the type `name`.
    pub fn of_type(name: &str) -> Option<Self> {
        type_definition(name).map(|definition| Self {
            definition,
            number: 0,
        })
    }

    /// The place with this path in the definition of its type: `Patient.contact`, or the type alone.
    pub fn at_path(path: &str) -> Option<Self> {
        let definition = type_definition(path.split('.').next()?)?;
        let number = definition.number(path).unwrap_or_default();
        let whole = number > 0 || !path.contains('.');
        whole.then_some(Self { definition, number })
    }

    /// The type whose definition this place is in.
    pub fn definition(self) -> &'static TypeDefinition {
        self.definition
    }

    /// The element at this place.
    pub fn element(self) -> Option<&'static Element> {
        self.definition.elements.get(self.number)
    }

    /// What `key` means here: `name`, `valueQuantity`; not `_name` and not `value[x]`.
    pub fn child(self, key: &str) -> Option<Child> {
        let key = self.definition.place(self.number)?.key(key)?;
        self.at(key.element, key.chosen)
    }

    /// The elements directly below, in snapshot order; a choice comes once.
    pub fn children(self) -> impl Iterator<Item = &'static Element> {
        let numbers = self
            .definition
            .place(self.number)
            .map_or(&[][..], |place| &place.children);
        numbers
            .iter()
            .filter_map(move |number| self.definition.elements.get(*number))
    }

    /// Every key that a JSON object may have here, sorted, without those of primitive extensions.
    pub fn keys(self) -> impl Iterator<Item = &'static str> {
        let keys = self
            .definition
            .place(self.number)
            .map_or(&[][..], |place| &place.keys);
        keys.iter().map(|key| &*key.name)
    }

    fn at(self, number: usize, chosen: usize) -> Option<Child> {
        let element = self.definition.elements.get(number)?;
        Some(Child {
            definition: self.definition,
            number,
            element,
            chosen: element.types.get(chosen),
        })
    }
}

impl Child {
    /// The name of the type, such as `HumanName`; `BackboneElement` where the element borrows another's content.
    pub fn type_name(self) -> &'static str {
        self.chosen.map_or("BackboneElement", |one| one.code)
    }

    /// Where the children of this child are; `None` for one that may be any resource.
    pub fn node(self) -> Option<Node> {
        if let Some(path) = self.element.content_reference {
            let number = self.definition.number(path)?;
            return Some(Node {
                definition: self.definition,
                number,
            });
        }
        if self.definition.place(self.number).is_some() {
            return Some(Node {
                definition: self.definition,
                number: self.number,
            });
        }
        match self.type_name() {
            "Resource" => None,
            name => Node::of_type(name),
        }
    }
}

/// Follows a dotted path of JSON keys or element names from a type, through datatypes: `Patient.contact.name.family`.
///
/// `value[x]` is accepted for a choice as the last step; its type is then the first of its types.
pub fn resolve(path: &str) -> Option<Child> {
    let (type_name, rest) = path.split_once('.')?;
    let mut node = Node::of_type(type_name)?;
    let mut steps = rest.split('.').peekable();
    while let Some(step) = steps.next() {
        let child = match step.strip_suffix("[x]") {
            None => node.child(step)?,
            Some(_) => {
                let path = format!("{}.{step}", node.element()?.path);
                node.at(node.definition.number(&path)?, 0)?
            }
        };
        if steps.peek().is_none() {
            return Some(child);
        }
        node = child.node()?;
    }
    None
}

/// Whether `_summary=true` keeps the element at this path, such as `Patient.name`; the path may lead through datatypes.
pub fn is_summary(path: &str) -> bool {
    resolve(path).is_some_and(|child| child.element.is_summary)
}

/// Whether the element at this path must be there when its parent is.
pub fn is_mandatory(path: &str) -> bool {
    resolve(path).is_some_and(|child| child.element.min > 0)
}

#[cfg(test)]
mod tests {
    use super::{Node, is_mandatory, is_summary, resolve};

    #[test]
    fn paths_lead_through_datatypes_choices_and_borrowed_content() {
        let cases = [
            ("Patient.contact.name.family", Some("string")),
            ("Observation.valueQuantity.system", Some("uri")),
            (
                "Observation.component.valueCodeableConcept.coding.code",
                Some("code"),
            ),
            ("Observation.value[x]", Some("Quantity")),
            ("Bundle.entry.link.url", Some("uri")),
            ("Questionnaire.item.item.item.linkId", Some("string")),
            ("Bundle.entry.resource", Some("Resource")),
            ("Patient.id", Some("string")),
            ("Patient.meta.lastUpdated", Some("instant")),
            ("Patient.valueString", None),
            ("Bundle.entry.resource.name", None),
            ("Patient", None),
            ("Nothing.name", None),
        ];
        for (path, expected) in cases {
            assert_eq!(resolve(path).map(super::Child::type_name), expected, "{path}");
        }
    }

    #[test]
    fn places_have_paths() {
        let path = |path| {
            Node::at_path(path)
                .and_then(Node::element)
                .map(|element| element.path)
        };
        assert_eq!(path("Patient"), Some("Patient"));
        assert_eq!(path("Patient.contact"), Some("Patient.contact"));
        assert_eq!(path("SimpleQuantity"), Some("Quantity"));
        assert_eq!(path("Patient.contacts"), None);
        assert_eq!(path("Nothing"), None);
    }

    #[test]
    fn children_come_once_and_in_order() {
        let names: Vec<&str> = Node::of_type("Patient")
            .unwrap()
            .children()
            .map(|one| one.name)
            .collect();
        assert_eq!(names[..5], ["id", "meta", "implicitRules", "language", "text"]);
        assert_eq!(
            names.iter().filter(|name| name.starts_with("deceased")).count(),
            1
        );
        assert!(!names.contains(&"relationship"));
        let contact = resolve("Patient.contact").unwrap().node().unwrap();
        assert_eq!(contact.children().last().unwrap().name, "period");
    }

    #[test]
    fn summaries_and_mandatory_elements() {
        assert!(is_summary("Patient.name") && is_summary("Observation.valueQuantity"));
        assert!(!is_summary("Patient.contact") && !is_summary("Patient.photo") && !is_summary("nonsense"));
        assert!(is_mandatory("Observation.status") && is_mandatory("Observation.code"));
        assert!(!is_mandatory("Observation.subject"));
    }
}
