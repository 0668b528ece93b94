//! What an answer, or the reading of a document, may still cost: one count, of which everything takes.

use std::cell::Cell;

/// Bytes that are compared, copied or written in one step.
const STEP_BYTES: usize = 100;

/// Steps that are left. A part has a bound of its own, and what it takes is taken from the whole as well.
#[derive(Debug)]
pub(crate) struct Budget<'w> {
    left: Cell<u64>,
    whole: Option<&'w Budget<'w>>,
}

impl Budget<'_> {
    pub(crate) fn of(steps: u64) -> Self {
        Self {
            left: Cell::new(steps),
            whole: None,
        }
    }

    /// So many steps of these, where there are as many.
    pub(crate) fn part(&self, steps: u64) -> Budget<'_> {
        Budget {
            left: Cell::new(steps),
            whole: Some(self),
        }
    }

    /// Takes steps; `false` when there are none left, then and from then on.
    pub(crate) fn spend(&self, steps: usize) -> bool {
        let steps = u64::try_from(steps).unwrap_or(u64::MAX);
        self.left.set(self.left.get().saturating_sub(steps));
        let of_whole = self
            .whole
            .is_none_or(|whole| whole.spend(usize::try_from(steps).unwrap_or(usize::MAX)));
        of_whole && self.left.get() > 0
    }

    /// Takes a step, and one more for each hundred bytes.
    pub(crate) fn spend_bytes(&self, bytes: usize) -> bool {
        self.spend(1 + bytes / STEP_BYTES)
    }

    pub(crate) fn is_spent(&self) -> bool {
        self.left.get() == 0 || self.whole.is_some_and(Budget::is_spent)
    }
}

#[cfg(test)]
mod tests {
    use super::Budget;

    #[test]
    fn what_a_part_takes_is_gone_from_the_whole() {
        let whole = Budget::of(10);
        let part = whole.part(4);
        assert!(part.spend(3) && !part.spend(1) && part.is_spent() && !whole.is_spent());
        let part = whole.part(100);
        assert!(part.spend_bytes(499) && !part.spend(1) && part.is_spent() && whole.is_spent());
    }
}
