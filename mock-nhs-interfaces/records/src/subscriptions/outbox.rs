//! Notifications on their way: in order, one at a time for each subscription, tried again when they fail.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant as Moment};

use bytes::Bytes;
use fhir::json::Json;
use http::Method;
use http::header::CONTENT_TYPE;
use store::WorkspaceId;

use super::asked::{Asked, Status};
use super::{MAX_WAITING, Notification, Subscriptions, subscription_type};
use crate::server::shown::shown;
use crate::{Change, FhirTenant, Instant, Record, RecordsError, ResourceId};

/// How long is waited before a notification is tried again; after the last the subscription has failed.
const PAUSES: [Duration; 3] = [
    Duration::from_millis(200),
    Duration::from_secs(1),
    Duration::from_secs(5),
];
/// Notifications of one workspace in an hour at most: a circle that goes round by ways that are not seen ends here.
const MAX_AN_HOUR: u32 = 50_000;
const HOUR: Duration = Duration::from_secs(3600);

/// Something to do for a subscription.
#[derive(Debug)]
pub(super) enum Item {
    /// It was asked for: see whether it can begin.
    Begin,
    /// Tell of this version, at the end of a chain of so many notifications.
    Tell(Arc<Record>, u8),
    /// It has failed, for this reason.
    Fail(String),
}

/// What is to do for one subscription, in order.
#[derive(Debug, Default)]
pub(super) struct Outbox(VecDeque<Item>);

/// How much a workspace had sent in the hour that began then.
#[derive(Debug)]
pub(super) struct Rate {
    begun: Moment,
    sent: u32,
}

impl Rate {
    fn more(&mut self) -> bool {
        if self.begun.elapsed() > HOUR {
            *self = Self::default();
        }
        self.sent = self.sent.saturating_add(1);
        self.sent <= MAX_AN_HOUR
    }
}

impl Default for Rate {
    fn default() -> Self {
        Self {
            begun: Moment::now(),
            sent: 0,
        }
    }
}

/// The subscription as it stands, when something is to be sent.
struct Standing {
    id: ResourceId,
    version: u32,
    asked: Asked,
    tenant: FhirTenant,
}

impl Subscriptions {
    /// Puts out what is to do for a subscription.
    pub(super) fn put_out(&self, workspace: WorkspaceId, subscription: ResourceId, items: Vec<Item>) {
        let key = (workspace, subscription);
        let mut waiting = self.waiting();
        let begun = waiting.outboxes.contains_key(&key);
        let outbox = waiting.outboxes.entry(key.clone()).or_default();
        outbox.0.extend(items);
        if outbox.0.len() > MAX_WAITING {
            outbox.0.clear();
            let reason = format!("More than {MAX_WAITING} notifications waited to be sent");
            outbox.0.push_back(Item::Fail(reason));
        }
        drop(waiting);
        if !begun {
            tokio::spawn(self.clone().work_off(key));
        }
    }

    fn take_out(&self, key: &(WorkspaceId, ResourceId)) -> Option<Item> {
        let mut waiting = self.waiting();
        let item = waiting.outboxes.get_mut(key)?.0.pop_front();
        if item.is_none() {
            waiting.outboxes.remove(key);
        }
        item
    }

    /// Leaves out all that waits.
    fn empty(&self, key: &(WorkspaceId, ResourceId)) {
        if let Some(outbox) = self.waiting().outboxes.get_mut(key) {
            outbox.0.clear();
        }
    }

    async fn work_off(self, key: (WorkspaceId, ResourceId)) {
        let workspace = key.0;
        while let Some(item) = self.take_out(&key) {
            match self.one(workspace, &key.1, item).await {
                Ok(true) => {}
                Ok(false) => self.empty(&key),
                Err(error) => {
                    tracing::warn!(%workspace, subscription = %key.1, %error, "a subscription could not be served");
                }
            }
        }
    }

    /// Does one thing; whether what waits behind it is still wanted.
    async fn one(&self, workspace: WorkspaceId, id: &ResourceId, item: Item) -> Result<bool, RecordsError> {
        let Some(standing) = self.standing(workspace, id).await? else {
            return Ok(false);
        };
        let (record, chain) = match item {
            Item::Begin => return Ok(true),
            Item::Fail(reason) => {
                self.set_status(&standing, "error", Some(&reason)).await?;
                return Ok(false);
            }
            Item::Tell(record, chain) => (record, chain),
        };
        if !self.waiting().rates.entry(workspace).or_default().more() {
            let reason = format!("More than {MAX_AN_HOUR} notifications of this workspace in an hour");
            self.set_status(&standing, "error", Some(&reason)).await?;
            return Ok(false);
        }
        match self.send(&standing, &record, chain).await {
            Ok(()) => Ok(true),
            Err(reason) => {
                let place = format!("{}/{}", record.kind.name(), record.id);
                let reason = format!(
                    "A notification of {place} failed {} times: {reason}",
                    PAUSES.len() + 1
                );
                self.set_status(&standing, "error", Some(&reason)).await?;
                Ok(false)
            }
        }
    }

    /// The subscription if it is to be served, begun if it has not begun yet, ended if its time is over.
    async fn standing(
        &self,
        workspace: WorkspaceId,
        id: &ResourceId,
    ) -> Result<Option<Standing>, RecordsError> {
        let (Some(records), Some(kind)) = (self.0.records.upgrade(), subscription_type()) else {
            return Ok(None);
        };
        let Some(tenant) = self.0.hooks.tenant(workspace).await else {
            return Ok(None);
        };
        let Some(record) = records.view(workspace).await?.read(kind, id.as_str()) else {
            return Ok(None);
        };
        let Ok(tree) = Json::parse(&record.text) else {
            return Ok(None);
        };
        let status = Status::of(&tree);
        let (Ok(asked), true) = (Asked::of(&tree), status != Status::Still) else {
            return Ok(None);
        };
        let mut standing = Standing {
            id: id.clone(),
            version: record.version,
            asked,
            tenant,
        };
        let now = Instant::from(standing.tenant.clock.now());
        if standing.asked.end.is_some_and(|end| now >= end) {
            self.set_status(&standing, "off", None).await?;
            return Ok(None);
        }
        let endpoint = &standing.asked.endpoint;
        let found = match self.0.hooks.check(workspace, endpoint) {
            Ok(()) if status == Status::Requested => self.0.hooks.find(workspace, endpoint).await,
            checked => checked,
        };
        if let Err(reason) = found {
            self.set_status(&standing, "error", Some(&reason)).await?;
            return Ok(None);
        }
        if status == Status::Requested {
            let begun = self.set_status(&standing, "active", None).await?;
            standing.version = begun.unwrap_or(standing.version);
        }
        Ok(Some(standing))
    }

    /// Sends a notification, several times if need be.
    async fn send(&self, standing: &Standing, record: &Record, chain: u8) -> Result<(), String> {
        let workspace = standing.tenant.workspace;
        let mut pauses = PAUSES.iter();
        loop {
            let notification = notification(standing, record, chain);
            let sent = {
                let _place = self.0.places.acquire().await;
                self.0.hooks.send(workspace, notification).await
            };
            match (sent, pauses.next()) {
                (Ok(()), _) => return Ok(()),
                (Err(reason), None) => return Err(reason),
                (Err(_), Some(pause)) => tokio::time::sleep(*pause).await,
            }
        }
    }

    /// Writes where the subscription stands into it, unless somebody has changed it meanwhile; answers the version of that.
    async fn set_status(
        &self,
        standing: &Standing,
        status: &str,
        error: Option<&str>,
    ) -> Result<Option<u32>, RecordsError> {
        let (Some(records), Some(kind)) = (self.0.records.upgrade(), subscription_type()) else {
            return Ok(None);
        };
        let (workspace, clock) = (standing.tenant.workspace, standing.tenant.clock.as_ref());
        let (id, version) = (&standing.id, standing.version);
        let changed: Result<Option<u32>, RecordsError> = records
            .change(workspace, clock, |draft| {
                let record = draft.view().read(kind, id.as_str());
                let Some(record) = record.filter(|record| record.version == version) else {
                    return Ok(None);
                };
                let Ok(mut tree) = Json::parse(&record.text) else {
                    return Ok(None);
                };
                tree.set("status", Json::string(status));
                tree.remove("error");
                if let Some(error) = error {
                    tree.set("error", Json::string(shown(error)));
                }
                let put = draft.put(kind, id, &tree.to_text(), Change::Updated)?;
                Ok(Some(put.version))
            })
            .await;
        changed
    }
}

fn notification(standing: &Standing, record: &Record, chain: u8) -> Notification {
    let asked = &standing.asked;
    let mut headers = asked.headers.clone();
    let (method, below, body) = match &asked.payload {
        None => (Method::POST, String::new(), Bytes::new()),
        Some(kind) => {
            headers.push((CONTENT_TYPE, kind.clone()));
            let below = format!("/{}/{}", record.kind.name(), record.id);
            (Method::PUT, below, record.text.clone())
        }
    };
    Notification {
        subscription: standing.id.clone(),
        endpoint: asked.endpoint.clone(),
        method,
        below,
        headers,
        body,
        chain,
    }
}
