//! Profiles: what a `StructureDefinition` asks of a resource or an extension beyond its type, read from its snapshot.

mod check;
mod element;
mod slicing;
mod values;

use fhir::json::Json;

pub(crate) use check::check_profile;
pub(crate) use element::ProfileElement;

/// The deepest nesting of elements that a snapshot may have; the deepest of R4 has 9.
const MAX_DEPTH: usize = 64;

/// The most children, and the most slices, of one element. The largest of R4 have some 60, those of UK Core below 40.
const MAX_CHILDREN: usize = 500;

/// One profile.
#[derive(Debug)]
pub(crate) struct Profile {
    pub(crate) url: Box<str>,
    /// The type that it constrains.
    pub(crate) type_name: Box<str>,
    /// The first is the type itself. Empty when the definition has no snapshot.
    pub(crate) elements: Vec<ProfileElement>,
    /// For an extension: what it may be put on, as (kind, expression).
    pub(crate) contexts: Vec<(Box<str>, Box<str>)>,
}

impl Profile {
    pub(crate) fn of(json: &Json) -> Option<Self> {
        let contexts = json.get("context").and_then(Json::as_array).unwrap_or_default();
        let snapshot = json.get("snapshot").and_then(|snapshot| snapshot.get("element"));
        Some(Self {
            url: json.text("url")?.into(),
            type_name: json.text("type")?.into(),
            elements: tree(snapshot.and_then(Json::as_array).unwrap_or_default()),
            contexts: contexts
                .iter()
                .filter_map(|context| {
                    Some((context.text("type")?.into(), context.text("expression")?.into()))
                })
                .collect(),
        })
    }

    pub(crate) fn element(&self, number: usize) -> Option<&ProfileElement> {
        self.elements.get(number)
    }

    /// The child of an element, without slices; `value` finds `value[x]`.
    pub(crate) fn child(&self, number: usize, name: &str) -> Option<usize> {
        let children = &self.element(number)?.children;
        let is_it = |number: &&usize| {
            self.element(**number)
                .is_some_and(|one| &*one.name == name || one.name.strip_suffix("[x]") == Some(name))
        };
        children.iter().find(is_it).copied()
    }
}

/// Reads the list of a snapshot, which is a tree in the order of a walk: an element's parent is the last one before it with the
/// path above its own.
fn tree(list: &[Json]) -> Vec<ProfileElement> {
    let mut elements: Vec<ProfileElement> = Vec::with_capacity(list.len());
    let mut open: Vec<(&str, usize)> = Vec::new();
    for json in list {
        let Some(path) = json.text("path") else { continue };
        let above = path.rsplit_once('.').map(|(above, _)| above);
        while open.last().is_some_and(|(last, _)| Some(*last) != above) {
            open.pop();
        }
        if (above.is_none() != elements.is_empty())
            || (above.is_some() && open.is_empty())
            || open.len() >= MAX_DEPTH
        {
            continue;
        }
        let number = elements.len();
        let element = ProfileElement::of(json, path);
        if let Some(parent) = open.last().map(|(_, parent)| *parent) {
            attach(&mut elements, parent, number, &element);
        }
        elements.push(element);
        open.push((path, number));
    }
    // What is below comes after; the slices of a child are below too.
    for number in (0..elements.len()).rev() {
        let is_fixed = |number: &usize| elements.get(*number).is_some_and(|one| one.is_fixed);
        let children = elements
            .get(number)
            .map(|one| one.children.as_slice())
            .unwrap_or_default();
        let mut children = children
            .iter()
            .filter_map(|child| Some((child, elements.get(*child)?)));
        if children.any(|(child, one)| is_fixed(child) || one.slices.iter().any(is_fixed))
            && let Some(element) = elements.get_mut(number)
        {
            element.is_fixed = true;
        }
    }
    elements
}

/// Puts an element below its parent, or a slice below the element that it is a slice of.
fn attach(elements: &mut [ProfileElement], parent: usize, number: usize, element: &ProfileElement) {
    // A slice follows the element that it is a slice of.
    let last = elements
        .get(parent)
        .and_then(|parent| parent.children.last())
        .copied();
    let sliced = last.filter(|last| {
        element.slice.is_some() && elements.get(*last).is_some_and(|one| one.name == element.name)
    });
    match sliced {
        Some(sliced) => {
            if let Some(base) = elements.get_mut(sliced) {
                push(&mut base.slices, number);
            }
        }
        None => {
            if let Some(parent) = elements.get_mut(parent) {
                push(&mut parent.children, number);
            }
        }
    }
}

/// What is beyond the limit is left out: no profile that was meant to be used comes near it.
fn push(numbers: &mut Vec<usize>, number: usize) {
    if numbers.len() < MAX_CHILDREN {
        numbers.push(number);
    }
}
