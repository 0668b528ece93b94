//! The index of what one workspace has changed: a clone costs nothing and never sees later changes.

use std::ops::Bound;
use std::sync::Arc;

use imbl::OrdMap;

use super::{Doc, Docs, Record};
use crate::key::KeyRange;
use crate::query::{ParameterId, ResourceType};

/// A key of a parameter. Ordered by parameter, then by the key's bytes.
type Row = (ParameterId, Arc<[u8]>);

/// The keys of a workspace's own records.
///
/// Both maps are persistent: forks, checkpoints and running searches hold a clone, which shares everything.
#[derive(Debug, Clone, Default)]
pub struct OverlayIndex {
    rows: OrdMap<Row, Docs>,
    /// What to take out again when a record changes; also a record's keys for sorting.
    docs: OrdMap<Doc, (ResourceType, Arc<[Row]>)>,
    types: OrdMap<ResourceType, Docs>,
}

impl OverlayIndex {
    /// An index without records.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a record, new or changed; the keys it had before are gone.
    pub fn insert(&mut self, record: &Record<'_>) {
        let mut rows: Vec<Row> = Vec::new();
        record.keys(|parameter, key| rows.push((parameter, Arc::from(key))));
        self.insert_rows(record.doc, record.resource_type, rows);
    }

    pub(super) fn insert_rows(&mut self, doc: Doc, resource_type: ResourceType, mut rows: Vec<Row>) {
        self.remove(doc);
        rows.sort_unstable();
        rows.dedup();
        for row in &mut rows {
            if let Some((kept, docs)) = self.rows.get_key_value_mut(row) {
                docs.insert(doc);
                // One copy of the key's bytes, however many records have it.
                row.1 = Arc::clone(&kept.1);
            } else {
                self.rows.insert(row.clone(), Docs::One(doc));
            }
        }
        self.docs.insert(doc, (resource_type, rows.into()));
        self.types.entry(resource_type).or_default().insert(doc);
    }

    /// Takes a record out; nothing happens when it is not there.
    pub fn remove(&mut self, doc: Doc) {
        let Some((resource_type, rows)) = self.docs.remove(&doc) else {
            return;
        };
        for row in rows.iter() {
            let Some(docs) = self.rows.get_mut(row) else {
                continue;
            };
            docs.remove(doc);
            if docs.is_empty() {
                self.rows.remove(row);
            }
        }
        if let Some(docs) = self.types.get_mut(&resource_type) {
            docs.remove(doc);
        }
    }

    /// The records of a type.
    #[must_use]
    pub fn of_type(&self, resource_type: ResourceType) -> Option<&Docs> {
        self.types.get(&resource_type)
    }

    /// Whether the record is one of the workspace's own.
    #[must_use]
    pub fn contains(&self, doc: Doc) -> bool {
        self.docs.contains_key(&doc)
    }

    /// How many records there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.docs.len()
    }

    /// Whether there is no record.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.docs.is_empty()
    }

    /// The records that have exactly this key.
    #[must_use]
    pub fn exact(&self, parameter: ParameterId, key: &[u8]) -> Option<&Docs> {
        self.rows.get(&(parameter, Arc::from(key)))
    }

    /// The keys in a range in order, each with its records.
    pub fn range<'i>(
        &'i self,
        parameter: ParameterId,
        range: &KeyRange,
    ) -> impl DoubleEndedIterator<Item = (&'i [u8], &'i Docs)> + use<'i> {
        // A range whose ends are crossed is empty, and must not reach the map, which would panic.
        let high = (&*range.high).max(&range.low);
        let low: Row = (parameter, Arc::from(&*range.low));
        let high: Row = (parameter, Arc::from(high));
        self.rows
            .range((Bound::Included(low), Bound::Excluded(high)))
            .map(|(row, docs)| (&*row.1, docs))
    }

    /// How many postings the keys in a range have; counts at most `enough` keys, so that an estimate stays cheap.
    #[must_use]
    pub fn estimate(&self, parameter: ParameterId, range: &KeyRange, enough: usize) -> u64 {
        let keys = self.range(parameter, range).take(enough);
        keys.map(|(_, docs)| docs.len()).sum()
    }

    /// The keys that a record has of a parameter, in order.
    pub fn keys_of(&self, doc: Doc, parameter: ParameterId) -> impl DoubleEndedIterator<Item = &[u8]> {
        let rows = self.docs.get(&doc).map(|(_, rows)| &**rows).unwrap_or_default();
        let start = rows.partition_point(|(other, _)| *other < parameter);
        let end = rows.partition_point(|(other, _)| *other <= parameter);
        rows.get(start..end)
            .unwrap_or_default()
            .iter()
            .map(|(_, key)| &**key)
    }
}
