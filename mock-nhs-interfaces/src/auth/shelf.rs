//! Things that are kept for a while and then forgotten: tokens, codes, logins half-way. In memory, one shelf a kind.
//!
//! After a restart nobody is logged in any more, as after a night: an app logs in again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use store::WorkspaceId;
use time::OffsetDateTime;

/// Things by name, in workspaces, each until it ends.
#[derive(Debug)]
pub(crate) struct Shelf<V> {
    /// Most things that one workspace keeps at a time; with more, those that end first go.
    most: usize,
    // Held only to put in or take out.
    by_workspace: Mutex<HashMap<WorkspaceId, ByName<V>>>,
}

type ByName<V> = HashMap<Arc<str>, Kept<V>>;

#[derive(Debug)]
struct Kept<V> {
    value: V,
    ends: OffsetDateTime,
}

/// What became of a thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found<V> {
    /// It is there.
    Good(V),
    /// It was, until it ended.
    Ended,
    /// Nobody put it there.
    Unknown,
}

impl<V: Clone> Shelf<V> {
    /// An empty shelf that keeps this many things a workspace.
    pub(crate) fn new(most: usize) -> Self {
        Self {
            most,
            by_workspace: Mutex::default(),
        }
    }

    /// Keeps a thing until it ends; answers whether the name was free.
    pub(crate) fn put(&self, workspace: WorkspaceId, name: Arc<str>, value: V, ends: OffsetDateTime) -> bool {
        let mut all = self.by_workspace.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = all.entry(workspace).or_default();
        while kept.len() >= self.most && !kept.contains_key(&name) {
            let first = kept.iter().min_by_key(|(_, kept)| kept.ends);
            let Some(first) = first.map(|(name, _)| Arc::clone(name)) else {
                break;
            };
            kept.remove(&first);
        }
        kept.insert(name, Kept { value, ends }).is_none()
    }

    /// Looks at a thing.
    pub(crate) fn get(&self, workspace: WorkspaceId, name: &str, now: OffsetDateTime) -> Found<V> {
        let all = self.by_workspace.lock().unwrap_or_else(PoisonError::into_inner);
        match all.get(&workspace).and_then(|kept| kept.get(name)) {
            None => Found::Unknown,
            Some(kept) if kept.ends <= now => Found::Ended,
            Some(kept) => Found::Good(kept.value.clone()),
        }
    }

    /// Takes a thing away: whoever comes second finds nothing.
    pub(crate) fn take(&self, workspace: WorkspaceId, name: &str, now: OffsetDateTime) -> Found<V> {
        let mut all = self.by_workspace.lock().unwrap_or_else(PoisonError::into_inner);
        match all.get_mut(&workspace).and_then(|kept| kept.remove(name)) {
            None => Found::Unknown,
            Some(kept) if kept.ends <= now => Found::Ended,
            Some(kept) => Found::Good(kept.value),
        }
    }

    /// Takes away all of a workspace that `gone` picks; answers how many.
    pub(crate) fn remove_where(&self, workspace: WorkspaceId, gone: impl Fn(&V) -> bool) -> usize {
        let mut all = self.by_workspace.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(kept) = all.get_mut(&workspace) else {
            return 0;
        };
        let before = kept.len();
        kept.retain(|_, kept| !gone(&kept.value));
        before.saturating_sub(kept.len())
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn things_end_belong_to_one_workspace_and_are_few() {
        let shelf = Shelf::new(2);
        let (here, there) = (WorkspaceId::new(1), WorkspaceId::new(2));
        let at = |hour: i64| datetime!(2026-01-01 00:00 UTC) + time::Duration::hours(hour);
        assert!(shelf.put(here, "a".into(), 1, at(5)));
        assert!(!shelf.put(here, "a".into(), 2, at(5)), "the name is taken");
        assert_eq!(shelf.get(here, "a", at(4)), Found::Good(2));
        assert_eq!(shelf.get(here, "a", at(5)), Found::Ended);
        assert_eq!(shelf.get(there, "a", at(4)), Found::Unknown);
        shelf.put(here, "b".into(), 3, at(9));
        shelf.put(here, "c".into(), 4, at(7));
        assert_eq!(shelf.get(here, "a", at(4)), Found::Unknown, "it ended first");
        assert_eq!(shelf.take(here, "b", at(4)), Found::Good(3));
        assert_eq!(shelf.take(here, "b", at(4)), Found::Unknown);
        assert_eq!(shelf.remove_where(here, |value| *value == 4), 1);
        assert_eq!(shelf.get(here, "c", at(4)), Found::Unknown);
        assert_eq!(shelf.remove_where(there, |_| true), 0);
    }
}
