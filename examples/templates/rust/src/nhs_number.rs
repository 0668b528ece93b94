//! An NHS number as people type it, and what to tell them when it cannot be one.

use std::fmt;

/// Ten digits whose last one agrees with the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NhsNumber(String);

impl NhsNumber {
    /// Reads what a person typed, or says in one sentence how to put it right.
    pub fn parse(typed: &str) -> Result<Self, &'static str> {
        // Spaces and dashes are how NHS numbers are printed, so they are welcome.
        let separates = |c: char| c.is_whitespace() || matches!(c, '-' | '\u{2010}'..='\u{2015}');
        let digits: String = typed.chars().filter(|c| !separates(*c)).collect();
        if digits.is_empty() {
            return Err("Enter an NHS number");
        }
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err("NHS number must only include numbers, spaces and dashes");
        }
        if digits.len() != 10 {
            return Err("NHS number must have 10 digits");
        }
        if !check_digit_agrees(digits.as_bytes()) {
            return Err("Check the NHS number: one of its digits is wrong");
        }
        Ok(Self(digits))
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

/// Modulus 11: weights 10 down to 2 for the first nine digits; a check digit of 10 is never issued.
fn check_digit_agrees(digits: &[u8]) -> bool {
    let value = |digit: u8| u32::from(digit - b'0');
    let sum: u32 = (2..=10)
        .rev()
        .zip(digits)
        .map(|(weight, digit)| weight * value(*digit))
        .sum();
    (11 - sum % 11) % 11 == value(digits[9])
}
