//! The order that `_sort` asks for: sort keys of records, and how they compare.
//!
//! A record counts by its least value ascending and by its greatest descending; records without a value come last in both
//! directions; what is equal by all keys keeps the order of numbers. Texts that differ only in case or accents stand next to
//! each other, told apart by how they are written before the next key is asked.
//! Source: <https://hl7.org/fhir/R4/search.html#sort>.

use std::cmp::Ordering;
use std::sync::Arc;

use super::context::Context;
use super::cursor::Position;
use super::{Corpus, candidates::Candidates};
use crate::index::{Dictionary, Doc, Forward, last_updated_parameter};
use crate::key::{COMPOSITE, LOW, REFERENCE, STRING, TOKEN, URL};
use crate::query::{ParameterId, ResourceType, Sort, SortBy};

/// The rows that are sorted by, in the order of their bytes.
pub(super) const SORT_ROWS: [u8; 6] = [STRING, COMPOSITE, LOW, REFERENCE, TOKEN, URL];

/// Reads and compares sort keys.
pub(super) struct Sorter<'a> {
    corpus: &'a dyn Corpus,
    pub(super) keys: Vec<SorterKey<'a>>,
    /// Whether the order is gone through from its end: for the page before another.
    pub(super) is_backwards: bool,
}

/// One key of the order.
pub(super) struct SorterKey<'a> {
    by: By<'a>,
    pub(super) descending: bool,
}

enum By<'a> {
    Id,
    /// In the order of their types.
    Parameter(Vec<Column<'a>>),
}

impl<'a> By<'a> {
    fn columns(mut columns: Vec<Column<'a>>) -> Self {
        columns.sort_by_key(|column| column.of);
        Self::Parameter(columns)
    }
}

/// The values of one parameter, which are those of one type.
pub(super) struct Column<'a> {
    of: ResourceType,
    pub(super) parameter: ParameterId,
    pub(super) dictionary: Option<&'a Dictionary>,
    rows: Vec<Arc<Forward>>,
}

impl<'a> Sorter<'a> {
    pub(super) fn new(
        context: &mut Context<'a>,
        sort: &[Sort],
        candidates: &[Candidates<'_>],
        is_backwards: bool,
    ) -> Self {
        let keys = sort
            .iter()
            .map(|sort| SorterKey {
                by: match &sort.by {
                    SortBy::Id => By::Id,
                    SortBy::LastUpdated => By::columns(
                        candidates
                            .iter()
                            .map(|one| Column::new(context, one.of, last_updated_parameter(one.of)))
                            .collect(),
                    ),
                    SortBy::Parameter(parameters) => By::columns(
                        parameters
                            .iter()
                            .filter(|(of, _)| candidates.iter().any(|one| one.of == *of))
                            .map(|(of, parameter)| Column::new(context, *of, *parameter))
                            .collect(),
                    ),
                },
                descending: sort.descending,
            })
            .collect();
        Self {
            corpus: context.corpus,
            keys,
            is_backwards,
        }
    }

    /// The values of the first key, if there is one parameter to walk.
    pub(super) fn column(&self) -> Option<&Column<'a>> {
        match self.keys.first().map(|key| &key.by) {
            Some(By::Parameter(columns)) => match columns.as_slice() {
                [one] => Some(one),
                _ => None,
            },
            Some(By::Id) | None => None,
        }
    }

    /// A record's sort key of one number.
    pub(super) fn key(&self, number: usize, doc: Doc) -> Option<&'a [u8]> {
        let key = self.keys.get(number)?;
        match &key.by {
            By::Id => self.corpus.id(doc).map(str::as_bytes),
            By::Parameter(columns) => {
                let of = self.corpus.resource_type(doc)?;
                let place = columns.binary_search_by_key(&of, |column| column.of).ok()?;
                let column = columns.get(place)?;
                column.key(self.corpus, doc, key.descending)
            }
        }
    }

    /// All sort keys of a record, as a page token keeps them.
    pub(super) fn position(&self, doc: Doc) -> Position {
        Position {
            keys: (0..self.keys.len())
                .map(|number| self.key(number, doc).map(Into::into))
                .collect(),
            doc,
        }
    }

    /// How two records compare whose keys before `from` are equal: the lesser is met first.
    pub(super) fn compare(&self, from: usize, a: Doc, b: Doc) -> Ordering {
        (from..self.keys.len())
            .map(|number| self.compare_keys(number, self.key(number, a), self.key(number, b)))
            .find(|ordering| ordering.is_ne())
            .unwrap_or_else(|| self.on_the_way(a.cmp(&b)))
    }

    /// Turned around when the order is gone through from its end.
    fn on_the_way(&self, ordering: Ordering) -> Ordering {
        if self.is_backwards {
            ordering.reverse()
        } else {
            ordering
        }
    }

    /// Whether a record is met after a position.
    pub(super) fn is_after(&self, doc: Doc, position: &Position) -> bool {
        for (number, known) in position.keys.iter().enumerate() {
            let own = self.key(number, doc);
            match self.compare_keys(number, own, known.as_deref()) {
                Ordering::Equal => {}
                Ordering::Less => return false,
                Ordering::Greater => return true,
            }
        }
        self.on_the_way(doc.cmp(&position.doc)).is_gt()
    }

    /// How two keys of one number compare.
    pub(super) fn compare_keys(&self, number: usize, a: Option<&[u8]>, b: Option<&[u8]>) -> Ordering {
        self.on_the_way(match (a, b) {
            (Some(a), Some(b)) if self.keys.get(number).is_some_and(|key| key.descending) => b.cmp(a),
            (Some(a), Some(b)) => a.cmp(b),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        })
    }
}

impl<'a> Column<'a> {
    fn new(context: &mut Context<'a>, of: ResourceType, parameter: ParameterId) -> Self {
        let corpus = context.corpus;
        let dictionary = corpus.base().dictionary(parameter);
        let rows = dictionary.map_or_else(Vec::new, |dictionary| {
            SORT_ROWS
                .into_iter()
                .filter(|row| !dictionary.ranks_of_row(*row).is_empty())
                .map(|row| context.forward(parameter, row))
                .collect()
        });
        Self {
            of,
            parameter,
            dictionary,
            rows,
        }
    }

    fn key(&self, corpus: &'a dyn Corpus, doc: Doc, descending: bool) -> Option<&'a [u8]> {
        let overlay = corpus.overlay();
        if overlay.contains(doc) {
            let mut keys = overlay
                .keys_of(doc, self.parameter)
                .filter(|key| key.first().is_some_and(|row| SORT_ROWS.contains(row)));
            return if descending { keys.next_back() } else { keys.next() };
        }
        let rank = if descending {
            self.rows.iter().rev().find_map(|row| row.ranks(doc).last())
        } else {
            self.rows.iter().find_map(|row| row.ranks(doc).first())
        };
        Some(self.dictionary?.key(*rank? as usize))
    }
}

#[cfg(test)]
mod tests {
    use super::SORT_ROWS;
    use crate::key::is_sort_row;

    #[test]
    fn the_rows_are_those_of_keys_in_the_order_of_their_bytes() {
        let rows: Vec<u8> = (0..=u8::MAX).filter(|row| is_sort_row(*row)).collect();
        assert_eq!(rows, SORT_ROWS);
    }
}
