//! How a guest waits: timers, and for several things at once. In which order it notices that things have happened is recorded, and a run
//! that is repeated notices them in the same order.
//!
//! Only a wait tells a guest that a call has been answered (`future-incoming-response.get` knows nothing before), so the results of waits
//! are all that the pace of the world can change.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use wasmtime::component::{HasData, Linker, Resource, ResourceTable};
use wasmtime_wasi::p2::bindings::clocks::monotonic_clock;
use wasmtime_wasi::p2::{DynPollable, Pollable, subscribe};
use wasmtime_wasi_io::bindings::wasi::io::poll;

use super::clock::{STEP_NS, monotonic_ns};
use crate::replay::Seen;
use crate::sandbox::CpuMeter;
use crate::trace::{Recorder, World};

/// How long a repeated run waits for what the recorded one was told before it goes its own way. Answers from a tape take microseconds.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long a run that goes its own way is given to notice an answer before the next one is handed out.
const BETWEEN_ANSWERS: Duration = Duration::from_millis(2);

/// What waiting needs of one instance.
pub(crate) struct Waiting<'a> {
    pub(crate) table: &'a mut ResourceTable,
    /// Which pollables are timers.
    pub(crate) timers: &'a mut Vec<u32>,
    pub(crate) recorder: &'a Arc<Recorder>,
    pub(crate) meter: &'a CpuMeter,
}

struct WaitingData;

impl HasData for WaitingData {
    type Data<'a> = Waiting<'a>;
}

/// Puts these in the place of wasi's own.
pub(crate) fn link<T: Send + 'static>(
    linker: &mut Linker<T>,
    waiting: fn(&mut T) -> Waiting<'_>,
) -> wasmtime::Result<()> {
    linker.allow_shadowing(true);
    monotonic_clock::add_to_linker::<T, WaitingData>(linker, waiting)?;
    poll::add_to_linker::<T, WaitingData>(linker, waiting)?;
    linker.allow_shadowing(false);
    Ok(())
}

/// A moment to wait for.
enum Timer {
    Past { yielded: bool },
    At(Instant, Arc<Recorder>),
    Never,
}

#[async_trait::async_trait]
impl Pollable for Timer {
    async fn ready(&mut self) {
        match self {
            Self::Past { yielded: true } => {}
            // A guest that asks in a loop whether something has happened must let it happen.
            Self::Past { yielded } => {
                *yielded = true;
                tokio::task::yield_now().await;
            }
            Self::At(moment, recorder) => {
                // While a run follows its tape the clock says how much time has passed; nobody need wait for it.
                if recorder.deck().is_none_or(|deck| deck.is_on_its_own()) {
                    tokio::time::sleep_until(*moment).await;
                }
            }
            Self::Never => std::future::pending().await,
        }
    }
}

impl Waiting<'_> {
    fn timer(&mut self, duration: Duration) -> wasmtime::Result<Resource<DynPollable>> {
        let timer = if duration.is_zero() {
            Timer::Past { yielded: false }
        } else {
            Instant::now()
                .checked_add(duration)
                .map_or(Timer::Never, |moment| {
                    Timer::At(moment, Arc::clone(self.recorder))
                })
        };
        let timer = self.table.push(timer)?;
        let pollable = subscribe(self.table, timer)?;
        self.timers.push(pollable.rep());
        Ok(pollable)
    }

    fn seen(&self, pollable: &Resource<DynPollable>, is_ready: bool) -> Seen {
        Seen {
            is_timer: self.timers.contains(&pollable.rep()),
            is_ready,
        }
    }

    /// Waits as the recorded run was told; `false` when that does not happen.
    async fn follow(&mut self, pollables: &[Resource<DynPollable>], told: &[Seen]) -> wasmtime::Result<bool> {
        for (pollable, told) in pollables.iter().zip(told) {
            if told.is_ready && !told.is_timer {
                let one = [Resource::new_borrow(pollable.rep())];
                match tokio::time::timeout(PATIENCE, self.play(&one)).await {
                    Ok(ready) => drop(ready?),
                    Err(_late) => return Ok(false),
                }
            }
        }
        Ok(true)
    }

    /// Waits for whatever comes first. A run that goes its own way, or begins to while it waits, is handed the answers of the tape one by one.
    async fn play(&mut self, pollables: &[Resource<DynPollable>]) -> wasmtime::Result<Vec<u32>> {
        loop {
            let list = pollables
                .iter()
                .map(|pollable| Resource::new_borrow(pollable.rep()))
                .collect();
            match tokio::time::timeout(BETWEEN_ANSWERS, poll::Host::poll(self.table, list)).await {
                Ok(ready) => return ready,
                Err(_nothing_yet) => {
                    if let World::Replayed(deck) = self.recorder.world() {
                        deck.hand_out();
                    }
                }
            }
        }
    }
}

impl monotonic_clock::Host for Waiting<'_> {
    fn now(&mut self) -> wasmtime::Result<u64> {
        Ok(monotonic_ns(self.recorder))
    }

    /// Endless when the run's processor time is used up: no clock serves it any more. The runner of scripts asks now and then, and takes the
    /// little time that is left for saying which line it was at.
    fn resolution(&mut self) -> wasmtime::Result<u64> {
        Ok(if self.meter.is_used_up() {
            u64::MAX
        } else {
            STEP_NS
        })
    }

    fn subscribe_instant(&mut self, when: u64) -> wasmtime::Result<Resource<DynPollable>> {
        let now = monotonic_ns(self.recorder);
        self.timer(Duration::from_nanos(when.saturating_sub(now)))
    }

    fn subscribe_duration(&mut self, duration: u64) -> wasmtime::Result<Resource<DynPollable>> {
        self.timer(Duration::from_nanos(duration))
    }
}

impl poll::Host for Waiting<'_> {
    async fn poll(&mut self, pollables: Vec<Resource<DynPollable>>) -> wasmtime::Result<Vec<u32>> {
        let is_choice = pollables.len() > 1;
        match self.recorder.world() {
            World::Replayed(deck) => {
                let asked: Vec<Seen> = pollables
                    .iter()
                    .map(|pollable| self.seen(pollable, false))
                    .collect();
                if is_choice && let Some(told) = deck.next_wait(&asked) {
                    if self.follow(&pollables, &told).await? {
                        return Ok((0..)
                            .zip(told)
                            .filter(|(_, told)| told.is_ready)
                            .map(|(index, _)| index)
                            .collect());
                    }
                    deck.leave_the_tape();
                }
                self.play(&pollables).await
            }
            World::Recorded(reel) if is_choice => {
                let mut seen: Vec<Seen> = pollables
                    .iter()
                    .map(|pollable| self.seen(pollable, false))
                    .collect();
                let ready = poll::Host::poll(self.table, pollables).await?;
                for index in &ready {
                    let index = usize::try_from(*index).unwrap_or(usize::MAX);
                    if let Some(seen) = seen.get_mut(index) {
                        seen.is_ready = true;
                    }
                }
                reel.waited(&seen);
                Ok(ready)
            }
            World::Recorded(_) | World::Free => poll::Host::poll(self.table, pollables).await,
        }
    }
}

impl poll::HostPollable for Waiting<'_> {
    async fn ready(&mut self, pollable: Resource<DynPollable>) -> wasmtime::Result<bool> {
        match self.recorder.world() {
            World::Replayed(deck) => {
                let asked = [self.seen(&pollable, false)];
                if let Some(told) = deck.next_wait(&asked) {
                    if self
                        .follow(&[Resource::new_borrow(pollable.rep())], &told)
                        .await?
                    {
                        return Ok(told.iter().all(|told| told.is_ready));
                    }
                    deck.leave_the_tape();
                }
                if !poll::HostPollable::ready(self.table, Resource::new_borrow(pollable.rep())).await? {
                    deck.hand_out();
                }
                poll::HostPollable::ready(self.table, pollable).await
            }
            World::Recorded(reel) => {
                let asked = Resource::new_borrow(pollable.rep());
                let is_ready = poll::HostPollable::ready(self.table, asked).await?;
                reel.waited(&[self.seen(&pollable, is_ready)]);
                Ok(is_ready)
            }
            World::Free => poll::HostPollable::ready(self.table, pollable).await,
        }
    }

    async fn block(&mut self, pollable: Resource<DynPollable>) -> wasmtime::Result<()> {
        if self.recorder.deck().is_some() {
            self.play(&[pollable]).await.map(drop)
        } else {
            poll::HostPollable::block(self.table, pollable).await
        }
    }

    fn drop(&mut self, pollable: Resource<DynPollable>) -> wasmtime::Result<()> {
        self.timers.retain(|timer| *timer != pollable.rep());
        poll::HostPollable::drop(self.table, pollable)
    }
}
