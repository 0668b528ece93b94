//! What a workspace changed of the base, in memory.
//!
//! Invariant: a copy costs nothing, whatever the size, and shares all memory: a reader's snapshot, a checkpoint and a
//! fork are copies. Invariant: applying the records of [`Overlay::log`] in order to an empty overlay makes the same
//! overlay, document numbers included; that is how a workspace is loaded.

use std::sync::Arc;

use imbl::{OrdMap, OrdSet, Vector};
use roaring::RoaringBitmap;
use search::index::OverlayIndex;

use crate::base::Base;
use crate::packages::LibraryCell;
use crate::view::library;
use crate::{Record, ResourceId, ResourceType, indexing};

/// The changes of one workspace.
#[derive(Clone, Debug, Default)]
pub(crate) struct Overlay {
    instances: OrdMap<ResourceType, OrdMap<ResourceId, Instance>>,
    /// The version that stands of each document that the workspace changed or made.
    standing: OrdMap<u32, Arc<Record>>,
    /// The same documents, by type.
    of_type: OrdMap<ResourceType, OrdSet<u32>>,
    /// Documents that the workspace made: their numbers follow the base's.
    made: u32,
    /// Every change, oldest first: the history of the system.
    log: Vector<Arc<Record>>,
    /// The same of each type.
    log_of_type: OrdMap<ResourceType, Vector<Arc<Record>>>,
    tallies: OrdMap<ResourceType, Tally>,
    /// Documents of the base that stand no longer as they are there.
    hidden: Arc<RoaringBitmap>,
    bytes: u64,
    index: OverlayIndex,
    /// `None` while the workspace defines nothing that the base does not.
    library: Option<Arc<LibraryCell>>,
}

/// One resource that the workspace has changed.
#[derive(Clone, Debug)]
pub(crate) struct Instance {
    /// Its number among the documents: the base's, if it is there.
    pub(crate) doc: u32,
    /// Its versions that are not the base's, oldest first.
    pub(crate) versions: Vector<Arc<Record>>,
}

/// How many resources of a type there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Those that stand in the overlay.
    pub(crate) standing: u32,
    /// Those of the base that the overlay hides.
    pub(crate) hidden: u32,
}

impl Overlay {
    /// Adds a version, and answers the document's number; the index is not brought up to it. `None` when the numbers of documents are used up.
    pub(crate) fn apply(&mut self, base: &Base, record: Arc<Record>) -> Option<u32> {
        let known = self
            .instances
            .get(&record.kind)
            .and_then(|of_type| of_type.get(&record.id));
        let (doc, newly_hidden) = match known {
            Some(instance) => (instance.doc, false),
            None => match base.find(record.kind, record.id.as_str()) {
                Some(doc) => (doc, true),
                None => {
                    let doc = base.len().checked_add(self.made)?;
                    self.made = self.made.checked_add(1)?;
                    (doc, false)
                }
            },
        };
        if library::DEFINING.contains(&record.kind.name()) {
            self.library = Some(Arc::default());
        }
        if newly_hidden {
            Arc::make_mut(&mut self.hidden).insert(doc);
        }
        let of_type = self.of_type.entry(record.kind).or_default();
        let tally = self.tallies.entry(record.kind).or_default();
        tally.hidden = tally.hidden.saturating_add(u32::from(newly_hidden));
        if record.is_deleted() {
            self.standing.remove(&doc);
            of_type.remove(&doc);
        } else {
            self.standing.insert(doc, Arc::clone(&record));
            of_type.insert(doc);
        }
        tally.standing = u32::try_from(of_type.len()).unwrap_or(u32::MAX);

        let of_type = self.instances.entry(record.kind).or_default();
        of_type
            .entry(record.id.clone())
            .or_insert_with(|| Instance {
                doc,
                versions: Vector::new(),
            })
            .versions
            .push_back(Arc::clone(&record));
        self.bytes = self
            .bytes
            .saturating_add(u64::try_from(record.size_bytes()).unwrap_or(u64::MAX));
        self.log_of_type
            .entry(record.kind)
            .or_default()
            .push_back(Arc::clone(&record));
        self.log.push_back(record);
        Some(doc)
    }

    /// Brings the index up to what stands of a document. A text is read again for that, some 20 µs.
    pub(crate) fn index_document(&mut self, doc: u32) {
        match self.standing.get(&doc) {
            Some(record) => {
                let (kind, last_updated) = (record.kind, record.last_updated);
                indexing::with_values(doc, kind, last_updated, &record.text, |entry| {
                    self.index.insert(entry);
                });
            }
            None => self.index.remove(doc),
        }
    }

    /// The same for every document: after a workspace was read from disk.
    pub(crate) fn index_all(&mut self) {
        let documents: Vec<u32> = self.standing.keys().copied().collect();
        for doc in documents {
            self.index_document(doc);
        }
    }

    /// Where the definitions that stand are kept once somebody has asked for them; shared by all copies until they change,
    /// and by all workspaces that have changed none.
    pub(crate) fn library<'a>(&'a self, base: &'a Base) -> &'a LibraryCell {
        self.library.as_deref().unwrap_or(base.library())
    }

    pub(crate) fn index(&self) -> &OverlayIndex {
        &self.index
    }

    /// What the workspace did to this resource, if it did anything.
    pub(crate) fn instance(&self, kind: ResourceType, id: &str) -> Option<&Instance> {
        self.instances.get(&kind)?.get(id)
    }

    /// The version that stands of a document that the workspace changed or made.
    pub(crate) fn standing(&self, doc: u32) -> Option<&Arc<Record>> {
        self.standing.get(&doc)
    }

    /// The resources of a type that the workspace changed or made, as they stand, in the order of their documents.
    pub(crate) fn standing_of_type(&self, kind: ResourceType) -> impl Iterator<Item = &Arc<Record>> {
        self.of_type
            .get(&kind)
            .into_iter()
            .flat_map(OrdSet::iter)
            .filter_map(|doc| self.standing(*doc))
    }

    /// The documents of a type that the workspace changed or made and that stand, in order.
    pub(crate) fn docs_of_type(&self, kind: ResourceType) -> impl Iterator<Item = u32> {
        self.of_type
            .get(&kind)
            .into_iter()
            .flat_map(OrdSet::iter)
            .copied()
    }

    /// Documents of the base that stand no longer as they are there.
    pub(crate) fn hidden(&self) -> &RoaringBitmap {
        &self.hidden
    }

    /// How many resources the workspace has changed.
    pub(crate) fn changed_count(&self) -> u64 {
        let counts = self
            .instances
            .values()
            .map(|of_type| u64::try_from(of_type.len()).unwrap_or(u64::MAX));
        counts.fold(0, u64::saturating_add)
    }

    /// Every change, oldest first.
    pub(crate) fn log(&self) -> &Vector<Arc<Record>> {
        &self.log
    }

    /// Every change to resources of a type, oldest first.
    pub(crate) fn log_of_type(&self, kind: ResourceType) -> Option<&Vector<Arc<Record>>> {
        self.log_of_type.get(&kind)
    }

    /// How many resources of the type there are.
    pub(crate) fn tally(&self, kind: ResourceType) -> Tally {
        self.tallies.get(&kind).copied().unwrap_or_default()
    }

    /// What counts against the workspace's quota, in bytes.
    pub(crate) fn size_bytes(&self) -> u64 {
        self.bytes
    }
}
