//! The patient banner that clinicians know: who this is, born when, which number, allergies; dead and restricted first.
//!
//! Order and forms after the NHS Common User Interface's patient banner (ISB 1505): FAMILY, Given (Title); dd-Mmm-yyyy (age).

use serde_json::Value;
use time::Date;
use time::macros::format_description;

use super::gathered::Gathered;
use crate::web::summary::say;
use crate::web::words;

/// "No known allergy" in SNOMED CT.
const NO_KNOWN_ALLERGY: &str = "716186003";

/// The banner.
#[derive(Debug)]
pub(super) struct Banner {
    pub(super) family: String,
    pub(super) rest: String,
    pub(super) born: String,
    pub(super) died: Option<String>,
    pub(super) gender: String,
    pub(super) number: String,
    pub(super) is_restricted: bool,
    /// Address, telephone, practice: what is known of them; nothing of a restricted person's.
    pub(super) more: Vec<(&'static str, String)>,
    pub(super) allergies: String,
    /// Whether there are any.
    pub(super) has_allergies: bool,
}

/// What is said where nothing is known.
const NOT_KNOWN: &str = "Not known";

/// A date as the banner has it.
fn short(day: Date) -> String {
    day.format(format_description!("[day]-[month repr:short]-[year]"))
        .unwrap_or_default()
}

/// How old somebody is: years, and of small children months, weeks or days.
pub(in crate::web) fn age(born: Date, at: Date) -> String {
    let months = i64::from(at.year() - born.year()) * 12 + i64::from(u8::from(at.month()))
        - i64::from(u8::from(born.month()));
    let months = if at.day() < born.day() { months - 1 } else { months };
    let days = (at - born).whole_days();
    match (months, days) {
        (_, ..0) => "not yet born".to_owned(),
        (..1, ..14) => format!("{days}d"),
        (..3, _) => format!("{}w", days / 7),
        (..24, _) => format!("{months}m"),
        _ => format!("{}y", months / 12),
    }
}

impl Banner {
    pub(super) fn of(gathered: &Gathered, today: Date) -> Self {
        let patient = &gathered.patient;
        let name = say::usual_name(patient);
        let born = patient["birthDate"].as_str().and_then(say::day);
        let died = patient["deceasedDateTime"].as_str();
        let last = died.and_then(say::day).unwrap_or(today);
        let is_restricted = gathered.is_restricted();
        let (allergies, has_allergies) = allergies(gathered);
        Self {
            family: shown(
                name.and_then(|name| say::text(&name["family"]))
                    .map(|family| family.to_uppercase()),
            ),
            rest: rest(name),
            born: match born {
                Some(day) if died.is_some() => short(day),
                Some(day) => format!("{} ({})", short(day), age(day, last)),
                None => shown(say::date(&patient["birthDate"])),
            },
            died: match (died, patient["deceasedBoolean"].as_bool()) {
                (Some(written), _) => Some(match (say::day(written), born) {
                    (Some(day), Some(born)) => format!("{} ({})", short(day), age(born, day)),
                    (Some(day), None) => short(day),
                    (None, _) => say::date(&patient["deceasedDateTime"]).unwrap_or_default(),
                }),
                (None, Some(true)) => Some("date not known".to_owned()),
                (None, _) => None,
            },
            gender: shown(say::code(&patient["gender"])),
            number: shown(
                say::nhs_number(patient)
                    .or_else(|| say::text(&patient["id"]))
                    .map(|number| say::spaced(&number)),
            ),
            is_restricted,
            more: if is_restricted { Vec::new() } else { more(patient) },
            allergies,
            has_allergies,
        }
    }
}

fn shown(value: Option<String>) -> String {
    value.map_or_else(
        || NOT_KNOWN.to_owned(),
        |value| words::visible(&value).into_owned(),
    )
}

/// ", Given (Title)".
fn rest(name: Option<&Value>) -> String {
    let Some(name) = name else {
        return String::new();
    };
    let all = |member: &str| {
        let words: Vec<String> = say::list(&name[member]).iter().filter_map(say::text).collect();
        words.join(" ")
    };
    let (given, title) = (all("given"), all("prefix"));
    let given = if given.is_empty() {
        given
    } else {
        format!(", {given}")
    };
    let title = if title.is_empty() {
        title
    } else {
        format!(" ({title})")
    };
    words::visible(&format!("{given}{title}")).into_owned()
}

fn more(patient: &Value) -> Vec<(&'static str, String)> {
    let addresses = say::list(&patient["address"]);
    let home = addresses
        .iter()
        .find(|address| address["use"] == "home")
        .or_else(|| addresses.first());
    let phone = say::list(&patient["telecom"])
        .iter()
        .find(|way| way["system"] == "phone");
    let practice = say::at(patient, "/generalPractitioner/0");
    let practice = say::text(&practice["display"])
        .or_else(|| say::text(say::at(practice, "/identifier/value")))
        .or_else(|| say::reference(practice));
    vec![
        ("Address", shown(home.and_then(say::address))),
        ("Telephone", shown(phone.and_then(say::contact))),
        ("GP practice", shown(practice)),
    ]
}

/// The three states: some, none known, nothing recorded.
fn allergies(gathered: &Gathered) -> (String, bool) {
    let is_none = |record: &&Value| {
        say::list(say::at(record, "/code/coding"))
            .iter()
            .any(|coding| coding["code"] == NO_KNOWN_ALLERGY)
    };
    let is_active = |record: &&Value| {
        let status = say::at(record, "/clinicalStatus/coding/0/code");
        let checked = say::at(record, "/verificationStatus/coding/0/code");
        *status != "resolved"
            && *status != "inactive"
            && *checked != "entered-in-error"
            && *checked != "refuted"
    };
    let active: Vec<&Value> = gathered.allergies.found.iter().filter(is_active).collect();
    let named: Vec<String> = active
        .iter()
        .filter(|record| !is_none(record))
        .filter_map(|record| say::concept(&record["code"]))
        .map(|name| words::visible(&name).into_owned())
        .collect();
    if !named.is_empty() {
        return (named.join(", "), true);
    }
    if active.iter().any(is_none) {
        return ("No known allergies".to_owned(), false);
    }
    (
        "No allergies recorded: that does not mean that there are none".to_owned(),
        false,
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::macros::date;

    use super::super::gathered::Of;
    use super::*;

    #[test]
    fn ages_are_said_as_clinicians_say_them() {
        for (born, at, said) in [
            (date!(2026 - 10 - 26), date!(2026 - 11 - 01), "6d"),
            (date!(2026 - 10 - 01), date!(2026 - 11 - 26), "8w"),
            (date!(2026 - 01 - 31), date!(2026 - 11 - 30), "9m"),
            (date!(2024 - 11 - 26), date!(2026 - 11 - 26), "2y"),
            (date!(1988 - 02 - 29), date!(2026 - 02 - 28), "37y"),
            (date!(2027 - 01 - 01), date!(2026 - 11 - 26), "not yet born"),
        ] {
            assert_eq!(age(born, at), said, "{born}");
        }
    }

    fn banner(patient: Value, allergies: Vec<Value>) -> Banner {
        let gathered = Gathered {
            patient,
            allergies: Of {
                found: allergies,
                total: 0,
            },
            ..Gathered::default()
        };
        Banner::of(&gathered, date!(2026 - 11 - 26))
    }

    #[test]
    fn a_restricted_person_is_nowhere_even_when_the_record_says_where() {
        let told = banner(
            json!({"id":"9000000025","meta":{"security":[{"code":"R"}]},"address":[{"line":["1 Secret Street"]}],"telecom":[{"system":"phone","value":"01632 960587"}]}),
            Vec::new(),
        );
        assert!(told.is_restricted && told.more.is_empty());
    }

    #[test]
    fn what_is_not_known_is_said_and_the_three_states_of_allergies_differ() {
        let bare = banner(
            json!({"id":"9000000033","name":[{"family":"Smith","given":["Jane"],"prefix":["Mrs"]}],"birthDate":"2010-10-22"}),
            Vec::new(),
        );
        assert_eq!(
            (bare.family.as_str(), bare.rest.as_str()),
            ("SMITH", ", Jane (Mrs)")
        );
        assert_eq!(
            (bare.born.as_str(), bare.gender.as_str()),
            ("22-Oct-2010 (16y)", NOT_KNOWN)
        );
        assert!(bare.allergies.starts_with("No allergies recorded") && !bare.has_allergies);
        let none = json!({"code":{"coding":[{"code":NO_KNOWN_ALLERGY,"display":"No known allergy"}]}});
        assert_eq!(
            banner(json!({}), vec![none.clone()]).allergies,
            "No known allergies"
        );
        let some = json!({"code":{"text":"Penicillin"}});
        let over = json!({"code":{"text":"Latex"},"clinicalStatus":{"coding":[{"code":"resolved"}]}});
        let told = banner(json!({}), vec![none, some, over]);
        assert_eq!(
            (told.allergies.as_str(), told.has_allergies),
            ("Penicillin", true)
        );
    }

    #[test]
    fn the_dead_are_as_old_as_they_became() {
        let told = banner(
            json!({"birthDate":"1944-10-03","deceasedDateTime":"2025-03-01T00:00:00Z"}),
            Vec::new(),
        );
        assert_eq!(told.died.as_deref(), Some("01-Mar-2025 (80y)"));
        assert_eq!(told.born, "03-Oct-1944");
    }
}
