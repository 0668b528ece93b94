//! The UK postcode. Source: <https://www.datadictionary.nhs.uk/attributes/postcode.html>

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// A text with the shape of a UK postcode, in capitals and with its space. Whether anything is there is another question.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Postcode(String);

/// Why a text is not a postcode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a postcode looks like LS1 6AE")]
pub struct PostcodeError;

impl Postcode {
    /// In capitals, with its space: `LS1 6AE`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Postcode {
    type Err = PostcodeError;

    /// Reads a postcode in any case, with or without spaces.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // Seven characters at most, without the space.
        let mut compact = String::with_capacity(7);
        for character in text.chars().filter(|character| *character != ' ') {
            if !character.is_ascii_alphanumeric() || compact.len() == 7 {
                return Err(PostcodeError);
            }
            compact.push(character.to_ascii_uppercase());
        }
        let (outward, inward) = compact
            .len()
            .checked_sub(3)
            .and_then(|at| compact.split_at_checked(at))
            .ok_or(PostcodeError)?;
        if is_outward(outward.as_bytes()) && is_inward(inward.as_bytes()) {
            Ok(Self(format!("{outward} {inward}")))
        } else {
            Err(PostcodeError)
        }
    }
}

/// One or two letters, then a digit, then perhaps one more letter or digit.
fn is_outward(text: &[u8]) -> bool {
    let letters = text.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    match (letters, text.get(letters..)) {
        (1 | 2, Some([first])) => first.is_ascii_digit(),
        (1 | 2, Some([first, _])) => first.is_ascii_digit(),
        _ => false,
    }
}

/// A digit and two letters.
fn is_inward(text: &[u8]) -> bool {
    matches!(text, [digit, first, second]
        if digit.is_ascii_digit() && first.is_ascii_alphabetic() && second.is_ascii_alphabetic())
}

impl fmt::Display for Postcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Postcode;

    #[test]
    fn a_postcode_is_read_as_people_write_it() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(
                text.parse::<Postcode>().ok().as_ref().map(Postcode::as_str),
                expected,
                "{text:?}"
            );
        };
        check("LS16AE", Some("LS1 6AE"));
        check("dn17 4aa", Some("DN17 4AA"));
        check("EC1A 1BB", Some("EC1A 1BB"));
        check("M1 1AA", Some("M1 1AA"));
        check("LS1*", None);
        check("LS1", None);
        check("6AE", None);
        check("é1 1AA", None);
        check("", None);
    }

    proptest! {
        #[test]
        fn whatever_is_read_reads_as_itself(text in "[A-Za-z]{1,2}[0-9][0-9A-Za-z]? ?[0-9][A-Za-z]{2}") {
            let postcode: Postcode = text.parse().unwrap();
            prop_assert_eq!(postcode.as_str().parse(), Ok(postcode.clone()));
        }

        #[test]
        fn no_text_makes_it_panic(text in any::<String>()) {
            let _ = text.parse::<Postcode>();
        }
    }
}
