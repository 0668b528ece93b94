//! `$validate-code`: whether a code is in a value set or a code system, and whether it is called as it says.
//!
//! Source: <https://hl7.org/fhir/R4/valueset-operation-validate-code.html>.

use fhir::json::Json;

use super::effort::Budget;
use super::membership::{Found, Membership};
use super::{TerminologyError, ValueSet};
use crate::issue::quoted;
use crate::library::Library;

/// A code as callers state it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coded {
    pub system: Option<String>,
    pub version: Option<String>,
    pub code: String,
    pub display: Option<String>,
}

impl Coded {
    /// The codes of a Coding or a `CodeableConcept`.
    pub fn all_of(value: &Json) -> Vec<Self> {
        let one = |coding: &Json| {
            let text = |key| coding.text(key).map(str::to_owned);
            Some(Self {
                system: text("system"),
                version: text("version"),
                code: text("code")?,
                display: text("display"),
            })
        };
        match value.get("coding") {
            Some(codings) => codings.items().filter_map(one).collect(),
            None => one(value).into_iter().collect(),
        }
    }
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeAnswer {
    pub result: bool,
    /// Why not, or what to know besides.
    pub message: Option<String>,
    /// What the code is called.
    pub display: Option<String>,
    /// The system and the code that the answer is about, where they are known.
    pub system: Option<String>,
    pub code: Option<String>,
}

impl Library {
    /// Whether one of the codes is in the value set with this canonical address.
    ///
    /// # Errors
    /// The value set is not here or cannot be understood. A system that is not here whole is no error: the answer is no, and says why.
    pub fn validate_code(&self, value_set: &str, codes: &[Coded]) -> Result<CodeAnswer, TerminologyError> {
        self.validate_in(&*self.known_value_set(value_set)?, codes)
    }

    /// As [`validate_code`](Self::validate_code), with a `ValueSet` resource that is not kept here.
    ///
    /// # Errors
    /// As there.
    pub fn validate_code_in_resource(
        &self,
        value_set: &Json,
        codes: &[Coded],
    ) -> Result<CodeAnswer, TerminologyError> {
        self.validate_in(&ValueSet::of(value_set), codes)
    }

    fn validate_in(&self, value_set: &ValueSet, codes: &[Coded]) -> Result<CodeAnswer, TerminologyError> {
        let mut answer = None;
        for coded in codes {
            let found = match self.membership_in(
                value_set,
                coded.system.as_deref(),
                &coded.code,
                Budget::new().effort(),
            )? {
                Membership::In(found) => named(coded, found),
                Membership::Out => refused(
                    coded,
                    format!("{} is not in the value set {}.", shown(coded), value_set.url),
                ),
                Membership::Unknown(system) => refused(
                    coded,
                    format!(
                        "{} cannot be checked: the code system {system} is not here whole.",
                        shown(coded)
                    ),
                ),
            };
            if found.result {
                return Ok(found);
            }
            answer.get_or_insert(found);
        }
        answer.ok_or(TerminologyError::Incomplete(
            "A code is needed: `code` with `system`, `coding` or `codeableConcept`.",
        ))
    }

    /// Whether the code system has one of the codes. `system` stands in for codings without one.
    ///
    /// # Errors
    /// The system is not here.
    pub fn validate_code_of_system(
        &self,
        system: &str,
        codes: &[Coded],
    ) -> Result<CodeAnswer, TerminologyError> {
        let mut answer = None;
        for coded in codes {
            if coded.system.as_deref().is_some_and(|stated| stated != system) {
                answer.get_or_insert_with(|| {
                    refused(
                        coded,
                        format!("{} is of another code system than {system}.", shown(coded)),
                    )
                });
                continue;
            }
            let known = self.known_code_system(system, coded.version.as_deref())?;
            let concept = known.find(&coded.code).and_then(|number| known.concept(number));
            let found = match concept {
                Some(concept) => named(
                    coded,
                    Found {
                        system: system.to_owned(),
                        display: concept.display.as_deref().map(str::to_owned),
                        is_inactive: concept.is_inactive(),
                    },
                ),
                None if known.is_complete() => {
                    let near = known.near(&coded.code);
                    let near: Vec<&str> = near.iter().map(String::as_str).collect();
                    let meant = crate::issue::did_you_mean(&near);
                    refused(
                        coded,
                        format!(
                            "The code system {system} has no code {}.{meant}",
                            quoted(&coded.code)
                        ),
                    )
                }
                None => refused(
                    coded,
                    format!(
                        "{} cannot be checked: the code system {system} is not here whole.",
                        shown(coded)
                    ),
                ),
            };
            if found.result {
                return Ok(found);
            }
            answer.get_or_insert(found);
        }
        answer.ok_or(TerminologyError::Incomplete(
            "A code is needed: `code`, `coding` or `codeableConcept`.",
        ))
    }
}

/// The answer for a code that was found: its display must be right too, but for upper and lower case and white space.
fn named(coded: &Coded, found: Found) -> CodeAnswer {
    let plain = |text: &str| {
        text.split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .to_lowercase()
    };
    let wrong = match (&coded.display, &found.display) {
        (Some(stated), Some(known)) => plain(stated) != plain(known),
        _ => false,
    };
    let message = if wrong {
        let known = found.display.as_deref().unwrap_or_default();
        Some(format!(
            "{} is called {}, not {}.",
            quoted(&coded.code),
            quoted(known),
            quoted(coded.display.as_deref().unwrap_or_default())
        ))
    } else {
        found
            .is_inactive
            .then(|| format!("{} is no longer to be used.", quoted(&coded.code)))
    };
    CodeAnswer {
        result: !wrong,
        message,
        display: found.display,
        system: Some(found.system),
        code: Some(coded.code.clone()),
    }
}

fn refused(coded: &Coded, message: String) -> CodeAnswer {
    CodeAnswer {
        result: false,
        message: Some(message),
        display: None,
        system: coded.system.clone(),
        code: Some(coded.code.clone()),
    }
}

fn shown(coded: &Coded) -> String {
    match &coded.system {
        Some(system) => format!("{} of {}", quoted(&coded.code), quoted(system)),
        None => quoted(&coded.code),
    }
}
