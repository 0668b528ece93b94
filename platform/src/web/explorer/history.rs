//! What was sent from the explorer, and what came back: the last few of each workspace, in memory only.
//!
//! Owns one lock, around the list; never held across an await.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use store::WorkspaceId;
use time::OffsetDateTime;

use super::request::Prepared;
use super::send::Received;

/// Requests kept of one workspace.
const MOST: usize = 30;
/// Bytes of requests and answers kept of one workspace.
const MOST_BYTES: usize = 6 << 20;
/// Workspaces whose requests are kept; the one that has not sent for longest is forgotten first.
const MOST_WORKSPACES: usize = 60;

/// A request that was sent, and its answer.
#[derive(Debug)]
pub(crate) struct Sent {
    /// Counted in each workspace, from 1.
    pub(crate) number: u32,
    pub(crate) at: OffsetDateTime,
    pub(crate) interface: String,
    pub(crate) operation: String,
    /// The operation in plain words.
    pub(crate) title: String,
    /// What the form held.
    pub(crate) pairs: Vec<(String, String)>,
    pub(crate) prepared: Prepared,
    /// The fault that was asked for; empty where none was.
    pub(crate) fault: String,
    pub(crate) received: Received,
}

impl Sent {
    /// What it holds that a stranger may make large. A body stands in the form as well.
    fn bytes(&self) -> usize {
        let of_pairs = |pairs: &[(String, String)]| {
            let sizes = pairs.iter().map(|(name, value)| name.len() + value.len());
            sizes.sum::<usize>()
        };
        let Prepared {
            path_and_query,
            headers,
            body,
            ..
        } = &self.prepared;
        self.received.body.len()
            + of_pairs(&self.received.headers)
            + of_pairs(&self.pairs)
            + of_pairs(headers)
            + of_pairs(body.as_slice())
            + path_and_query.len()
    }
}

/// The lists of all workspaces.
#[derive(Debug, Default)]
pub(crate) struct History {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    turn: u64,
    by_workspace: HashMap<WorkspaceId, List>,
}

#[derive(Debug, Default)]
struct List {
    last_turn: u64,
    last_number: u32,
    sent: VecDeque<Arc<Sent>>,
}

impl History {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a request with the next number, and lets go of old ones.
    pub(crate) fn keep(&self, workspace: WorkspaceId, made: impl FnOnce(u32) -> Sent) -> Arc<Sent> {
        let mut inner = self.lock();
        inner.turn += 1;
        let turn = inner.turn;
        if inner.by_workspace.len() >= MOST_WORKSPACES && !inner.by_workspace.contains_key(&workspace) {
            let oldest = inner.by_workspace.iter().min_by_key(|(_, list)| list.last_turn);
            if let Some(oldest) = oldest.map(|(id, _)| *id) {
                inner.by_workspace.remove(&oldest);
            }
        }
        let list = inner.by_workspace.entry(workspace).or_default();
        list.last_turn = turn;
        list.last_number = list.last_number.saturating_add(1);
        let sent = Arc::new(made(list.last_number));
        list.sent.push_front(Arc::clone(&sent));
        list.sent.truncate(MOST);
        let mut bytes = 0_usize;
        let fit = list.sent.iter().take_while(|sent| {
            bytes = bytes.saturating_add(sent.bytes());
            bytes <= MOST_BYTES
        });
        let fit = fit.count().max(1);
        list.sent.truncate(fit);
        sent
    }

    /// What was sent, the newest first.
    pub(crate) fn list(&self, workspace: WorkspaceId) -> Vec<Arc<Sent>> {
        let inner = self.lock();
        let list = inner.by_workspace.get(&workspace);
        list.map(|list| list.sent.iter().cloned().collect())
            .unwrap_or_default()
    }

    /// The request of this number.
    pub(crate) fn get(&self, workspace: WorkspaceId, number: u32) -> Option<Arc<Sent>> {
        let inner = self.lock();
        let list = inner.by_workspace.get(&workspace)?;
        list.sent.iter().find(|sent| sent.number == number).cloned()
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::web::explorer::login::Who;

    fn sent(number: u32, bytes: usize) -> Sent {
        Sent {
            number,
            at: OffsetDateTime::UNIX_EPOCH,
            interface: "pds".to_owned(),
            operation: "read_patient".to_owned(),
            title: "Read a patient".to_owned(),
            pairs: Vec::new(),
            prepared: Prepared {
                method: http::Method::GET,
                path_and_query: "/".to_owned(),
                headers: Vec::new(),
                body: None,
                profile: None,
                who: Who::Nobody,
            },
            fault: String::new(),
            received: Received {
                body: Bytes::from(vec![0; bytes]),
                ..Received::default()
            },
        }
    }

    #[test]
    fn the_last_few_are_kept_and_no_workspace_sees_another() {
        let history = History::default();
        let (one, other) = (WorkspaceId::new(1), WorkspaceId::new(2));
        for _ in 0..MOST + 5 {
            history.keep(one, |number| sent(number, 10));
        }
        assert_eq!(history.list(one).len(), MOST);
        assert!(history.get(one, 5).is_none() && history.get(one, 35).is_some());
        assert!(history.list(other).is_empty());
        history.keep(one, |number| sent(number, MOST_BYTES - 16));
        assert_eq!(history.list(one).len(), 2);
        history.keep(one, |number| sent(number, MOST_BYTES + 1));
        assert_eq!(history.list(one).len(), 1, "the newest is always kept");
        for _ in 0..3 {
            history.keep(one, |number| {
                let mut sent = sent(number, 0);
                sent.pairs.push(("body".to_owned(), "x".repeat(MOST_BYTES / 3)));
                sent.prepared.body = Some((String::new(), "x".repeat(MOST_BYTES / 3)));
                sent
            });
        }
        assert_eq!(history.list(one).len(), 1, "what was sent counts too");
        for id in 2..70 {
            history.keep(WorkspaceId::new(id), |number| sent(number, 1));
        }
        assert!(history.list(one).is_empty(), "the oldest workspace was forgotten");
    }
}
