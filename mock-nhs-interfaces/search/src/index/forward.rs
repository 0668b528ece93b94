//! From a record to the ranks of its keys: what sorting, checking and following references need and an inverted index lacks.

use std::ops::Range;

use super::{Dictionary, Doc};

/// For each record the ranks of its keys in one range of a dictionary, ascending.
///
/// 4 bytes for every record between the first and the last that has a key, and 4 for every posting.
#[derive(Debug, Default)]
pub struct Forward {
    first: Doc,
    /// Where the ranks of `first`, `first + 1`, ... begin; one more at the end.
    starts: Vec<u32>,
    ranks: Vec<u32>,
}

impl Forward {
    pub(super) fn of(dictionary: &Dictionary, keys: Range<usize>) -> Self {
        let (mut first, mut last) = (Doc::MAX, 0);
        for rank in keys.clone() {
            if let Some((low, high)) = dictionary.postings(rank).ends() {
                first = first.min(low);
                last = last.max(high);
            }
        }
        if first > last {
            return Self::default();
        }
        // Counted into the slot behind the record's own, then summed up: the slot holds where the record's ranks end.
        let mut starts = vec![0_u32; (last - first) as usize + 2];
        for rank in keys.clone() {
            dictionary.postings(rank).for_each(|doc| {
                if let Some(count) = starts.get_mut((doc - first) as usize + 1) {
                    *count += 1;
                }
            });
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut ranks = vec![0_u32; sum as usize];
        let mut filled = starts.clone();
        for rank in keys {
            let number = u32::try_from(rank).unwrap_or(u32::MAX);
            dictionary.postings(rank).for_each(|doc| {
                if let Some(place) = filled.get_mut((doc - first) as usize) {
                    if let Some(slot) = ranks.get_mut(*place as usize) {
                        *slot = number;
                    }
                    *place += 1;
                }
            });
        }
        Self { first, starts, ranks }
    }

    /// The ranks of the record's keys in the range, ascending; empty when it has none.
    #[must_use]
    pub fn ranks(&self, doc: Doc) -> &[u32] {
        self.slice(doc).unwrap_or_default()
    }

    /// The first record that may have ranks, and how many records from there on may.
    pub(super) fn span(&self) -> (Doc, u32) {
        let records = self.starts.len().saturating_sub(1);
        (self.first, u32::try_from(records).unwrap_or(u32::MAX))
    }

    fn slice(&self, doc: Doc) -> Option<&[u32]> {
        let place = doc.checked_sub(self.first)? as usize;
        let start = *self.starts.get(place)?;
        let end = *self.starts.get(place + 1)?;
        self.ranks.get(start as usize..end as usize)
    }

    /// Bytes of memory held.
    #[must_use]
    pub fn bytes(&self) -> usize {
        4 * (self.starts.capacity() + self.ranks.capacity())
    }
}
