//! The NHS number: the only place where its check digit is computed.
//! Source: <https://www.datadictionary.nhs.uk/attributes/nhs_number.html>

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// An NHS number with a right check digit. Whether anybody has it is another question.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NhsNumber(u64);

/// Why a text is not an NHS number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NhsNumberError {
    /// It is not ten digits.
    #[error("an NHS number has 10 digits")]
    NotTenDigits,
    /// The tenth digit does not follow from the nine before it.
    #[error(
        "the last digit of this NHS number does not fit the nine before it: a digit is wrong or two are swapped"
    )]
    WrongCheckDigit,
}

/// Digits in an NHS number.
const DIGITS: usize = 10;

impl NhsNumber {
    /// The number whose first nine digits are `stem`, with the check digit that belongs to them; `None` where none
    /// does (about one stem in eleven) or `stem` has more than nine digits.
    pub fn from_stem(stem: u32) -> Option<Self> {
        if stem >= 1_000_000_000 {
            return None;
        }
        let check_digit = check_digit(u64::from(stem))?;
        Some(Self(u64::from(stem) * 10 + check_digit))
    }

    /// The first nine digits, which the tenth follows from.
    pub fn stem(self) -> u32 {
        // Nine digits always fit.
        u32::try_from(self.0 / 10).unwrap_or_default()
    }

    /// As people write it: `999 123 4567`.
    pub fn spaced(self) -> String {
        let digits = self.to_string();
        let (first, rest) = digits.split_at_checked(3).unwrap_or((&digits, ""));
        let (second, third) = rest.split_at_checked(3).unwrap_or((rest, ""));
        format!("{first} {second} {third}")
    }
}

/// The tenth digit: nine digits weighted 10 down to 2, summed, and taken from the next multiple of 11.
fn check_digit(stem: u64) -> Option<u64> {
    let mut rest = stem;
    let mut sum = 0;
    for weight in 2..=10 {
        sum += (rest % 10) * weight;
        rest /= 10;
    }
    match (11 - sum % 11) % 11 {
        10 => None,
        digit => Some(digit),
    }
}

impl FromStr for NhsNumber {
    type Err = NhsNumberError;

    /// Ten digits and nothing else, as in an address. See [`NhsNumber::from_written`] for what people type.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() != DIGITS || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NhsNumberError::NotTenDigits);
        }
        let number: u64 = text.parse().map_err(|_| NhsNumberError::NotTenDigits)?;
        if check_digit(number / 10) == Some(number % 10) {
            Ok(Self(number))
        } else {
            Err(NhsNumberError::WrongCheckDigit)
        }
    }
}

impl NhsNumber {
    /// Reads a number as people write it, with spaces or hyphens anywhere.
    ///
    /// # Errors
    /// When what remains is not an NHS number.
    pub fn from_written(text: &str) -> Result<Self, NhsNumberError> {
        let mut digits = String::with_capacity(DIGITS);
        for character in text.chars().filter(|character| !matches!(character, ' ' | '-')) {
            if digits.len() == DIGITS {
                return Err(NhsNumberError::NotTenDigits);
            }
            digits.push(character);
        }
        digits.parse()
    }
}

impl fmt::Display for NhsNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:010}", self.0)
    }
}

impl fmt::Debug for NhsNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NhsNumber({self})")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{NhsNumber, NhsNumberError};

    fn check(text: &str, expected: Result<&str, NhsNumberError>) {
        let found = text.parse::<NhsNumber>().map(|number| number.to_string());
        assert_eq!(found, expected.map(str::to_owned), "{text:?}");
    }

    #[test]
    fn an_nhs_number_is_ten_digits_and_the_last_one_fits() {
        check("9000000009", Ok("9000000009"));
        check("9111231130", Ok("9111231130"));
        check("9000000000", Err(NhsNumberError::WrongCheckDigit));
        check("900000000", Err(NhsNumberError::NotTenDigits));
        check("90000000090", Err(NhsNumberError::NotTenDigits));
        check("900 000 0009", Err(NhsNumberError::NotTenDigits));
        check("９０００００００09", Err(NhsNumberError::NotTenDigits));
        check("", Err(NhsNumberError::NotTenDigits));
    }

    #[test]
    fn people_write_spaces_and_hyphens() {
        assert_eq!(
            NhsNumber::from_written("900-000 0009")
                .map(NhsNumber::spaced)
                .as_deref(),
            Ok("900 000 0009")
        );
        assert_eq!(
            NhsNumber::from_written("9000000009 9"),
            Err(NhsNumberError::NotTenDigits)
        );
    }

    proptest! {
        #[test]
        fn whatever_is_read_is_written_back(stem in 0_u32..1_000_000_000) {
            if let Some(number) = NhsNumber::from_stem(stem) {
                prop_assert_eq!(number.to_string().parse(), Ok(number));
                prop_assert_eq!(number.stem(), stem);
                prop_assert_eq!(NhsNumber::from_written(&number.spaced()), Ok(number));
            }
        }

        #[test]
        fn one_wrong_digit_is_always_noticed(stem in 0_u32..1_000_000_000, place in 0_usize..10, by in 1_u8..10) {
            if let Some(number) = NhsNumber::from_stem(stem) {
                let mut digits = number.to_string().into_bytes();
                digits[place] = b'0' + (digits[place] - b'0' + by) % 10;
                let text = String::from_utf8(digits).unwrap();
                prop_assert_eq!(text.parse::<NhsNumber>(), Err(NhsNumberError::WrongCheckDigit));
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in any::<String>()) {
            let _ = text.parse::<NhsNumber>();
            let _ = NhsNumber::from_written(&text);
        }
    }
}
