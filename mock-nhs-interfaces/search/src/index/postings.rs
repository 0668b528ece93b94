//! The records that have one key of the base: one number, a short sorted list, or a bitmap.

use roaring::RoaringBitmap;

use super::Doc;

/// Lists from this length on are bitmaps: 2 bytes a record at most instead of 4, less than a bit where records are neighbours.
pub(super) const DENSE_LEN: usize = 192;

/// The records of one key, sorted, borrowed from the index.
#[derive(Debug, Clone, Copy)]
pub enum Postings<'a> {
    /// Exactly one record, which is the usual case: identifiers, instants.
    One(Doc),
    /// A short sorted list.
    Few(&'a [Doc]),
    /// A long list.
    Many(&'a RoaringBitmap),
}

impl Postings<'_> {
    /// How many records there are.
    #[must_use]
    pub fn len(&self) -> u64 {
        match self {
            Self::One(_) => 1,
            Self::Few(docs) => docs.len() as u64,
            Self::Many(docs) => docs.len(),
        }
    }

    /// Whether there are none; never true for a key of the index.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether `doc` is among them, in logarithmic time.
    #[must_use]
    pub fn contains(&self, doc: Doc) -> bool {
        match self {
            Self::One(one) => *one == doc,
            Self::Few(docs) => docs.binary_search(&doc).is_ok(),
            Self::Many(docs) => docs.contains(doc),
        }
    }

    /// Calls `visit` with every record, ascending.
    pub fn for_each(&self, mut visit: impl FnMut(Doc)) {
        match self {
            Self::One(doc) => visit(*doc),
            Self::Few(docs) => docs.iter().copied().for_each(visit),
            Self::Many(docs) => docs.iter().for_each(&mut visit),
        }
    }

    /// The first and the last record.
    #[must_use]
    pub fn ends(&self) -> Option<(Doc, Doc)> {
        match self {
            Self::One(doc) => Some((*doc, *doc)),
            Self::Few(docs) => Some((*docs.first()?, *docs.last()?)),
            Self::Many(docs) => Some((docs.min()?, docs.max()?)),
        }
    }

    /// Adds the records that are in `within` to `set`.
    pub fn add_to_within(&self, within: &RoaringBitmap, set: &mut RoaringBitmap) {
        match self {
            Self::Many(docs) => *set |= *docs & within,
            Self::One(_) | Self::Few(_) => self.for_each(|doc| {
                if within.contains(doc) {
                    set.insert(doc);
                }
            }),
        }
    }

    /// Adds every record to `set`.
    pub fn add_to(&self, set: &mut RoaringBitmap) {
        match self {
            Self::One(doc) => {
                set.insert(*doc);
            }
            Self::Few(docs) => set.extend(docs.iter().copied()),
            Self::Many(docs) => *set |= *docs,
        }
    }
}
