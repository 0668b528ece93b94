//! What may be asked of a search, and what is wrong with a question.

use std::collections::BTreeMap;

use time::Date;
use time::macros::format_description;

use super::super::error::{INVALID, Problem};
use super::super::vaccine::{self, SNOMED};
use super::encoded;
use crate::value::NhsNumber;

const NHS_NUMBER: &str = "https://fhir.nhs.uk/Id/nhs-number";
const INCLUDE: &str = "Immunization:patient";
const PATIENT: &str = "patient.identifier";
const TARGET: &str = "-immunization.target";
const DISEASE: &str = "target-disease";
const FROM: &str = "-date.from";
const TO: &str = "-date.to";
/// Longest list of kinds or diseases.
const MOST_VALUES: usize = 100;

/// A question, understood.
#[derive(Debug)]
pub(super) enum Wanted {
    Identifier(ByIdentifier),
    Patient(ByPatient),
}

/// A vaccination by the identifier of who recorded it.
#[derive(Debug)]
pub(super) struct ByIdentifier {
    pub(super) system: String,
    pub(super) value: String,
    /// `id`, `meta`, or nothing for the whole.
    pub(super) elements: Vec<String>,
}

/// The vaccinations of a patient.
#[derive(Debug)]
pub(super) struct ByPatient {
    pub(super) nhs_number: NhsNumber,
    pub(super) targets: Vec<String>,
    pub(super) diseases: Vec<String>,
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
    includes: bool,
    /// What was asked for besides and is not there.
    pub(super) warning: Option<String>,
}

impl ByPatient {
    /// The address of the search as it was understood.
    pub(super) fn link(&self, base: &str) -> String {
        let mut parts = Vec::new();
        if !self.targets.is_empty() {
            parts.push(format!(
                "-immunization.target={}",
                encoded(&self.targets.join(","))
            ));
        }
        if !self.diseases.is_empty() {
            let diseases: Vec<String> = self
                .diseases
                .iter()
                .map(|code| format!("{SNOMED}|{code}"))
                .collect();
            parts.push(format!("target-disease={}", encoded(&diseases.join(","))));
        }
        parts.extend(self.from.iter().map(|from| format!("-date.from={from}")));
        parts.extend(self.to.iter().map(|to| format!("-date.to={to}")));
        if self.includes {
            parts.push(format!("_include={}", encoded(INCLUDE)));
        }
        parts.push(format!(
            "patient.identifier={}",
            encoded(&format!("{NHS_NUMBER}|{}", self.nhs_number))
        ));
        format!("{base}/Immunization?{}", parts.join("&"))
    }
}

/// What was given, by name: each once, with its values.
#[derive(Debug, Default)]
struct Given {
    values: BTreeMap<String, Vec<String>>,
}

impl Given {
    fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    fn of(&self, name: &str) -> &[String] {
        self.values.get(name).map_or(&[], Vec::as_slice)
    }
}

/// Understands a question.
///
/// # Errors
/// What is wrong with it, in the NHS's words and order.
pub(super) fn read(question: &str) -> Result<Wanted, Problem> {
    let given = given(question)?;
    if given.has("identifier") || given.has("_elements") {
        by_identifier(&given)
    } else {
        by_patient(&given)
    }
}

fn wrong(words: impl Into<String>) -> Problem {
    Problem::new(&INVALID, words)
}

fn given(question: &str) -> Result<Given, Problem> {
    let mut given = Given::default();
    for (name, value) in form_urlencoded::parse(question.as_bytes()) {
        // What is empty is not there, but a kind that is: it is one that there is not.
        if name.is_empty() || (value.is_empty() && name != TARGET) {
            continue;
        }
        if given.has(&name) {
            return Err(wrong("Parameters may not be duplicated. Use commas for \"or\"."));
        }
        let values: Vec<String> = value.split(',').map(|part| part.trim().to_owned()).collect();
        if values.len() > MOST_VALUES {
            return Err(wrong(format!(
                "Search parameter {} has more than {MOST_VALUES} values.",
                crate::api_platform::shortened(&name)
            )));
        }
        given.values.insert(name.into_owned(), values);
    }
    if given.values.is_empty() {
        return Err(wrong(
            "No parameter provided. Search using either identifier or patient.identifier",
        ));
    }
    Ok(given)
}

fn by_identifier(given: &Given) -> Result<Wanted, Problem> {
    const FORMAT: &str = "Search parameter identifier must have one value and must be in the format of \"identifier.system|identifier.value\" \"http://xyz.org/vaccs|2345-gh3s-r53h7-12ny\"";
    if given.has(PATIENT) && given.has("identifier") {
        return Err(wrong(
            "Search parameter should have either identifier or patient.identifier",
        ));
    }
    if [PATIENT, TARGET, DISEASE, FROM, TO, "_include"]
        .iter()
        .any(|name| given.has(name))
    {
        return Err(wrong(
            "Identifier search included patient.identifier search parameters",
        ));
    }
    let elements = given.of("_elements");
    let [identifier] = given.of("identifier") else {
        return Err(wrong(if given.has("identifier") {
            FORMAT
        } else {
            "Search parameter _elements must have the following parameter: identifier"
        }));
    };
    let parts = identifier.split_once('|').filter(|_| !identifier.contains(' '));
    let (system, value) = parts.ok_or_else(|| wrong(FORMAT))?;
    if elements
        .iter()
        .any(|element| element != "id" && element != "meta")
    {
        return Err(wrong("_elements must be one or more of the following: id,meta"));
    }
    Ok(Wanted::Identifier(ByIdentifier {
        system: system.to_owned(),
        value: value.to_owned(),
        elements: elements.to_vec(),
    }))
}

fn by_patient(given: &Given) -> Result<Wanted, Problem> {
    // Comes first and alone.
    let nhs_number = nhs_number(given.of(PATIENT))?;
    if given.has(TARGET) && given.has(DISEASE) {
        return Err(wrong(
            "Search parameters -immunization.target and target-disease cannot be used together.",
        ));
    }
    let (targets, diseases, warning) = kinds(given)?;
    let mut errors = Vec::new();
    let from = date(FROM, given.of(FROM), &mut errors);
    let to = date(TO, given.of(TO), &mut errors);
    if let (Some(from), Some(to)) = (&from, &to)
        && from > to
    {
        errors.push("Search parameter -date.from must be before -date.to".to_owned());
    }
    let include = given.of("_include").first();
    if include.is_some_and(|include| !include.eq_ignore_ascii_case(INCLUDE)) {
        errors.push(format!(
            "Search parameter _include may only be '{INCLUDE}' if provided."
        ));
    }
    if !errors.is_empty() {
        return Err(wrong(errors.join("; ")));
    }
    Ok(Wanted::Patient(ByPatient {
        nhs_number,
        targets,
        diseases,
        from,
        to,
        includes: include.is_some(),
        warning,
    }))
}

fn nhs_number(given: &[String]) -> Result<NhsNumber, Problem> {
    let [given] = given else {
        return Err(wrong("Search parameter patient.identifier must have one value."));
    };
    let number = given
        .strip_prefix(NHS_NUMBER)
        .and_then(|rest| rest.strip_prefix('|'));
    let number = number.ok_or_else(|| {
        wrong(format!(
            "patient.identifier must be in the format of \"{NHS_NUMBER}|{{NHS number}}\" e.g. \"{NHS_NUMBER}|9000000009\""
        ))
    })?;
    number
        .parse()
        .map_err(|_| wrong("Search parameter patient.identifier must be a valid NHS number."))
}

/// Kinds and diseases that there are, and a warning about the others.
type Kinds = (Vec<String>, Vec<String>, Option<String>);

/// # Errors
/// When nothing is asked for, or nothing that there is.
fn kinds(given: &Given) -> Result<Kinds, Problem> {
    if given.has(DISEASE) {
        return diseases(given.of(DISEASE));
    }
    if !given.has(TARGET) {
        return Err(wrong(
            "Search parameter -immunization.target must have one or more values.",
        ));
    }
    let all: Vec<&str> = vaccine::names().collect();
    let (known, unknown) = parted(given.of(TARGET), |target| {
        all.contains(&target).then(|| target.to_owned())
    });
    if known.is_empty() {
        return Err(wrong(format!(
            "-immunization.target must be one or more of the following: {}",
            all.join(", ")
        )));
    }
    Ok((known, Vec::new(), ignored(TARGET, &unknown)))
}

fn diseases(given: &[String]) -> Result<Kinds, Problem> {
    let (known, unknown) = parted(given, |disease| {
        let (system, code) = disease.split_once('|')?;
        (system == SNOMED && vaccine::is_known_disease(code)).then(|| code.to_owned())
    });
    if known.is_empty() {
        return Err(wrong(format!(
            "target-disease must be one or more of the supported diseases, each in the format \"{SNOMED}|code\""
        )));
    }
    Ok((Vec::new(), known, ignored(DISEASE, &unknown)))
}

/// What is known, sorted, each once; and what is not.
fn parted(given: &[String], known: impl Fn(&str) -> Option<String>) -> (Vec<String>, Vec<&str>) {
    let mut found: Vec<String> = given.iter().filter_map(|one| known(one)).collect();
    found.sort();
    found.dedup();
    let strange = given
        .iter()
        .map(String::as_str)
        .filter(|one| known(one).is_none());
    (found, strange.collect())
}

fn ignored(name: &str, unknown: &[&str]) -> Option<String> {
    if unknown.is_empty() {
        return None;
    }
    let list = unknown.join(", ");
    let list = crate::api_platform::shortened(&list);
    Some(format!(
        "Your search included invalid {name} value(s) that were ignored: {list}. The search was performed using the valid value(s) only."
    ))
}

fn date(name: &str, given: &[String], errors: &mut Vec<String>) -> Option<String> {
    match given {
        [] => return None,
        [day] if Date::parse(day, format_description!("[year]-[month]-[day]")).is_ok() => {
            return Some(day.clone());
        }
        [_] => errors.push(format!("Search parameter {name} must be in format: YYYY-MM-DD")),
        _ => errors.push(format!("Search parameter {name} may have one value at most.")),
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHO: &str = "patient.identifier=https://fhir.nhs.uk/Id/nhs-number|9000000009";

    #[test]
    fn what_is_wrong_is_said_in_the_nhs_s_words() {
        let check = |question: &str, expected: &str| {
            let problem = read(question).expect_err(question);
            assert_eq!(problem.diagnostics, expected, "{question}");
        };
        check(
            "",
            "No parameter provided. Search using either identifier or patient.identifier",
        );
        check(
            "-immunization.target=FLU",
            "Search parameter patient.identifier must have one value.",
        );
        check(
            &format!("{WHO}&-immunization.target=FLU&-immunization.target=MMR"),
            "Parameters may not be duplicated. Use commas for \"or\".",
        );
        check(
            &format!("{WHO}&-immunization.target="),
            "-immunization.target must be one or more of the following: ROTAVIRUS, RSV, SHINGLES, 6IN1, MMR, FLU, 3IN1, PERTUSSIS, MENB, HIB, MMRV, BCG, MENACWY, 4IN1, COVID, PNEUMOCOCCAL, HPV, HEPB",
        );
        check(
            &format!("{WHO}&-immunization.target=FLU&-date.from=2021-01-01,2021-01-02"),
            "Search parameter -date.from may have one value at most.",
        );
        check(
            "_elements=id",
            "Search parameter _elements must have the following parameter: identifier",
        );
        check(
            "identifier=a|b&-date.from=2021-01-01",
            "Identifier search included patient.identifier search parameters",
        );
        check(
            "identifier=a|b c",
            "Search parameter identifier must have one value and must be in the format of \"identifier.system|identifier.value\" \"http://xyz.org/vaccs|2345-gh3s-r53h7-12ny\"",
        );
        check(
            "patient.identifier=9000000009&-immunization.target=FLU",
            "patient.identifier must be in the format of \"https://fhir.nhs.uk/Id/nhs-number|{NHS number}\" e.g. \"https://fhir.nhs.uk/Id/nhs-number|9000000009\"",
        );
        check(
            "patient.identifier=https://fhir.nhs.uk/Id/nhs-number|9000000008&-date.from=x",
            "Search parameter patient.identifier must be a valid NHS number.",
        );
        check(
            WHO,
            "Search parameter -immunization.target must have one or more values.",
        );
        check(
            &format!("{WHO}&-immunization.target=FLU&-date.from=2021-1-1&-date.to=x"),
            "Search parameter -date.from must be in format: YYYY-MM-DD; Search parameter -date.to must be in format: YYYY-MM-DD",
        );
        check(
            &format!("{WHO}&-immunization.target=FLU&-date.from=2021-01-02&-date.to=2021-01-01&_include=x"),
            "Search parameter -date.from must be before -date.to; Search parameter _include may only be 'Immunization:patient' if provided.",
        );
        check(
            &format!("{WHO}&identifier=a|b"),
            "Search parameter should have either identifier or patient.identifier",
        );
        check(
            "identifier=a|b&_elements=id,status",
            "_elements must be one or more of the following: id,meta",
        );
    }

    #[test]
    fn some_kinds_that_there_are_not_are_a_warning() {
        let question = format!("{WHO}&-immunization.target=FLU,flu");
        let Ok(Wanted::Patient(wanted)) = read(&question) else {
            panic!("not understood");
        };
        assert_eq!(wanted.targets, ["FLU"]);
        assert_eq!(
            wanted.warning.as_deref(),
            Some(
                "Your search included invalid -immunization.target value(s) that were ignored: flu. The search was performed using the valid value(s) only."
            )
        );
        assert!(read(&format!("{WHO}&-immunization.target=flu")).is_err());
    }
}
