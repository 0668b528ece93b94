//! The code of an organisation, as the Organisation Data Service gives it.
//! Source: <https://www.datadictionary.nhs.uk/attributes/organisation_code.html>

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// An organisation's code, in capitals. Whether such an organisation exists is another question.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OdsCode(String);

/// Why a text is not an organisation's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("an organisation's code is 3 to 12 letters and digits, such as A20047")]
pub struct OdsCodeError;

impl OdsCode {
    /// The code in capitals.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OdsCode {
    type Err = OdsCodeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fits = (3..=12).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if fits {
            Ok(Self(text.to_ascii_uppercase()))
        } else {
            Err(OdsCodeError)
        }
    }
}

impl fmt::Display for OdsCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::OdsCode;

    #[test]
    fn a_code_is_read_in_any_case() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(
                text.parse::<OdsCode>().ok().as_ref().map(OdsCode::as_str),
                expected,
                "{text:?}"
            );
        };
        check("a20047", Some("A20047"));
        check("Y12345", Some("Y12345"));
        check("A2", None);
        check("A20047 ", None);
        check("A20047*", None);
        check("", None);
    }

    proptest! {
        #[test]
        fn whatever_is_read_reads_as_itself(text in any::<String>()) {
            if let Ok(code) = text.parse::<OdsCode>() {
                prop_assert_eq!(code.as_str().parse(), Ok(code.clone()));
            }
        }
    }
}
