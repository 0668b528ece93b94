//! What is above or below a resource: walked once, before the search begins.

use std::collections::BTreeSet;

use super::context::Context;
use super::{ExecuteError, link};
use crate::operand::{Operand, ReferenceTest};
use crate::query::{Direction, Hierarchy};

/// Places of a hierarchy that one search looks at: each becomes a key that is looked up.
const PLACES: usize = 10_000;

/// A test for the resource itself and one for each that is above or below it. Circles end by themselves.
pub(super) fn operands(context: &mut Context<'_>, place: &Hierarchy) -> Result<Vec<Operand>, ExecuteError> {
    let corpus = context.corpus;
    let mut seen = BTreeSet::new();
    let mut next: Vec<_> = corpus.find(place.resource_type, &place.id).into_iter().collect();
    while let Some(doc) = next.pop() {
        if !seen.insert(doc) {
            continue;
        }
        if seen.len() > PLACES {
            return Err(ExecuteError::TooCostly {
                examined: PLACES as u64,
            });
        }
        for parameter in &place.up {
            next.extend(match place.direction {
                Direction::Above => link::targets_of(context, doc, *parameter)?,
                Direction::Below => link::sources_of(context, doc, *parameter)?,
            });
        }
        next.retain(|doc| corpus.resource_type(*doc) == Some(place.resource_type));
    }
    let found = seen.into_iter().filter_map(|doc| corpus.id(doc));
    let ids: BTreeSet<&str> = found.chain([&*place.id]).collect();
    let operand = |id: &str| {
        Operand::Reference(ReferenceTest::Local {
            resource_type: Some(place.resource_type),
            id: id.into(),
            url: Some(format!("{}{id}", place.url_before_id).into()),
        })
    };
    Ok(ids.into_iter().map(operand).collect())
}
