//! Changes that are being made: they see each other, and become the workspace's all together or not at all.

use std::sync::Arc;

use bytes::Bytes;
use fhir::text::Stamp;

use crate::{Change, Instant, Record, RecordsError, ResourceId, ResourceType, View};

/// What a workspace would be after the changes so far. Made by [`Records::change`](crate::Records::change).
#[derive(Debug)]
pub struct Draft {
    view: View,
    now: Instant,
    made: Vec<Arc<Record>>,
    quota: Quota,
}

/// What one workspace may keep of its own: a flood of versions ends here, and not at the program's memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Bytes of all versions together, as [`Record::size_bytes`] counts them.
    pub bytes: u64,
    /// Versions of all resources together, deletes included.
    pub versions: u64,
}

impl Default for Quota {
    /// 64 MiB, and a version for each of 200,000 changes: the whole records of some two thousand further people.
    fn default() -> Self {
        Self {
            bytes: 64 * 1024 * 1024,
            versions: 200_000,
        }
    }
}

impl Draft {
    pub(crate) fn new(view: View, now: Instant, quota: Quota) -> Self {
        Self {
            view,
            now,
            made: Vec::new(),
            quota,
        }
    }

    /// What the workspace is after the changes so far.
    #[must_use]
    pub fn view(&self) -> &View {
        &self.view
    }

    /// The workspace's time.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.now
    }

    /// The version number and the instant that the next version of this resource gets.
    #[must_use]
    pub fn next_version(&self, kind: ResourceType, id: &ResourceId) -> (u32, Instant) {
        match self.view.latest(kind, id.as_str()) {
            // The workspace's clock can be moved back; a resource's history cannot.
            Some(latest) => (
                latest.version.saturating_add(1),
                self.now.max(latest.last_updated),
            ),
            None => (1, self.now),
        }
    }

    /// Makes a version of the resource that `accepted` is the text of, and sets `id` and `meta` in it.
    ///
    /// # Errors
    /// [`RecordsError::Quota`], and [`RecordsError::Text`] for a text that is no resource.
    pub fn put(
        &mut self,
        kind: ResourceType,
        id: &ResourceId,
        accepted: &str,
        change: Change,
    ) -> Result<Arc<Record>, RecordsError> {
        let (version, last_updated) = self.next_version(kind, id);
        let text = fhir::text::stamp(
            accepted,
            &Stamp {
                id: id.as_str(),
                version_id: &version.to_string(),
                last_updated: &last_updated.to_string(),
            },
        )?;
        self.add(Record {
            kind,
            id: id.clone(),
            version,
            last_updated,
            change,
            text: Bytes::from(text),
        })
    }

    /// Deletes the resource; nothing is done when it is not there.
    ///
    /// # Errors
    /// [`RecordsError::Quota`].
    pub fn delete(
        &mut self,
        kind: ResourceType,
        id: &ResourceId,
    ) -> Result<Option<Arc<Record>>, RecordsError> {
        if self.view.read(kind, id.as_str()).is_none() {
            return Ok(None);
        }
        let (version, last_updated) = self.next_version(kind, id);
        self.add(Record {
            kind,
            id: id.clone(),
            version,
            last_updated,
            change: Change::Deleted,
            text: Bytes::new(),
        })
        .map(Some)
    }

    fn add(&mut self, record: Record) -> Result<Arc<Record>, RecordsError> {
        let size = u64::try_from(record.size_bytes()).unwrap_or(u64::MAX);
        let used = self.view.used();
        if used.bytes.saturating_add(size) > self.quota.bytes || used.versions >= self.quota.versions {
            return Err(RecordsError::Quota(self.quota));
        }
        let record = Arc::new(record);
        self.view.apply(Arc::clone(&record))?;
        self.made.push(Arc::clone(&record));
        Ok(record)
    }

    /// The changes so far, oldest first.
    #[must_use]
    pub fn made(&self) -> &[Arc<Record>] {
        &self.made
    }

    pub(crate) fn into_parts(self) -> (View, Vec<Arc<Record>>) {
        (self.view, self.made)
    }
}
