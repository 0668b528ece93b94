//! `$expand`: the codes of a value set, all or a page of them: <https://hl7.org/fhir/R4/valueset-operation-expand.html>.

use std::collections::HashSet;

use fhir::json::Json;

use super::code_system::Concept;
use super::effort::{Budget, Effort};
use super::membership::Membership;
use super::value_set::{Definition, Part};
use super::{TerminologyError, ValueSet};
use crate::library::Library;

/// The most codes that one answer lists. Value sets with more are read in pages.
pub const MAX_EXPANSION: usize = 1_000;
/// The most codes that are gone through to make an answer; the largest system here has some 3,000.
const MAX_WORKED: usize = 100_000;

/// What is asked.
#[derive(Clone, Debug, Default)]
pub struct ExpansionRequest {
    /// Words of which each must begin a word of the display or the code; upper and lower case do not matter.
    pub filter: Option<String>,
    /// How many codes to pass over.
    pub offset: usize,
    /// How many codes to list at most; 0 asks for the number only.
    pub count: Option<usize>,
    /// Leave out codes that are no longer to be used.
    pub active_only: bool,
    /// Leave out codes that only group others.
    pub exclude_abstract: bool,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expansion {
    /// How many codes there are, on all pages.
    pub total: usize,
    pub offset: usize,
    pub entries: Vec<ExpansionEntry>,
}

/// One code of an expansion.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ExpansionEntry {
    pub system: String,
    pub code: String,
    pub display: Option<String>,
    pub is_abstract: bool,
    pub is_inactive: bool,
}

impl Library {
    /// The codes of a value set by its canonical address.
    ///
    /// # Errors
    /// The value set or a system that it needs is not here, it includes itself, or it is larger than one answer may be.
    pub fn expand(&self, url: &str, request: &ExpansionRequest) -> Result<Expansion, TerminologyError> {
        self.expand_value_set(&*self.known_value_set(url)?, request)
    }

    /// The codes of a `ValueSet` resource that is not kept here.
    ///
    /// # Errors
    /// As for [`expand`](Self::expand).
    pub fn expand_resource(
        &self,
        value_set: &Json,
        request: &ExpansionRequest,
    ) -> Result<Expansion, TerminologyError> {
        self.expand_value_set(&ValueSet::of(value_set), request)
    }

    fn expand_value_set(
        &self,
        value_set: &ValueSet,
        request: &ExpansionRequest,
    ) -> Result<Expansion, TerminologyError> {
        let words = request.filter.as_deref().unwrap_or_default().to_lowercase();
        let words: Vec<&str> = words.split_whitespace().collect();
        let mut codes = self.codes(value_set, Budget::new().effort())?;
        codes.retain(|one| {
            matches(one, &words)
                && !(request.active_only && one.is_inactive)
                && !(request.exclude_abstract && one.is_abstract)
        });
        let total = codes.len();
        if request.count.unwrap_or(total.saturating_sub(request.offset)) > MAX_EXPANSION {
            return Err(TerminologyError::TooCostly {
                url: value_set.url.to_string(),
                limit: MAX_EXPANSION,
            });
        }
        let page = codes
            .into_iter()
            .skip(request.offset)
            .take(request.count.unwrap_or(MAX_EXPANSION));
        Ok(Expansion {
            total,
            offset: request.offset,
            entries: page.collect(),
        })
    }

    /// Every code of a value set, for searches.
    pub(super) fn all_codes(&self, url: &str) -> Result<Vec<ExpansionEntry>, TerminologyError> {
        self.codes(&*self.known_value_set(url)?, Budget::new().effort())
    }

    fn codes(
        &self,
        value_set: &ValueSet,
        effort: Effort<'_>,
    ) -> Result<Vec<ExpansionEntry>, TerminologyError> {
        let (include, exclude) = match &value_set.content {
            Definition::Compose { include, exclude } => (include, exclude.as_slice()),
            Definition::Listed(parts) => (parts, &[][..]),
        };
        let mut seen = HashSet::new();
        let mut codes = Vec::new();
        for part in include {
            effort.spend()?;
            for entry in self.part_codes(part, effort)? {
                if seen.insert((entry.system.clone(), entry.code.clone())) {
                    codes.push(entry);
                }
            }
            if codes.len() > MAX_WORKED {
                return Err(TerminologyError::TooCostly {
                    url: value_set.url.to_string(),
                    limit: MAX_WORKED,
                });
            }
        }
        if exclude.is_empty() {
            Ok(codes)
        } else {
            self.without(codes, exclude, effort)
        }
    }

    fn without(
        &self,
        codes: Vec<ExpansionEntry>,
        exclude: &[Part],
        effort: Effort<'_>,
    ) -> Result<Vec<ExpansionEntry>, TerminologyError> {
        let mut kept = Vec::with_capacity(codes.len());
        for entry in codes {
            if self.any_part(exclude, Some(&entry.system), &entry.code, effort)? == Membership::Out {
                kept.push(entry);
            }
        }
        Ok(kept)
    }

    fn part_codes(&self, part: &Part, effort: Effort<'_>) -> Result<Vec<ExpansionEntry>, TerminologyError> {
        if part.system.is_empty() {
            let Some((first, others)) = part.value_sets.split_first() else {
                return Ok(Vec::new());
            };
            let codes = self.codes(&*self.known_value_set(first)?, effort.deeper(first)?)?;
            return self.also_in(codes, others, effort);
        }
        let codes = self.code_system(&part.system);
        if let Some(list) = part.codes.as_ref().filter(|_| part.filters.is_empty()) {
            let listed = list.iter().map(|(code, display)| {
                let known = codes.as_deref();
                let concept = known.and_then(|codes| codes.concept(codes.find(code)?));
                ExpansionEntry {
                    code: code.to_owned(),
                    display: display.map(str::to_owned).or_else(|| display_of(concept)),
                    ..entry(&part.system, concept)
                }
            });
            return self.also_in(listed.collect(), &part.value_sets, effort);
        }
        let codes = codes.ok_or_else(|| TerminologyError::NotHere {
            system: part.system.to_string(),
            cannot: "its codes cannot be listed",
        })?;
        if !codes.is_complete() && (codes.concepts().is_empty() || part.filters.is_empty()) {
            return Err(TerminologyError::NotHere {
                system: part.system.to_string(),
                cannot: "its codes cannot be listed",
            });
        }
        let mut masks = Vec::new();
        for filter in &part.filters {
            masks.push(filter.as_ref().map_err(Clone::clone)?.mask(&codes));
        }
        let mut found = Vec::new();
        for (number, concept) in codes.concepts().iter().enumerate() {
            let listed = part
                .codes
                .as_ref()
                .is_none_or(|list| list.get(&concept.code).is_some());
            if listed && masks.iter().all(|mask| mask.get(number) == Some(&true)) {
                found.push(ExpansionEntry {
                    code: concept.code.to_string(),
                    display: display_of(Some(concept)),
                    ..entry(&part.system, Some(concept))
                });
            }
        }
        self.also_in(found, &part.value_sets, effort)
    }

    /// Those codes that all the value sets have.
    fn also_in(
        &self,
        codes: Vec<ExpansionEntry>,
        value_sets: &[Box<str>],
        effort: Effort<'_>,
    ) -> Result<Vec<ExpansionEntry>, TerminologyError> {
        let mut codes = codes;
        for url in value_sets {
            let nested = self.known_value_set(url)?;
            let mut kept = Vec::with_capacity(codes.len());
            for entry in codes {
                let membership =
                    self.membership_in(&nested, Some(&entry.system), &entry.code, effort.deeper(url)?)?;
                if matches!(membership, Membership::In(_)) {
                    kept.push(entry);
                }
            }
            codes = kept;
        }
        Ok(codes)
    }
}

fn entry(system: &str, concept: Option<&Concept>) -> ExpansionEntry {
    ExpansionEntry {
        system: system.to_owned(),
        is_abstract: concept.is_some_and(Concept::is_abstract),
        is_inactive: concept.is_some_and(Concept::is_inactive),
        ..ExpansionEntry::default()
    }
}

fn display_of(concept: Option<&Concept>) -> Option<String> {
    concept?.display.as_deref().map(str::to_owned)
}

fn matches(entry: &ExpansionEntry, words: &[&str]) -> bool {
    if words.is_empty() {
        return true;
    }
    let text = format!("{} {}", entry.code, entry.display.as_deref().unwrap_or_default()).to_lowercase();
    let mut parts = text
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|part| !part.is_empty());
    let starts: Vec<&str> = parts.by_ref().collect();
    words
        .iter()
        .all(|word| starts.iter().any(|start| start.starts_with(word)) || text.starts_with(word))
}
