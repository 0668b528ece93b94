//! What an answer says, in the words of a clinician: one sentence about the whole, and the facts of each record in it.
//!
//! Used by the explorer and by the pages about people. Pure: JSON in, words out; what is not known is shown by its names.

pub(crate) mod administration;
pub(crate) mod clinical;
pub(crate) mod kinds;
pub(crate) mod plain;
pub(crate) mod say;

use serde_json::Value;

use super::words;

/// Records that are told in words; a page with more is no summary.
const MOST_PARTS: usize = 60;

/// A whole answer in words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Told {
    /// One sentence about the whole.
    pub(crate) lead: String,
    /// Its records.
    pub(crate) parts: Vec<Part>,
    /// How many records are not told.
    pub(crate) left_out: usize,
}

/// One record in words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Part {
    /// What it is, in plain words.
    pub(crate) kind: String,
    /// What people would call it.
    pub(crate) title: String,
    /// Which record of the answer it is, from 0: the views keep their place by it.
    pub(crate) place: usize,
    /// What must not be overlooked.
    pub(crate) alerts: Vec<Alert>,
    /// What it says.
    pub(crate) facts: Vec<Fact>,
    /// The NHS number, where it is a person's own record.
    pub(crate) person: Option<String>,
}

/// What must not be overlooked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Alert {
    /// A few words.
    pub(crate) words: String,
    /// The class of its colour.
    pub(crate) tone: &'static str,
}

/// One fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fact {
    /// What it is about.
    pub(crate) label: String,
    /// What it says; several where there are several.
    pub(crate) values: Vec<String>,
}

/// Collects facts; what is not there is not told.
#[derive(Debug, Default)]
pub(crate) struct Facts(pub(crate) Vec<Fact>);

impl Facts {
    /// One value, when there is one.
    pub(crate) fn say(&mut self, label: &str, value: Option<String>) {
        self.say_all(label, value);
    }

    /// Several values.
    pub(crate) fn say_all(&mut self, label: &str, values: impl IntoIterator<Item = String>) {
        let values: Vec<String> = values
            .into_iter()
            .map(|value| value.trim().to_owned())
            .filter(|value| !value.is_empty())
            .map(|value| words::shorten(&words::visible(&value), 600))
            .collect();
        if !values.is_empty() {
            self.0.push(Fact {
                label: label.to_owned(),
                values,
            });
        }
    }
}

/// The records of an answer, each with its place: the entries of a Bundle, the members of a list, or the answer itself.
pub(crate) fn records(answer: &Value) -> Vec<(usize, &Value)> {
    if answer["resourceType"] == "Bundle" {
        let entries = answer["entry"].as_array().map(Vec::as_slice).unwrap_or_default();
        return entries
            .iter()
            .enumerate()
            .filter(|(_, entry)| entry["resource"].is_object())
            .map(|(place, entry)| (place, &entry["resource"]))
            .collect();
    }
    if let Some(list) = answer.as_array() {
        return list
            .iter()
            .enumerate()
            .filter(|(_, one)| one.is_object())
            .collect();
    }
    vec![(0, answer)]
}

/// Tells an answer of this status.
pub(crate) fn tell(status: u16, answer: &Value) -> Told {
    let records = records(answer);
    let parts = records.iter().take(MOST_PARTS);
    let parts: Vec<Part> = parts.map(|(place, record)| part(*place, record)).collect();
    Told {
        lead: lead(status, answer, &records),
        left_out: records.len().saturating_sub(parts.len()),
        parts,
    }
}

/// Tells one record.
pub(crate) fn part(place: usize, record: &Value) -> Part {
    let kind = record["resourceType"].as_str().unwrap_or_default();
    let mut facts = Facts::default();
    let is_known =
        administration::facts(kind, record, &mut facts) || clinical::facts(kind, record, &mut facts);
    if !is_known {
        plain::facts(record, &mut facts);
    }
    Part {
        kind: kinds::name(kind).to_owned(),
        title: words::shorten(&words::visible(&kinds::title(record)), 200),
        place,
        alerts: administration::alerts(record),
        facts: facts.0,
        person: (kind == "Patient")
            .then(|| say::nhs_number(record).or_else(|| record["id"].as_str().map(str::to_owned)))
            .flatten(),
    }
}

fn lead(status: u16, answer: &Value, records: &[(usize, &Value)]) -> String {
    let kind = answer["resourceType"].as_str().unwrap_or_default();
    if status >= 400 || kind == "OperationOutcome" {
        return refusal(status, answer);
    }
    if kind == "Bundle" {
        let found: Vec<&Value> = records
            .iter()
            .map(|(_, record)| *record)
            .filter(|record| record["resourceType"] != "OperationOutcome")
            .collect();
        return bundle(answer, &found);
    }
    match records {
        [] => "The answer is empty: nothing was found.".to_owned(),
        [(_, one)] if kind.is_empty() => match one.as_object().map(serde_json::Map::len) {
            Some(members) => format!(
                "The answer has {}.",
                words::count(u64::try_from(members).unwrap_or_default(), "part")
            ),
            None => format!("The answer is: {}", plain::value(one)),
        },
        [(_, one)] => {
            let title = words::shorten(&words::visible(&kinds::title(one)), 200);
            let name = kinds::name(kind);
            if title == name {
                format!("The answer is one record: {}.", name.to_lowercase())
            } else {
                format!("The answer is one record: {} {title}.", kinds::article(kind))
            }
        }
        several => format!(
            "The answer is a list of {}.",
            words::count(u64::try_from(several.len()).unwrap_or_default(), "part")
        ),
    }
}

fn bundle(answer: &Value, found: &[&Value]) -> String {
    let number = u64::try_from(found.len()).unwrap_or_default();
    if number == 0 {
        return "Nothing was found: the answer is an empty list.".to_owned();
    }
    let mut kinds: Vec<(&str, u64)> = Vec::new();
    for record in found {
        let kind = record["resourceType"].as_str().unwrap_or_default();
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, count)) => *count += 1,
            None => kinds.push((kind, 1)),
        }
    }
    let told: Vec<String> = kinds
        .iter()
        .map(|(kind, count)| format!("{} {}", words::thousands(*count), kinds::counted(kind, *count)))
        .collect();
    let more = match answer["total"].as_u64() {
        Some(total) if total > number => format!(", of {} that match", words::thousands(total)),
        _ => String::new(),
    };
    let next = answer["link"]
        .as_array()
        .is_some_and(|links| links.iter().any(|link| link["relation"] == "next"));
    let next = if next {
        " There are more pages: the link \u{201c}next\u{201d} leads to them."
    } else {
        ""
    };
    format!("Found {}{more}.{next}", join(&told))
}

/// What an error means, as its own words say it.
fn refusal(status: u16, answer: &Value) -> String {
    let issue = say::at(answer, "/issue/0");
    let coding = say::at(issue, "/details/coding/0");
    let said = [
        say::at(issue, "/details/text"),
        &coding["display"],
        &issue["diagnostics"],
        say::at(answer, "/errors/0/detail"),
        &answer["error_description"],
        &answer["detail"],
        &answer["errorDescription"],
        &answer["message"],
        say::at(answer, "/fault/faultstring"),
    ];
    let said = said.into_iter().find_map(Value::as_str).map(str::trim);
    let said = said.filter(|said| !said.is_empty());
    if status < 400 {
        return match said {
            Some(said) => format!(
                "The interface says: {}",
                words::shorten(&words::visible(said), 300)
            ),
            None => "The interface has something to say about the request.".to_owned(),
        };
    }
    let meaning = meaning(status);
    match said {
        Some(said) => format!(
            "{meaning} It says: {}",
            words::shorten(&words::visible(said), 300)
        ),
        None => meaning.to_owned(),
    }
}

/// What a status from 400 upwards means for somebody who asked.
pub(crate) fn meaning(status: u16) -> &'static str {
    match status {
        400 => "The interface did not understand the request.",
        401 => "Nobody is logged in, so the interface did not answer.",
        403 => "Whoever is logged in may not see or do this.",
        404 => "The interface has nothing there.",
        405 => "The interface does not do this with that address.",
        406 | 415 => "The interface does not speak the format that was asked for.",
        408 | 504 => "The interface took too long.",
        409 | 412 => "Somebody else has changed the record in the meantime, or it is there already.",
        410 => "It was there once, and has been deleted.",
        413 => "The request was too large.",
        422 => "The interface understood the request, and it breaks a rule.",
        429 => "Too many requests: the interface asks to wait.",
        500..=599 => "The interface has a problem of its own.",
        _ => "The interface said no.",
    }
}

/// "a", "a and b", "a, b and c".
pub(crate) fn join(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [all @ .., last] => format!("{} and {last}", all.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_is_led_by_one_sentence() {
        for (status, answer, lead) in [
            (
                200,
                json!({"resourceType":"Patient","id":"9000000009","name":[{"given":["Jane"],"family":"Smith"}]}),
                "The answer is one record: the patient Jane SMITH.",
            ),
            (
                200,
                json!({"resourceType":"Bundle","total":0}),
                "Nothing was found: the answer is an empty list.",
            ),
            (
                200,
                json!({"resourceType":"Bundle","total":9,"link":[{"relation":"next"}],"entry":[
                    {"resource":{"resourceType":"Patient"}},{"resource":{"resourceType":"Condition"}},
                    {"resource":{"resourceType":"Condition"}}]}),
                "Found 1 patient and 2 problems, of 9 that match. There are more pages: the link \u{201c}next\u{201d} leads to them.",
            ),
            (
                404,
                json!({"resourceType":"OperationOutcome","issue":[{"details":{"coding":[{"code":"RESOURCE_NOT_FOUND","display":"Resource not found"}]}}]}),
                "The interface has nothing there. It says: Resource not found",
            ),
            (503, json!(null), "The interface has a problem of its own."),
            (200, json!({"message":"Hello World!"}), "The answer has 1 part."),
        ] {
            assert_eq!(tell(status, &answer).lead, lead);
        }
    }

    #[test]
    fn a_restricted_patient_and_a_dead_one_are_marked() {
        let alerts = |record: Value| {
            part(0, &record)
                .alerts
                .into_iter()
                .map(|alert| alert.words)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            alerts(json!({"resourceType":"Patient","meta":{"security":[{"code":"R"}]}})),
            ["Restricted: never show where this person is"]
        );
        assert_eq!(
            alerts(json!({"resourceType":"Patient","deceasedDateTime":"2025-03-01"})),
            ["Died 1 March 2025"]
        );
        assert!(alerts(json!({"resourceType":"Patient","meta":{"security":[{"code":"U"}]}})).is_empty());
    }

    #[test]
    fn whatever_is_answered_is_told_without_a_crash() {
        for answer in [
            json!(null),
            json!([]),
            json!([1, "a", {}]),
            json!("text"),
            json!({"resourceType": 5, "entry": {}}),
            json!({"resourceType":"Bundle","entry":[1,{"resource":[]},{}]}),
            json!({"resourceType":"Patient","name":"x","address":[5],"birthDate":{},"telecom":[{"value":[]}]}),
            json!({"resourceType":"Appointment","participant":[null],"start":"soon"}),
        ] {
            assert!(!tell(200, &answer).lead.is_empty(), "{answer}");
        }
    }
}
