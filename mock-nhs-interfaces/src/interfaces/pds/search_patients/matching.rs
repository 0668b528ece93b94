//! Who matches, and how well.
//! Source: <https://digital.nhs.uk/developer/api-catalogue/personal-demographics-service-fhir#get-/Patient>

mod fuzzy;

use super::super::error::Refused;
use super::criteria::{Criteria, Pattern};
use crate::population::residents::{Match, Residents};
use crate::population::{BirthDates, FamilyName, Held, Key, SearchFacts, SearchableName, Sound};

/// Everybody who matches, the best first, and the one with the lowest NHS number first among equals. Where more match
/// than are wanted, one more than that.
///
/// # Errors
/// When the records cannot be read.
pub(super) fn find<'p>(residents: &Residents<'p>, criteria: &Criteria) -> Result<Vec<Match<'p>>, Refused> {
    if criteria.can_match_nobody() {
        return Ok(Vec::new());
    }
    let score = |facts: &SearchFacts| {
        let score = score(facts, criteria)?;
        (!criteria.exact_only || score >= 1.0).then_some(score)
    };
    residents
        .matching(
            &key(criteria),
            &criteria.born,
            score,
            criteria.max_results.saturating_add(1),
        )
        .map_err(|error| Refused::records(&error))
}

/// By what people are looked up.
fn key(criteria: &Criteria) -> Key {
    if criteria.is_fuzzy {
        let words = criteria.family.iter().chain(criteria.given.first());
        let sounds: Vec<Sound> = words.filter_map(|word| Sound::of(word.text())).collect();
        // One day of births is a smaller group than most names are.
        return if sounds.is_empty() || criteria.born.are_one_day() {
            Key::Birth
        } else {
            Key::Sounds(sounds)
        };
    }
    let family = criteria.family.as_ref().map(Pattern::as_family_name);
    Key::Family(family.unwrap_or(FamilyName::StartingWith(String::new())))
}

/// How well somebody matches, `None` for not at all.
fn score(facts: &SearchFacts, criteria: &Criteria) -> Option<f64> {
    // A restricted record must not give away where somebody lives or is registered, not even by matching.
    if facts.restricted && (criteria.postcode.is_some() || criteria.practice.is_some()) {
        return None;
    }
    let history = criteria.with_history;
    let is_match = facts.born.is_some_and(|born| criteria.born.contain(born))
        && criteria
            .gender
            .is_none_or(|gender| holds(&facts.genders, history, |held| *held == gender))
        && criteria
            .postcode
            .as_ref()
            .is_none_or(|pattern| holds(&facts.postcodes, history, |held| pattern.matches(held)))
        && criteria
            .phone
            .as_ref()
            .is_none_or(|phone| holds(&facts.phones, history, |held| held == phone))
        && criteria
            .email
            .as_ref()
            .is_none_or(|email| holds(&facts.emails, history, |held| held == email));
    if !is_match {
        return None;
    }
    if criteria.is_fuzzy {
        return fuzzy::score(facts, criteria);
    }
    let has_all =
        has_name(facts, criteria) && has_died(facts, criteria.died) && is_registered(facts, criteria);
    has_all.then(|| {
        /// What the NHS's sandbox answers to `family=Sm*`; live scores are not published.
        const WITH_WILDCARD: f64 = 0.8343;
        if criteria.has_wildcard() {
            WITH_WILDCARD
        } else {
            1.0
        }
    })
}

fn holds<T>(held: &[Held<T>], with_history: bool, is_it: impl Fn(&T) -> bool) -> bool {
    held.iter()
        .any(|held| (with_history || !held.is_past) && is_it(&held.value))
}

fn has_died(facts: &SearchFacts, span: Option<BirthDates>) -> bool {
    span.is_none_or(|span| facts.died.is_some_and(|died| span.contain(died)))
}

fn is_registered(facts: &SearchFacts, criteria: &Criteria) -> bool {
    criteria
        .practice
        .as_ref()
        .is_none_or(|practice| facts.practice.as_ref() == Some(practice))
}

/// Family and given names must come from the same name of the person.
fn has_name(facts: &SearchFacts, criteria: &Criteria) -> bool {
    let is_it = |name: &&SearchableName| criteria.with_history || !name.is_past;
    facts.names.iter().filter(is_it).any(|name| {
        criteria
            .family
            .as_ref()
            .is_none_or(|family| family.matches(&name.family))
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
