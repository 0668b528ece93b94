//! Conditions on numbers. Source: <https://hl7.org/fhir/R4/search.html#number>.

use super::Prefix;
use crate::key::{HIGH, KeyRange, LOW, split_number, successor};
use crate::value::{Number, NumberRange};

/// What is asked of a number, or of a range of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberTest {
    /// How it is compared.
    pub prefix: Prefix,
    /// For `eq` and `ne` the first number that rounds to the query's at its precision; for `ap` the number less a tenth; otherwise the number itself.
    pub low: Number,
    /// For `eq` and `ne` the first number above those; for `ap` the number and a tenth (which still counts); otherwise the number itself.
    pub high: Number,
}

impl NumberTest {
    pub(super) fn matches(&self, own: &NumberRange) -> bool {
        self.holds(own.low.ordered_bytes(), own.high.ordered_bytes())
    }

    pub(super) fn holds(&self, own_low: &[u8], own_high: &[u8]) -> bool {
        let (low, high) = (self.low.ordered_bytes(), self.high.ordered_bytes());
        match self.prefix {
            Prefix::Eq => low <= own_low && own_high < high,
            Prefix::Ne => !(low <= own_low && own_high < high),
            Prefix::Gt => own_high > high,
            Prefix::Lt => own_low < low,
            Prefix::Ge => own_high >= high,
            Prefix::Le => own_low <= low,
            Prefix::Sa => own_low > high,
            Prefix::Eb => own_high < low,
            Prefix::Ap => own_low <= high && own_high >= low,
        }
    }

    pub(super) fn ranges(&self) -> Vec<KeyRange> {
        self.ranges_in(&[LOW], &[HIGH])
    }

    /// The ranges among keys that begin with `row` and go on with low and high end, and among those of wide ranges, which begin
    /// with `wide` and go on with high and low end.
    pub(super) fn ranges_in(&self, row: &[u8], wide: &[u8]) -> Vec<KeyRange> {
        let beginning = |row: &[u8], number: &Number| [row, number.ordered_bytes()].concat();
        let from = |row: &[u8], start: &[u8]| KeyRange::between(start, &successor(row));
        // Beyond a number: beyond every key that begins with it.
        let above = |row: &[u8]| from(row, &successor(&beginning(row, &self.high)));
        match self.prefix {
            Prefix::Eq => vec![KeyRange::between(
                &beginning(row, &self.low),
                &beginning(row, &self.high),
            )],
            Prefix::Ne => vec![KeyRange::prefix(row)],
            Prefix::Gt => vec![above(row), above(wide)],
            Prefix::Ge => vec![
                from(row, &beginning(row, &self.high)),
                from(wide, &beginning(wide, &self.high)),
            ],
            Prefix::Lt | Prefix::Eb => vec![KeyRange::between(row, &beginning(row, &self.low))],
            Prefix::Le => vec![KeyRange::between(row, &successor(&beginning(row, &self.low)))],
            Prefix::Sa => vec![above(row)],
            Prefix::Ap => vec![
                KeyRange::between(
                    &beginning(row, &self.low),
                    &successor(&beginning(row, &self.high)),
                ),
                from(wide, &beginning(wide, &self.low)),
            ],
        }
    }

    pub(super) fn accepts(&self, key: &[u8]) -> bool {
        self.accepts_with_rest(key).is_some()
    }

    /// Whether the ends in a key are what is asked for, and what stands behind them.
    pub(super) fn accepts_with_rest<'k>(&self, key: &'k [u8]) -> Option<&'k [u8]> {
        let (row, rest) = key.split_first()?;
        let (first, rest) = split_number(rest);
        let (second, rest) = split_number(rest);
        let holds = match *row {
            LOW => self.holds(first, second),
            HIGH => self.holds(second, first),
            _ => false,
        };
        holds.then_some(rest)
    }
}
