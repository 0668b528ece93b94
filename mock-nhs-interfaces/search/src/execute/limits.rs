//! How much work one search may cause, and the meter that counts it.

use super::{ExecuteError, Explain};

/// What one search may cost. The defaults are what every server of the sandbox uses.
#[derive(Clone, Copy)]
pub struct Limits<'a> {
    /// Records whose text may be opened (`_content` is the only filter that needs it). Each takes tens of microseconds.
    pub opened: u64,
    /// Keys and records that may be looked at in memory. Each takes about 50 ns, so the default is a second at worst.
    pub examined: u64,
    /// Records that includes may add to a page.
    pub included: usize,
    /// How many times `:iterate` is followed.
    pub depth: usize,
    /// Records on a page when the query does not say.
    pub page: usize,
    /// Where plans change. Not a limit of what may be asked: every setting gives the same answer.
    pub tuning: Tuning,
    /// Asked now and then: whether the time is up.
    pub expired: &'a dyn Fn() -> bool,
}

/// Where one way of answering gives way to another. Tests set these to extremes, so that small worlds go every way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tuning {
    /// What may be collected without knowing whether it is needed, in units of about 10 ns.
    pub prompt_cost: u64,
    /// Up to so many matches are sorted in memory; more are walked in the order of the sort.
    pub sort_in_memory: u64,
    /// After so many keys and records that were not on the page, a walk is given up for sorting in memory.
    pub patience: u64,
    /// After so many records were checked one by one for a page, everything that is left is collected instead.
    pub check_one_by_one: u64,
}

impl Default for Tuning {
    fn default() -> Self {
        Self {
            // A millisecond.
            prompt_cost: 100_000,
            // A tenth of one.
            sort_in_memory: 4_096,
            // About ten.
            patience: 200_000,
            // About five.
            check_one_by_one: 50_000,
        }
    }
}

impl Default for Limits<'_> {
    fn default() -> Self {
        Self {
            opened: 50_000,
            examined: 20_000_000,
            included: 1_000,
            depth: 3,
            page: 20,
            tuning: Tuning::default(),
            expired: &|| false,
        }
    }
}

impl std::fmt::Debug for Limits<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Limits")
            .field("opened", &self.opened)
            .field("examined", &self.examined)
            .field("included", &self.included)
            .field("depth", &self.depth)
            .field("page", &self.page)
            .field("tuning", &self.tuning)
            .finish_non_exhaustive()
    }
}

/// After this much work the clock is looked at: about every 200 microseconds.
const BETWEEN_LOOKS: u64 = 4_096;

/// Counts the work of one search and stops it.
pub(super) struct Meter<'a> {
    limits: Limits<'a>,
    examined: u64,
    opened: u64,
    next_look: u64,
}

impl<'a> Meter<'a> {
    pub(super) fn new(limits: Limits<'a>) -> Self {
        Self {
            limits,
            examined: 0,
            opened: 0,
            next_look: BETWEEN_LOOKS,
        }
    }

    /// Counts keys or records looked at in memory.
    pub(super) fn examine(&mut self, count: u64) -> Result<(), ExecuteError> {
        self.examined = self.examined.saturating_add(count);
        if self.examined > self.limits.examined {
            return Err(ExecuteError::TooCostly {
                examined: self.limits.examined,
            });
        }
        if self.examined >= self.next_look {
            self.next_look = self.examined.saturating_add(BETWEEN_LOOKS);
            self.look()?;
        }
        Ok(())
    }

    /// Counts a record whose text is opened.
    pub(super) fn open(&mut self) -> Result<(), ExecuteError> {
        self.opened = self.opened.saturating_add(1);
        if self.opened > self.limits.opened {
            return Err(ExecuteError::TooCostly {
                examined: self.limits.opened,
            });
        }
        if self.opened.is_multiple_of(64) {
            self.look()?;
        }
        Ok(())
    }

    /// Writes down what was used.
    pub(super) fn report(&self, explain: &mut Explain) {
        explain.examined = self.examined;
        explain.opened = self.opened;
    }

    fn look(&self) -> Result<(), ExecuteError> {
        if (self.limits.expired)() {
            return Err(ExecuteError::Deadline);
        }
        Ok(())
    }
}
