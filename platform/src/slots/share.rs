//! Which workspaces have had their share of the serving threads.
//!
//! A run that takes long leaves the serving threads by itself. Very many short ones do not, and a neighbour's request would stand
//! behind all of them. So each workspace has an account of processor time that fills up steadily; while it is overdrawn, and
//! somebody else is about, its runs begin in the slow lane.
//!
//! Owns one lock around all accounts, held for a look-up and an addition.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use store::WorkspaceId;

/// Processor time a workspace has in hand when it has been quiet, in microseconds: some thirty pages in a row, and a delay that a
/// neighbour notices once, if at all.
const SAVED_US: i64 = 100_000;
/// What it gets in each second: a tenth of one processor. Somebody who presses buttons uses a hundredth.
const PER_SECOND_US: i64 = 100_000;
/// How far it can be overdrawn: ten seconds after a flood it is as welcome as before.
const OVERDRAFT_US: i64 = 1_000_000;
/// What a run costs besides its guest: reading the request, sending the answer, keeping the trace. Measured, rounded up.
const AROUND_A_RUN_US: i64 = 50;
/// What a call costs besides the guest that makes it: answering it, and its place in the trace. Measured, rounded up.
const AROUND_A_CALL_US: i64 = 50;
/// How long somebody who has asked something is about: the time in which a person reads a page and presses the next button.
const ABOUT: Duration = Duration::from_secs(60);
/// Accounts that are remembered before full ones are forgotten.
const ACCOUNTS: usize = 1_000;

/// Where a run begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// On a serving thread.
    Prompt,
    /// In the slow lane, because its workspace has had its share and others are about.
    Slow,
}

/// The accounts. Cheap to clone; all clones are the same.
#[derive(Debug, Clone, Default)]
pub(super) struct Shares {
    accounts: Arc<Mutex<Accounts>>,
}

#[derive(Debug, Default)]
struct Accounts {
    by_workspace: HashMap<WorkspaceId, Account>,
    latest: Option<(WorkspaceId, Instant)>,
    // Invariant: another workspace than `latest`, and the last one that asked before it.
    before: Option<(WorkspaceId, Instant)>,
}

#[derive(Debug, Clone, Copy)]
struct Account {
    balance_us: i64,
    at: Instant,
}

impl Account {
    fn new(now: Instant) -> Self {
        Self {
            balance_us: SAVED_US,
            at: now,
        }
    }

    fn fill(&mut self, now: Instant) {
        let elapsed = i64::try_from(now.saturating_duration_since(self.at).as_micros()).unwrap_or(i64::MAX);
        let due = elapsed.saturating_mul(PER_SECOND_US) / 1_000_000;
        // Less than a microsecond stays for the next time.
        if due > 0 {
            self.balance_us = self.balance_us.saturating_add(due).min(SAVED_US);
            self.at = now;
        }
    }
}

impl Shares {
    /// Where a run of this workspace begins that has just got its place.
    pub(super) fn pace(&self, workspace: WorkspaceId, now: Instant) -> Pace {
        let mut accounts = self.lock();
        accounts.ask(workspace, now);
        let account = accounts.account(workspace, now);
        account.fill(now);
        let is_overdrawn = account.balance_us < 0;
        if is_overdrawn && accounts.others_are_about(now) {
            Pace::Slow
        } else {
            Pace::Prompt
        }
    }

    /// Takes what a run has used from its workspace's account.
    pub(super) fn used(&self, workspace: WorkspaceId, cpu_us: u64, calls: usize, now: Instant) {
        let wide = |calls| i64::try_from(calls).unwrap_or(i64::MAX);
        let cost = i64::try_from(cpu_us)
            .unwrap_or(i64::MAX)
            .saturating_add(AROUND_A_RUN_US)
            .saturating_add(wide(calls).saturating_mul(AROUND_A_CALL_US));
        let mut accounts = self.lock();
        let account = accounts.account(workspace, now);
        account.fill(now);
        account.balance_us = account.balance_us.saturating_sub(cost).max(-OVERDRAFT_US);
    }

    fn lock(&self) -> MutexGuard<'_, Accounts> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Accounts {
    fn ask(&mut self, workspace: WorkspaceId, now: Instant) {
        match &mut self.latest {
            Some((same, at)) if *same == workspace => *at = now,
            other => self.before = other.replace((workspace, now)),
        }
    }

    /// Asked right after the workspace in question has asked, which is `latest`.
    fn others_are_about(&self, now: Instant) -> bool {
        self.before
            .is_some_and(|(_, at)| now.saturating_duration_since(at) < ABOUT)
    }

    fn account(&mut self, workspace: WorkspaceId, now: Instant) -> &mut Account {
        if self.by_workspace.len() > ACCOUNTS && !self.by_workspace.contains_key(&workspace) {
            self.by_workspace.retain(|_, account| {
                account.fill(now);
                account.balance_us < SAVED_US
            });
        }
        self.by_workspace
            .entry(workspace)
            .or_insert_with(|| Account::new(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GREEDY: WorkspaceId = WorkspaceId::new(1);
    const MODEST: WorkspaceId = WorkspaceId::new(2);

    fn flood(shares: &Shares, workspace: WorkspaceId, now: Instant) {
        for _ in 0..10_000 {
            shares.used(workspace, 200, 0, now);
        }
    }

    #[test]
    fn who_has_had_its_share_begins_slowly_while_others_are_about() {
        let shares = Shares::default();
        let start = Instant::now();
        assert_eq!(shares.pace(MODEST, start), Pace::Prompt);
        assert_eq!(shares.pace(GREEDY, start), Pace::Prompt);
        flood(&shares, GREEDY, start);
        assert_eq!(shares.pace(GREEDY, start), Pace::Slow);
        assert_eq!(shares.pace(MODEST, start), Pace::Prompt);
        assert_eq!(shares.pace(GREEDY, start), Pace::Slow, "however they take turns");
        // Ten seconds fill the account again.
        let nearly = start + Duration::from_millis(9_900);
        assert_eq!(shares.pace(GREEDY, nearly), Pace::Slow);
        let full = start + Duration::from_millis(10_100);
        assert_eq!(shares.pace(GREEDY, full), Pace::Prompt);
    }

    #[test]
    fn calls_are_a_part_of_the_share() {
        let shares = Shares::default();
        let start = Instant::now();
        shares.pace(MODEST, start);
        for _ in 0..100 {
            assert_eq!(shares.pace(GREEDY, start), Pace::Prompt);
            shares.used(GREEDY, 0, 18, start);
        }
        assert_eq!(shares.pace(GREEDY, start), Pace::Prompt);
        shares.used(GREEDY, 0, 100, start);
        assert_eq!(shares.pace(GREEDY, start), Pace::Slow);
    }

    #[test]
    fn who_is_alone_is_never_slowed_down() {
        let shares = Shares::default();
        let start = Instant::now();
        flood(&shares, GREEDY, start);
        assert_eq!(shares.pace(GREEDY, start), Pace::Prompt);
        assert_eq!(shares.pace(MODEST, start), Pace::Prompt);
        assert_eq!(shares.pace(GREEDY, start), Pace::Slow);
        let alone = start + ABOUT;
        flood(&shares, GREEDY, alone);
        assert_eq!(shares.pace(GREEDY, alone), Pace::Prompt, "the other has gone");
    }

    #[test]
    fn somebody_who_presses_buttons_never_overdraws() {
        let shares = Shares::default();
        let start = Instant::now();
        shares.pace(GREEDY, start);
        // Ten pages a second of 5 ms and ten calls each, for a minute.
        for press in 0..600 {
            let now = start + Duration::from_millis(100 * press);
            assert_eq!(shares.pace(MODEST, now), Pace::Prompt, "press {press}");
            shares.used(MODEST, 5_000, 10, now);
        }
    }

    #[test]
    fn accounts_that_say_nothing_are_forgotten() {
        let shares = Shares::default();
        let start = Instant::now();
        for number in 0..5_000 {
            shares.pace(WorkspaceId::new(number), start);
        }
        assert!(shares.lock().by_workspace.len() <= ACCOUNTS + 1);
        flood(&shares, GREEDY, start);
        for number in 5_000..10_000 {
            shares.pace(WorkspaceId::new(number), start);
        }
        assert_eq!(shares.pace(GREEDY, start), Pace::Slow, "a debt is not forgotten");
    }
}
