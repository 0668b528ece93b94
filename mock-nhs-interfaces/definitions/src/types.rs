//! The types of R4 and their elements in the order of their snapshots, read one type at a time when asked for.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::columns::Columns;
use crate::element::{self, Element};

static TABLE: &str = include_str!(concat!(env!("OUT_DIR"), "/tables/out/types.tsv"));

/// What kind of type it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeKind {
    /// A string, number or boolean in JSON, with an `id` and extensions beside it.
    Primitive,
    /// An object inside a resource.
    DataType,
    Resource,
}

/// One type of R4.
#[derive(Debug)]
pub struct TypeDefinition {
    pub name: &'static str,
    /// The canonical address of its `StructureDefinition`.
    pub url: &'static str,
    pub kind: TypeKind,
    /// `Element`, `BackboneElement`, `Resource` and `DomainResource` are never used by themselves.
    pub is_abstract: bool,
    /// The name of the type it specialises.
    pub base: Option<&'static str>,
    /// In snapshot order; the first is the type itself.
    pub elements: Vec<Element>,
    by_path: HashMap<&'static str, usize>,
    /// By the number of the element; `None` for one without children of its own.
    places: Vec<Option<Place>>,
}

/// What an element with children has below it.
#[derive(Debug, Default)]
pub(crate) struct Place {
    /// The keys of its JSON object, sorted.
    pub(crate) keys: Vec<Key>,
    /// The numbers of its children in snapshot order.
    pub(crate) children: Vec<usize>,
}

impl Place {
    pub(crate) fn key(&self, name: &str) -> Option<&Key> {
        let found = self.keys.binary_search_by(|one| (*one.name).cmp(name)).ok()?;
        self.keys.get(found)
    }
}

/// What a key of a JSON object means.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) name: Box<str>,
    pub(crate) element: usize,
    /// Which of the element's types the key states.
    pub(crate) chosen: usize,
}

impl TypeDefinition {
    /// The number of the element with this path.
    pub(crate) fn number(&self, path: &str) -> Option<usize> {
        self.by_path.get(path).copied()
    }

    /// What is below the element with this number.
    pub(crate) fn place(&self, number: usize) -> Option<&Place> {
        self.places.get(number)?.as_ref()
    }
}

/// One type's lines in the table, and what they say once they are read.
struct Slot {
    head: &'static str,
    body: &'static str,
    read: OnceLock<TypeDefinition>,
}

fn slots() -> &'static HashMap<&'static str, Slot> {
    static SLOTS: OnceLock<HashMap<&'static str, Slot>> = OnceLock::new();
    SLOTS.get_or_init(|| {
        let sections = TABLE.strip_prefix("T\t").unwrap_or(TABLE).split("\nT\t");
        sections
            .map(|section| {
                let (head, body) = section.split_once('\n').unwrap_or((section, ""));
                let name = Columns::of(head).text();
                let read = OnceLock::new();
                (name, Slot { head, body, read })
            })
            .collect()
    })
}

/// The definition of a resource, a datatype or a primitive by its name.
///
/// `SimpleQuantity` and `MoneyQuantity`, which are profiles in R4's eyes, are known too.
pub fn type_definition(name: &str) -> Option<&'static TypeDefinition> {
    slots().get(name).map(|slot| slot.read.get_or_init(|| read(slot)))
}

/// The names of all types: resources, datatypes and primitives, sorted.
pub fn type_names() -> &'static [&'static str] {
    static NAMES: OnceLock<Vec<&'static str>> = OnceLock::new();
    NAMES.get_or_init(|| {
        let mut names: Vec<&str> = slots().keys().copied().collect();
        names.sort_unstable();
        names
    })
}

/// The 146 types that a resource can have in R4, sorted; `Resource` and `DomainResource`, which no resource can have, are left out.
pub fn resource_types() -> &'static [&'static str] {
    static NAMES: OnceLock<Vec<&'static str>> = OnceLock::new();
    NAMES.get_or_init(|| {
        let concrete = |name: &&'static str| {
            slots().get(*name).is_some_and(|slot| {
                let (_, kind, is_abstract, _) = head(slot);
                kind == TypeKind::Resource && !is_abstract
            })
        };
        type_names().iter().copied().filter(concrete).collect()
    })
}

/// Whether a resource can have this type. Upper and lower case matter.
pub fn is_resource_type(name: &str) -> bool {
    resource_types().binary_search(&name).is_ok()
}

/// The element of a type by its path as the snapshot writes it, such as `element("Patient", "Patient.contact.name")`.
///
/// A choice is found by its own path (`Observation.value[x]`) and by the key that JSON gives it
/// (`Observation.valueQuantity`). For paths into datatypes see [`crate::resolve`].
pub fn element(type_name: &str, path: &str) -> Option<&'static Element> {
    let definition = type_definition(type_name)?;
    if let Some(number) = definition.number(path) {
        return definition.elements.get(number);
    }
    let (parent, key) = path.rsplit_once('.')?;
    let place = definition.place(definition.number(parent)?)?;
    definition.elements.get(place.key(key)?.element)
}

/// Address, kind, whether abstract, base.
fn head(slot: &Slot) -> (&'static str, TypeKind, bool, Option<&'static str>) {
    let mut columns = Columns::of(slot.head);
    columns.text();
    let url = columns.text();
    let kind = match columns.text() {
        "primitive-type" => TypeKind::Primitive,
        "resource" => TypeKind::Resource,
        _ => TypeKind::DataType,
    };
    (url, kind, columns.optional().is_some(), columns.optional())
}

fn read(slot: &'static Slot) -> TypeDefinition {
    let (url, kind, is_abstract, base) = head(slot);
    let elements: Vec<Element> = slot
        .body
        .lines()
        .map(|line| {
            let mut columns = Columns::of(line);
            // The mark of the line.
            columns.text();
            element::parse(&mut columns)
        })
        .collect();
    let by_path: HashMap<&str, usize> = elements
        .iter()
        .enumerate()
        .map(|(number, one)| (one.path, number))
        .collect();
    TypeDefinition {
        name: Columns::of(slot.head).text(),
        url,
        kind,
        is_abstract,
        base,
        places: places(&elements, &by_path),
        elements,
        by_path,
    }
}

fn places(elements: &[Element], by_path: &HashMap<&'static str, usize>) -> Vec<Option<Place>> {
    let mut places: Vec<Option<Place>> = elements.iter().map(|_| None).collect();
    for (number, element) in elements.iter().enumerate() {
        let parent = element
            .path
            .rsplit_once('.')
            .and_then(|(parent, _)| by_path.get(parent));
        let Some(parent) = parent.and_then(|parent| places.get_mut(*parent)) else {
            continue;
        };
        let place = parent.get_or_insert_default();
        place.children.push(number);
        let key = |name, chosen| Key {
            name,
            element: number,
            chosen,
        };
        match element.choice() {
            None => place.keys.push(key(element.name.into(), 0)),
            Some(stem) => {
                let types = element.types.iter().enumerate();
                place
                    .keys
                    .extend(types.map(|(chosen, one)| key(choice_key(stem, one.code), chosen)));
            }
        }
    }
    for place in places.iter_mut().flatten() {
        place
            .keys
            .sort_unstable_by(|one, other| one.name.cmp(&other.name));
    }
    places
}

/// The key of a choice with this type: `value` and `dateTime` make `valueDateTime`.
fn choice_key(stem: &str, code: &str) -> Box<str> {
    let mut letters = code.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    stem.chars()
        .chain(first)
        .chain(letters)
        .collect::<String>()
        .into()
}

#[cfg(test)]
mod tests {
    use super::{TypeKind, element, is_resource_type, resource_types, type_definition, type_names};
    use crate::{BindingStrength, Severity};

    #[test]
    fn the_types_are_those_of_r4() {
        assert_eq!(resource_types().len(), 146);
        assert!(is_resource_type("Patient"));
        for not_one in [
            "patient",
            "DomainResource",
            "Resource",
            "HumanName",
            "SubscriptionStatus",
            "",
        ] {
            assert!(!is_resource_type(not_one), "{not_one}");
        }
        assert!(type_names().is_sorted());
        for name in type_names() {
            let definition = type_definition(name).unwrap();
            assert_eq!(definition.name, *name);
            assert_eq!(
                definition.elements.first().map(|one| one.path.split('.').next()),
                match *name {
                    "SimpleQuantity" | "MoneyQuantity" => Some(Some("Quantity")),
                    name => Some(Some(name)),
                }
            );
        }
    }

    #[test]
    fn an_element_keeps_what_its_definition_says() {
        let gender = element("Patient", "Patient.gender").unwrap();
        assert_eq!(
            (gender.min, gender.max, gender.is_summary, gender.is_list()),
            (0, Some(1), true, false)
        );
        let binding = gender.binding.as_ref().unwrap();
        assert_eq!(binding.strength, BindingStrength::Required);
        assert_eq!(
            binding.value_set,
            Some("http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1")
        );

        let contact = element("Patient", "Patient.contact").unwrap();
        assert!(contact.is_list());
        assert_eq!(
            contact.constraints.iter().map(|one| one.key).collect::<Vec<_>>(),
            ["ele-1", "pat-1"]
        );

        let link = element("Bundle", "Bundle.entry.link").unwrap();
        assert_eq!(link.content_reference, Some("Bundle.link"));

        let subject = element("Observation", "Observation.subject").unwrap();
        let targets: Vec<&str> = subject.types.first().unwrap().targets().collect();
        assert_eq!(targets, ["Patient", "Group", "Device", "Location"]);

        let narrative = type_definition("Patient").unwrap().elements.first().unwrap();
        let practice = narrative
            .constraints
            .iter()
            .find(|one| one.key == "dom-6")
            .unwrap();
        assert_eq!(practice.severity, Severity::BestPractice);
    }

    #[test]
    fn a_choice_is_found_by_both_names() {
        let choice = element("Observation", "Observation.value[x]").unwrap();
        let quantity = element("Observation", "Observation.valueQuantity").unwrap();
        assert!(std::ptr::eq(choice, quantity));
        assert_eq!(choice.choice(), Some("value"));
        assert_eq!(choice.types.len(), 11);
        assert!(element("Observation", "Observation.valueMoney").is_none());
        assert!(element("Observation", "Observation.nothing").is_none());
        assert!(element("Nothing", "Nothing.at.all").is_none());
    }

    #[test]
    fn a_primitive_has_the_expression_that_r4_gives() {
        let id = type_definition("id").unwrap();
        assert_eq!(id.kind, TypeKind::Primitive);
        assert_eq!(
            element("id", "id.value").unwrap().regex,
            Some(r"[A-Za-z0-9\-\.]{1,64}")
        );
        assert_eq!(id.base, Some("string"));
    }
}
