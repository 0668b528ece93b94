//! What is looked for, from the parameters, checked in PDS's order.

use fhir_types::patient::AdministrativeGender;

use super::super::caller::Caller;
use super::super::error::{INVALID_SEARCH_DATA, MISSING_VALUE, MORE_THAN_ONE_RESULT, Refused};
use super::parameters::Parameters;
use crate::population::{self, BirthDates, FamilyName, folded, folded_code};

/// Longest name that PDS looks for, in characters.
const MAX_NAME_CHARACTERS: usize = 35;
/// Most results that a healthcare worker may ask for, and gets who does not say.
const MAX_RESULTS: usize = 50;
/// A wildcard may stand from the third character on.
const CHARACTERS_BEFORE_A_WILDCARD: usize = 2;

/// What is looked for; texts are folded.
#[derive(Debug)]
pub(super) struct Criteria {
    pub(super) family: Option<Pattern>,
    pub(super) given: Vec<Pattern>,
    pub(super) born: BirthDates,
    pub(super) died: Option<BirthDates>,
    pub(super) gender: Option<AdministrativeGender>,
    pub(super) postcode: Option<Pattern>,
    pub(super) practice: Option<String>,
    pub(super) phone: Option<String>,
    pub(super) email: Option<String>,
    pub(super) is_fuzzy: bool,
    /// Whether what used to be recorded counts, too.
    pub(super) with_history: bool,
    pub(super) exact_only: bool,
    pub(super) max_results: usize,
}

/// A text in which `*` stands for any characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern(String);

impl Pattern {
    pub(super) fn has_wildcard(&self) -> bool {
        self.0.contains('*')
    }

    /// Whether a text, all of it, fits.
    pub(super) fn matches(&self, text: &str) -> bool {
        let mut parts = self.0.split('*');
        let first = parts.next().unwrap_or_default();
        let Some(mut rest) = text.strip_prefix(first) else {
            return false;
        };
        let mut last = None;
        for part in parts {
            // Only the last part must end the text; the ones before it are taken where they first occur.
            if let Some(before) = last.replace(part) {
                let Some((_, after)) = rest.split_once(before) else {
                    return false;
                };
                rest = after;
            }
        }
        last.map_or(rest.is_empty(), |end| rest.ends_with(end))
    }

    /// The text, where it has no wildcard.
    pub(super) fn text(&self) -> &str {
        &self.0
    }

    pub(super) fn as_family_name(&self) -> FamilyName {
        match self.0.split_once('*') {
            None => FamilyName::Exactly(self.0.clone()),
            Some((start, _)) => FamilyName::StartingWith(start.to_owned()),
        }
    }
}

impl Criteria {
    /// Checks the values, then what is missing, then what does not go together.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub(super) fn from_parameters(parameters: &Parameters<'_>, caller: Caller) -> Result<Self, Refused> {
        let born = dates(parameters, "birthdate")?;
        let died = dates(parameters, "death-date")?;
        let gender = parameters.one("gender").map(gender).transpose()?;
        let family = parameters
            .one("family")
            .map(|name| name_pattern("family", name))
            .transpose()?;
        let given = parameters
            .all("given")
            .map(|name| name_pattern("given", name))
            .collect::<Result<_, _>>()?;
        let exact_only = flag(parameters, "_exact-match")?;
        let is_fuzzy = flag(parameters, "_fuzzy-match")?;
        let with_history = flag(parameters, "_history")? || is_fuzzy;
        let max_results = max_results(parameters.one("_max-results"), caller)?;
        let postcode = postcode(parameters)?;
        let born = born.ok_or_else(|| {
            Refused::saying(
                &MISSING_VALUE,
                "Missing value - 'birth_date/birth_date_range_start/birth_date_range_end'",
            )
        })?;
        let criteria = Self {
            family,
            given,
            born,
            died,
            gender,
            postcode,
            practice: parameters.one("general-practitioner").map(folded_code),
            phone: parameters.one("phone").map(str::to_owned),
            email: parameters.one("email").map(folded),
            is_fuzzy,
            with_history,
            exact_only,
            max_results,
        };
        criteria.check_combination()?;
        Ok(criteria)
    }

    /// Whether there is enough to look for.
    fn check_combination(&self) -> Result<(), Refused> {
        let refused = |why: &str| {
            Err(Refused::saying(
                &INVALID_SEARCH_DATA,
                format!("Invalid search data provided - '{why}'"),
            ))
        };
        if self.is_fuzzy {
            let (has_family, has_given) = (self.family.is_some(), !self.given.is_empty());
            let has_place = self.gender.is_some() && self.postcode.is_some();
            let is_enough = (has_family && has_given) || ((has_family || has_given) && has_place);
            if !is_enough || self.has_wildcard() {
                return refused(
                    "A fuzzy search was requested however the data given did not meet the fuzzy search criteria",
                );
            }
        } else if self.family.is_none() {
            return refused(
                "No searches were performed as the search criteria did not meet the minimum requirements",
            );
        }
        Ok(())
    }

    pub(super) fn has_wildcard(&self) -> bool {
        let patterns = self.family.iter().chain(&self.given).chain(&self.postcode);
        patterns.into_iter().any(Pattern::has_wildcard)
    }

    /// Whether only full scores are wanted and none can be had.
    pub(super) fn can_match_nobody(&self) -> bool {
        self.exact_only && self.has_wildcard()
    }
}

fn name_pattern(field: &str, text: &str) -> Result<Pattern, Refused> {
    if text.chars().count() > MAX_NAME_CHARACTERS {
        return Err(Refused::invalid(field, text));
    }
    pattern(field, text, folded(text))
}

fn pattern(field: &str, given: &str, folded: String) -> Result<Pattern, Refused> {
    let has_early_wildcard = folded
        .chars()
        .take(CHARACTERS_BEFORE_A_WILDCARD)
        .any(|character| character == '*');
    if folded.is_empty() || has_early_wildcard {
        return Err(Refused::invalid(field, given));
    }
    Ok(Pattern(folded))
}

fn postcode(parameters: &Parameters<'_>) -> Result<Option<Pattern>, Refused> {
    let (new, old) = (
        parameters.one("address-postalcode"),
        parameters.one("address-postcode"),
    );
    if new.is_some() && old.is_some() {
        return Err(Refused::saying(
            &INVALID_SEARCH_DATA,
            "Invalid search data provided - 'address-postalcode and address-postcode cannot be used together'",
        ));
    }
    let (field, text) = match (new, old) {
        (Some(text), _) => ("address-postalcode", text),
        (None, Some(text)) => ("address-postcode", text),
        (None, None) => return Ok(None),
    };
    if text.chars().count() > MAX_NAME_CHARACTERS {
        return Err(Refused::invalid(field, text));
    }
    pattern(field, text, folded_code(text)).map(Some)
}

/// The dates that every value of the parameter allows; `None` where there is no value.
fn dates(parameters: &Parameters<'_>, field: &'static str) -> Result<Option<BirthDates>, Refused> {
    let mut span = None;
    for text in parameters.all(field) {
        let (comparator, day) = match text.get(..2) {
            Some(comparator @ ("eq" | "ge" | "le")) => (comparator, text.get(2..).unwrap_or_default()),
            _ => ("eq", text),
        };
        let day = population::day(day).ok_or_else(|| Refused::invalid(field, text))?;
        let span: &mut BirthDates = span.get_or_insert_default();
        if comparator != "le" {
            span.earliest = span.earliest.max(Some(day));
        }
        if comparator != "ge" {
            span.latest = Some(span.latest.map_or(day, |latest| latest.min(day)));
        }
    }
    Ok(span)
}

fn gender(text: &str) -> Result<AdministrativeGender, Refused> {
    population::gender(text).ok_or_else(|| Refused::invalid("gender", text))
}

fn flag(parameters: &Parameters<'_>, field: &'static str) -> Result<bool, Refused> {
    match parameters.one(field) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(other) => Err(Refused::invalid(field, other)),
    }
}

/// An application gets one result, and may not ask for more.
fn max_results(given: Option<&str>, caller: Caller) -> Result<usize, Refused> {
    let number = match given {
        None => None,
        Some(text) => {
            let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
            match text.parse() {
                Ok(number @ 1..=MAX_RESULTS) if is_plain => Some(number),
                _ => return Err(Refused::invalid("_max-results", text)),
            }
        }
    };
    match (caller, number) {
        (Caller::Application, None | Some(1)) => Ok(1),
        (Caller::Application, Some(_)) => Err(Refused::saying(
            &MORE_THAN_ONE_RESULT,
            "Your app has insufficient permissions to perform this search. Please contact support.",
        )),
        (_, number) => Ok(number.unwrap_or(MAX_RESULTS)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Caller, Criteria, Pattern};
    use crate::interfaces::pds::search_patients::parameters::Parameters;

    #[test]
    fn a_star_stands_for_any_characters() {
        let check = |pattern: &str, text: &str, expected: bool| {
            assert_eq!(
                Pattern(pattern.to_owned()).matches(text),
                expected,
                "{pattern} {text}"
            );
        };
        check("smith", "smith", true);
        check("smith", "smiths", false);
        check("sm*", "smith", true);
        check("sm*", "sm", true);
        check("sm*t*", "smythe", true);
        check("sm*t*", "smile", false);
        check("sm*th", "smithth", true);
        check("sm*th", "smitht", false);
        check("sm*th", "smth", true);
        check("sm**h", "smith", true);
        check("ab*b", "ab", false);
        check("ab*ba*a", "abba", false);
        check("ab*ba*a", "abbaa", true);
    }

    fn said(query: &str) -> String {
        let outcome = Parameters::read(query)
            .and_then(|parameters| Criteria::from_parameters(&parameters, Caller::Worker));
        outcome.map_or_else(
            |refused| format!("{refused:?}"),
            |criteria| format!("{criteria:?}"),
        )
    }

    #[test]
    fn dates_meet_in_the_middle() {
        let check = |query: &str, expected: &str| {
            let said = said(&format!("family=Smith&{query}"));
            assert!(said.contains(expected), "{query}: {said}");
        };
        check(
            "birthdate=2010-10-22",
            "earliest: Some(2010-10-22), latest: Some(2010-10-22)",
        );
        check(
            "birthdate=ge2010-10-21&birthdate=le2010-10-23",
            "earliest: Some(2010-10-21), latest: Some(2010-10-23)",
        );
        check(
            "birthdate=le2010-10-23",
            "earliest: None, latest: Some(2010-10-23)",
        );
        check(
            "birthdate=ge2010-10-21&birthdate=ge2010-10-25",
            "earliest: Some(2010-10-25), latest: None",
        );
        check(
            "birthdate=20101022",
            "Invalid value - '20101022' in field 'birthdate'",
        );
        check(
            "birthdate=2010-02-30",
            "Invalid value - '2010-02-30' in field 'birthdate'",
        );
        check(
            "birthdate=gt2010-02-03",
            "Invalid value - 'gt2010-02-03' in field 'birthdate'",
        );
        check("birthdate=%2B201-10-22", "Invalid value");
        check("birthdate=ge-010-10-22", "Invalid value");
    }

    proptest! {
        #[test]
        fn a_pattern_agrees_with_the_plain_definition(pattern in "[ab*]{0,6}", text in "[ab]{0,8}") {
            fn plain(pattern: &[u8], text: &[u8]) -> bool {
                match pattern.split_first() {
                    None => text.is_empty(),
                    Some((b'*', rest)) => (0..=text.len()).any(|skip| plain(rest, &text[skip..])),
                    Some((first, rest)) => text.split_first().is_some_and(|(t, after)| t == first && plain(rest, after)),
                }
            }
            prop_assert_eq!(Pattern(pattern.clone()).matches(&text), plain(pattern.as_bytes(), text.as_bytes()));
        }

        #[test]
        fn no_value_makes_it_panic(value in any::<String>(), place in 0_usize..14) {
            let name = super::super::PARAMETERS[place].name;
            let value: String = value.bytes().map(|byte| format!("%{byte:02X}")).collect();
            said(&format!("family=Smith&birthdate=2010-10-22&{name}={value}"));
            said(&format!("{name}={value}"));
        }
    }
}
