//! `FHIRPath` Patch (<https://hl7.org/fhir/R4/fhirpatch.html>): a Parameters resource of operations.

mod element;
mod operation;
mod place;
mod tree;

use super::{PatchError, PatchErrorKind};
use crate::fhirpath::{Context, Expression, Model, Node, Value};
use crate::json::Json;
use element::Site;
use operation::{Change, Fresh, Operation};
use place::{Place, Step, holder_of, locate};

/// Operations of one patch; each evaluates a path over the whole resource.
pub const MAX_OPERATIONS: usize = 500;
/// Steps that one path may take.
const MAX_STEPS: u64 = 200_000;

type Applied<T> = Result<T, PatchErrorKind>;

/// What a patch needs to know besides the resource.
#[derive(Clone, Copy)]
pub struct Environment<'a> {
    /// Tells which elements repeat and which are a choice. Without, what is there already must show it, and a new element
    /// does not repeat.
    pub model: Option<&'a dyn Model>,
    /// `now()` in paths: microseconds since 1970.
    pub now_micros: i64,
}

impl std::fmt::Debug for Environment<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Environment")
            .field("now_micros", &self.now_micros)
            .finish_non_exhaustive()
    }
}

/// The resource after all operations; the first that fails undoes everything.
///
/// Deleting what is not there is no failure; everything else needs exactly one element. What becomes empty by a deletion
/// goes as well.
///
/// # Errors
/// The Parameters are no patch, or an operation fails.
pub fn apply(resource: &Json, parameters: &Json, environment: &Environment<'_>) -> Result<Json, PatchError> {
    let failed = |operation, kind| PatchError { operation, kind };
    if parameters.text("resourceType") != Some("Parameters") {
        let wrong = PatchErrorKind::NotAPatch("a FHIRPath Patch is a Parameters resource");
        return Err(failed(0, wrong));
    }
    let list = parameters
        .get("parameter")
        .and_then(Json::as_array)
        .unwrap_or_default();
    if list.len() > MAX_OPERATIONS {
        return Err(failed(
            MAX_OPERATIONS,
            PatchErrorKind::TooManyOperations(MAX_OPERATIONS),
        ));
    }
    let mut patched = resource.clone();
    for (number, parameter) in list.iter().enumerate() {
        let result =
            Operation::read(parameter).and_then(|operation| run(&mut patched, operation, environment));
        result.map_err(|kind| failed(number, kind))?;
    }
    Ok(patched)
}

fn run(resource: &mut Json, operation: Operation<'_>, environment: &Environment<'_>) -> Applied<()> {
    let path = Expression::parse(operation.path)?;
    match operation.change {
        Change::Add { name, value } => {
            let parent = one(places(resource, &path, environment)?)?.steps();
            let site = site(resource, &parent, environment);
            let target = tree::object_at(resource, &parent).ok_or(PatchErrorKind::NotInResource)?;
            site.put(target, name, &value)
        }
        Change::Insert { index, value } => insert(resource, path, index, &value, environment),
        Change::Delete => {
            let places = places(resource, &path, environment)?;
            if places.is_empty() {
                Ok(())
            } else {
                tree::delete(resource, &one(places)?)
            }
        }
        Change::Replace { value } => {
            let place = one(places(resource, &path, environment)?)?;
            replace(resource, &place, &value, environment)
        }
        Change::Move { source, destination } => {
            let places = places(resource, &path, environment)?;
            let list = whole_list(resource, &places)?;
            tree::reorder(resource, &list, source, destination)
        }
    }
}

/// Where the items that a path finds stand in the resource.
fn places(resource: &Json, path: &Expression, environment: &Environment<'_>) -> Applied<Vec<Place>> {
    let context = Context {
        max_steps: MAX_STEPS,
        model: environment.model,
        ..Context::of(resource, environment.now_micros)
    };
    let found = path.evaluate(Node::resource(resource), &context)?;
    // Each is looked for in the whole resource: more than one is an error for all but lists.
    let nodes: Option<Vec<_>> = found.iter().map(Value::as_node).collect();
    let nodes = nodes.ok_or(PatchErrorKind::NotInResource)?;
    locate(resource, &nodes).ok_or(PatchErrorKind::NotInResource)
}

fn one(mut places: Vec<Place>) -> Applied<Place> {
    match (places.len(), places.pop()) {
        (1, Some(place)) => Ok(place),
        (count, _) => Err(PatchErrorKind::NotOneElement(count)),
    }
}

/// The list whose items, all of them, the places are.
fn whole_list(resource: &Json, places: &[Place]) -> Applied<Place> {
    let first = places.first().ok_or(PatchErrorKind::NotOneElement(0))?;
    let in_order = places
        .iter()
        .enumerate()
        .all(|(number, place)| place.is_item(first, number));
    let length = tree::list_length(resource, first).ok_or(PatchErrorKind::NotAList)?;
    if in_order && length == places.len() {
        Ok(first.clone())
    } else {
        Err(PatchErrorKind::NotAList)
    }
}

/// What is known of the object that an element is put into.
fn site<'a>(resource: &Json, parent: &[Step], environment: &Environment<'a>) -> Site<'a> {
    let holder = environment
        .model
        .and_then(|model| holder_of(resource, parent, model));
    Site {
        model: environment.model,
        holder,
        level: parent.len(),
    }
}

fn insert(
    resource: &mut Json,
    path: Expression,
    index: usize,
    value: &Fresh<'_>,
    environment: &Environment<'_>,
) -> Applied<()> {
    let found = places(resource, &path, environment)?;
    if found.is_empty() {
        // A list that is not there yet: the path before its last name finds what it would be in.
        if index > 0 {
            return Err(PatchErrorKind::Index { index, length: 0 });
        }
        let (before, name) = path.split_last().ok_or(PatchErrorKind::NotOneElement(0))?;
        let parent = one(places(resource, &before, environment)?)?.steps();
        let site = site(resource, &parent, environment);
        let element = site.element(&name, value.suffix())?;
        if element.repeats == Some(false) {
            return Err(PatchErrorKind::NotAList);
        }
        let built = site.build(&element, value)?;
        let target = tree::object_at(resource, &parent).ok_or(PatchErrorKind::NotInResource)?;
        tree::insert(target, &element.key, 0, built);
        return Ok(());
    }
    let list = whole_list(resource, &found)?;
    if index > found.len() {
        return Err(PatchErrorKind::Index {
            index,
            length: found.len(),
        });
    }
    let site = site(resource, &list.parent, environment);
    let built = site.build(&site.known(&list.key), value)?;
    let target = tree::object_at(resource, &list.parent).ok_or(PatchErrorKind::NotInResource)?;
    tree::insert(target, &list.key, index, built);
    Ok(())
}

fn replace(
    resource: &mut Json,
    place: &Place,
    value: &Fresh<'_>,
    environment: &Environment<'_>,
) -> Applied<()> {
    if place.key.is_empty() {
        return Err(PatchErrorKind::WholeResource);
    }
    let site = site(resource, &place.parent, environment);
    let element = site.replacing(&place.key, value.suffix());
    let built = site.build(&element, value)?;
    let target = tree::object_at(resource, &place.parent).ok_or(PatchErrorKind::NotInResource)?;
    match place.index {
        Some(index) => tree::replace_item(target, &place.key, index, built),
        None => tree::rename(target, &place.key, &element.key, built),
    }
    Ok(())
}
