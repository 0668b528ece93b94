//! The first few of many, without sorting the many.

use std::cmp::Ordering;

/// Keeps the `limit` least of what is pushed.
pub(super) struct Top<T> {
    limit: usize,
    /// At most twice the limit and a bit: cut back when full.
    items: Vec<T>,
    /// Whether `items[limit - 1]` is the greatest that can still be among the first.
    is_cut: bool,
}

impl<T> Top<T> {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            items: Vec::new(),
            is_cut: false,
        }
    }

    pub(super) fn push(&mut self, item: T, compare: &impl Fn(&T, &T) -> Ordering) {
        let last = self.limit.checked_sub(1).and_then(|last| self.items.get(last));
        if self.limit == 0 || (self.is_cut && last.is_some_and(|last| compare(&item, last).is_gt())) {
            return;
        }
        self.items.push(item);
        if self.items.len() >= self.limit.saturating_mul(2).saturating_add(64) {
            self.cut(compare);
        }
    }

    /// How many are kept at the moment: more than the limit now and then.
    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    /// What was kept, in order.
    pub(super) fn into_sorted(mut self, compare: &impl Fn(&T, &T) -> Ordering) -> Vec<T> {
        self.cut(compare);
        self.items
    }

    fn cut(&mut self, compare: &impl Fn(&T, &T) -> Ordering) {
        self.items.sort_unstable_by(compare);
        self.items.truncate(self.limit);
        self.is_cut = self.items.len() == self.limit;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Top;

    proptest! {
        #[test]
        fn keeps_what_sorting_would(numbers in prop::collection::vec(any::<u16>(), 0..600), limit in 0_usize..40) {
            let mut top = Top::new(limit);
            for number in &numbers {
                top.push(*number, &u16::cmp);
            }
            let mut sorted = numbers;
            sorted.sort_unstable();
            sorted.truncate(limit);
            prop_assert_eq!(top.into_sorted(&u16::cmp), sorted);
        }
    }
}
