//! `$subsumes`: how two codes of one system stand to each other: <https://hl7.org/fhir/R4/codesystem-operation-subsumes.html>.

use super::TerminologyError;
use crate::library::Library;

/// How code A stands to code B.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subsumption {
    Equivalent,
    /// A is above B.
    Subsumes,
    /// A is below B.
    SubsumedBy,
    NotSubsumed,
}

impl Subsumption {
    /// The code that R4 gives the outcome.
    pub fn code(self) -> &'static str {
        match self {
            Self::Equivalent => "equivalent",
            Self::Subsumes => "subsumes",
            Self::SubsumedBy => "subsumed-by",
            Self::NotSubsumed => "not-subsumed",
        }
    }
}

impl Library {
    /// Compares two codes of a system.
    ///
    /// # Errors
    /// The system is not here, or has not both codes as far as it is here.
    pub fn subsumes(
        &self,
        system: &str,
        version: Option<&str>,
        a: &str,
        b: &str,
    ) -> Result<Subsumption, TerminologyError> {
        let codes = self.known_code_system(system, version)?;
        let find = |code: &str| {
            codes.find(code).ok_or_else(|| TerminologyError::NoSuchCode {
                system: system.to_owned(),
                code: code.to_owned(),
                near: codes.near(code),
            })
        };
        let (a, b) = (find(a)?, find(b)?);
        Ok(if a == b {
            Subsumption::Equivalent
        } else if codes.is_a(b, a) {
            Subsumption::Subsumes
        } else if codes.is_a(a, b) {
            Subsumption::SubsumedBy
        } else {
            Subsumption::NotSubsumed
        })
    }
}
