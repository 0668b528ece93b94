//! The way to the writer thread: a queue that is bounded in commits and in bytes.

use std::sync::atomic::Ordering;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::Shared;
use super::writer::Writer;
use crate::{
    CommitError, CommitsHeld, Committed, Import, MAX_WRITE_BYTES, StoreError, WorkspaceId, WriteSet,
};

/// Commits that can wait at most. More wait outside, in the order of their coming.
const QUEUE_COMMITS: usize = 1024;

/// The queue is bounded in bytes as well: one largest commit, or `QUEUE_COMMITS` of up to 16 KiB.
const QUEUE_UNITS: u32 = 1024;
const QUEUE_UNIT_BYTES: usize = MAX_WRITE_BYTES / QUEUE_COMMITS;

type Answer<T, E> = oneshot::Sender<Result<T, E>>;

/// Why commits are refused when the thread has ended but for the end of the queue.
pub(super) const WRITER_ENDED: &str = "the writer thread ended unexpectedly; restart the program";

/// What the writer thread is asked. `_room` is room in the queue, given back when the message was answered.
pub(super) enum Message {
    Commit(Request),
    Import {
        step: Import,
        answer: Answer<(), StoreError>,
        _room: OwnedSemaphorePermit,
    },
    Close {
        answer: Answer<(), StoreError>,
        _room: OwnedSemaphorePermit,
    },
}

/// One commit on its way.
pub(super) struct Request {
    pub(super) workspace: WorkspaceId,
    pub(super) write: WriteSet,
    answer: Answer<Committed, CommitError>,
    _room: OwnedSemaphorePermit,
    _backlog: Backlog,
}

impl Request {
    /// Gives the room back, then answers: who has the answer finds nothing of the commit waiting any more.
    pub(super) fn answer(self, outcome: Result<Committed, CommitError>) {
        let Self {
            answer,
            _room,
            _backlog,
            ..
        } = self;
        drop((_room, _backlog));
        // A caller who no longer waits needs no answer.
        let _nobody_waits = answer.send(outcome);
    }
}

/// Counts a commit as waiting until it is dropped.
struct Backlog(Arc<Shared>);

impl Backlog {
    fn new(shared: &Arc<Shared>) -> Self {
        shared.status.backlog.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(shared))
    }
}

impl Drop for Backlog {
    fn drop(&mut self) {
        self.0.status.backlog.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Owns the writer thread, and waits for its end when dropped.
#[derive(Debug)]
pub(super) struct Queue {
    shared: Arc<Shared>,
    room: Arc<Semaphore>,
    // Both are taken out only by `drop`, in this order: the thread ends when the queue does.
    sender: Option<SyncSender<Message>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Queue {
    /// Starts the thread.
    pub(super) fn start(shared: Arc<Shared>, writer: Writer) -> std::io::Result<Self> {
        let (sender, messages) = sync_channel(QUEUE_COMMITS);
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || writer.run(&messages))?;
        let room = Arc::new(Semaphore::new(QUEUE_COMMITS));
        Ok(Self {
            shared,
            room,
            sender: Some(sender),
            thread: Mutex::new(Some(thread)),
        })
    }

    /// Puts a commit in the queue and waits for its answer.
    pub(super) async fn commit(
        &self,
        workspace: WorkspaceId,
        write: WriteSet,
    ) -> Result<Committed, CommitError> {
        let backlog = Backlog::new(&self.shared);
        let room = self.take_room(units(write.size_bytes())).await?;
        self.shared.status.check_commits()?;
        let (answer, answered) = oneshot::channel();
        self.send(Message::Commit(Request {
            workspace,
            write,
            answer,
            _room: room,
            _backlog: backlog,
        }))?;
        answered
            .await
            .unwrap_or_else(|_dropped| Err(self.writer_gone().into()))
    }

    pub(super) async fn import(&self, step: Import) -> Result<(), StoreError> {
        let _room = self.take_room(1).await?;
        let (answer, answered) = oneshot::channel();
        self.send(Message::Import { step, answer, _room })?;
        answered.await.unwrap_or_else(|_dropped| Err(self.writer_gone()))
    }

    pub(super) async fn close(&self) -> Result<(), StoreError> {
        let _room = self.take_room(1).await?;
        let (answer, answered) = oneshot::channel();
        self.send(Message::Close { answer, _room })?;
        answered.await.unwrap_or_else(|_dropped| Err(self.writer_gone()))
    }

    /// All of the room, so that nothing is under way and nothing new gets in.
    pub(super) async fn hold(&self) -> Result<CommitsHeld, StoreError> {
        self.take_room(QUEUE_UNITS).await.map(CommitsHeld::new)
    }

    async fn take_room(&self, units: u32) -> Result<OwnedSemaphorePermit, StoreError> {
        let room = Arc::clone(&self.room).acquire_many_owned(units).await;
        room.map_err(|_closed| StoreError::Unavailable("the store is closed".to_owned()))
    }

    /// Whoever finds the writer gone says so at once: the answers of a thread that panics are dropped before it can.
    fn writer_gone(&self) -> StoreError {
        self.shared.status.refuse(WRITER_ENDED.to_owned());
        StoreError::OutcomeUnknown("the writer thread ended on the way".to_owned())
    }

    fn send(&self, message: Message) -> Result<(), StoreError> {
        // Whoever sends holds at least one unit of room, so the queue is never full.
        let sent = self
            .sender
            .as_ref()
            .is_some_and(|sender| sender.try_send(message).is_ok());
        if sent {
            Ok(())
        } else {
            Err(StoreError::Unavailable(WRITER_ENDED.to_owned()))
        }
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        drop(self.sender.take());
        if let Some(thread) = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // How it ended, it has already written down in the status.
            let _ended = thread.join();
        }
    }
}

/// Room that a commit of this size takes in the queue.
fn units(size_bytes: usize) -> u32 {
    u32::try_from(size_bytes.div_ceil(QUEUE_UNIT_BYTES))
        .unwrap_or(QUEUE_UNITS)
        .clamp(1, QUEUE_UNITS)
}
