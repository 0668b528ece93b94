//! The matches of one page, in order.

use std::ops::Bound;

use roaring::RoaringBitmap;

use super::ExecuteError;
use super::candidates::Candidates;
use super::context::Context;
use super::cursor::Position;
use super::sort::Sorter;
use super::top::Top;
use super::walk::walk;
use crate::index::Doc;

/// The first `limit` matches that are met after `after`.
pub(super) fn page<'a>(
    context: &mut Context<'a>,
    sorter: &Sorter<'a>,
    candidates: &mut [Candidates<'_>],
    after: Option<&Position>,
    limit: usize,
) -> Result<Vec<Doc>, ExecuteError> {
    if sorter.keys.is_empty() {
        return in_order_of_numbers(context, sorter.is_backwards, candidates, after, limit);
    }
    if let [one] = &mut *candidates
        && one.set.len() > context.limits.tuning.sort_in_memory
        && let Some(found) = walk(context, sorter, one, after, limit)?
    {
        context
            .explain
            .step("_sort", "walked until the page was full", one.set.len(), None);
        return Ok(found);
    }
    sorted_in_memory(context, sorter, candidates, after, limit)
}

fn in_order_of_numbers(
    context: &mut Context<'_>,
    is_backwards: bool,
    candidates: &mut [Candidates<'_>],
    after: Option<&Position>,
    limit: usize,
) -> Result<Vec<Doc>, ExecuteError> {
    let mut found = Vec::new();
    let patient = context.limits.tuning.check_one_by_one;
    let mut looked = 0;
    let all = union(candidates);
    let way: Box<dyn Iterator<Item = Doc>> = match after.map(|position| position.doc) {
        None if is_backwards => Box::new(all.iter().rev()),
        None => Box::new(all.iter()),
        Some(doc) if is_backwards => Box::new(all.range(..doc).rev()),
        Some(doc) => Box::new(all.range((Bound::Excluded(doc), Bound::Unbounded))),
    };
    for doc in way {
        if found.len() >= limit {
            break;
        }
        if looked == patient {
            for one in &mut *candidates {
                one.settle(context)?;
            }
        }
        looked += 1;
        if is_match(context, candidates, looked > patient, doc)? {
            found.push(doc);
        }
    }
    Ok(found)
}

/// Whether a record of the union is a match.
fn is_match(
    context: &mut Context<'_>,
    candidates: &mut [Candidates<'_>],
    is_settled: bool,
    doc: Doc,
) -> Result<bool, ExecuteError> {
    let one = match candidates {
        [one] => one,
        several => {
            let of = context.corpus.resource_type(doc);
            match several.iter_mut().find(|one| Some(one.of) == of) {
                Some(one) => one,
                None => return Ok(false),
            }
        }
    };
    if is_settled {
        context.meter.examine(1)?;
        return Ok(one.set.contains(doc));
    }
    one.passes(context, doc)
}

fn sorted_in_memory<'a>(
    context: &mut Context<'a>,
    sorter: &Sorter<'a>,
    candidates: &mut [Candidates<'_>],
    after: Option<&Position>,
    limit: usize,
) -> Result<Vec<Doc>, ExecuteError> {
    for one in &mut *candidates {
        one.settle(context)?;
    }
    type Keyed<'a> = (Option<&'a [u8]>, Doc);
    let compare = |a: &Keyed<'a>, b: &Keyed<'a>| {
        sorter
            .compare_keys(0, a.0, b.0)
            .then_with(|| sorter.compare(1, a.1, b.1))
    };
    let mut top = Top::new(limit);
    let all = union(candidates);
    for doc in &all {
        context.meter.examine(1)?;
        if after.is_none_or(|after| sorter.is_after(doc, after)) {
            top.push((sorter.key(0, doc), doc), &compare);
        }
    }
    context.explain.step("_sort", "sorted in memory", all.len(), None);
    let sorted = top.into_sorted(&compare);
    Ok(sorted.into_iter().map(|(_, doc)| doc).collect())
}

fn union(candidates: &[Candidates<'_>]) -> RoaringBitmap {
    let mut all = RoaringBitmap::new();
    for one in candidates {
        all |= &one.set;
    }
    all
}
