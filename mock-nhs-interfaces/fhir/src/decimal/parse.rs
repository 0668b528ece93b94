//! Decimals out of text.

use super::{Decimal, DecimalError};
use crate::json::{MAX_EXPONENT, MAX_NUMBER_DIGITS};

pub(super) fn parse(text: &str) -> Result<Decimal, DecimalError> {
    let (negative, rest) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (mantissa, power) = match rest.split_once(['e', 'E']) {
        Some((mantissa, power)) => (mantissa, Some(power)),
        None => (rest, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let leading_zero = whole.len() > 1 && whole.starts_with('0');
    if !all_digits(whole) || leading_zero || fraction.is_some_and(|fraction| !all_digits(fraction)) {
        return Err(DecimalError::Shape);
    }
    let fraction = fraction.unwrap_or_default();
    if whole.len() + fraction.len() > MAX_NUMBER_DIGITS {
        return Err(DecimalError::TooLong);
    }
    let exponent = power.map_or(Ok(0), read_exponent)?;
    let places = |text: &str| i32::try_from(text.len()).unwrap_or(i32::MAX);
    let digits: Vec<u8> = whole
        .bytes()
        .chain(fraction.bytes())
        .map(|byte| byte - b'0')
        .collect();
    let mut decimal = Decimal::normal(
        negative,
        digits,
        places(whole) + exponent,
        exponent - places(fraction),
    );
    decimal.scientific = power.is_some() && mantissa.len() == 1;
    Ok(decimal)
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn read_exponent(text: &str) -> Result<i32, DecimalError> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    if !all_digits(digits) {
        return Err(DecimalError::Shape);
    }
    let limit = i32::try_from(MAX_EXPONENT).unwrap_or(i32::MAX);
    let size = digits.bytes().fold(0_i32, |sum, digit| {
        sum.saturating_mul(10)
            .saturating_add(i32::from(digit.saturating_sub(b'0')))
    });
    if size > limit {
        Err(DecimalError::ExponentTooLarge)
    } else {
        Ok(sign * size)
    }
}

impl Decimal {
    /// The number 0.`digits` times ten to the `exponent`, with zeros at both ends of the digits taken off.
    pub(super) fn normal(negative: bool, mut digits: Vec<u8>, exponent: i32, place: i32) -> Decimal {
        while digits.last() == Some(&0) {
            digits.pop();
        }
        let zeros = digits.iter().take_while(|digit| **digit == 0).count();
        digits.drain(..zeros);
        if digits.is_empty() {
            return Decimal {
                place,
                ..Decimal::zero()
            };
        }
        let exponent = exponent - i32::try_from(zeros).unwrap_or(i32::MAX);
        Decimal {
            negative,
            digits,
            exponent,
            place,
            scientific: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    #[test]
    fn values_are_compared_exactly() {
        for (same, other) in [
            ("1.0", "1.00"),
            ("100", "1e2"),
            ("-0", "0"),
            ("0.0e5", "0"),
            ("1e-3", "0.001"),
        ] {
            assert_eq!(decimal(same), decimal(other), "{same} {other}");
        }
        for (less, more) in [
            ("-2", "-1"),
            ("-1", "0"),
            ("0", "1e-400"),
            ("9.99", "10"),
            ("1e399", "1e400"),
            ("1.1", "1.11"),
            ("-1.11", "-1.1"),
            ("0.1", "0.10000000000000000001"),
        ] {
            assert!(decimal(less) < decimal(more), "{less} {more}");
        }
        assert_eq!(decimal("-9223372036854775808").to_i64(), Some(i64::MIN));
        assert_eq!(decimal("9223372036854775808").to_i64(), None);
        assert_eq!(
            (
                decimal("1e3").to_i64(),
                decimal("1.5").to_i64(),
                decimal("1e400").to_i64()
            ),
            (Some(1000), None, None)
        );
    }

    #[test]
    fn a_query_asks_for_half_a_digit_on_both_sides() {
        for (text, low, high) in [
            ("100", "99.5", "100.5"),
            ("100.00", "99.995", "100.005"),
            ("1e2", "95", "105"),
            ("5.40e-3", "0.005395", "0.005405"),
            ("0", "-0.5", "0.5"),
            ("-2.0", "-2.05", "-1.95"),
        ] {
            assert_eq!(
                decimal(text).implicit_range(),
                (decimal(low), decimal(high)),
                "{text}"
            );
        }
    }

    #[test]
    fn it_is_written_as_precisely_as_it_was_read() {
        for text in ["1.10", "0", "-0.5", "100", "1e400", "1.5e-400", "0.001"] {
            assert_eq!(decimal(text).to_string(), text);
        }
        assert_eq!(decimal("1e2").to_string(), "100");
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "", "-", "+1", ".5", "1.", "01", "1e", "1e+", "1 ", "0x1", "NaN", "１",
        ] {
            assert_eq!(Decimal::parse(text).unwrap_err(), DecimalError::Shape, "{text}");
        }
        assert_eq!(
            Decimal::parse("1e999999999999").unwrap_err(),
            DecimalError::ExponentTooLarge
        );
        assert_eq!(
            Decimal::parse(&"1".repeat(65)).unwrap_err(),
            DecimalError::TooLong
        );
    }
}
