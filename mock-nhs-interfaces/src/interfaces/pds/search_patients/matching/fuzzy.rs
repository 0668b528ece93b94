//! How well somebody matches a fuzzy search: homophones, given and family name the wrong way round, names of old.
//!
//! The rules are PDS's; the numbers are ours, because PDS's are not published: full marks for what is the same, fewer for
//! what only sounds the same, is turned round or is no longer so, weighed by how much each part tells people apart.

use super::super::criteria::Criteria;
use super::{has_died, holds, is_registered};
use crate::population::{SearchFacts, SearchableName, Sound, plain};

/// Marks of a name that is the same but for case.
const SAME: f64 = 1.0;
/// Marks of a name that is the same but for accents.
const SAME_BUT_FOR_ACCENTS: f64 = 0.9;
/// Marks of a name that sounds the same.
const SOUNDS_THE_SAME: f64 = 0.75;
/// What is left of the marks of a name that is turned round.
const TURNED_ROUND: f64 = 0.85;
/// What is left of the marks of something that is no longer so.
const NO_LONGER: f64 = 0.85;

/// Marks and weights so far.
#[derive(Default)]
struct Sum {
    marks: f64,
    weights: f64,
}

impl Sum {
    fn add(&mut self, weight: f64, marks: f64) {
        self.marks += weight * marks;
        self.weights += weight;
    }

    /// To four places, as PDS writes scores.
    fn score(&self) -> f64 {
        let places = 10_000.0;
        (self.marks / self.weights.max(f64::MIN_POSITIVE) * places).round() / places
    }
}

/// How well somebody matches whose date of birth, gender, postcode, phone and email do; `None` for not at all.
pub(super) fn score(facts: &SearchFacts, criteria: &Criteria) -> Option<f64> {
    let mut sum = Sum::default();
    let names = facts.names.iter().filter_map(|name| name_marks(name, criteria));
    let name = names.max_by(f64::total_cmp)?;
    sum.add(5.0, name);
    sum.add(3.0, 1.0);
    if let Some(gender) = criteria.gender {
        let now = holds(&facts.genders, false, |held| *held == gender);
        sum.add(1.0, if now { 1.0 } else { NO_LONGER });
    }
    if let Some(postcode) = &criteria.postcode {
        let now = holds(&facts.postcodes, false, |held| postcode.matches(held));
        sum.add(2.0, if now { 1.0 } else { NO_LONGER });
    }
    if let Some(phone) = &criteria.phone {
        let now = holds(&facts.phones, false, |held| held == phone);
        sum.add(1.0, if now { 1.0 } else { NO_LONGER });
    }
    if let Some(email) = &criteria.email {
        let now = holds(&facts.emails, false, |held| held == email);
        sum.add(1.0, if now { 1.0 } else { NO_LONGER });
    }
    // These two do not decide who matches: a mismatch only costs marks.
    if criteria.died.is_some() {
        sum.add(1.0, if has_died(facts, criteria.died) { 1.0 } else { 0.0 });
    }
    if criteria.practice.is_some() {
        sum.add(1.0, if is_registered(facts, criteria) { 1.0 } else { 0.0 });
    }
    Some(sum.score())
}

/// How well a name fits, straight or turned round.
fn name_marks(name: &SearchableName, criteria: &Criteria) -> Option<f64> {
    let straight = marks(name, criteria, false);
    let turned = marks(name, criteria, true).map(|marks| marks * TURNED_ROUND);
    let best = straight.into_iter().chain(turned).max_by(f64::total_cmp)?;
    Some(if name.is_past { best * NO_LONGER } else { best })
}

/// The mean of the marks of all names that are looked for; `None` when one of them does not fit.
fn marks(name: &SearchableName, criteria: &Criteria, turned: bool) -> Option<f64> {
    let families = std::slice::from_ref(&name.family);
    let (for_family, for_given) = if turned {
        (name.given.as_slice(), families)
    } else {
        (families, name.given.as_slice())
    };
    let family = criteria.family.iter().map(|pattern| (pattern, for_family));
    let given = criteria.given.iter().map(|pattern| (pattern, for_given));
    let (mut sum, mut count) = (0.0, 0.0);
    for (pattern, candidates) in family.chain(given) {
        let best = candidates
            .iter()
            .filter_map(|candidate| word_marks(pattern.text(), candidate))
            .max_by(f64::total_cmp)?;
        sum += best;
        count += 1.0;
    }
    (count > 0.0).then(|| sum / count)
}

fn word_marks(wanted: &str, held: &str) -> Option<f64> {
    if wanted == held {
        return Some(SAME);
    }
    if plain(wanted) == plain(held) {
        return Some(SAME_BUT_FOR_ACCENTS);
    }
    let sounds = Sound::of(wanted).zip(Sound::of(held));
    sounds
        .is_some_and(|(wanted, held)| wanted == held)
        .then_some(SOUNDS_THE_SAME)
}
