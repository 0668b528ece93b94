//! One search from query to page.

use super::candidates::Candidates;
use super::context::Context;
use super::cursor::{Place, Position};
use super::include::follow;
use super::page::page;
use super::sort::Sorter;
use super::{Corpus, CursorKey, ExecuteError, Limits, SearchResult, TotalCount};
use crate::index::Doc;
use crate::query::{Query, Summary, Total};
use crate::registry::Registry;

/// What a search runs on and within.
#[derive(Clone, Copy)]
pub struct Search<'a> {
    /// The records.
    pub corpus: &'a dyn Corpus,
    /// The parameters that the query and the index name by number.
    pub registry: &'a Registry,
    /// What page tokens are signed with.
    pub cursor: CursorKey<'a>,
    /// How much work it may cause.
    pub limits: Limits<'a>,
}

impl std::fmt::Debug for Search<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Search")
            .field("cursor", &self.cursor)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// Finds one page of a query's matches and what its includes add.
///
/// # Errors
/// When the search costs too much or takes too long, or when its page token is not one that this search gave out.
pub fn run(search: &Search<'_>, query: &Query) -> Result<SearchResult, ExecuteError> {
    let place = place(search, query)?;
    let is_backwards = matches!(place, Some(Place::Before(_)));
    let after = place.map(|(Place::After(position) | Place::Before(position))| position);
    let mut context = Context::new(search.corpus, search.registry, search.limits);
    let mut candidates = query
        .targets
        .iter()
        .map(|target| Candidates::of(&mut context, target))
        .collect::<Result<Vec<_>, _>>()?;
    let size = query.count.unwrap_or(search.limits.page);
    let only_count = size == 0 || query.summary == Summary::Count;
    if only_count || query.total == Total::Accurate {
        for one in &mut candidates {
            one.settle(&mut context)?;
        }
    }
    let mut result = SearchResult {
        matches: Vec::new(),
        included: Vec::new(),
        total: total(&context, query, &candidates),
        next: None,
        previous: None,
        is_backwards,
        warnings: Vec::new(),
        explain: super::Explain::default(),
    };
    if only_count {
        context.meter.report(&mut context.explain);
        result.total = TotalCount::Accurate(candidates.iter().map(|one| one.set.len()).sum());
        result.explain = context.explain;
        return Ok(result);
    }
    let sorter = Sorter::new(&mut context, &query.sort, &candidates, is_backwards);
    // One more than the page holds tells whether there is another page.
    let limit = size.saturating_add(1);
    let mut matches = page(&mut context, &sorter, &mut candidates, after.as_ref(), limit)?;
    let is_cut = matches.len() > size;
    matches.truncate(size);
    if is_backwards {
        matches.reverse();
    }
    if after.is_none() && !is_cut && query.total != Total::None {
        result.total = TotalCount::Accurate(matches.len() as u64);
    }
    let links = Links {
        sorter: &sorter,
        after,
        is_cut,
    };
    let seal = |place: Place| search.cursor.seal(&bound_text(query), &place);
    result.next = links.next(&matches).map(seal);
    result.previous = links.previous(&matches).map(seal);
    let (included, warnings) = follow(&mut context, query, &matches)?;
    context.meter.report(&mut context.explain);
    Ok(SearchResult {
        matches,
        included,
        warnings,
        explain: context.explain,
        ..result
    })
}

/// Where the page is.
fn place(search: &Search<'_>, query: &Query) -> Result<Option<Place>, ExecuteError> {
    let Some(token) = &query.cursor else {
        return Ok(None);
    };
    let place = search.cursor.open(&bound_text(query), token)?;
    let (Place::After(position) | Place::Before(position)) = &place;
    if position.keys.len() != query.sort.len() {
        return Err(ExecuteError::Cursor);
    }
    Ok(Some(place))
}

/// What decides which pages there are beside this one.
struct Links<'l, 'a> {
    sorter: &'l Sorter<'a>,
    /// Where the page was asked for; `None` for the first page.
    after: Option<Position>,
    /// Whether there are more matches on the way than the page holds.
    is_cut: bool,
}

impl Links<'_, '_> {
    /// The page behind this one. Before a page stands one that was shown already.
    fn next(&self, matches: &[Doc]) -> Option<Place> {
        let is_there = self.is_cut || self.sorter.is_backwards;
        let last = matches.last().filter(|_| is_there)?;
        Some(Place::After(self.sorter.position(*last)))
    }

    /// The page before this one.
    fn previous(&self, matches: &[Doc]) -> Option<Place> {
        let asked = self.after.as_ref()?;
        if self.sorter.is_backwards && !self.is_cut {
            return None;
        }
        let first = match matches.first() {
            Some(first) => self.sorter.position(*first),
            // Everything behind was taken away meanwhile; what was shown last belongs to the page before.
            None => Position {
                doc: asked.doc.saturating_add(1),
                ..asked.clone()
            },
        };
        Some(Place::Before(first))
    }
}

/// What is known of the number of matches before the page is made.
fn total(context: &Context<'_>, query: &Query, candidates: &[Candidates<'_>]) -> TotalCount {
    let sum = candidates.iter().map(|one| one.estimate(context)).sum();
    let is_settled = candidates.iter().all(|one| one.rest.is_empty());
    match query.total {
        Total::None => TotalCount::Unknown,
        Total::Unasked | Total::Estimate | Total::Accurate if is_settled => TotalCount::Accurate(sum),
        Total::Estimate | Total::Accurate => TotalCount::Estimate(sum),
        Total::Unasked => TotalCount::Unknown,
    }
}

/// What a page token is bound to: what is searched for, and the query as it was written.
fn bound_text(query: &Query) -> String {
    // The filters too: those of a compartment stand in the path, not in the query's text.
    format!("{:?}?{}", query.targets, query.text)
}
