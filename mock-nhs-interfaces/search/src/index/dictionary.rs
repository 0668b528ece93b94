//! The sorted keys of one parameter and the records of each.

use std::ops::Range;

use roaring::RoaringBitmap;

use super::{BuildError, Doc, Postings, postings::DENSE_LEN};
use crate::key::KeyRange;

/// Set in a place when the records are a bitmap; the rest of the place is then its number.
const DENSE: u32 = 1 << 31;

/// The keys of one parameter, sorted, each with its rank (0 for the smallest) and its records.
///
/// Four columns instead of a vector for each key: 12 bytes and the key's own bytes for a key with one record.
#[derive(Debug, Default)]
pub struct Dictionary {
    /// The bytes of all keys, one after the other.
    arena: Vec<u8>,
    /// Where each key ends in `arena`.
    ends: Vec<u32>,
    /// How many postings there are up to and including each key: the size of any range is one subtraction.
    counts: Vec<u32>,
    /// Where a key's records are: the record itself when it is one, a start in `short`, or `DENSE` + a number in `dense`.
    places: Vec<u32>,
    short: Vec<Doc>,
    dense: Vec<RoaringBitmap>,
}

impl Dictionary {
    /// Adds a key behind all others with its records, sorted and without doubles.
    ///
    /// # Errors
    /// When a column would outgrow 32 bits.
    pub(super) fn push(&mut self, key: &[u8], docs: &[Doc]) -> Result<(), BuildError> {
        let place = match docs {
            [] => return Ok(()),
            [one] if *one < DENSE => *one,
            [_] => return Err(BuildError::TooLarge),
            many if many.len() < DENSE_LEN => {
                let start = narrow(self.short.len())?;
                self.short.extend_from_slice(many);
                start
            }
            many => {
                let mut bitmap: RoaringBitmap = many.iter().copied().collect();
                bitmap.optimize();
                self.dense.push(bitmap);
                DENSE | narrow(self.dense.len() - 1)?
            }
        };
        let before = self.counts.last().copied().unwrap_or_default();
        let count = before
            .checked_add(narrow(docs.len())?)
            .ok_or(BuildError::TooLarge)?;
        self.arena.extend_from_slice(key);
        self.ends.push(narrow(self.arena.len())?);
        self.counts.push(count);
        self.places.push(place);
        Ok(())
    }

    /// Gives back what growing has over-allocated.
    pub(super) fn shrink(&mut self) {
        self.arena.shrink_to_fit();
        self.ends.shrink_to_fit();
        self.counts.shrink_to_fit();
        self.places.shrink_to_fit();
        self.short.shrink_to_fit();
        self.dense.shrink_to_fit();
    }

    /// How many keys there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no key.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The key of a rank; empty when there is no such rank.
    #[must_use]
    pub fn key(&self, rank: usize) -> &[u8] {
        let start = before(&self.ends, rank);
        let end = self.ends.get(rank).copied().unwrap_or(start);
        self.arena.get(start as usize..end as usize).unwrap_or_default()
    }

    /// The records of a rank.
    #[must_use]
    pub fn postings(&self, rank: usize) -> Postings<'_> {
        let Some(&place) = self.places.get(rank) else {
            return Postings::Few(&[]);
        };
        if place & DENSE != 0 {
            return match self.dense.get((place & !DENSE) as usize) {
                Some(bitmap) => Postings::Many(bitmap),
                None => Postings::Few(&[]),
            };
        }
        match self.count(rank..rank + 1) {
            1 => Postings::One(place),
            len => {
                let start = place as usize;
                let end = start.saturating_add(usize::try_from(len).unwrap_or_default());
                Postings::Few(self.short.get(start..end).unwrap_or_default())
            }
        }
    }

    /// The ranks whose keys lie in a range.
    #[must_use]
    pub fn ranks(&self, range: &KeyRange) -> Range<usize> {
        let start = self.first_from(&range.low);
        if range.single().is_some() {
            let found = start < self.len() && *self.key(start) == *range.low;
            return start..start + usize::from(found);
        }
        start..self.first_from(&range.high).max(start)
    }

    /// The ranks whose keys begin with a row's byte.
    #[must_use]
    pub fn ranks_of_row(&self, row: u8) -> Range<usize> {
        self.ranks(&KeyRange::prefix(&[row]))
    }

    /// The rank of a key.
    #[must_use]
    pub fn rank(&self, key: &[u8]) -> Option<usize> {
        let rank = self.first_from(key);
        (rank < self.len() && self.key(rank) == key).then_some(rank)
    }

    /// How many postings the ranks have together; a record with several of the keys counts as often.
    #[must_use]
    pub fn count(&self, ranks: Range<usize>) -> u64 {
        let end = ranks.end.min(self.len());
        u64::from(before(&self.counts, end).saturating_sub(before(&self.counts, ranks.start)))
    }

    /// Bytes of memory held.
    pub(super) fn bytes(&self) -> usize {
        let dense: usize = self
            .dense
            .iter()
            .map(|bitmap| bitmap.serialized_size() + size_of::<RoaringBitmap>())
            .sum();
        let columns = self.ends.capacity() + self.counts.capacity() + self.places.capacity();
        self.arena.capacity() + 4 * (columns + self.short.capacity()) + dense
    }

    /// The rank of the first key that is not less than this one.
    #[must_use]
    pub fn first_from(&self, key: &[u8]) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.key(middle) < key {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }
}

/// The value of a running column before `index`.
fn before(column: &[u32], index: usize) -> u32 {
    index
        .checked_sub(1)
        .and_then(|last| column.get(last.min(column.len().saturating_sub(1))))
        .copied()
        .unwrap_or_default()
}

fn narrow(size: usize) -> Result<u32, BuildError> {
    u32::try_from(size)
        .ok()
        .filter(|size| *size < DENSE)
        .ok_or(BuildError::TooLarge)
}
