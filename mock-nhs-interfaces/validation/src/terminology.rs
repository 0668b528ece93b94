//! What codes mean: looking them up, listing value sets, checking, comparing and translating codes.
//!
//! Source: <https://hl7.org/fhir/R4/terminology-service.html>. Nothing is asked of another server: what is not here is said to be unknown.

mod code_system;
mod concept_map;
mod constraint;
mod effort;
mod error;
mod expand;
mod filter;
mod lookup;
mod membership;
mod subsumes;
mod validate_code;
mod value_set;

pub(crate) use code_system::CodeSystem;
pub use concept_map::{Translation, TranslationMatch};
pub use error::TerminologyError;
pub use expand::{Expansion, ExpansionEntry, ExpansionRequest, MAX_EXPANSION};
pub use lookup::{Designation, LookupAnswer, Property};
pub(crate) use membership::Membership;
pub use subsumes::Subsumption;
pub use validate_code::{CodeAnswer, Coded};
pub(crate) use value_set::ValueSet;

use definitions::terminology::{SystemCode, Terminology};

use crate::library::Library;

impl Terminology for Library {
    fn in_value_set(&self, value_set: &str, system: Option<&str>, code: &str) -> Option<bool> {
        match self.membership(value_set, system, code).ok()? {
            Membership::In(_) => Some(true),
            Membership::Out => Some(false),
            Membership::Unknown(_) => None,
        }
    }

    fn codes_in_value_set(&self, value_set: &str) -> Option<Vec<SystemCode>> {
        let codes = self.all_codes(value_set).ok()?;
        Some(
            codes
                .into_iter()
                .map(|one| SystemCode {
                    system: one.system,
                    code: one.code,
                })
                .collect(),
        )
    }

    fn codes_below(&self, system: &str, code: &str) -> Option<Vec<String>> {
        let codes = self.code_system(system)?;
        let below = codes.below(codes.find(code)?);
        Some(
            below
                .into_iter()
                .filter_map(|number| codes.concept(number))
                .map(|one| one.code.to_string())
                .collect(),
        )
    }

    fn codes_above(&self, system: &str, code: &str) -> Option<Vec<String>> {
        let codes = self.code_system(system)?;
        let above = codes.above(codes.find(code)?);
        Some(
            above
                .into_iter()
                .filter_map(|number| codes.concept(number))
                .map(|one| one.code.to_string())
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests;
