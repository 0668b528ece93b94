//! A rule: which requests meet a fault, and which of those.

use std::num::NonZero;

use super::{Asked, FaultKind};
use crate::value::NhsNumber;

/// A rule that makes an interface answer badly. A request that suits every part of it is counted; of those, the rule says
/// which meet the fault.
#[derive(Clone, Debug, PartialEq)]
pub struct FaultRule {
    /// Tells it from the workspace's other rules.
    pub id: u32,
    /// What happens.
    pub kind: FaultKind,
    /// Only requests to this interface.
    pub interface: Option<Box<str>>,
    /// Only this operation.
    pub operation: Option<Box<str>>,
    /// Only requests that name this person: in the address or in the body.
    pub patient: Option<NhsNumber>,
    /// Beginning with this one of the requests that suit; 1 is the first.
    pub nth: NonZero<u32>,
    /// So many of them; `None` for all that follow.
    pub times: Option<NonZero<u32>>,
    /// How likely each of those meets it.
    pub probability: Probability,
    /// Where chance begins: the same seed decides the same way every time.
    pub seed: u64,
}

/// How likely something is: more than 0, at most 1.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Probability(f64);

impl Probability {
    /// For certain.
    pub const ALWAYS: Self = Self(1.0);

    /// `None` for what is no probability, and for 0: a fault that never happens is none.
    #[must_use]
    pub fn new(likely: f64) -> Option<Self> {
        (likely > 0.0 && likely <= 1.0).then_some(Self(likely))
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }
}

impl FaultRule {
    /// A rule for every request.
    #[must_use]
    pub const fn always(id: u32, kind: FaultKind) -> Self {
        Self {
            id,
            kind,
            interface: None,
            operation: None,
            patient: None,
            nth: NonZero::<u32>::MIN,
            times: None,
            probability: Probability::ALWAYS,
            seed: 1,
        }
    }

    /// Whether the rule is about this request.
    pub(super) fn suits(&self, asked: &Asked<'_>) -> bool {
        let same =
            |wanted: &Option<Box<str>>, given: &str| wanted.as_deref().is_none_or(|wanted| wanted == given);
        same(&self.interface, asked.interface)
            && same(&self.operation, asked.operation.unwrap_or_default())
            && self.patient.is_none_or(|patient| asked.names(patient))
            && asked.can_meet(&self.kind)
    }

    /// Whether the request that is this one of those that suit, from 1 on, meets the fault.
    pub(super) fn strikes(&self, count: u32) -> bool {
        let Some(after) = count.checked_sub(self.nth.get()) else {
            return false;
        };
        self.times.is_none_or(|times| after < times.get()) && chance(self.seed, count) < self.probability.0
    }
}

/// A number from 0 to 1, the same for the same seed and count. `SplitMix64`: <https://prng.di.unimi.it/splitmix64.c>.
fn chance(seed: u64, count: u32) -> f64 {
    let mut mixed = seed.wrapping_add(u64::from(count).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^= mixed >> 31;
    // The upper half is even enough, and fits.
    let upper = u32::try_from(mixed >> 32).unwrap_or_default();
    f64::from(upper) / (f64::from(u32::MAX) + 1.0)
}

#[cfg(test)]
mod tests {
    use std::num::NonZero;

    use super::{FaultKind, FaultRule, Probability};

    #[test]
    fn the_nth_request_and_so_many_from_there() {
        let struck = |nth: u32, times: u32| -> Vec<u32> {
            let rule = FaultRule {
                nth: NonZero::new(nth).unwrap(),
                times: NonZero::new(times),
                ..FaultRule::always(1, FaultKind::Empty)
            };
            (1..=5).filter(|count| rule.strikes(*count)).collect()
        };
        assert_eq!(struck(1, 0), [1, 2, 3, 4, 5]);
        assert_eq!(struck(3, 0), [3, 4, 5]);
        assert_eq!(struck(3, 1), [3]);
        assert_eq!(struck(2, 2), [2, 3]);
        assert_eq!(struck(6, 1), [0; 0]);
    }

    #[test]
    fn chance_is_the_same_every_time_and_as_likely_as_it_says() {
        let struck = |seed: u64, likely: f64| -> Vec<u32> {
            let rule = FaultRule {
                probability: Probability::new(likely).unwrap(),
                seed,
                ..FaultRule::always(1, FaultKind::Empty)
            };
            (1..=10_000).filter(|count| rule.strikes(*count)).collect()
        };
        assert_eq!(struck(7, 0.3), struck(7, 0.3));
        assert_ne!(struck(7, 0.3), struck(8, 0.3));
        for likely in [0.01_f64, 0.3, 0.5, 0.99] {
            let share = f64::from(u32::try_from(struck(1, likely).len()).unwrap()) / 10_000.0;
            assert!((share - likely).abs() < 0.02, "{likely}: {share}");
        }
        assert_eq!(struck(1, 1.0).len(), 10_000);
        for no in [0.0, -0.1, 1.1, f64::NAN, f64::INFINITY] {
            assert_eq!(Probability::new(no), None, "{no}");
        }
    }
}
