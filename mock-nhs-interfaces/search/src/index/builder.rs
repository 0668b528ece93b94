//! Builds the base's index from batches that several threads have gathered.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use roaring::RoaringBitmap;

use super::hash::KeyMap;
use super::{BaseIndex, Dictionary, Doc, Record};
use crate::query::ParameterId;

/// Why the base could not be indexed.
#[derive(Debug, thiserror::Error, Clone, Copy, PartialEq, Eq)]
pub enum BuildError {
    /// A parameter has more keys, bytes of keys or postings than 31 bits can number.
    #[error("the index of a search parameter has outgrown what 31 bits can number")]
    TooLarge,
}

/// The keys of one parameter, unsorted, each with its records.
type Keys = KeyMap<Vec<Doc>>;

/// What one thread has gathered: the keys it met, each once, with the records that have them.
#[derive(Debug, Default)]
pub struct Batch {
    parameters: Vec<Keys>,
    types: Vec<RoaringBitmap>,
}

impl Batch {
    /// An empty batch.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a record. Batches are fastest when a thread takes records in the order of their numbers.
    pub fn add(&mut self, record: &Record<'_>) {
        let index = usize::from(record.resource_type.0);
        if let Some(docs) = slot(&mut self.types, index) {
            docs.insert(record.doc);
        }
        record.keys(|parameter, key| self.add_key(parameter, key, record.doc));
    }

    /// Notes that `doc` has `key`; saying it twice is the same as once.
    pub(super) fn add_key(&mut self, parameter: ParameterId, key: &[u8], doc: Doc) {
        let Some(keys) = slot(&mut self.parameters, super::place(parameter)) else {
            return;
        };
        match keys.get_mut(key) {
            Some(docs) if docs.last() == Some(&doc) => {}
            Some(docs) => docs.push(doc),
            None => {
                keys.insert(key.into(), vec![doc]);
            }
        }
    }
}

/// The element of that number, made with all before it when it is not there yet.
fn slot<T: Default>(table: &mut Vec<T>, index: usize) -> Option<&mut T> {
    if index >= table.len() {
        table.resize_with(index + 1, T::default);
    }
    table.get_mut(index)
}

/// Takes batches in any order and merges them into one index.
#[derive(Debug, Default)]
pub struct Builder {
    batches: Vec<Batch>,
}

impl Builder {
    /// A builder without batches.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a batch.
    pub fn push(&mut self, batch: Batch) {
        self.batches.push(batch);
    }

    /// Merges all batches, parameter by parameter, on `threads` threads.
    ///
    /// # Errors
    /// When a parameter has outgrown the index's numbers.
    pub fn build(self, threads: usize) -> Result<BaseIndex, BuildError> {
        let mut jobs: Vec<Vec<Keys>> = Vec::new();
        let mut types: Vec<RoaringBitmap> = Vec::new();
        for batch in self.batches {
            for (index, keys) in batch.parameters.into_iter().enumerate() {
                if let Some(job) = slot(&mut jobs, index).filter(|_| !keys.is_empty()) {
                    job.push(keys);
                }
            }
            for (index, docs) in batch.types.into_iter().enumerate() {
                if let Some(all) = slot(&mut types, index) {
                    *all |= docs;
                }
            }
        }
        let jobs: Vec<_> = jobs.into_iter().map(|job| Mutex::new((job, None))).collect();
        let next = AtomicUsize::new(0);
        let work = || {
            while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                // A poisoned lock means that another thread panicked, and the scope passes that on.
                if let Ok(mut job) = job.lock() {
                    let keys = std::mem::take(&mut job.0);
                    job.1 = Some(merge(keys));
                }
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..threads.max(1) {
                scope.spawn(work);
            }
            work();
        });
        let dictionaries = jobs
            .into_iter()
            .map(|job| match job.into_inner() {
                Ok((_, Some(merged))) => merged,
                Ok((_, None)) | Err(_) => Ok(Dictionary::default()),
            })
            .collect::<Result<Vec<_>, _>>()?;
        Ok(BaseIndex::new(dictionaries, types))
    }
}

/// Merges what several batches know of one parameter.
fn merge(batches: Vec<Keys>) -> Result<Dictionary, BuildError> {
    let mut rows: Vec<(Box<[u8]>, Vec<Doc>)> = batches.into_iter().flatten().collect();
    rows.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    let mut dictionary = Dictionary::default();
    let mut rows = rows.into_iter().peekable();
    while let Some((key, mut docs)) = rows.next() {
        while let Some((_, more)) = rows.next_if(|(other, _)| *other == key) {
            docs.extend(more);
        }
        docs.sort_unstable();
        docs.dedup();
        dictionary.push(&key, &docs)?;
    }
    dictionary.shrink();
    Ok(dictionary)
}
