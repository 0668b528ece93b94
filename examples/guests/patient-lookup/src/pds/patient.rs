//! The parts of a FHIR `Patient` that this app shows. Each of them may be absent.
//!
//! It is read member by member, not into a fixed shape: one odd value must not hide the rest of the record.

use serde_json::Value;

use crate::date::PartialDate;
use crate::nhs_number::NhsNumber;

/// A patient as the service knows them.
#[derive(Debug, PartialEq)]
pub struct Patient {
    /// The number of the record, which may not be the one that was asked for.
    pub nhs_number: NhsNumber,
    /// The number asked for, when the record now has another one.
    pub replaced: Option<NhsNumber>,
    pub name: Name,
    pub born: Option<PartialDate>,
    pub death: Option<Death>,
    /// In words.
    pub gender: Option<&'static str>,
    /// Where this person lives must not be found out from here.
    pub restricted: bool,
    /// The lines of the home address, the postcode last. Empty when restricted.
    pub address: Vec<String>,
    /// The ODS code of the GP practice. Nothing when restricted.
    pub practice: Option<String>,
}

#[derive(Debug, Default, PartialEq)]
pub struct Name {
    pub family: Option<String>,
    pub given: Vec<String>,
    pub title: Option<String>,
}

#[derive(Debug, PartialEq)]
pub struct Death {
    pub date: Option<PartialDate>,
}

impl Patient {
    /// Reads a `Patient` resource; nothing when it is not one, or has no valid NHS number.
    pub fn read(asked: &NhsNumber, resource: &Value) -> Option<Self> {
        if resource["resourceType"] != "Patient" {
            return None;
        }
        let nhs_number = NhsNumber::parse(resource["id"].as_str()?).ok()?;
        let replaced = (nhs_number != *asked).then(|| asked.clone());
        let restricted = is_restricted(resource);
        Some(Self {
            nhs_number,
            replaced,
            name: current(&resource["name"], "usual")
                .map(read_name)
                .unwrap_or_default(),
            born: resource["birthDate"].as_str().and_then(PartialDate::parse),
            death: read_death(resource),
            gender: read_gender(resource),
            restricted,
            // The service leaves location out by itself. Should it ever slip in, this app does not pass it on.
            address: if restricted {
                Vec::new()
            } else {
                read_address(resource)
            },
            practice: if restricted { None } else { read_practice(resource) },
        })
    }
}

/// `U` is unrestricted; every other code (`R` restricted, `V` very restricted) asks for care.
/// Source: the service's specification, "Restricted patients".
fn is_restricted(resource: &Value) -> bool {
    let codes = resource["meta"]["security"].as_array();
    codes
        .into_iter()
        .flatten()
        .any(|security| security["code"] != "U")
}

/// Of several names or addresses: one with the wanted use that has not ended, else one with the wanted use, else one
/// that has not ended, else the first.
fn current<'a>(list: &'a Value, wanted_use: &str) -> Option<&'a Value> {
    let rank = |item: &&Value| (item["use"] != wanted_use, has_ended(item));
    list.as_array()?.iter().min_by_key(rank)
}

fn has_ended(item: &Value) -> bool {
    !item["period"]["end"].is_null()
}

fn read_name(name: &Value) -> Name {
    Name {
        family: words(&name["family"]),
        given: list(&name["given"]),
        title: list(&name["prefix"]).into_iter().next(),
    }
}

fn read_death(resource: &Value) -> Option<Death> {
    let date = resource["deceasedDateTime"].as_str();
    let dead = date.is_some() || resource["deceasedBoolean"] == true;
    dead.then(|| Death {
        date: date.and_then(PartialDate::parse),
    })
}

fn read_gender(resource: &Value) -> Option<&'static str> {
    match resource["gender"].as_str()? {
        "female" => Some("Female"),
        "male" => Some("Male"),
        "other" => Some("Other"),
        // "unknown" and codes that we do not know say the same to a reader.
        _ => None,
    }
}

fn read_address(resource: &Value) -> Vec<String> {
    let Some(address) = current(&resource["address"], "home") else {
        return Vec::new();
    };
    let mut lines = list(&address["line"]);
    lines.extend(words(&address["postalCode"]));
    lines
}

fn read_practice(resource: &Value) -> Option<String> {
    let practices = resource["generalPractitioner"].as_array()?;
    let identifiers = practices.iter().map(|practice| &practice["identifier"]);
    words(&identifiers.min_by_key(|identifier| has_ended(identifier))?["value"])
}

/// A text that has something in it.
fn words(value: &Value) -> Option<String> {
    let text = value.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The texts of a list, without the empty ones: addresses keep a place for every line of an envelope.
fn list(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(words).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(resource: Value) -> Patient {
        let asked = NhsNumber::parse("9000000009").unwrap();
        Patient::read(&asked, &resource).unwrap()
    }

    #[test]
    fn a_full_record_is_read() {
        let patient = read(json!({
            "resourceType": "Patient",
            "id": "9000000009",
            "meta": {"security": [{"code": "U"}]},
            "name": [
                {"use": "nickname", "given": ["Janey"]},
                {"use": "usual", "family": "Jones", "period": {"start": "1999-01-01", "end": "2012-01-01"}},
                {"use": "usual", "family": "Smith", "given": ["Jane", "Ann"], "prefix": ["Mrs"]},
            ],
            "birthDate": "2010-10-22",
            "gender": "female",
            "address": [
                {"use": "temp", "line": ["Elsewhere"]},
                {"use": "home", "line": ["", "1 Trevelyan Square", "Leeds"], "postalCode": "LS1 6AE"},
            ],
            "generalPractitioner": [{"type": "Organization", "identifier": {"value": "Y12345"}}],
        }));
        assert_eq!(patient.name.family.as_deref(), Some("Smith"));
        assert_eq!(patient.name.given, ["Jane", "Ann"]);
        assert_eq!(patient.name.title.as_deref(), Some("Mrs"));
        assert_eq!(patient.born, PartialDate::parse("2010-10-22"));
        assert_eq!(patient.gender, Some("Female"));
        assert_eq!(patient.address, ["1 Trevelyan Square", "Leeds", "LS1 6AE"]);
        assert_eq!(patient.practice.as_deref(), Some("Y12345"));
        assert!(!patient.restricted && patient.death.is_none() && patient.replaced.is_none());
    }

    #[test]
    fn a_record_with_almost_nothing_is_read() {
        let patient = read(json!({"resourceType": "Patient", "id": "9000000009"}));
        assert_eq!(patient.name, Name::default());
        assert_eq!(
            (patient.born, patient.gender, patient.practice),
            (None, None, None)
        );
        assert!(patient.address.is_empty());
    }

    #[test]
    fn odd_values_do_not_hide_the_rest() {
        let patient = read(json!({
            "resourceType": "Patient",
            "id": "9000000009",
            "name": [{"family": 7, "given": [null, "Jane"]}],
            "birthDate": "22/10/2010",
            "gender": "<b>",
            "address": "nowhere",
            "generalPractitioner": [{}],
        }));
        assert_eq!(patient.name.given, ["Jane"]);
        assert_eq!((patient.born, patient.gender), (None, None));
    }

    #[test]
    fn location_of_a_restricted_patient_is_left_out() {
        for code in ["R", "V"] {
            let patient = read(json!({
                "resourceType": "Patient",
                "id": "9000000009",
                "meta": {"security": [{"code": code}]},
                "address": [{"line": ["1 Trevelyan Square"]}],
                "generalPractitioner": [{"identifier": {"value": "Y12345"}}],
            }));
            assert!(patient.restricted && patient.address.is_empty() && patient.practice.is_none());
        }
    }

    #[test]
    fn deaths_may_lack_their_date() {
        let with_date = read(json!({
            "resourceType": "Patient", "id": "9000000009", "deceasedDateTime": "2020-01-02T00:00:00+00:00",
        }));
        assert_eq!(
            with_date.death,
            Some(Death {
                date: PartialDate::parse("2020-01-02")
            })
        );
        let without = read(json!({"resourceType": "Patient", "id": "9000000009", "deceasedBoolean": true}));
        assert_eq!(without.death, Some(Death { date: None }));
    }

    #[test]
    fn another_number_in_the_answer_replaces_the_one_asked_for() {
        let patient = read(json!({"resourceType": "Patient", "id": "9000000017"}));
        assert_eq!(patient.nhs_number.digits(), "9000000017");
        assert_eq!(patient.replaced.unwrap().digits(), "9000000009");
    }
}
