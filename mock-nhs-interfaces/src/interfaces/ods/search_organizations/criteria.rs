//! What a search for organisations asks: what FHIR's own index answers, and what only the register's extensions say.

use std::fmt::Write as _;

use fhir::json::Json;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use records::Record;
use time::Date;
use time::macros::format_description;

use super::super::error::{INVALID_DATE, INVALID_PREFIX, INVALID_VALUE, Problem};
use super::super::organisation::{Role, last_change, roles};
use super::super::question::Question;
use crate::api_platform::shortened;

/// A search for organisations.
#[derive(Debug, Default)]
pub(in super::super) struct Criteria {
    /// What the index answers, as a query.
    pub(in super::super) indexed: String,
    roles: Vec<RoleCriterion>,
    /// One `lastChangeDate` each: any of its days will do.
    changes: Vec<Vec<DayCriterion>>,
}

/// One `roleCode` or `activeRoleCode`.
#[derive(Debug)]
struct RoleCriterion {
    /// System where one was named, and code where one was: any of them will do.
    any_of: Vec<(Option<String>, Option<String>)>,
    is_not: bool,
    active_only: bool,
}

/// A comparison with a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct DayCriterion {
    comparison: Comparison,
    /// The first and the last day of what was written: a year has many.
    first: String,
    last: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Is,
    IsNot,
    After,
    Before,
    From,
    Until,
}

impl Criteria {
    /// What a question asks; its names are known to be right.
    ///
    /// # Errors
    /// The first value that cannot be.
    pub(in super::super) fn of(question: &Question) -> Result<Self, Problem> {
        let mut criteria = Self::default();
        for (given, value) in &question.pairs {
            let (name, modifier) = given.split_once(':').unwrap_or((given, ""));
            match name {
                "roleCode" | "activeRoleCode" => {
                    let role = RoleCriterion::of(name, modifier, value)?;
                    criteria.roles.push(role);
                }
                "lastChangeDate" => {
                    let any_of = value.split(',').map(DayCriterion::of);
                    criteria.changes.push(any_of.collect::<Result<_, _>>()?);
                }
                "_count" | "_offset" | "_summary" | "_format" | "_pretty" | "_total" | "_revinclude" => {}
                _ => {
                    check_text(name, value)?;
                    // Writing to a string cannot fail.
                    let _ = write!(
                        criteria.indexed,
                        "&{}={}",
                        utf8_percent_encode(given, NON_ALPHANUMERIC),
                        utf8_percent_encode(value, NON_ALPHANUMERIC)
                    );
                }
            }
        }
        Ok(criteria)
    }

    /// Whether the index alone does not answer.
    pub(in super::super) fn looks_at_records(&self) -> bool {
        !self.roles.is_empty() || !self.changes.is_empty()
    }

    /// Whether an organisation meets what the index does not answer.
    pub(in super::super) fn meets(&self, organisation: &Json, record: &Record) -> bool {
        if !self.roles.is_empty() {
            let held = roles(organisation);
            if !self.roles.iter().all(|wanted| wanted.meets(&held)) {
                return false;
            }
        }
        if self.changes.is_empty() {
            return true;
        }
        let changed = last_change(organisation, record);
        self.changes
            .iter()
            .all(|any_of| any_of.iter().any(|wanted| wanted.meets(&changed)))
    }
}

impl RoleCriterion {
    fn of(name: &str, modifier: &str, value: &str) -> Result<Self, Problem> {
        if !matches!(modifier, "" | "not") {
            return Err(Problem::new(
                &INVALID_VALUE,
                format!("Invalid modifier for {name}: \":{}\"", shortened(modifier)),
            ));
        }
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let any_of = value
            .split(',')
            .map(|token| match token.split_once('|') {
                Some((system, code)) => (Some(system.to_owned()), some(code)),
                None => (None, some(token)),
            })
            .collect();
        Ok(Self {
            any_of,
            is_not: modifier == "not",
            active_only: name == "activeRoleCode",
        })
    }

    fn meets(&self, held: &[Role<'_>]) -> bool {
        let has = held
            .iter()
            .filter(|role| role.is_active || !self.active_only)
            .any(|role| {
                self.any_of.iter().any(|(system, code)| {
                    system.as_deref().is_none_or(|system| system == role.system)
                        && code.as_deref().is_none_or(|code| code == role.code)
                })
            });
        has != self.is_not
    }
}

impl DayCriterion {
    /// A day, a month or a year, with a comparison before it.
    ///
    /// # Errors
    /// When it is none.
    pub(in super::super) fn of(given: &str) -> Result<Self, Problem> {
        let invalid = || {
            Problem::new(
                &INVALID_DATE,
                format!("Invalid date/time/quantity format: \"{}\"", shortened(given)),
            )
        };
        let digits = given
            .find(|character: char| character.is_ascii_digit())
            .ok_or_else(invalid)?;
        let (prefix, text) = given.split_at_checked(digits).ok_or_else(invalid)?;
        let comparison = match prefix {
            "" | "eq" | "ap" => Comparison::Is,
            "ne" => Comparison::IsNot,
            "gt" | "sa" => Comparison::After,
            "lt" | "eb" => Comparison::Before,
            "ge" => Comparison::From,
            "le" => Comparison::Until,
            other => {
                return Err(Problem::new(
                    &INVALID_PREFIX,
                    format!("Invalid prefix: \"{}\"", shortened(other)),
                ));
            }
        };
        // A time of day makes no difference to a day.
        let text = text.split('T').next().unwrap_or_default();
        let (first, last) = match text.len() {
            4 => (format!("{text}-01-01"), format!("{text}-12-31")),
            7 => (format!("{text}-01"), format!("{text}-31")),
            _ => (text.to_owned(), text.to_owned()),
        };
        Date::parse(&first, format_description!("[year]-[month]-[day]")).map_err(|_| invalid())?;
        Ok(Self {
            comparison,
            first,
            last,
        })
    }

    /// Whether a day meets it. Days are compared as they are written, which is their order.
    pub(in super::super) fn meets(&self, day: &str) -> bool {
        let (first, last) = (self.first.as_str(), self.last.as_str());
        match self.comparison {
            Comparison::Is => day >= first && day <= last,
            Comparison::IsNot => day < first || day > last,
            Comparison::After => day > last,
            Comparison::Before => day < first,
            Comparison::From => day >= first,
            Comparison::Until => day <= last,
        }
    }
}

/// How long a text must be and what it may hold. Source: the page of this API, parameters of `GET /Organization`.
fn check_text(name: &str, value: &str) -> Result<(), Problem> {
    let (least, most) = match name {
        "name" => (3, 100),
        "address-postalcode" | "address-city" | "address-country" => (2, usize::MAX),
        _ => return Ok(()),
    };
    let is_fine = |character: char| match name {
        "name" => character.is_ascii_alphanumeric() || " &()’'+-_./:@\\".contains(character),
        _ => character.is_ascii_alphanumeric() || character == ' ',
    };
    for one in value.split(',') {
        let length = one.chars().count();
        if length < least || length > most {
            let most = if most == usize::MAX {
                String::new()
            } else {
                format!(" and no more than {most}")
            };
            return Err(Problem::new(
                &INVALID_VALUE,
                format!("Invalid parameter {name}: it has at least {least} characters{most}"),
            ));
        }
        if !one.chars().all(is_fine) {
            return Err(Problem::new(
                &INVALID_VALUE,
                format!("Invalid parameter {name}: it holds a character that it cannot hold"),
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Criteria, DayCriterion};
    use crate::interfaces::ods::question::Question;

    #[test]
    fn days_are_compared() {
        let check = |given: &str, day: &str, expected: bool| {
            assert_eq!(
                DayCriterion::of(given).unwrap().meets(day),
                expected,
                "{given} {day}"
            );
        };
        check("2023-05-03", "2023-05-03", true);
        check("eq2023-05-03", "2023-05-04", false);
        check("gt2023-05-03", "2023-05-03", false);
        check("gt2023-05-03", "2023-05-04", true);
        check("lt2023-05-03", "2023-05-02", true);
        check("ge2023-05", "2023-05-01", true);
        check("2023", "2023-12-31", true);
        check("gt2023", "2023-12-31", false);
        check("ne2023-05-03", "2023-05-03", false);
        check("2023-05-03T10:00:00Z", "2023-05-03", true);
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for given in [
            "",
            "yesterday",
            "gt",
            "2023-13-01",
            "2023-02-30",
            "xx2023-01-01",
            "20230101",
            "é2023",
        ] {
            assert!(DayCriterion::of(given).is_err(), "{given}");
        }
    }

    #[test]
    fn texts_have_a_length_and_an_alphabet() {
        let check = |query: &str, expected: bool| {
            let question = Question::read(query).unwrap();
            assert_eq!(Criteria::of(&question).is_ok(), expected, "{query}");
        };
        check("name=Le", false);
        check("name=Lee", true);
        check("name:contains=St.%20James's%20(A%26E)", true);
        check(&format!("name={}", "a".repeat(101)), false);
        check("name=Leeds%3Cscript%3E", false);
        check("address-postalcode=L", false);
        check("address-postalcode=LS9%207TF", true);
        check("address-city=St-Ives", false);
        check("roleCode:above=RO76", false);
    }
}
