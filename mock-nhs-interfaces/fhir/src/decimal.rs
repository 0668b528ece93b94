//! Decimal numbers exactly as written: never a binary fraction, never an exponent expanded.
//!
//! <https://hl7.org/fhir/R4/datatypes.html#decimal>

mod arithmetic;
mod encode;
mod parse;

use std::cmp::Ordering;

/// A number with a sign, decimal digits and a power of ten, and how precisely it was written.
///
/// Equality, order and hash are of the value: `1.0` equals `1.00`. The precision is kept beside it
/// ([`place`](Self::place)).
#[derive(Debug, Clone)]
pub struct Decimal {
    negative: bool,
    /// Invariant: each 0 to 9, the first and the last not 0. Empty for zero.
    digits: Vec<u8>,
    /// The value is 0.DIGITS times ten to this power. 0 for zero.
    exponent: i32,
    place: i32,
    /// One significant digit and an exponent, as in `1e2`.
    scientific: bool,
}

/// Why a text is no decimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecimalError {
    #[error("a number looks like 5, -5.40 or 5.4e-3")]
    Shape,
    #[error("a number has at most {max} digits", max = crate::json::MAX_NUMBER_DIGITS)]
    TooLong,
    #[error("the exponent of a number is at most {max}", max = crate::json::MAX_EXPONENT)]
    ExponentTooLarge,
}

impl Decimal {
    /// A number by the grammar of JSON.
    ///
    /// # Errors
    /// Another shape, or beyond the limits that [`json`](crate::json) sets.
    pub fn parse(text: &str) -> Result<Decimal, DecimalError> {
        parse::parse(text)
    }

    #[must_use]
    pub fn zero() -> Decimal {
        Decimal {
            negative: false,
            digits: Vec::new(),
            exponent: 0,
            place: 0,
            scientific: false,
        }
    }

    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    #[must_use]
    pub fn is_negative(&self) -> bool {
        self.negative
    }

    /// The power of ten of the last digit that was written: 0 for `100`, -2 for `1.00`, 2 for `1e2`.
    #[must_use]
    pub fn place(&self) -> i32 {
        self.place
    }

    /// The power of ten above the first digit of the value: 3 for `100`, -1 for `0.01`, 0 for zero.
    #[must_use]
    pub fn magnitude(&self) -> i32 {
        self.exponent
    }

    /// Whether no digit of the value stands behind the point.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.low_place() >= 0
    }

    /// The value, if it is a whole number in the range.
    #[must_use]
    pub fn to_i64(&self) -> Option<i64> {
        // 19 digits are the most that fit.
        if !self.is_whole() || self.exponent > 19 {
            return None;
        }
        let power = u32::try_from(self.low_place()).ok()?;
        let whole = self
            .digits
            .iter()
            .fold(0_i128, |sum, digit| sum * 10 + i128::from(*digit));
        let whole = whole * 10_i128.checked_pow(power)?;
        i64::try_from(if self.negative { -whole } else { whole }).ok()
    }

    /// What a query for this number asks for: half a unit of the last written digit on both sides. The first end belongs
    /// to the range, the second does not. `100` is \[99.5, 100.5), `100.00` is \[99.995, 100.005).
    ///
    /// `1e2` is \[95, 105) as <https://hl7.org/fhir/R4/search.html#number> says: a single digit with an exponent counts as two.
    #[must_use]
    pub fn implicit_range(&self) -> (Decimal, Decimal) {
        let place = if self.scientific {
            self.place - 1
        } else {
            self.place
        };
        let half = Decimal {
            negative: false,
            digits: vec![5],
            exponent: place,
            place: place - 1,
            scientific: false,
        };
        (self.plus(&half.negated()), self.plus(&half))
    }

    /// The same number with the other sign.
    #[must_use]
    pub fn negated(&self) -> Decimal {
        Decimal {
            negative: !self.negative && !self.is_zero(),
            ..self.clone()
        }
    }

    /// The power of ten of the last digit of the value.
    fn low_place(&self) -> i32 {
        self.exponent - i32::try_from(self.digits.len()).unwrap_or(i32::MAX)
    }

    fn magnitude_order(&self, other: &Decimal) -> Ordering {
        match (self.is_zero(), other.is_zero()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => self
                .exponent
                .cmp(&other.exponent)
                .then_with(|| self.digits.cmp(&other.digits)),
        }
    }
}

impl From<i64> for Decimal {
    fn from(value: i64) -> Decimal {
        let digits: Vec<u8> = value
            .unsigned_abs()
            .to_string()
            .bytes()
            .map(|byte| byte - b'0')
            .collect();
        let exponent = i32::try_from(digits.len()).unwrap_or(0);
        Decimal::normal(value < 0, digits, exponent, 0)
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Decimal) -> Ordering {
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => self.magnitude_order(other),
            (true, true) => other.magnitude_order(self),
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Decimal) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Decimal) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Decimal {}

impl std::hash::Hash for Decimal {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (self.negative, &self.digits, self.exponent).hash(state);
    }
}

/// Beyond this many places from the point a number is written with an exponent, so that none is ever expanded.
const MAX_PLAIN_PLACES: i32 = 64;

impl std::fmt::Display for Decimal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let digit = |power: i32| {
            let at = usize::try_from(self.exponent - 1 - power).ok();
            char::from(b'0' + at.and_then(|at| self.digits.get(at)).copied().unwrap_or(0))
        };
        if self.negative {
            f.write_str("-")?;
        }
        let low = self.place.min(self.low_place()).min(0);
        if self.exponent > MAX_PLAIN_PLACES || low < -MAX_PLAIN_PLACES {
            let digits: String = self.digits.iter().map(|digit| char::from(b'0' + digit)).collect();
            return match digits.split_at_checked(1) {
                Some((first, "")) => write!(f, "{first}e{}", self.exponent - 1),
                Some((first, rest)) => write!(f, "{first}.{rest}e{}", self.exponent - 1),
                None => f.write_str("0"),
            };
        }
        let mut text: String = (0..self.exponent.max(1)).rev().map(digit).collect();
        if low < 0 {
            text.push('.');
            text.extend((low..0).rev().map(digit));
        }
        f.write_str(&text)
    }
}
