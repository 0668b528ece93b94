//! A set of records that copies in no time and stays small while it is small.

use std::sync::Arc;

use imbl::OrdSet;
use roaring::RoaringBitmap;

use super::Doc;

/// Up to this many records a sorted slice is smaller and faster than a tree, whose smallest node takes 300 bytes.
const FEW: usize = 24;

/// A sorted set of records; a clone shares its memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Docs {
    /// One record.
    One(Doc),
    /// A handful, sorted; also how an empty set looks.
    Few(Arc<[Doc]>),
    /// More.
    Many(OrdSet<Doc>),
}

impl Default for Docs {
    fn default() -> Self {
        Self::Few(Arc::from([]))
    }
}

impl Docs {
    /// How many records there are.
    #[must_use]
    pub fn len(&self) -> u64 {
        match self {
            Self::One(_) => 1,
            Self::Few(docs) => docs.len() as u64,
            Self::Many(docs) => docs.len() as u64,
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether `doc` is among them.
    #[must_use]
    pub fn contains(&self, doc: Doc) -> bool {
        match self {
            Self::One(one) => *one == doc,
            Self::Few(docs) => docs.binary_search(&doc).is_ok(),
            Self::Many(docs) => docs.contains(&doc),
        }
    }

    /// Calls `visit` with every record, ascending.
    pub fn for_each(&self, mut visit: impl FnMut(Doc)) {
        match self {
            Self::One(doc) => visit(*doc),
            Self::Few(docs) => docs.iter().copied().for_each(visit),
            Self::Many(docs) => docs.iter().copied().for_each(&mut visit),
        }
    }

    /// Adds every record to `set`.
    pub fn add_to(&self, set: &mut RoaringBitmap) {
        match self {
            Self::One(doc) => {
                set.insert(*doc);
            }
            Self::Few(docs) => set.extend(docs.iter().copied()),
            Self::Many(docs) => set.extend(docs.iter().copied()),
        }
    }

    /// Puts a record in.
    pub fn insert(&mut self, doc: Doc) {
        match self {
            Self::One(one) if *one == doc => {}
            Self::One(one) => {
                *self = Self::Few(Arc::from([doc.min(*one), doc.max(*one)]));
            }
            Self::Few(docs) => {
                let Err(place) = docs.binary_search(&doc) else {
                    return;
                };
                let (front, back) = docs.split_at(place);
                let all = front.iter().chain([&doc]).chain(back).copied();
                *self = if docs.len() < FEW {
                    Self::Few(all.collect())
                } else {
                    Self::Many(all.collect())
                };
            }
            Self::Many(docs) => {
                docs.insert(doc);
            }
        }
    }

    /// Takes a record out.
    pub fn remove(&mut self, doc: Doc) {
        match self {
            Self::One(one) => {
                if *one == doc {
                    *self = Self::default();
                }
            }
            Self::Few(docs) => {
                if docs.binary_search(&doc).is_ok() {
                    *self = Self::Few(docs.iter().copied().filter(|other| *other != doc).collect());
                }
            }
            Self::Many(docs) => {
                docs.remove(&doc);
            }
        }
    }
}
