//! An NHS number as people type it, and what to tell them when it cannot be one.

use std::fmt;

/// Ten digits whose last one agrees with the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NhsNumber(String);

/// Why what was typed is not an NHS number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    Empty,
    NationalInsurance,
    Letters,
    Symbols,
    Length { digits: usize },
    CheckDigit,
}

impl NhsNumber {
    /// Reads what a person typed. Spaces and dashes are how NHS numbers are printed, so they are welcome.
    pub fn parse(typed: &str) -> Result<Self, Problem> {
        let plain: String = typed.chars().filter(|c| !is_separator(*c)).collect();
        if plain.is_empty() {
            return Err(Problem::Empty);
        }
        if is_national_insurance(&plain) {
            return Err(Problem::NationalInsurance);
        }
        if plain.chars().any(char::is_alphabetic) {
            return Err(Problem::Letters);
        }
        if !plain.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Problem::Symbols);
        }
        if plain.len() != 10 {
            return Err(Problem::Length { digits: plain.len() });
        }
        if !check_digit_agrees(plain.as_bytes()) {
            return Err(Problem::CheckDigit);
        }
        Ok(Self(plain))
    }

    /// The ten digits, as interfaces want them.
    pub fn digits(&self) -> &str {
        &self.0
    }
}

/// As the NHS prints it: `999 123 4567`.
impl fmt::Display for NhsNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", &self.0[..3], &self.0[3..6], &self.0[6..])
    }
}

/// One plain sentence that says how to put it right.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "Enter an NHS number"),
            Self::NationalInsurance => {
                write!(f, "Enter an NHS number, not a National Insurance number")
            }
            Self::Letters => write!(f, "NHS number must not include letters"),
            Self::Symbols => write!(f, "NHS number must only include numbers, spaces and dashes"),
            Self::Length { digits } => {
                write!(f, "NHS number must have 10 digits, you entered {digits}")
            }
            Self::CheckDigit => write!(f, "Check the NHS number: one of its digits is wrong"),
        }
    }
}

/// Spaces of any width, hyphens and the dashes that word processors make of them.
fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '\u{2010}'..='\u{2015}')
}

/// Two letters, six digits, a letter: `QQ 12 34 56 C`.
fn is_national_insurance(plain: &str) -> bool {
    let shape: String = plain
        .chars()
        .map(|c| match c {
            'a'..='z' | 'A'..='Z' => 'A',
            '0'..='9' => '9',
            other => other,
        })
        .collect();
    shape == "AA999999A"
}

/// Modulus 11: weights 10 down to 2 for the first nine digits; a check digit of 10 is never issued.
/// Source: NHS Data Dictionary, "NHS NUMBER".
fn check_digit_agrees(digits: &[u8]) -> bool {
    let value = |digit: u8| u32::from(digit - b'0');
    let sum: u32 = (2..=10)
        .rev()
        .zip(digits)
        .map(|(weight, digit)| weight * value(*digit))
        .sum();
    let check = (11 - sum % 11) % 11;
    check == value(digits[9])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_and_dashes_are_accepted() {
        for typed in [
            "9000000009",
            "900 000 0009",
            " 900-000-0009 ",
            "900\u{a0}000\u{2013}0009",
        ] {
            let number = NhsNumber::parse(typed).unwrap();
            assert_eq!(number.digits(), "9000000009");
            assert_eq!(number.to_string(), "900 000 0009");
        }
    }

    #[test]
    fn what_cannot_be_an_nhs_number_is_told_apart() {
        let cases = [
            ("", Problem::Empty),
            (" - ", Problem::Empty),
            ("QQ 12 34 56 C", Problem::NationalInsurance),
            ("qq123456c", Problem::NationalInsurance),
            ("900000000O", Problem::Letters),
            ("<script>", Problem::Letters),
            ("900/000/0009", Problem::Symbols),
            ("٩٠٠٠٠٠٠٠٠٩", Problem::Symbols),
            ("900000009", Problem::Length { digits: 9 }),
            ("90000000090", Problem::Length { digits: 11 }),
            ("9000000000", Problem::CheckDigit),
            // The sum asks for a check digit of 10, which does not exist.
            ("9000000050", Problem::CheckDigit),
        ];
        for (typed, problem) in cases {
            assert_eq!(NhsNumber::parse(typed), Err(problem), "{typed:?}");
        }
    }
}
