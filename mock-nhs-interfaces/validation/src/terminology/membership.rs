//! Whether a value set has a code, decided from its definition without listing it.

use super::effort::{Budget, Effort};
use super::value_set::{Definition, Part};
use super::{TerminologyError, ValueSet};
use crate::library::Library;
use definitions::ArtefactKind;

/// What is known about a code and a value set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Membership {
    /// In it, with what it is called.
    In(Found),
    Out,
    /// The system, which is named, is not here whole, so nobody can say.
    Unknown(String),
}

/// A code that was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) system: String,
    pub(crate) display: Option<String>,
    pub(crate) is_inactive: bool,
}

impl Library {
    /// The value set, or why there is none.
    pub(super) fn known_value_set(&self, url: &str) -> Result<std::sync::Arc<ValueSet>, TerminologyError> {
        self.value_set(url).ok_or_else(|| TerminologyError::NotFound {
            kind: "value set",
            url: url.to_owned(),
            near: self.near(ArtefactKind::ValueSet, url),
        })
    }

    /// Whether the value set has the code; without a system, of any system.
    pub(crate) fn membership(
        &self,
        url: &str,
        system: Option<&str>,
        code: &str,
    ) -> Result<Membership, TerminologyError> {
        let budget = Budget::new();
        self.membership_in(&*self.known_value_set(url)?, system, code, budget.effort())
    }

    pub(super) fn membership_in(
        &self,
        value_set: &ValueSet,
        system: Option<&str>,
        code: &str,
        effort: Effort<'_>,
    ) -> Result<Membership, TerminologyError> {
        let (include, exclude) = match &value_set.content {
            Definition::Compose { include, exclude } => (include, exclude.as_slice()),
            Definition::Listed(parts) => (parts, &[][..]),
        };
        let found = self.any_part(include, system, code, effort)?;
        if exclude.is_empty() || found == Membership::Out {
            return Ok(found);
        }
        Ok(match self.any_part(exclude, system, code, effort)? {
            Membership::In(_) => Membership::Out,
            Membership::Out => found,
            unknown @ Membership::Unknown(_) => unknown,
        })
    }

    pub(super) fn any_part(
        &self,
        parts: &[Part],
        system: Option<&str>,
        code: &str,
        effort: Effort<'_>,
    ) -> Result<Membership, TerminologyError> {
        let mut answer = Ok(Membership::Out);
        for part in parts {
            effort.spend()?;
            match self.in_part(part, system, code, effort) {
                Ok(found @ Membership::In(_)) => return Ok(found),
                Ok(unknown @ Membership::Unknown(_)) => answer = Ok(unknown),
                Ok(Membership::Out) => {}
                // What one part cannot say, another may.
                Err(error @ (TerminologyError::Filter { .. } | TerminologyError::NotFound { .. })) => {
                    answer = Err(error);
                }
                Err(error) => return Err(error),
            }
        }
        answer
    }

    /// Whether every member of the part has the code.
    fn in_part(
        &self,
        part: &Part,
        system: Option<&str>,
        code: &str,
        effort: Effort<'_>,
    ) -> Result<Membership, TerminologyError> {
        let mut found = None;
        if !part.system.is_empty() {
            if system.is_some_and(|system| system != &*part.system) {
                return Ok(Membership::Out);
            }
            match self.in_system(part, code)? {
                Membership::In(here) => found = Some(here),
                other @ (Membership::Out | Membership::Unknown(_)) => return Ok(other),
            }
        }
        for url in &part.value_sets {
            let nested = self.known_value_set(url)?;
            match self.membership_in(&nested, system, code, effort.deeper(url)?)? {
                Membership::In(here) => found = found.or(Some(here)),
                other @ (Membership::Out | Membership::Unknown(_)) => return Ok(other),
            }
        }
        Ok(found.map_or(Membership::Out, Membership::In))
    }

    /// Whether the part's own system has the code, its list names it and its filters let it pass.
    fn in_system(&self, part: &Part, code: &str) -> Result<Membership, TerminologyError> {
        let unknown = || Membership::Unknown(part.system.to_string());
        let codes = self.code_system(&part.system);
        let number = codes.as_ref().and_then(|codes| codes.find(code));
        let concept = codes
            .as_ref()
            .zip(number)
            .and_then(|(codes, number)| codes.concept(number));
        let mut found = Found {
            system: part.system.to_string(),
            display: concept
                .and_then(|concept| concept.display.as_deref())
                .map(str::to_owned),
            is_inactive: concept.is_some_and(super::code_system::Concept::is_inactive),
        };
        if let Some(list) = &part.codes {
            let Some(display) = list.get(concept.map_or(code, |concept| &concept.code)) else {
                return Ok(Membership::Out);
            };
            if let Some(display) = display {
                found.display = Some(display.to_string());
            }
            if part.filters.is_empty() {
                return Ok(Membership::In(found));
            }
        }
        let (Some(codes), Some(number)) = (codes.as_ref(), number) else {
            let complete = codes.as_ref().is_some_and(|codes| codes.is_complete());
            return Ok(if complete { Membership::Out } else { unknown() });
        };
        for filter in &part.filters {
            if !filter.as_ref().map_err(Clone::clone)?.passes(codes, number) {
                // Of a system that is here in part, an order that is not seen may still be there.
                return Ok(if codes.is_complete() {
                    Membership::Out
                } else {
                    unknown()
                });
            }
        }
        Ok(Membership::In(found))
    }
}
