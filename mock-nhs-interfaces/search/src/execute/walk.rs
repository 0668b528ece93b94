//! Walks a parameter's keys in order and stops at the page: how a search with many matches is sorted.

use std::cmp::Ordering;
use std::iter::Peekable;

use roaring::RoaringBitmap;

use super::ExecuteError;
use super::candidates::Candidates;
use super::context::Context;
use super::cursor::Position;
use super::sort::{Column, SORT_ROWS, Sorter};
use super::top::Top;
use crate::index::{Dictionary, Doc, Docs};
use crate::key::KeyRange;

/// The first `limit` matches that are met after `after`, or `None` when the walk was no good idea.
pub(super) fn walk<'a>(
    context: &mut Context<'a>,
    sorter: &Sorter<'a>,
    candidates: &mut Candidates<'_>,
    after: Option<&Position>,
    limit: usize,
) -> Result<Option<Vec<Doc>>, ExecuteError> {
    let Some(column) = sorter.column() else {
        return Ok(None);
    };
    let mut page = Page {
        sorter,
        candidates,
        after,
        limit,
        found: Vec::new(),
        looked: 0,
    };
    let start = after.map(|position| position.keys.first().cloned().flatten());
    let (is_among_keys, is_among_others) = match &start {
        None => (true, true),
        Some(Some(_)) => (true, !sorter.is_backwards),
        Some(None) => (sorter.is_backwards, true),
    };
    let start = start.flatten();
    // Records without a value come last, whatever the direction of the sort.
    if sorter.is_backwards && is_among_others {
        page.take_others(context)?;
    }
    if is_among_keys && !page.is_full() && !page.walk(context, column, start.as_deref())? {
        return Ok(None);
    }
    if !sorter.is_backwards && is_among_others && !page.is_full() {
        page.take_others(context)?;
    }
    Ok(Some(page.found))
}

/// A page in the making.
struct Page<'p, 'a, 'q> {
    sorter: &'p Sorter<'a>,
    candidates: &'p mut Candidates<'q>,
    after: Option<&'p Position>,
    limit: usize,
    found: Vec<Doc>,
    looked: u64,
}

impl<'a> Page<'_, 'a, '_> {
    fn is_full(&self) -> bool {
        self.found.len() >= self.limit
    }

    /// Goes from key to key until the page is full; `false` when that was no good idea.
    fn walk(
        &mut self,
        context: &mut Context<'a>,
        column: &Column<'a>,
        start: Option<&[u8]>,
    ) -> Result<bool, ExecuteError> {
        let is_descending = self.sorter.keys.first().is_some_and(|key| key.descending);
        let mut groups = Groups::new(context, column, is_descending != self.sorter.is_backwards, start);
        while let Some(group) = groups.next() {
            context.meter.examine(1)?;
            self.looked += 1;
            let docs = group.docs(column, &self.candidates.set);
            if !docs.is_empty() {
                self.take(context, Some(group.key), &docs)?;
            }
            if self.is_full() {
                break;
            }
            if self.looked > context.limits.tuning.patience {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Takes from the records without a value.
    fn take_others(&mut self, context: &mut Context<'a>) -> Result<(), ExecuteError> {
        let mut without = RoaringBitmap::new();
        for doc in &self.candidates.set {
            context.meter.examine(1)?;
            if self.sorter.key(0, doc).is_none() {
                without.insert(doc);
            }
        }
        self.take(context, None, &without)
    }

    /// Takes from the records of one key those that count by it, are matches, and are behind the page before.
    fn take(
        &mut self,
        context: &mut Context<'a>,
        key: Option<&[u8]>,
        docs: &RoaringBitmap,
    ) -> Result<(), ExecuteError> {
        let sorter = self.sorter;
        let compare = |a: &Doc, b: &Doc| sorter.compare(1, *a, *b);
        let wanted = self.limit.saturating_sub(self.found.len());
        let mut top = Top::new(wanted);
        let alone = sorter.keys.len() == 1;
        let way: Box<dyn Iterator<Item = Doc>> = if sorter.is_backwards {
            Box::new(docs.iter().rev())
        } else {
            Box::new(docs.iter())
        };
        for doc in way {
            self.looked += 1;
            // With one key the group is in order already.
            if alone && top.len() == wanted {
                break;
            }
            context.meter.examine(1)?;
            let counts =
                sorter.key(0, doc) == key && self.after.is_none_or(|after| sorter.is_after(doc, after));
            if counts && self.candidates.passes(context, doc)? {
                top.push(doc, &compare);
            }
        }
        self.found.extend(top.into_sorted(&compare));
        Ok(())
    }
}

/// Keys of the overlay in order, each with who has it.
type OwnKeys<'a> = Box<dyn Iterator<Item = (&'a [u8], &'a Docs)> + 'a>;

/// The keys of base and overlay, merged, in the order of the sort.
struct Groups<'a> {
    base: Peekable<Box<dyn Iterator<Item = usize> + 'a>>,
    overlay: Peekable<OwnKeys<'a>>,
    dictionary: Option<&'a Dictionary>,
    descending: bool,
}

/// One key and who has it.
struct Group<'a> {
    key: &'a [u8],
    rank: Option<usize>,
    own: Option<&'a Docs>,
}

impl<'a> Groups<'a> {
    fn new(context: &Context<'a>, column: &Column<'a>, descending: bool, start: Option<&[u8]>) -> Self {
        // From the start's key on, in the direction of the sort; the start's own key is among them, its group may go on.
        let within = |row: u8| {
            let mut range = KeyRange::prefix(&[row]);
            match start {
                Some(start) if descending => {
                    let beyond = KeyRange::exact(start).high;
                    range.high = range.high.min(beyond);
                }
                Some(start) => range.low = range.low.max(start.into()),
                None => {}
            }
            range
        };
        let ranges: Vec<KeyRange> = SORT_ROWS.into_iter().map(within).collect();
        let ranks: Vec<_> = column
            .dictionary
            .into_iter()
            .flat_map(|dictionary| ranges.iter().map(|range| dictionary.ranks(range)))
            .collect();
        let corpus = context.corpus;
        let parameter = column.parameter;
        let own = ranges
            .into_iter()
            .flat_map(move |range| corpus.overlay().range(parameter, &range));
        let base: Box<dyn Iterator<Item = usize>> = if descending {
            Box::new(ranks.into_iter().rev().flat_map(Iterator::rev))
        } else {
            Box::new(ranks.into_iter().flatten())
        };
        let overlay: OwnKeys<'a> = if descending {
            Box::new(own.rev())
        } else {
            Box::new(own)
        };
        Self {
            base: base.peekable(),
            overlay: overlay.peekable(),
            dictionary: column.dictionary,
            descending,
        }
    }

    fn next(&mut self) -> Option<Group<'a>> {
        let key_of_base = self
            .base
            .peek()
            .and_then(|rank| Some(self.dictionary?.key(*rank)));
        let key_of_overlay = self.overlay.peek().map(|(key, _)| *key);
        let ordering = match (key_of_base, key_of_overlay) {
            (None, None) => return None,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(base), Some(overlay)) if self.descending => overlay.cmp(base),
            (Some(base), Some(overlay)) => base.cmp(overlay),
        };
        let rank = ordering.is_le().then(|| self.base.next()).flatten();
        let own = ordering.is_ge().then(|| self.overlay.next()).flatten();
        Some(Group {
            key: key_of_base.filter(|_| ordering.is_le()).or(key_of_overlay)?,
            rank,
            own: own.map(|(_, docs)| docs),
        })
    }
}

impl Group<'_> {
    /// The records that may be matches and have the key, or had it in the base: whether they still count by it is asked of each.
    fn docs(&self, column: &Column<'_>, set: &RoaringBitmap) -> RoaringBitmap {
        let mut docs = RoaringBitmap::new();
        if let (Some(rank), Some(dictionary)) = (self.rank, column.dictionary) {
            dictionary.postings(rank).add_to_within(set, &mut docs);
        }
        if let Some(own) = self.own {
            own.for_each(|doc| {
                if set.contains(doc) {
                    docs.insert(doc);
                }
            });
        }
        docs
    }
}
