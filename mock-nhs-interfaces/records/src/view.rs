//! What a workspace is at one moment: the base under its own changes.

mod changes;
mod corpus;
mod history;
pub(crate) mod library;
pub(crate) mod metas;

use std::sync::Arc;

use crate::base::Base;
use crate::overlay::Overlay;
use crate::{Record, RecordsError, ResourceType};

pub use changes::{ChangeKind, Changed, ChangesPage};
pub use history::{HistoryPage, PageSize, Scope, Window};

/// A snapshot of a workspace. To copy it costs nothing, it never changes, and it needs no lock: reads, histories and
/// searches each take one and look at one moment.
#[derive(Clone, Debug)]
pub struct View {
    base: Arc<Base>,
    overlay: Arc<Overlay>,
}

/// What counts against a workspace's [`Quota`](crate::Quota).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Used {
    /// Bytes of all versions that are its own.
    pub bytes: u64,
    /// How many those are.
    pub versions: u64,
}

impl View {
    /// The base as every workspace begins.
    pub(crate) fn pristine(base: Arc<Base>) -> Self {
        Self {
            base,
            overlay: Arc::default(),
        }
    }

    /// The base that all workspaces share.
    #[must_use]
    pub fn base(&self) -> &Arc<Base> {
        &self.base
    }

    pub(crate) fn overlay(&self) -> &Overlay {
        &self.overlay
    }

    /// The newest version of a resource, also when that is a delete; `None` when there never was one.
    #[must_use]
    pub fn latest(&self, kind: ResourceType, id: &str) -> Option<Arc<Record>> {
        match self.overlay.instance(kind, id) {
            Some(instance) => instance.versions.last().cloned(),
            None => self.base.record(self.base.find(kind, id)?),
        }
    }

    /// The newest version of a resource when the workspace made one, also when that is a delete; `None` when the
    /// resource is as the base has it, or was never there. Costs a look into the workspace's own changes, and nothing else.
    #[must_use]
    pub fn own_version(&self, kind: ResourceType, id: &str) -> Option<&Arc<Record>> {
        self.overlay.instance(kind, id)?.versions.last()
    }

    /// How many versions of resources of a type the workspace made. Two snapshots of one workspace with as many, and with
    /// the same last one, have the same ones.
    #[must_use]
    pub fn change_count(&self, kind: ResourceType) -> usize {
        self.overlay.log_of_type(kind).map_or(0, imbl::Vector::len)
    }

    /// The version of a type that the workspace made at this place, counted from 0, the oldest.
    #[must_use]
    pub fn change(&self, kind: ResourceType, place: usize) -> Option<&Arc<Record>> {
        self.overlay.log_of_type(kind)?.get(place)
    }

    /// The resource as it stands; `None` when there is none, or it was deleted.
    #[must_use]
    pub fn read(&self, kind: ResourceType, id: &str) -> Option<Arc<Record>> {
        self.latest(kind, id).filter(|record| !record.is_deleted())
    }

    /// One version of a resource.
    #[must_use]
    pub fn vread(&self, kind: ResourceType, id: &str, version: u32) -> Option<Arc<Record>> {
        let base = self.base.find(kind, id);
        if version == 1 && base.is_some() {
            return base.and_then(|doc| self.base.record(doc));
        }
        // The versions of the overlay count on from the base's only one.
        let first = if base.is_some() { 2 } else { 1 };
        let place = usize::try_from(version.checked_sub(first)?).ok()?;
        self.overlay
            .instance(kind, id)
            .and_then(|instance| instance.versions.get(place))
            .cloned()
    }

    /// How many resources of the type there are.
    #[must_use]
    pub fn count(&self, kind: ResourceType) -> u64 {
        let base = u64::try_from(self.base.of_type(kind).len()).unwrap_or(u64::MAX);
        let tally = self.overlay.tally(kind);
        base.saturating_sub(u64::from(tally.hidden))
            .saturating_add(u64::from(tally.standing))
    }

    /// The resource with this document number as it stands.
    #[must_use]
    pub fn document(&self, doc: u32) -> Option<Arc<Record>> {
        match self.overlay.standing(doc) {
            Some(record) => Some(Arc::clone(record)),
            None if self.hides(doc) => None,
            None => self.base.record(doc),
        }
    }

    /// Whether the workspace changed or deleted this document of the base.
    fn hides(&self, doc: u32) -> bool {
        self.overlay.hidden().contains(doc)
    }

    /// Every resource of a type as it stands: first those that are as the base has them, then those that the workspace
    /// changed or made.
    pub fn of_type(&self, kind: ResourceType) -> impl Iterator<Item = Arc<Record>> + '_ {
        let base = self
            .base
            .of_type(kind)
            .iter()
            .filter(|doc| !self.hides(**doc))
            .filter_map(|doc| self.base.record(*doc));
        base.chain(self.overlay.standing_of_type(kind).cloned())
    }

    /// The documents of a type that stand, in order.
    pub(crate) fn docs_of_type(&self, kind: ResourceType) -> Vec<u32> {
        let base = self
            .base
            .of_type(kind)
            .iter()
            .copied()
            .filter(|doc| !self.hides(*doc));
        let mut docs: Vec<u32> = base.chain(self.overlay.docs_of_type(kind)).collect();
        docs.sort_unstable();
        docs
    }

    /// What the workspace keeps of its own.
    #[must_use]
    pub fn used(&self) -> Used {
        Used {
            bytes: self.overlay.size_bytes(),
            versions: u64::try_from(self.overlay.log().len()).unwrap_or(u64::MAX),
        }
    }

    /// Adds a version, and indexes it.
    pub(crate) fn apply(&mut self, record: Arc<Record>) -> Result<(), RecordsError> {
        let overlay = Arc::make_mut(&mut self.overlay);
        let doc = overlay.apply(&self.base, record).ok_or(RecordsError::Full)?;
        overlay.index_document(doc);
        Ok(())
    }

    /// Adds a version while many are read: [`View::index_all`] must follow.
    pub(crate) fn apply_unindexed(&mut self, record: Arc<Record>) -> Result<(), RecordsError> {
        let overlay = Arc::make_mut(&mut self.overlay);
        overlay
            .apply(&self.base, record)
            .map(|_| ())
            .ok_or(RecordsError::Full)
    }

    /// Indexes every version that stands.
    pub(crate) fn index_all(&mut self) {
        Arc::make_mut(&mut self.overlay).index_all();
    }
}
