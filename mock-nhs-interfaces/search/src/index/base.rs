//! The index of the records that all workspaces share: built once, never changed.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use roaring::RoaringBitmap;

use super::{Dictionary, Doc, Forward, Links, Postings};
use crate::key::{self, KeyRange};
use crate::query::{ParameterId, ResourceType};

/// The keys of every parameter over the base. Owns two locks: around the tables that searches have asked for.
#[derive(Debug, Default)]
pub struct BaseIndex {
    dictionaries: Vec<Dictionary>,
    /// The records of each type.
    types: Vec<RoaringBitmap>,
    nothing: RoaringBitmap,
    /// Made when first asked for, kept for good, by parameter and row. Rows are few, so a caller cannot make it grow at will.
    forwards: Mutex<HashMap<(ParameterId, u8), Slot>>,
    /// The same of [`Self::links`], by parameter.
    links: Mutex<HashMap<ParameterId, Arc<OnceLock<Arc<Links>>>>>,
}

/// A table that is there or is being made; whoever wants another table does not wait for it.
type Slot = Arc<OnceLock<Arc<Forward>>>;

/// How much memory an index holds, and for what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct IndexSize {
    /// Keys of all parameters.
    pub keys: u64,
    /// (key, record) pairs.
    pub postings: u64,
    /// Bytes of memory.
    pub bytes: usize,
}

impl BaseIndex {
    pub(super) fn new(dictionaries: Vec<Dictionary>, mut types: Vec<RoaringBitmap>) -> Self {
        for docs in &mut types {
            docs.optimize();
        }
        Self {
            dictionaries,
            types,
            ..Self::default()
        }
    }

    /// The records of a type, those that a workspace has changed or deleted included.
    #[must_use]
    pub fn of_type(&self, resource_type: ResourceType) -> &RoaringBitmap {
        self.types
            .get(usize::from(resource_type.0))
            .unwrap_or(&self.nothing)
    }

    /// The keys of a parameter, if the base has any.
    #[must_use]
    pub fn dictionary(&self, parameter: ParameterId) -> Option<&Dictionary> {
        self.dictionaries
            .get(super::place(parameter))
            .filter(|dictionary| !dictionary.is_empty())
    }

    /// The records that have exactly this key.
    #[must_use]
    pub fn exact(&self, parameter: ParameterId, key: &[u8]) -> Option<Postings<'_>> {
        let dictionary = self.dictionary(parameter)?;
        Some(dictionary.postings(dictionary.rank(key)?))
    }

    /// The ranks of the keys in a range.
    #[must_use]
    pub fn ranks(&self, parameter: ParameterId, range: &KeyRange) -> Range<usize> {
        self.dictionary(parameter)
            .map_or(0..0, |dictionary| dictionary.ranks(range))
    }

    /// How many postings the keys in a range have, without visiting them. A record with several of the keys counts as often.
    #[must_use]
    pub fn estimate(&self, parameter: ParameterId, range: &KeyRange) -> u64 {
        self.dictionary(parameter)
            .map_or(0, |dictionary| dictionary.count(dictionary.ranks(range)))
    }

    /// For every record, the ranks of its keys in one row. Made at the first call (about 20 ms for a million postings) and
    /// kept: sorts, checks and includes ask again and again.
    #[must_use]
    pub fn forward(&self, parameter: ParameterId, row: u8) -> Arc<Forward> {
        let slot = {
            let mut forwards = self.forwards.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(forwards.entry((parameter, row)).or_default())
        };
        let forward = slot.get_or_init(|| {
            Arc::new(match self.dictionary(parameter) {
                Some(dictionary) => Forward::of(dictionary, dictionary.ranks_of_row(row)),
                None => Forward::default(),
            })
        });
        Arc::clone(forward)
    }

    /// Where the references of a parameter lead; `find` finds a record of the base, whatever a workspace has made of it. Made at
    /// the first call and kept.
    #[must_use]
    pub fn links(
        &self,
        parameter: ParameterId,
        find: &dyn Fn(ResourceType, &str) -> Option<Doc>,
    ) -> Arc<Links> {
        let slot = {
            let mut links = self.links.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(links.entry(parameter).or_default())
        };
        let links = slot.get_or_init(|| {
            Arc::new(match self.dictionary(parameter) {
                Some(dictionary) => Links::of(dictionary, &self.forward(parameter, key::REFERENCE), find),
                None => Links::default(),
            })
        });
        Arc::clone(links)
    }

    /// Makes the tables of [`Self::forward`] for every row that sorts, checks and includes use, and those of [`Self::links`], so
    /// that no search has to wait for one. Takes seconds at a hundred thousand people: for a thread of its own, while searches
    /// are already answered.
    pub fn warm(&self, find: &dyn Fn(ResourceType, &str) -> Option<Doc>) {
        let parameters = (0..=u16::MAX).map(ParameterId);
        for parameter in parameters.filter(|parameter| self.dictionary(*parameter).is_some()) {
            for row in (b'a'..=b'z').filter(|row| key::is_sort_row(*row)) {
                let _ = self.forward(parameter, row);
            }
            if !self
                .ranks(parameter, &KeyRange::prefix(&[key::REFERENCE]))
                .is_empty()
            {
                let _ = self.links(parameter, find);
            }
        }
    }

    /// What the index holds, without what [`Self::forward`] and [`Self::links`] have made.
    #[must_use]
    pub fn size(&self) -> IndexSize {
        let mut size = IndexSize::default();
        for dictionary in &self.dictionaries {
            size.keys += dictionary.len() as u64;
            size.postings += dictionary.count(0..dictionary.len());
            size.bytes += dictionary.bytes();
        }
        size.bytes += self
            .types
            .iter()
            .map(RoaringBitmap::serialized_size)
            .sum::<usize>();
        size
    }

    /// Bytes that the tables made by [`Self::forward`] and [`Self::links`] hold.
    #[must_use]
    pub fn forward_bytes(&self) -> usize {
        let forwards = self.forwards.lock().unwrap_or_else(PoisonError::into_inner);
        let forwards = forwards.values().filter_map(|slot| slot.get());
        let links = self.links.lock().unwrap_or_else(PoisonError::into_inner);
        let links = links.values().filter_map(|slot| slot.get());
        let bytes: usize = forwards.map(|forward| forward.bytes()).sum();
        bytes + links.map(|links| links.bytes()).sum::<usize>()
    }
}
