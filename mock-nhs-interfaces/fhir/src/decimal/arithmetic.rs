//! Sums, products and quotients of decimals, within bounds.

use std::cmp::Ordering;

use super::Decimal;

/// Digits that a result may have. Twice what a number may be written with; what grows beyond is refused.
const MAX_RESULT_DIGITS: usize = 128;
/// Powers of ten that a result may have.
const MAX_RESULT_EXPONENT: i32 = 1000;
/// Significant digits of a quotient that does not come out even. FHIR's decimals have 18, `FHIRPath` asks for 28 at most.
const QUOTIENT_DIGITS: usize = 28;

impl Decimal {
    /// The sum; `None` when it does not fit the bounds.
    #[must_use]
    pub fn checked_add(&self, other: &Decimal) -> Option<Decimal> {
        self.plus(other).within_bounds()
    }

    /// The difference; `None` when it does not fit the bounds.
    #[must_use]
    pub fn checked_sub(&self, other: &Decimal) -> Option<Decimal> {
        self.checked_add(&other.negated())
    }

    /// The product; `None` when it does not fit the bounds.
    #[must_use]
    pub fn checked_mul(&self, other: &Decimal) -> Option<Decimal> {
        let mut digits = vec![0_u8; self.digits.len() + other.digits.len()];
        for (i, left) in self.digits.iter().enumerate().rev() {
            let mut carry = 0;
            for (j, right) in other.digits.iter().enumerate().rev() {
                if let Some(place) = digits.get_mut(i + j + 1) {
                    let sum = *place + left * right + carry;
                    (*place, carry) = (sum % 10, sum / 10);
                }
            }
            if let Some(place) = digits.get_mut(i) {
                *place += carry;
            }
        }
        let negative = self.negative != other.negative;
        let exponent = self.exponent + other.exponent;
        Decimal::normal(negative, digits, exponent, self.place + other.place).within_bounds()
    }

    /// The quotient to 28 significant digits; `None` when dividing by zero, or when it does not fit the bounds.
    #[must_use]
    pub fn checked_div(&self, other: &Decimal) -> Option<Decimal> {
        if other.is_zero() {
            return None;
        }
        let mut rest: Vec<u8> = Vec::new();
        let mut digits = Vec::new();
        let mut source = self.digits.iter();
        // The first digits of the quotient may be zeros, one for each digit of the divisor.
        for _ in 0..QUOTIENT_DIGITS + other.digits.len() {
            rest.push(source.next().copied().unwrap_or(0));
            strip_zeros(&mut rest);
            let mut digit = 0;
            while at_least(&rest, &other.digits) {
                take_away(&mut rest, &other.digits);
                strip_zeros(&mut rest);
                digit += 1;
            }
            digits.push(digit);
        }
        // The divisor was taken as a whole number of so many digits.
        let exponent = self.exponent - other.exponent + i32::try_from(other.digits.len()).ok()?;
        let mut quotient = Decimal::normal(self.negative != other.negative, digits, exponent, 0);
        quotient.place = quotient.low_place().min(0);
        quotient.within_bounds()
    }

    /// The whole part, towards zero.
    #[must_use]
    pub fn truncated(&self) -> Decimal {
        let keep = usize::try_from(self.exponent).unwrap_or(0);
        let digits = self.digits.iter().take(keep).copied().collect();
        Decimal::normal(self.negative, digits, self.exponent, 0)
    }

    /// The nearest number without digits below a power of ten; halves go away from zero.
    #[must_use]
    pub fn rounded(&self, place: i32) -> Decimal {
        if self.low_place() >= place {
            return Decimal {
                place: place.min(self.low_place()),
                ..self.clone()
            };
        }
        let half = Decimal {
            negative: self.negative,
            digits: vec![5],
            exponent: place,
            place,
            scientific: false,
        };
        let sum = self.plus(&half);
        let keep = usize::try_from(sum.exponent - place).unwrap_or(0);
        let digits = sum.digits.iter().take(keep).copied().collect();
        Decimal::normal(self.negative, digits, sum.exponent, place)
    }

    /// The exact sum. Only for numbers whose places are known to be near each other, or before checking the bounds:
    /// exponents are at most some thousands apart.
    pub(super) fn plus(&self, other: &Decimal) -> Decimal {
        if self.is_zero() || other.is_zero() {
            let mut sum = if self.is_zero() {
                other.clone()
            } else {
                self.clone()
            };
            sum.place = self.place.min(other.place);
            sum.scientific = false;
            return sum;
        }
        let top = self.exponent.max(other.exponent) + 1;
        let bottom = self.low_place().min(other.low_place());
        let (mut large, small) = if self.magnitude_order(other) == Ordering::Less {
            (other.column(top, bottom), self.column(top, bottom))
        } else {
            (self.column(top, bottom), other.column(top, bottom))
        };
        if self.negative == other.negative {
            let mut carry = 0;
            for (place, digit) in large.iter_mut().zip(&small).rev() {
                let sum = *place + digit + carry;
                (*place, carry) = (sum % 10, sum / 10);
            }
        } else {
            take_away(&mut large, &small);
        }
        let negative = if self.magnitude_order(other) == Ordering::Less {
            other.negative
        } else {
            self.negative
        };
        Decimal::normal(negative, large, top, self.place.min(other.place))
    }

    /// The digits from the power of ten below `top` down to `bottom`.
    fn column(&self, top: i32, bottom: i32) -> Vec<u8> {
        let before = usize::try_from(top - self.exponent).unwrap_or(0);
        let width = usize::try_from(top - bottom).unwrap_or(0);
        let mut column = vec![0; before];
        column.extend(&self.digits);
        column.resize(width, 0);
        column
    }

    fn within_bounds(self) -> Option<Decimal> {
        let fits = self.digits.len() <= MAX_RESULT_DIGITS && self.exponent.abs() <= MAX_RESULT_EXPONENT;
        fits.then_some(self)
    }
}

/// Whether one row of digits without leading zeros is at least another.
fn at_least(left: &[u8], right: &[u8]) -> bool {
    left.len() > right.len() || left.len() == right.len() && left >= right
}

/// Subtracts in place, aligned at the end. Invariant: the first is at least the second.
fn take_away(from: &mut [u8], what: &[u8]) {
    let mut borrow = 0;
    let mut digits = what.iter().rev();
    for place in from.iter_mut().rev() {
        let less = digits.next().copied().unwrap_or(0) + borrow;
        (*place, borrow) = if *place >= less {
            (*place - less, 0)
        } else {
            (*place + 10 - less, 1)
        };
    }
}

fn strip_zeros(digits: &mut Vec<u8>) {
    let zeros = digits.iter().take_while(|digit| **digit == 0).count();
    digits.drain(..zeros);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    #[test]
    fn sums_products_and_quotients() {
        let check =
            |result: Option<Decimal>, expected: &str| assert_eq!(result.unwrap().to_string(), expected);
        check(decimal("0.1").checked_add(&decimal("0.2")), "0.3");
        check(decimal("1.10").checked_sub(&decimal("1.1")), "0.00");
        check(decimal("99.5").checked_add(&decimal("0.5")), "100.0");
        check(decimal("1.5").checked_mul(&decimal("-0.25")), "-0.375");
        check(
            decimal("1").checked_div(&decimal("3")),
            "0.3333333333333333333333333333",
        );
        check(decimal("-7").checked_div(&decimal("0.002")), "-3500");
        check(decimal("123456789").checked_div(&decimal("123456789")), "1");
        check(Some(decimal("-1.9").truncated()), "-1");
        check(Some(decimal("0.9").truncated()), "0");
        check(Some(decimal("2.345").rounded(-2)), "2.35");
        check(Some(decimal("-0.5").rounded(0)), "-1");
        check(Some(decimal("0.4").rounded(0)), "0");
        check(Some(decimal("99.96").rounded(-1)), "100.0");
        assert_eq!(decimal("1").checked_div(&decimal("0.0")), None);
        let mut power = decimal("1.1");
        let steps = (0..20)
            .take_while(|_| power.checked_mul(&power).map(|next| power = next).is_some())
            .count();
        assert!(steps < 10, "squaring stops at the bounds");
    }

    proptest! {
        #[test]
        fn agrees_with_whole_numbers(a in -1_000_000_000_i64..1_000_000_000, b in -1_000_000_000_i64..1_000_000_000) {
            let (left, right) = (Decimal::from(a), Decimal::from(b));
            prop_assert_eq!(left.checked_add(&right).unwrap().to_i64(), Some(a + b));
            prop_assert_eq!(left.checked_mul(&right).unwrap().to_i64(), Some(a * b));
            if b != 0 {
                prop_assert_eq!(left.checked_div(&right).unwrap().truncated().to_i64(), Some(a / b));
            }
            prop_assert_eq!(left.cmp(&right), a.cmp(&b));
        }
    }
}
