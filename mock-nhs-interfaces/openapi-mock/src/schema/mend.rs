//! Mends a value that does not fit its schema: what must not be there goes, what is missing comes, what is wrong is made anew.

use fhir::json::Json;

use super::check::Cure;
use super::{Direction, SchemaId, Schemas};
use crate::budget::Budget;

/// Rounds of mending: what comes can need mending itself.
const ROUNDS: usize = 12;

impl Schemas {
    /// The value, as little changed as makes it fit; `None` when that was not found.
    pub(crate) fn mend(
        &self,
        id: SchemaId,
        value: &Json,
        direction: Direction,
        budget: &Budget<'_>,
    ) -> Option<Json> {
        let mut value = value.clone();
        for _ in 0..ROUNDS {
            let misfits = self.misfits(id, &value, direction, budget);
            if misfits.is_empty() {
                return Some(value);
            }
            let mut has_changed = false;
            // From the end, so that what is removed from an array moves nothing that is still to be mended.
            for misfit in misfits.iter().rev() {
                let made = match misfit.cure {
                    Cure::Make(schema) | Cure::Add(schema) => self.make(schema, direction, budget),
                    Cure::Remove | Cure::None => None,
                };
                has_changed |= match (&misfit.cure, made) {
                    (Cure::Remove, _) => remove(&mut value, &misfit.pointer),
                    (_, Some(made)) => put(&mut value, &misfit.pointer, made),
                    // What cannot be made anew may be able to go.
                    (Cure::Make(_), None) => remove(&mut value, &misfit.pointer),
                    (_, None) => false,
                };
            }
            if !has_changed {
                return None;
            }
        }
        None
    }
}

/// The value that holds what is at `pointer`, and the last step to that.
fn parent<'v>(value: &'v mut Json, pointer: &str) -> Option<(&'v mut Json, String)> {
    let (path, last) = pointer.rsplit_once('/')?;
    let mut at = value;
    for step in path.split('/').skip(1) {
        let step = step.replace("~1", "/").replace("~0", "~");
        at = if matches!(at, Json::Array(_)) {
            at.as_array_mut()?.get_mut(step.parse::<usize>().ok()?)?
        } else {
            at.get_mut(&step)?
        };
    }
    Some((at, last.replace("~1", "/").replace("~0", "~")))
}

fn put(value: &mut Json, pointer: &str, made: Json) -> bool {
    if pointer.is_empty() {
        let differs = *value != made;
        *value = made;
        return differs;
    }
    let Some((holder, last)) = parent(value, pointer) else {
        return false;
    };
    match holder {
        Json::Array(items) => {
            let item = last.parse::<usize>().ok().and_then(|place| items.get_mut(place));
            item.is_some_and(|item| {
                let differs = *item != made;
                *item = made;
                differs
            })
        }
        Json::Object(_) => {
            let differs = holder.get(&last) != Some(&made);
            holder.set(&last, made);
            differs
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => false,
    }
}

fn remove(value: &mut Json, pointer: &str) -> bool {
    let Some((holder, last)) = parent(value, pointer) else {
        return false;
    };
    if let Some(items) = holder.as_array_mut() {
        let place = last.parse::<usize>().ok().filter(|place| *place < items.len());
        return place.map(|place| items.remove(place)).is_some();
    }
    holder.remove(&last).is_some()
}
