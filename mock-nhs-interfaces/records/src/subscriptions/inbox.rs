//! Changes on their way to the subscriptions of their workspace.

use std::collections::VecDeque;
use std::sync::Arc;

use fhir::json::Json;
use store::WorkspaceId;

use super::asked::{Asked, Status};
use super::outbox::Item;
use super::{Committed, MAX_CHAIN, MAX_WAITING, Subscriptions, subscription_type};
use crate::{FhirTenant, Instant, Record, ResourceId, View};

/// The changes of one workspace, oldest first.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    waiting: VecDeque<Committed>,
    /// Some changes found no room: what they met is not known.
    overflowed: bool,
}

impl Subscriptions {
    /// Puts a change in. It is looked at soon.
    pub(super) fn put_in(&self, committed: Committed) {
        let workspace = committed.workspace;
        let mut waiting = self.waiting();
        let begun = waiting.inboxes.contains_key(&workspace);
        let inbox = waiting.inboxes.entry(workspace).or_default();
        if inbox.waiting.len() < MAX_WAITING {
            inbox.waiting.push_back(committed);
        } else {
            inbox.overflowed = true;
        }
        drop(waiting);
        if !begun {
            tokio::spawn(self.clone().look(workspace));
        }
    }

    /// The next change, and whether changes were left out before it; the inbox is gone when there is none.
    fn take_in(&self, workspace: WorkspaceId) -> Option<(Committed, bool)> {
        let mut waiting = self.waiting();
        let inbox = waiting.inboxes.get_mut(&workspace)?;
        let Some(committed) = inbox.waiting.pop_front() else {
            waiting.inboxes.remove(&workspace);
            return None;
        };
        Some((committed, std::mem::take(&mut inbox.overflowed)))
    }

    /// Holds changes against subscriptions, until there are no more.
    async fn look(self, workspace: WorkspaceId) {
        while let Some((committed, overflowed)) = self.take_in(workspace) {
            let Some(tenant) = self.0.hooks.tenant(workspace).await else {
                continue;
            };
            // A search may take long: it holds up nobody's requests.
            let met = tokio::task::spawn_blocking(move || met(&committed, &tenant, overflowed)).await;
            for (subscription, items) in met.unwrap_or_default() {
                self.put_out(workspace, subscription, items);
            }
        }
    }
}

/// Which subscriptions a change meets, and what is to be done about each.
fn met(committed: &Committed, tenant: &FhirTenant, overflowed: bool) -> Vec<(ResourceId, Vec<Item>)> {
    let Some(kind) = subscription_type() else {
        return Vec::new();
    };
    let standing = committed.view.of_type(kind);
    let met = standing.filter_map(|subscription| {
        let mut items = Vec::new();
        let tree = Json::parse(&subscription.text).ok()?;
        match Status::of(&tree) {
            Status::Still => return None,
            Status::Requested if is_new(committed, &subscription) => items.push(Item::Begin),
            Status::Requested | Status::Active => {}
        }
        if overflowed {
            let reason =
                format!("More than {MAX_WAITING} changes waited to be looked at; some were left out");
            items.push(Item::Fail(reason));
        }
        items.extend(notifications(committed, tenant, &tree));
        (!items.is_empty()).then(|| (subscription.id.clone(), items))
    });
    met.collect()
}

fn is_new(committed: &Committed, subscription: &Record) -> bool {
    committed.records.iter().any(|record| **record == *subscription)
}

fn notifications(committed: &Committed, tenant: &FhirTenant, tree: &Json) -> Vec<Item> {
    let Ok(asked) = Asked::of(tree) else {
        return Vec::new();
    };
    let now = Instant::from(tenant.clock.now());
    let view: &View = &committed.view;
    match asked
        .criteria
        .meeting(view, &tenant.base_url, now, &committed.records)
    {
        Ok(records) if committed.chain >= MAX_CHAIN && !records.is_empty() => vec![Item::Fail(format!(
            "Whoever is told changes what it is told of: stopped after {MAX_CHAIN} notifications that led to each other"
        ))],
        Ok(records) => records
            .into_iter()
            .map(|record: Arc<Record>| Item::Tell(record, committed.chain))
            .collect(),
        Err(reason) => vec![Item::Fail(format!(
            "The criteria could not be looked up: {reason}"
        ))],
    }
}
