//! The commits that share one batch and one sync: their conditions, their changes, their answers.

use std::collections::HashMap;

use sled::{Batch, Tree};

use super::contents::Contents;
use super::from_sled;
use super::layout::{self, RowHead};
use super::queue::Request;
use crate::layout::row_key;
use crate::write_set::{Change, Durability};
use crate::{CommitError, Committed, StoreError, WorkspaceId, WriteSet};

/// Commits being put together. Nothing is written before [`Group::finish`] has given out the batch.
pub(super) struct Group<'a> {
    tree: &'a Tree,
    batch: Batch,
    /// The rows that this group has changed, as they will be; `None`: deleted.
    changed: HashMap<Vec<u8>, Option<RowHead>>,
    /// As they will be.
    contents: Contents,
    commits: u64,
    bytes: usize,
    answers: Answers,
}

/// A group that is ready to be applied.
pub(super) struct Staged {
    pub(super) batch: Batch,
    /// What the store will hold.
    pub(super) contents: Contents,
    /// How many commits the batch holds; 0: there is nothing to apply.
    pub(super) commits: u64,
    /// Keys and values of those commits.
    pub(super) bytes: usize,
    pub(super) answers: Answers,
}

/// Who waits, and for what.
#[derive(Default)]
pub(super) struct Answers {
    /// As soon as readers see the group: relaxed commits, and those whose conditions did not hold because of it.
    early: Vec<(Request, Result<Committed, CommitError>)>,
    /// When the group is durable.
    durable: Vec<(Request, Committed)>,
}

impl<'a> Group<'a> {
    pub(super) fn new(tree: &'a Tree, contents: Contents) -> Self {
        Self {
            tree,
            batch: Batch::default(),
            changed: HashMap::new(),
            contents,
            commits: 0,
            bytes: 0,
            answers: Answers::default(),
        }
    }

    /// Checks a commit's conditions and adds its changes; or adds nothing.
    pub(super) fn add(&mut self, mut request: Request) {
        let write = std::mem::take(&mut request.write);
        let durability = write.durability;
        match (self.stage(request.workspace, write), durability) {
            (Ok(committed), Durability::Durable) => self.answers.durable.push((request, committed)),
            (outcome, _) => self.answers.early.push((request, outcome)),
        }
    }

    fn stage(&mut self, workspace: WorkspaceId, write: WriteSet) -> Result<Committed, CommitError> {
        let bytes = write.size_bytes();
        for condition in write.conditions {
            let row = self.head(&row_key(condition.table, workspace, &condition.key))?;
            if !condition.expect.holds(row.map(|head| head.revision)) {
                return Err(CommitError::Conflict {
                    table: condition.table,
                    key: condition.key,
                });
            }
        }
        // Everything that can fail comes before the first change, so that no half of a commit gets into the batch.
        let changes: Vec<(Vec<u8>, Change, Option<RowHead>)> = write
            .changes
            .into_iter()
            .map(|change| {
                let key = row_key(change.table, workspace, &change.key);
                let old = self.head(&key)?;
                Ok((key, change, old))
            })
            .collect::<Result<_, StoreError>>()?;
        if changes.is_empty() {
            return Ok(Committed {
                revision: self.contents.last_revision,
            });
        }
        let revision = self.contents.last_revision.saturating_add(1);
        for (key, change, old) in changes {
            self.change(key, change, old, revision);
        }
        self.contents.last_revision = revision;
        self.commits = self.commits.saturating_add(1);
        self.bytes = self.bytes.saturating_add(bytes);
        Ok(Committed { revision })
    }

    fn change(&mut self, key: Vec<u8>, change: Change, old: Option<RowHead>, revision: u64) {
        // The same key may have been changed by this very commit, after `old` was read.
        let old = self.changed.get(&key).copied().unwrap_or(old);
        if let Some(old) = old {
            self.contents.remove(&key, old.revision);
        }
        if change.value.is_some() {
            self.contents.add(&key, revision);
        }
        let head = match change.value {
            Some(value) => Some(layout::insert(&mut self.batch, &key, revision, &value)),
            None => {
                self.batch.remove(key.as_slice());
                None
            }
        };
        for number in head.map_or(0, |head| head.chunks)..old.map_or(0, |old| old.chunks) {
            self.batch.remove(layout::chunk_key(&key, number));
        }
        self.changed.insert(key, head);
    }

    /// The row as the commits before in this group leave it.
    fn head(&self, key: &[u8]) -> Result<Option<RowHead>, StoreError> {
        if let Some(changed) = self.changed.get(key) {
            return Ok(*changed);
        }
        let stored = self.tree.get(key).map_err(|error| from_sled(&error))?;
        stored
            .map(|stored| layout::decode(&stored).map(|(head, _)| head))
            .transpose()
    }

    pub(super) fn finish(mut self) -> Staged {
        if self.commits > 0 {
            self.contents.put(&mut self.batch);
        }
        Staged {
            batch: self.batch,
            contents: self.contents,
            commits: self.commits,
            bytes: self.bytes,
            answers: self.answers,
        }
    }
}

impl Answers {
    /// Whether nobody waits any more.
    pub(super) fn is_empty(&self) -> bool {
        self.early.is_empty() && self.durable.is_empty()
    }

    /// Answers those who need not wait for the disk; the rest is given back.
    pub(super) fn send_early(self) -> Self {
        for (request, outcome) in self.early {
            request.answer(outcome);
        }
        Self {
            early: Vec::new(),
            durable: self.durable,
        }
    }

    /// Answers all others.
    pub(super) fn send(self) {
        for (request, committed) in self.send_early().durable {
            request.answer(Ok(committed));
        }
    }

    /// Tells everybody who waits for a change that it failed. A condition that did not hold because of an earlier
    /// change in the group may hold again: that, too, is not known.
    pub(super) fn fail(self, error: &StoreError) {
        let requests = self.early.into_iter().map(|(request, _)| request);
        for request in requests.chain(self.durable.into_iter().map(|(request, _)| request)) {
            request.answer(Err(error.clone().into()));
        }
    }
}
