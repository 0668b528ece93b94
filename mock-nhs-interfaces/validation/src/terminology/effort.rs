//! How much work one question may take: value sets include each other, and a stranger's may do so many times over.

use std::cell::Cell;

use super::TerminologyError;

/// How deep value sets may include each other. Those of R4 and UK Core go 3 deep.
pub(super) const MAX_NESTING: usize = 16;
/// How many includes and excludes are looked at for one question. The largest of R4 needs some 3,000.
const MAX_STEPS: usize = 500_000;

/// The steps that are left, shared by everything that one question leads to.
pub(super) struct Budget(Cell<usize>);

impl Budget {
    pub(super) fn new() -> Self {
        Self(Cell::new(MAX_STEPS))
    }

    pub(super) fn effort(&self) -> Effort<'_> {
        Effort {
            depth: 0,
            left: &self.0,
        }
    }
}

/// Where a question has got to.
#[derive(Clone, Copy)]
pub(super) struct Effort<'a> {
    depth: usize,
    left: &'a Cell<usize>,
}

impl Effort<'_> {
    /// One value set further in.
    pub(super) fn deeper(self, url: &str) -> Result<Self, TerminologyError> {
        if self.depth >= MAX_NESTING {
            return Err(TerminologyError::Circle { url: url.to_owned() });
        }
        Ok(Self {
            depth: self.depth + 1,
            ..self
        })
    }

    /// One include or exclude.
    pub(super) fn spend(self) -> Result<(), TerminologyError> {
        let left = self
            .left
            .get()
            .checked_sub(1)
            .ok_or(TerminologyError::TooMuchWork)?;
        self.left.set(left);
        Ok(())
    }
}
