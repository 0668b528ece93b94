//! Where an element stands in a resource.

use std::collections::HashMap;

use crate::fhirpath::{Model, Node};
use crate::json::Json;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Key(Box<str>),
    Index(usize),
}

/// An element: the object it is in, its key there, and its place in the list if it is in one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) parent: Vec<Step>,
    /// Empty for the resource itself.
    pub(super) key: Box<str>,
    pub(super) index: Option<usize>,
}

impl Place {
    /// The way to the element from the resource.
    pub(super) fn steps(&self) -> Vec<Step> {
        let mut steps = self.parent.clone();
        if !self.key.is_empty() {
            steps.push(Step::Key(self.key.clone()));
        }
        steps.extend(self.index.map(Step::Index));
        steps
    }

    /// Whether this is an item of the same list as another, at this index.
    pub(super) fn is_item(&self, other: &Place, index: usize) -> bool {
        self.index == Some(index) && self.key == other.key && self.parent == other.parent
    }

    fn of(mut steps: Vec<Step>) -> Option<Place> {
        let index = match steps.last() {
            Some(Step::Index(index)) => Some(*index),
            Some(Step::Key(_)) | None => None,
        };
        if index.is_some() {
            steps.pop();
        }
        let key = match steps.pop() {
            Some(Step::Key(key)) => key,
            Some(Step::Index(_)) => return None,
            None => "".into(),
        };
        Some(Place {
            parent: steps,
            key,
            index,
        })
    }
}

/// Finds elements in the resource they came from, by their address in memory: an evaluation never copies an element.
/// `None` if one is not in it.
pub(super) fn locate(resource: &Json, nodes: &[&Node<'_>]) -> Option<Vec<Place>> {
    let mut wanted: HashMap<*const Json, usize> = HashMap::new();
    for (number, node) in nodes.iter().enumerate() {
        // A primitive that has only extensions is found by these.
        let target = node.shadow.filter(|_| node.json.is_null()).unwrap_or(node.json);
        wanted.insert(std::ptr::from_ref(target), number);
    }
    if wanted.len() < nodes.len() {
        return None;
    }
    let mut found: Vec<Option<Place>> = vec![None; nodes.len()];
    search(resource, &wanted, &mut Vec::new(), &mut found);
    found.into_iter().collect()
}

fn search(
    json: &Json,
    wanted: &HashMap<*const Json, usize>,
    steps: &mut Vec<Step>,
    found: &mut [Option<Place>],
) {
    if let Some(slot) = wanted
        .get(&std::ptr::from_ref(json))
        .and_then(|number| found.get_mut(*number))
    {
        *slot = Place::of(steps.clone());
    }
    match json {
        Json::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                steps.push(Step::Index(index));
                search(item, wanted, steps, found);
                steps.pop();
            }
        }
        Json::Object(members) => {
            for (key, member) in members {
                steps.push(Step::Key(key.strip_prefix('_').unwrap_or(key).into()));
                search(member, wanted, steps, found);
                steps.pop();
            }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

/// What the model calls the object at the end of a path: a type, or the path of an element that states its children.
pub(super) fn holder_of(resource: &Json, steps: &[Step], model: &dyn Model) -> Option<Box<str>> {
    let mut json = resource;
    let mut holder: Box<str> = resource.text("resourceType")?.into();
    for step in steps {
        match step {
            Step::Index(index) => json = json.as_array()?.get(*index)?,
            Step::Key(key) => {
                let shape = model.child(&holder, key)?;
                json = json.get(key)?;
                holder = shape.holder.into();
            }
        }
        if &*holder == "Resource"
            && let Some(own) = json.text("resourceType")
        {
            holder = own.into();
        }
    }
    Some(holder)
}
