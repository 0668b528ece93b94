//! What somebody can be found by, folded so that two texts match when they are equal.

use fhir::json::Json;
use fhir_types::patient::{
    AddressUse, AdministrativeGender, ContactPointSystem, ContactPointUse, NameUse, PatientRecord,
    PostalAddress, RecordedName, Telecom,
};
use time::Date;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

/// What somebody can be found by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SearchFacts {
    pub(crate) names: Vec<SearchableName>,
    pub(crate) genders: Vec<Held<AdministrativeGender>>,
    /// Who is only known by year is not found by date.
    pub(crate) born: Option<Date>,
    pub(crate) died: Option<Date>,
    pub(crate) postcodes: Vec<Held<String>>,
    pub(crate) practice: Option<String>,
    pub(crate) phones: Vec<Held<String>>,
    pub(crate) emails: Vec<Held<String>>,
    pub(crate) restricted: bool,
}

/// Something that is recorded, or used to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Held<T> {
    pub(crate) value: T,
    /// Only a search through history finds it.
    pub(crate) is_past: bool,
}

/// A name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SearchableName {
    pub(crate) family: String,
    pub(crate) given: Vec<String>,
    /// Only a search through history finds it.
    pub(crate) is_past: bool,
}

/// Lower case, and one space where there are several: what makes two spellings of a name the same in a search.
pub(crate) fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.extend(word.chars().flat_map(char::to_lowercase));
    }
    folded
}

/// Capitals without spaces: what makes two spellings of a postcode the same in a search.
pub(crate) fn folded_code(text: &str) -> String {
    text.chars()
        .filter(|character| !character.is_whitespace())
        .flat_map(char::to_uppercase)
        .collect()
}

/// `2010-10-22` as a date, and nothing else as one.
pub(crate) fn day(text: &str) -> Option<Date> {
    const FORMAT: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");
    // Ten bytes: the format alone would take a sign or a longer year.
    (text.len() == 10 && text.starts_with(|first: char| first.is_ascii_digit()))
        .then(|| Date::parse(text, FORMAT).ok())
        .flatten()
}

impl SearchFacts {
    /// The facts of a record of the seed.
    pub(crate) fn of(record: &PatientRecord) -> Self {
        let mut facts = Self {
            born: record.birth_date.filter(|_| !record.only_birth_year),
            died: record.death.map(|death| death.at.date()),
            practice: record
                .practice
                .as_ref()
                .map(|practice| folded_code(&practice.ods_code)),
            restricted: record.restricted,
            ..Self::default()
        };
        for name in &record.names {
            facts.name(name.kind, &recorded(name), false);
        }
        for name in &record.past.names {
            facts.name(name.kind, &recorded(name), true);
        }
        let genders = record.gender.iter().map(|gender| (*gender, false));
        facts.genders = genders
            .chain(record.past.genders.iter().map(|gender| (*gender, true)))
            .map(|(value, is_past)| Held { value, is_past })
            .collect();
        for (address, is_past) in past_last(&record.addresses, &record.past.addresses) {
            let PostalAddress { kind, postcode, .. } = address;
            facts.postcode(postcode.as_deref(), is_past || *kind == AddressUse::Old);
        }
        for (telecom, is_past) in past_last(&record.telecoms, &record.past.telecoms) {
            let Telecom {
                system, value, kind, ..
            } = telecom;
            let is_past = is_past || *kind == Some(ContactPointUse::Old);
            if *system == ContactPointSystem::Phone {
                facts.phone(value, is_past);
            } else if *system == ContactPointSystem::Email {
                facts.email(value, is_past);
            }
        }
        facts
    }

    /// The facts of a patient as PDS writes one.
    pub(crate) fn of_json(patient: &Json) -> Self {
        let list = |member: &str| patient.get(member).and_then(Json::as_array).unwrap_or_default();
        let mut facts = Self {
            born: patient.text("birthDate").and_then(day),
            died: patient
                .text("deceasedDateTime")
                .and_then(|text| day(text.get(..10)?)),
            practice: list("generalPractitioner")
                .first()
                .and_then(|practice| practice.at(&["identifier", "value"])?.as_str())
                .map(folded_code),
            restricted: is_restricted(patient),
            ..Self::default()
        };
        for name in list("name") {
            let given = name
                .get("given")
                .map(|given| given.items().filter_map(Json::as_str));
            let words = SearchableName {
                family: folded(name.text("family").unwrap_or_default()),
                given: given.into_iter().flatten().map(folded).collect(),
                is_past: false,
            };
            if let Some(kind) = name.text("use").and_then(name_use) {
                facts.name(kind, &words, false);
            }
        }
        facts.genders = patient
            .text("gender")
            .and_then(gender)
            .map(|value| Held {
                value,
                is_past: false,
            })
            .into_iter()
            .collect();
        for address in list("address") {
            facts.postcode(address.text("postalCode"), address.text("use") == Some("old"));
        }
        for telecom in list("telecom") {
            let is_past = telecom.text("use") == Some("old");
            match (telecom.text("system"), telecom.text("value")) {
                (Some("phone"), Some(value)) => facts.phone(value, is_past),
                (Some("email"), Some(value)) => facts.email(value, is_past),
                _ => {}
            }
        }
        facts
    }

    /// Keeps what was known before and is no longer.
    pub(crate) fn remember(&mut self, before: Self) {
        for name in before.names {
            let is_known = |known: &SearchableName| known.family == name.family && known.given == name.given;
            if !self.names.iter().any(is_known) {
                self.names.push(SearchableName {
                    is_past: true,
                    ..name
                });
            }
        }
        keep(&mut self.genders, before.genders);
        keep(&mut self.postcodes, before.postcodes);
        keep(&mut self.phones, before.phones);
        keep(&mut self.emails, before.emails);
    }

    /// Names that are neither in use nor of old, such as an official one, are not looked at.
    fn name(&mut self, kind: NameUse, words: &SearchableName, is_past: bool) {
        let is_old = matches!(kind, NameUse::Old | NameUse::Maiden);
        if is_old || matches!(kind, NameUse::Usual | NameUse::Nickname | NameUse::Temp) {
            self.names.push(SearchableName {
                is_past: is_past || is_old,
                ..words.clone()
            });
        }
    }

    fn postcode(&mut self, postcode: Option<&str>, is_past: bool) {
        let value = postcode.map(folded_code);
        self.postcodes.extend(value.map(|value| Held { value, is_past }));
    }

    fn phone(&mut self, value: &str, is_past: bool) {
        let value = value.to_owned();
        self.phones.push(Held { value, is_past });
    }

    fn email(&mut self, value: &str, is_past: bool) {
        let value = folded(value);
        self.emails.push(Held { value, is_past });
    }
}

/// Most things that somebody is remembered by, of each kind: a thousand changes of address are no reason to look at a
/// thousand addresses in every search.
const MOST_KEPT: usize = 50;

fn keep<T: PartialEq>(now: &mut Vec<Held<T>>, before: Vec<Held<T>>) {
    for Held { value, .. } in before {
        if now.len() < MOST_KEPT && !now.iter().any(|known| known.value == value) {
            now.push(Held { value, is_past: true });
        }
    }
}

fn past_last<'a, T>(now: &'a [T], past: &'a [T]) -> impl Iterator<Item = (&'a T, bool)> {
    let now = now.iter().map(|one| (one, false));
    now.chain(past.iter().map(|one| (one, true)))
}

fn recorded(name: &RecordedName) -> SearchableName {
    SearchableName {
        family: folded(name.family.as_deref().unwrap_or_default()),
        given: name.given.iter().map(|given| folded(given)).collect(),
        is_past: false,
    }
}

/// Whether a patient's record says that where they live is kept from those who ask.
pub(crate) fn is_restricted(patient: &Json) -> bool {
    patient
        .at(&["meta", "security"])
        .is_some_and(|security| security.items().any(|coding| coding.text("code") == Some("R")))
}

fn name_use(code: &str) -> Option<NameUse> {
    match code {
        "usual" => Some(NameUse::Usual),
        "nickname" => Some(NameUse::Nickname),
        "temp" => Some(NameUse::Temp),
        "old" => Some(NameUse::Old),
        "maiden" => Some(NameUse::Maiden),
        _ => None,
    }
}

/// A gender by its code.
pub(crate) fn gender(code: &str) -> Option<AdministrativeGender> {
    match code {
        "male" => Some(AdministrativeGender::Male),
        "female" => Some(AdministrativeGender::Female),
        "other" => Some(AdministrativeGender::Other),
        "unknown" => Some(AdministrativeGender::Unknown),
        _ => None,
    }
}
