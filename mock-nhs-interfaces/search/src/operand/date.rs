//! Conditions on spans of time. Source: <https://hl7.org/fhir/R4/search.html#date>.

use super::Prefix;
use crate::key::{HIGH, KeyRange, LOW, NARROW_MICROSECONDS, date_ends, ordered, successor};
use crate::value::DateRange;

/// What is asked of a span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateTest {
    /// How it is compared.
    pub prefix: Prefix,
    /// The span that the query's text means by its precision; for `ap` already widened.
    pub range: DateRange,
}

impl DateTest {
    /// Whether a span is what is asked for.
    #[must_use]
    pub fn matches(self, own: DateRange) -> bool {
        let DateRange { low, high } = self.range;
        let within = low <= own.low && own.high <= high;
        match self.prefix {
            Prefix::Eq => within,
            Prefix::Ne => !within,
            Prefix::Gt => own.high > high,
            Prefix::Lt => own.low < low,
            Prefix::Ge => own.high > high || within,
            Prefix::Le => own.low < low || within,
            Prefix::Sa => own.low >= high,
            Prefix::Eb => own.high <= low,
            Prefix::Ap => own.low < high && own.high > low,
        }
    }

    pub(super) fn ranges(self) -> Vec<KeyRange> {
        let DateRange { low, high } = self.range;
        let all = || KeyRange::prefix(&[LOW]);
        let before = |end: i64| KeyRange::between(&[LOW], &beginning(LOW, end));
        let from = |row: u8, start: i64| KeyRange::between(&beginning(row, start), &successor(&[row]));
        // A narrow span that ends later than this begins later than that; a wide one is found by its end.
        let ends_after = |end: i64| {
            [
                from(LOW, end.saturating_sub(NARROW_MICROSECONDS)),
                from(HIGH, end),
            ]
        };
        match self.prefix {
            Prefix::Eq => vec![KeyRange::between(&beginning(LOW, low), &beginning(LOW, high))],
            Prefix::Ne => vec![all()],
            Prefix::Gt => ends_after(high).into(),
            Prefix::Ge => {
                let [narrow, wide] = ends_after(high);
                // What lies within begins within: perhaps earlier than a day before the end.
                let start = low.min(high.saturating_sub(NARROW_MICROSECONDS));
                vec![
                    KeyRange {
                        low: beginning(LOW, start).into(),
                        ..narrow
                    },
                    wide,
                ]
            }
            Prefix::Lt => vec![before(low)],
            Prefix::Le => vec![before(high)],
            Prefix::Sa => vec![from(LOW, high)],
            Prefix::Eb => vec![before(low)],
            Prefix::Ap => {
                let [narrow, wide] = ends_after(low);
                vec![
                    KeyRange {
                        high: beginning(LOW, high).into(),
                        ..narrow
                    },
                    wide,
                ]
            }
        }
    }

    pub(super) fn accepts(self, key: &[u8]) -> bool {
        let Some((row, rest)) = key.split_first() else {
            return false;
        };
        match (*row, date_ends(rest)) {
            (LOW, Some((low, high))) => self.matches(DateRange { low, high }),
            (HIGH, Some((high, low))) => self.matches(DateRange { low, high }),
            _ => false,
        }
    }
}

/// The first nine bytes of a date's key.
fn beginning(row: u8, instant: i64) -> Vec<u8> {
    std::iter::once(row).chain(ordered(instant)).collect()
}
