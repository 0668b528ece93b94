//! What may be asked of a search, and what is wrong with a question.

use percent_encoding::percent_decode_str;
use time::Date;
use time::macros::format_description;

use super::super::error::{INVALID, Problem};
use super::super::vaccine::{self, SNOMED};
use super::encoded;
use crate::value::NhsNumber;

const NHS_NUMBER: &str = "https://fhir.nhs.uk/Id/nhs-number";
const INCLUDE: &str = "Immunization:patient";
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

#[derive(Debug, Default)]
struct Given {
    identifier: Option<String>,
    elements: Option<String>,
    patient: Option<String>,
    targets: Vec<String>,
    diseases: Vec<String>,
    from: Option<String>,
    to: Option<String>,
    include: Option<String>,
}

/// Understands a question.
///
/// # Errors
/// What is wrong with it, in the NHS's words and order.
pub(super) fn read(question: &str) -> Result<Wanted, Problem> {
    let given = given(question)?;
    let asks_for_patient = given.patient.is_some() || !given.targets.is_empty() || !given.diseases.is_empty();
    match (&given.identifier, asks_for_patient) {
        (Some(_), true) => Err(wrong(
            "Search parameter should have either identifier or patient.identifier",
        )),
        (Some(identifier), false) => by_identifier(identifier, given.elements.as_deref()),
        (None, _) if given.elements.is_some() => Err(wrong(
            "Search parameter identifier must have one value and must be in the format of \"identifier.system|identifier.value\" \"http://xyz.org/vaccs|2345-gh3s-r53h7-12ny\"",
        )),
        (None, _) => by_patient(given),
    }
}

fn wrong(words: impl Into<String>) -> Problem {
    Problem::new(&INVALID, words)
}

fn given(question: &str) -> Result<Given, Problem> {
    let mut given = Given::default();
    for part in question.split('&').filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let decoded = |text: &str| {
            percent_decode_str(&text.replace('+', " "))
                .decode_utf8_lossy()
                .into_owned()
        };
        let (name, value) = (decoded(name), decoded(value));
        if value.is_empty() && name != "-immunization.target" {
            continue;
        }
        let slot = match name.as_str() {
            "identifier" => &mut given.identifier,
            "_elements" => &mut given.elements,
            "patient.identifier" => &mut given.patient,
            "-date.from" => &mut given.from,
            "-date.to" => &mut given.to,
            "_include" => &mut given.include,
            "-immunization.target" | "target-disease" => {
                let list = if name == "target-disease" {
                    &mut given.diseases
                } else {
                    &mut given.targets
                };
                list.extend(value.split(',').map(str::trim).map(str::to_owned));
                if list.len() > MOST_VALUES {
                    return Err(wrong(format!(
                        "Search parameter {name} has more than {MOST_VALUES} values."
                    )));
                }
                continue;
            }
            // What is not known is not looked at, as at the NHS.
            _ => continue,
        };
        if slot.is_some() {
            return Err(wrong(format!("Search parameter {name} must have one value.")));
        }
        *slot = Some(value);
    }
    Ok(given)
}

fn by_identifier(identifier: &str, elements: Option<&str>) -> Result<Wanted, Problem> {
    let parts = identifier
        .split_once('|')
        .filter(|(system, value)| !system.is_empty() && !value.is_empty());
    let (system, value) = parts.ok_or_else(|| {
        wrong("Search parameter identifier must have one value and must be in the format of \"identifier.system|identifier.value\" \"http://xyz.org/vaccs|2345-gh3s-r53h7-12ny\"")
    })?;
    let elements: Vec<String> = elements
        .into_iter()
        .flat_map(|elements| elements.split(','))
        .map(|element| element.trim().to_owned())
        .collect();
    if elements
        .iter()
        .any(|element| element != "id" && element != "meta")
    {
        return Err(wrong("_elements must be one or more of the following: id,meta"));
    }
    Ok(Wanted::Identifier(ByIdentifier {
        system: system.to_owned(),
        value: value.to_owned(),
        elements,
    }))
}

fn by_patient(given: Given) -> Result<Wanted, Problem> {
    // Comes first and alone.
    let nhs_number = nhs_number(given.patient.as_deref())?;
    if !given.targets.is_empty() && !given.diseases.is_empty() {
        return Err(wrong(
            "Search parameters -immunization.target and target-disease cannot be used together.",
        ));
    }
    let mut errors = Vec::new();
    let (targets, diseases, warning) = kinds(&given, &mut errors);
    let from = date("-date.from", given.from, &mut errors);
    let to = date("-date.to", given.to, &mut errors);
    if let (Some(from), Some(to)) = (&from, &to)
        && from > to
    {
        errors.push("Search parameter -date.from must be before -date.to".to_owned());
    }
    if given
        .include
        .as_deref()
        .is_some_and(|include| !include.eq_ignore_ascii_case(INCLUDE))
    {
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
        includes: given.include.is_some(),
        warning,
    }))
}

fn nhs_number(given: Option<&str>) -> Result<NhsNumber, Problem> {
    let given = given.ok_or_else(|| wrong("Search parameter patient.identifier must have one value."))?;
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

/// The kinds and diseases that there are, and a warning about the others.
fn kinds(given: &Given, errors: &mut Vec<String>) -> (Vec<String>, Vec<String>, Option<String>) {
    let all: Vec<&str> = vaccine::names().collect();
    let is_kind = |target: &&String| all.contains(&target.as_str());
    let mut targets: Vec<String> = given.targets.iter().filter(is_kind).cloned().collect();
    targets.sort();
    targets.dedup();
    let code = |disease: &String| {
        let (system, code) = disease.split_once('|')?;
        (system == SNOMED && vaccine::is_known_disease(code)).then(|| code.to_owned())
    };
    let diseases: Vec<String> = given.diseases.iter().filter_map(code).collect();
    if given.targets.iter().all(String::is_empty) && given.diseases.is_empty() {
        errors.push("Search parameter -immunization.target must have one or more values.".to_owned());
        return (targets, diseases, None);
    }
    let unknown: Vec<&str> = given
        .targets
        .iter()
        .filter(|target| !is_kind(target))
        .map(String::as_str)
        .collect();
    let strange: Vec<&str> = given
        .diseases
        .iter()
        .filter(|disease| code(disease).is_none())
        .map(String::as_str)
        .collect();
    let warning = if !unknown.is_empty() {
        Some(format!(
            "-immunization.target must be one or more of the following: {}",
            all.join(", ")
        ))
    } else if !strange.is_empty() {
        Some(format!(
            "target-disease must be one or more of the supported diseases, each in the format \"{SNOMED}|code\""
        ))
    } else {
        None
    };
    if targets.is_empty() && diseases.is_empty() {
        errors.extend(warning.clone());
    }
    (targets, diseases, warning)
}

fn date(name: &str, given: Option<String>, errors: &mut Vec<String>) -> Option<String> {
    let given = given?;
    if Date::parse(&given, format_description!("[year]-[month]-[day]")).is_ok() {
        return Some(given);
    }
    errors.push(format!("Search parameter {name} must be in format: YYYY-MM-DD"));
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
        check("", "Search parameter patient.identifier must have one value.");
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
        assert!(wanted.warning.is_some_and(|warning| warning.contains("COVID")));
        assert!(read(&format!("{WHO}&-immunization.target=flu")).is_err());
    }
}
