//! Who matches an exact search.
//! Source: <https://digital.nhs.uk/developer/api-catalogue/personal-demographics-service-fhir#get-/Patient>

use super::criteria::{Criteria, Pattern};
use crate::population::{Known, Population, SearchFacts};

/// Everybody who matches, the one with the lowest NHS number first: scores are all the same. Where more match than are
/// wanted, one more than that.
pub(super) fn find<'p>(population: &'p Population, criteria: &Criteria) -> Vec<Known<'p>> {
    if criteria.can_match_nobody() {
        return Vec::new();
    }
    let mut found = population.matching(
        &criteria.family.as_family_name(),
        &criteria.born,
        |facts| matches(facts, criteria),
        criteria.max_results.saturating_add(1),
    );
    found.sort_by_key(|person| person.nhs_number);
    found
}

fn matches(facts: &SearchFacts, criteria: &Criteria) -> bool {
    // A restricted record must not give away where somebody lives or is registered, not even by matching.
    if facts.restricted && (criteria.postcode.is_some() || criteria.practice.is_some()) {
        return false;
    }
    facts.born.is_some_and(|born| criteria.born.contain(born))
        && has_name(facts, criteria)
        && criteria.gender.is_none_or(|gender| facts.gender == Some(gender))
        && criteria
            .died
            .is_none_or(|span| facts.died.is_some_and(|died| span.contain(died)))
        && criteria
            .postcode
            .as_ref()
            .is_none_or(|pattern| facts.postcodes.iter().any(|postcode| pattern.matches(postcode)))
        && criteria
            .practice
            .as_ref()
            .is_none_or(|practice| facts.practice.as_ref() == Some(practice))
        && criteria
            .phone
            .as_ref()
            .is_none_or(|phone| facts.phones.contains(phone))
        && criteria
            .email
            .as_ref()
            .is_none_or(|email| facts.emails.contains(email))
}

/// Family and given names must come from the same name of the person.
fn has_name(facts: &SearchFacts, criteria: &Criteria) -> bool {
    facts.names.iter().any(|name| {
        criteria.family.matches(&name.family)
            && criteria
                .given
                .iter()
                .all(|pattern| has_given_name(&name.given, pattern))
    })
}

/// A wildcard looks at the first given name only.
fn has_given_name(given: &[String], pattern: &Pattern) -> bool {
    if pattern.has_wildcard() {
        given.first().is_some_and(|first| pattern.matches(first))
    } else {
        given.iter().any(|name| pattern.matches(name))
    }
}
