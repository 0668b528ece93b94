//! Subscriptions without topics: whoever asked is told of creates and updates that meet criteria.
//! <https://hl7.org/fhir/R4/subscription.html>
//!
//! A change that is on disk is put into its workspace's inbox; what it meets goes into the outbox of each subscription, and from
//! there through [`Hooks`], in order, one at a time. Both are in memory: what waits when the program ends is not sent.
//!
//! Owns a lock, held for as long as something is put in or taken out, and a task for each inbox and each outbox that is not
//! empty; they end by themselves.

mod asked;
mod criteria;
mod inbox;
mod outbox;

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method};
use store::WorkspaceId;
use tokio::sync::Semaphore;

use crate::records::WeakRecords;
use crate::{FhirTenant, Record, ResourceId, ResourceType, View};
pub(crate) use asked::check_made;
use inbox::Inbox;
use outbox::Outbox;

/// Subscriptions of one workspace at most: every change is held against each of them.
pub const MAX_SUBSCRIPTIONS: u64 = 100;
/// Notifications that lead to each other at most: the app that is told changes something, of which it is told.
pub const MAX_CHAIN: u8 = 4;
/// What waits at most, of a workspace's changes and of a subscription's notifications: two of the largest transactions.
const MAX_WAITING: usize = 10_000;
/// Notifications under way of the whole server: the apps of a class take turns.
const AT_ONCE: usize = 8;

/// What is done some time.
pub type Doing<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The way from here to whoever is told. This crate knows addresses as texts only.
pub trait Hooks: fmt::Debug + Send + Sync + 'static {
    /// Whether the workspace may have notifications sent to this address.
    ///
    /// # Errors
    /// A sentence that says why not, and what is allowed.
    fn check(&self, workspace: WorkspaceId, endpoint: &str) -> Result<(), String>;

    /// Whether somebody answers there now.
    ///
    /// # Errors
    /// A sentence that says why not.
    fn find<'a>(&'a self, workspace: WorkspaceId, endpoint: &'a str) -> Doing<'a, Result<(), String>>;

    /// Sends a notification, and waits for the answer.
    ///
    /// # Errors
    /// A sentence that says what went wrong, when the answer was anything but 2xx.
    fn send(&self, workspace: WorkspaceId, notification: Notification) -> Doing<'_, Result<(), String>>;

    /// The workspace's clock, and where it is reached from outside; `None` when it is not there any more.
    fn tenant(&self, workspace: WorkspaceId) -> Doing<'_, Option<FhirTenant>>;
}

/// One request that tells of one change.
#[derive(Clone, Debug)]
pub struct Notification {
    /// The `Subscription`'s id.
    pub subscription: ResourceId,
    /// Its endpoint, as it is written there.
    pub endpoint: String,
    /// `POST` without a body, or `PUT` of the resource.
    pub method: Method,
    /// What goes behind the endpoint: empty, or `/Patient/1`.
    pub below: String,
    /// The headers that the subscription wants, and the body's type.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The resource, as the change made it.
    pub body: Bytes,
    /// How many notifications led to this one; what is changed because of it belongs to a chain of one more.
    pub chain: u8,
}

/// A change that is on disk.
#[derive(Debug)]
pub(crate) struct Committed {
    pub(crate) workspace: WorkspaceId,
    /// The workspace as the change made it.
    pub(crate) view: View,
    pub(crate) records: Vec<Arc<Record>>,
    /// How many notifications led to it.
    pub(crate) chain: u8,
}

/// Who looks at changes; nobody, until somebody is named.
#[derive(Clone, Debug, Default)]
pub(crate) struct Watch(Arc<OnceLock<Subscriptions>>);

impl Watch {
    /// Names who looks; whoever was named first stays.
    pub(crate) fn begin(&self, records: WeakRecords, hooks: Arc<dyn Hooks>) {
        // A second one would send everything twice.
        let _ = self.0.set(Subscriptions(Arc::new(Inner {
            records,
            hooks,
            places: Semaphore::new(AT_ONCE),
            waiting: Mutex::default(),
        })));
    }

    pub(crate) fn hooks(&self) -> Option<&Arc<dyn Hooks>> {
        self.0.get().map(|subscriptions| &subscriptions.0.hooks)
    }

    /// Whether somebody may want to know of what changed in a workspace that is like this now.
    pub(crate) fn wants(&self, view: &View) -> bool {
        self.0.get().is_some() && subscription_type().is_some_and(|kind| view.count(kind) > 0)
    }

    pub(crate) fn changed(&self, committed: Committed) {
        if let Some(subscriptions) = self.0.get() {
            subscriptions.put_in(committed);
        }
    }
}

/// Looks at changes, and tells of them. Cheap to clone.
#[derive(Clone, Debug)]
struct Subscriptions(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    records: WeakRecords,
    hooks: Arc<dyn Hooks>,
    places: Semaphore,
    waiting: Mutex<Waiting>,
}

/// What waits. A box that is there has a task that empties it.
#[derive(Debug, Default)]
struct Waiting {
    inboxes: HashMap<WorkspaceId, Inbox>,
    outboxes: HashMap<(WorkspaceId, ResourceId), Outbox>,
    /// How much each workspace had sent lately.
    rates: HashMap<WorkspaceId, outbox::Rate>,
}

impl Subscriptions {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `Subscription` as a type.
fn subscription_type() -> Option<ResourceType> {
    ResourceType::parse("Subscription")
}
