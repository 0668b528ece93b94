//! Whoever watches an app: each has a short queue of its own, so that a slow reader loses events and never slows a run.
//!
//! Owns one lock around the list of watchers and one a queue; neither is held across an await.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sandbox_runtime::trace::{Call, LogLine};
use tokio::sync::Notify;

use super::KeptRun;
use super::ring::Key;

/// Who may watch one app at once: a class in front of one app.
pub(super) const WATCHERS_PER_APP: usize = 64;
/// Who may watch the apps of one workspace at once: a quarter of all, so that no workspace takes the places of the others.
pub(super) const WATCHERS_PER_WORKSPACE: usize = 128;
/// Who may watch at once in all.
pub(super) const WATCHERS: usize = 512;
/// Events that wait for one reader.
const QUEUE_EVENTS: usize = 256;
/// What the events that wait for one reader may hold, in bytes.
const QUEUE_BYTES: usize = 1 << 20;

/// Something that happened to an app that somebody watches.
#[derive(Debug, Clone)]
pub enum LiveEvent {
    /// A run began.
    RunStarted(Arc<StartedRun>),
    /// A run sent a call.
    CallStarted(Arc<LiveCall>),
    /// A call was answered, refused or failed.
    Call(Arc<LiveCall>),
    /// A run printed a line.
    Log {
        /// The run.
        run: Arc<str>,
        /// The line.
        line: Arc<LogLine>,
    },
    /// A run ended and is kept.
    RunEnded {
        /// Its number: later runs have higher ones.
        number: u64,
        /// The run.
        run: Arc<KeptRun>,
    },
    /// The reader was too slow, or came back too late: so many events are missing here; `None` when nobody knows how many.
    Gap(Option<u64>),
}

/// A run that has begun.
#[derive(Debug)]
pub struct StartedRun {
    /// The run.
    pub run: Arc<str>,
    /// The version that runs.
    pub version: u32,
    /// Method of the request.
    pub method: String,
    /// The address as the app sees it.
    pub uri: String,
}

/// A call of a run, without its headers and bodies: those are in the trace a moment later.
#[derive(Debug)]
pub struct LiveCall {
    /// The run.
    pub run: Arc<str>,
    /// Position in the run, from 1.
    pub number: u32,
    /// When it was sent, in microseconds after the start.
    pub started_us: u64,
    /// How long it took, in microseconds; `None` while it is under way.
    pub duration_us: Option<u64>,
    /// Method of the call.
    pub method: String,
    /// The absolute address.
    pub url: String,
    /// The operation in plain words, where somebody knew.
    pub title: Option<String>,
    /// Status of the answer, if there was one.
    pub status: Option<u16>,
    /// Why it was refused or failed.
    pub refused: Option<String>,
    /// What was done to the answer on purpose, in plain words.
    pub fault: Option<String>,
}

impl LiveCall {
    pub(super) fn of(run: Arc<str>, call: &Call) -> Self {
        Self {
            run,
            number: call.number,
            started_us: call.started_us,
            duration_us: call.duration_us,
            method: call.method.to_string(),
            url: call.url.clone(),
            title: call.label.as_ref().map(|label| label.title.clone()),
            status: call.status,
            refused: call.refused.clone(),
            fault: call.fault.clone(),
        }
    }
}

impl LiveEvent {
    /// Roughly what the event holds, in bytes.
    fn weight_bytes(&self) -> usize {
        let words = match self {
            Self::RunStarted(run) => run.uri.len(),
            Self::CallStarted(call) | Self::Call(call) => call.url.len(),
            Self::Log { line, .. } => line.text.len(),
            Self::RunEnded { run, .. } => run.weight_bytes(),
            Self::Gap(_) => 0,
        };
        words + 256
    }
}

/// Everybody who watches.
#[derive(Debug, Default)]
pub(super) struct Audience {
    /// How many there are; read on every run, without a lock.
    watching: AtomicUsize,
    by_app: Mutex<HashMap<Key, Vec<Arc<Mailbox>>>>,
    over: AtomicBool,
}

/// The queue of one reader.
#[derive(Debug, Default)]
struct Mailbox {
    queue: Mutex<Queue>,
    news: Notify,
}

#[derive(Debug, Default)]
struct Queue {
    events: VecDeque<LiveEvent>,
    bytes: usize,
    /// Events left out since the reader fell behind.
    lost: u64,
    over: bool,
}

impl Queue {
    fn push(&mut self, event: &LiveEvent, weight: usize) {
        let full = self.events.len() >= QUEUE_EVENTS
            || (self.bytes + weight > QUEUE_BYTES && !self.events.is_empty());
        // Once something is lost, everything is until the reader has caught up and knows: no holes without a mark.
        if full || self.lost > 0 {
            self.lost += 1;
            return;
        }
        self.bytes += weight;
        self.events.push_back(event.clone());
    }

    fn pop(&mut self) -> Option<LiveEvent> {
        if let Some(event) = self.events.pop_front() {
            self.bytes = self.bytes.saturating_sub(event.weight_bytes());
            return Some(event);
        }
        let lost = std::mem::take(&mut self.lost);
        (lost > 0).then_some(LiveEvent::Gap(Some(lost)))
    }
}

impl Mailbox {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Audience {
    /// Whether anybody watches anything.
    pub(super) fn is_empty(&self) -> bool {
        self.watching.load(Ordering::Relaxed) == 0
    }

    /// Whether anybody watches this app.
    pub(super) fn watches(&self, key: &Key) -> bool {
        !self.is_empty() && self.lock().contains_key(key)
    }

    /// Tells everybody who watches the app.
    pub(super) fn tell(&self, key: &Key, event: &LiveEvent) {
        if self.is_empty() {
            return;
        }
        if let Some(mailboxes) = self.lock().get(key) {
            let weight = event.weight_bytes();
            for mailbox in mailboxes {
                mailbox.lock().push(event, weight);
                mailbox.news.notify_one();
            }
        }
    }

    /// Lets somebody watch; `None` when as many do as may, or the program ends.
    pub(super) fn enter(self: &Arc<Self>, key: Key) -> Option<Watching> {
        let mut by_app = self.lock();
        let of_app = by_app.get(&key).map_or(0, Vec::len);
        let in_workspace = by_app.iter().filter(|((workspace, _), _)| *workspace == key.0);
        let of_workspace: usize = in_workspace.map(|(_, mailboxes)| mailboxes.len()).sum();
        if of_app >= WATCHERS_PER_APP
            || of_workspace >= WATCHERS_PER_WORKSPACE
            || self.watching.load(Ordering::Relaxed) >= WATCHERS
            || self.over.load(Ordering::Relaxed)
        {
            return None;
        }
        let mailbox = Arc::new(Mailbox::default());
        by_app.entry(key.clone()).or_default().push(Arc::clone(&mailbox));
        self.watching.fetch_add(1, Ordering::Relaxed);
        Some(Watching {
            audience: Arc::clone(self),
            key,
            mailbox,
        })
    }

    /// Sends everybody home, because the program ends.
    pub(super) fn end(&self) {
        let by_app = self.lock();
        self.over.store(true, Ordering::Relaxed);
        for mailbox in by_app.values().flatten() {
            mailbox.lock().over = true;
            mailbox.news.notify_one();
        }
    }

    fn leave(&self, key: &Key, mailbox: &Arc<Mailbox>) {
        let mut by_app = self.lock();
        if let Some(mailboxes) = by_app.get_mut(key) {
            mailboxes.retain(|other| !Arc::ptr_eq(other, mailbox));
            if mailboxes.is_empty() {
                by_app.remove(key);
            }
        }
        self.watching.fetch_sub(1, Ordering::Relaxed);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Vec<Arc<Mailbox>>>> {
        self.by_app.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place in the audience, given back when it is dropped.
#[derive(Debug)]
pub struct Watching {
    audience: Arc<Audience>,
    key: Key,
    mailbox: Arc<Mailbox>,
}

impl Watching {
    /// The next event; `None` when the program ends.
    pub async fn next(&self) -> Option<LiveEvent> {
        loop {
            // Registered before the look, so that nothing that comes in between is missed.
            let news = self.mailbox.news.notified();
            {
                let mut queue = self.mailbox.lock();
                if let Some(event) = queue.pop() {
                    return Some(event);
                }
                if queue.over {
                    return None;
                }
            }
            news.await;
        }
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.audience.leave(&self.key, &self.mailbox);
    }
}

#[cfg(test)]
mod tests {
    use store::WorkspaceId;

    use super::*;
    use crate::model::AppName;

    fn key(app: &str) -> Key {
        (WorkspaceId::new(1), AppName::new(app).unwrap())
    }

    fn event(number: u32) -> LiveEvent {
        LiveEvent::RunStarted(Arc::new(StartedRun {
            run: "run".into(),
            version: number,
            method: "GET".to_owned(),
            uri: "/".to_owned(),
        }))
    }

    #[tokio::test]
    async fn a_slow_reader_loses_events_and_is_told_how_many_and_where() {
        let audience = Arc::new(Audience::default());
        let watching = audience.enter(key("one")).unwrap();
        for number in 0..300 {
            audience.tell(&key("one"), &event(number));
            audience.tell(&key("other"), &event(number));
        }
        for expected in 0..256 {
            let Some(LiveEvent::RunStarted(run)) = watching.next().await else {
                panic!("a run")
            };
            assert_eq!(run.version, expected);
        }
        assert!(matches!(watching.next().await, Some(LiveEvent::Gap(Some(44)))));
        audience.tell(&key("one"), &event(1_000));
        assert!(matches!(watching.next().await, Some(LiveEvent::RunStarted(run)) if run.version == 1_000));
        audience.end();
        assert!(watching.next().await.is_none());
        assert!(
            audience.enter(key("one")).is_none(),
            "nobody enters after the end"
        );
    }

    #[test]
    fn places_are_counted_and_given_back() {
        let audience = Arc::new(Audience::default());
        let inside: Vec<_> = (0..WATCHERS_PER_APP)
            .map(|_| audience.enter(key("one")).unwrap())
            .collect();
        assert!(audience.enter(key("one")).is_none());
        assert!(audience.enter(key("two")).is_some());
        assert!(audience.watches(&key("one")) && !audience.watches(&key("two")));
        let rest: Vec<_> = (0..WATCHERS_PER_WORKSPACE - WATCHERS_PER_APP)
            .map(|_| audience.enter(key("two")).unwrap())
            .collect();
        assert!(
            audience.enter(key("three")).is_none(),
            "the workspace has its share"
        );
        let elsewhere = (WorkspaceId::new(2), AppName::new("one").unwrap());
        assert!(audience.enter(elsewhere).is_some());
        drop((inside, rest));
        assert!(audience.is_empty() && audience.enter(key("one")).is_some());
    }
}
