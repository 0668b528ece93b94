//! The one thread that touches the disk for traces. It owns [`Disk`]; it ends when the last [`super::Traces`] is gone.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use std::{io, sync::Arc};

use super::disk::Disk;
use super::{Budgets, Shared};

/// How often what is new goes to the disk: what `kill -9` can cost.
const EVERY: Duration = Duration::from_millis(500);
/// Runs that are taken at a time to be written.
const PORTION: usize = 32;
/// How long to leave a disk alone that takes nothing.
const PAUSE: Duration = Duration::from_secs(5);

/// What others may know of the disk, and how they reach the thread.
#[derive(Debug, Default)]
pub(super) struct Desk {
    bytes: AtomicU64,
    failures: AtomicU64,
    refusal: Mutex<Option<String>>,
    orders: Mutex<Orders>,
    called: Condvar,
}

#[derive(Debug, Default)]
struct Orders {
    stop: bool,
    /// Somebody does not want to wait for the next time.
    hurry: bool,
    /// How many times everything that was there has gone to the disk.
    rounds: u64,
}

/// The thread, which ends with this.
#[derive(Debug)]
pub(super) struct Writer {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Desk {
    pub(super) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    pub(super) fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }

    pub(super) fn refusal(&self) -> Option<String> {
        self.refusal
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Asks the thread to look now.
    pub(super) fn hurry(&self) {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner).hurry = true;
        self.called.notify_all();
    }

    /// Waits for the next time; answers whether it is the last.
    fn wait(&self) -> bool {
        let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        orders.rounds += 1;
        self.called.notify_all();
        let waiting = |orders: &mut Orders| !orders.stop && !orders.hurry;
        let (mut orders, _) = self
            .called
            .wait_timeout_while(orders, EVERY, waiting)
            .unwrap_or_else(PoisonError::into_inner);
        orders.hurry = false;
        orders.stop
    }

    /// Waits until everything that is there now is on the disk, or was refused by it.
    #[cfg(test)]
    pub(super) fn settle(&self) {
        let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        let two_on = orders.rounds + 2;
        while orders.rounds < two_on {
            orders.hurry = true;
            self.called.notify_all();
            let round = self.called.wait_timeout(orders, Duration::from_millis(20));
            orders = round.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Says once that the disk takes nothing, and once that it does again.
    fn tell(&self, outcome: io::Result<()>) -> bool {
        let mut refusal = self.refusal.lock().unwrap_or_else(PoisonError::into_inner);
        match (outcome, refusal.is_some()) {
            (Ok(()), was_refused) => {
                if was_refused {
                    tracing::info!("traces are kept on the disk again");
                }
                *refusal = None;
                true
            }
            (Err(error), was_refused) => {
                self.failures.fetch_add(1, Ordering::Relaxed);
                if !was_refused {
                    tracing::warn!(%error, "traces cannot be kept on the disk; until they can, they are in memory only and gone after a restart");
                }
                *refusal = Some(error.to_string());
                false
            }
        }
    }
}

impl Writer {
    pub(super) fn start(shared: Arc<Shared>, root: PathBuf, budgets: Budgets) -> io::Result<Self> {
        let for_thread = Arc::clone(&shared);
        let thread = thread::Builder::new()
            .name("traces".to_owned())
            .spawn(move || work(&for_thread, root, budgets))?;
        Ok(Self {
            shared,
            thread: Mutex::new(Some(thread)),
        })
    }

    /// Writes what is still to be written and ends the thread.
    pub(super) fn close(&self) {
        self.shared
            .desk
            .orders
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .stop = true;
        self.shared.desk.called.notify_all();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // A panic there was reported there, and there is nobody left to tell.
            let _panicked = thread.join();
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.close();
    }
}

fn work(shared: &Shared, root: PathBuf, budgets: Budgets) {
    let desk = &shared.desk;
    let mut disk = None;
    let mut last = false;
    let mut not_before = Instant::now();
    loop {
        let due = last || Instant::now() >= not_before;
        if due {
            let outcome = match &mut disk {
                Some(disk) => write(shared, disk),
                None => Disk::open(root.clone(), budgets).and_then(|opened| {
                    read_back(shared, &opened);
                    write(shared, disk.insert(opened))
                }),
            };
            desk.bytes
                .store(disk.as_ref().map_or(0, Disk::bytes), Ordering::Relaxed);
            if !desk.tell(outcome) {
                not_before = Instant::now() + PAUSE;
            }
        }
        if last {
            return;
        }
        last = desk.wait();
    }
}

/// Fills the rings with what earlier processes left, as far as memory is set aside for it.
fn read_back(shared: &Shared, disk: &Disk) {
    for key in disk.keys() {
        disk.read(&key, |run| shared.lock().push_old(&key, run, &shared.budgets));
    }
}

/// Writes what there is, in portions: who keeps a run waits for the lock no longer than one portion takes.
fn write(shared: &Shared, disk: &mut Disk) -> io::Result<()> {
    let until = shared.lock().newest();
    loop {
        // Both at once: an app that is made anew under a forgotten name has its first runs in `batches`.
        let (forgotten, batches) = {
            let mut rings = shared.lock();
            (rings.take_forgotten(), rings.take_unwritten(PORTION, until))
        };
        if forgotten.is_empty() && batches.is_empty() {
            return Ok(());
        }
        let mut outcome = Ok(());
        for key in forgotten {
            if let Err(error) = disk.forget(&key) {
                shared.lock().forget_later(key);
                outcome = Err(error);
            }
        }
        for batch in batches {
            let (newest, appended) = disk.append(&batch);
            let mut rings = shared.lock();
            // What is there is not written again, whatever became of the rest.
            if let Some(newest) = newest {
                rings.written(&batch.key, newest);
            }
            if let Err(error) = appended {
                rings.list_unwritten(&batch.key);
                outcome = Err(error);
            }
        }
        outcome?;
    }
}
