//! The sandbox's patients: those of the seed, and a few that are only there.

use fhir_types::WriteError;
use fhir_types::patient::{
    AdministrativeGender, ContactPointSystem, ContactPointUse, Death, DeathStatus, PatientRecord, Telecom,
    patient,
};
use time::macros::{date, datetime};

use super::super::bundle::unwritable;
use super::super::error::Refused;
use crate::population::{Population, views};

/// Whom a read finds.
const READABLE: [&str; 15] = [
    "9000000009",
    "9000000025",
    "9000000033",
    "5900046192",
    "5900056597",
    "5900057208",
    "5900059073",
    "5900059332",
    "9693632109",
    "9732110317",
    "9733162043",
    "9736363015",
    "9736363023",
    "9736363066",
    "9736363074",
];

/// A patient whom a read finds.
pub(super) fn readable(population: &Population, number: &str) -> Option<PatientRecord> {
    if !READABLE.contains(&number) {
        return None;
    }
    if number == "9000000025" {
        let mut record = like_jane(
            population,
            number,
            &["Janet"],
            "Smythe",
            "janet.smythe@example.com",
        )?;
        record.restricted = true;
        return Some(record);
    }
    seed(population, number)
}

/// A patient whom a search finds.
pub(super) fn searchable(population: &Population, number: &str) -> Option<PatientRecord> {
    let telecom = |record: &mut PatientRecord, phone: &str, email: &str| {
        record.telecoms = vec![
            reached(ContactPointSystem::Phone, phone),
            reached(ContactPointSystem::Email, email),
        ];
    };
    match number {
        "9000000017" => like_jane(population, number, &["Jayne"], "Smyth", "jayne.smyth@example.com"),
        "9000000015" => {
            let names = ["John Paul", "James"];
            let mut record = like_jane(population, number, &names, "Smith", "johnp.smith@example.com")?;
            record.gender = Some(AdministrativeGender::Male);
            if let Some(name) = record.names.first_mut() {
                name.prefix = Some("Mr".to_owned());
            }
            Some(record)
        }
        "9000000025" => {
            let mut record = like_jane(
                population,
                number,
                &["Janet"],
                "Smythe",
                "janet.smythe@example.com",
            )?;
            record.restricted = true;
            record.birth_date = Some(date!(2005 - 06 - 16));
            record.death = Some(Death {
                at: datetime!(2005-06-16 00:00 UTC),
                status: DeathStatus::Formal,
            });
            Some(record)
        }
        "5900020584" => {
            let mut record = seed(population, number)?;
            telecom(&mut record, "0121000222", "New@new.com");
            Some(record)
        }
        "5900022366" => {
            let mut record = seed(population, number)?;
            telecom(&mut record, "01222111111", "test@test.com");
            Some(record)
        }
        "5900030741" | "5069635395" | "5502481484" => {
            let model = if number == "5900030741" {
                number
            } else {
                "5900022366"
            };
            let mut record = seed(population, model)?;
            number.clone_into(&mut record.nhs_number);
            telecom(&mut record, "01234123123", "test@test.com");
            Some(record)
        }
        "5900050777" => {
            let mut record = seed(population, "9732019395")?;
            number.clone_into(&mut record.nhs_number);
            record.version = 1;
            Some(record)
        }
        "9732019506" => {
            let mut record = seed(population, "9733162337")?;
            number.clone_into(&mut record.nhs_number);
            record.version = 3;
            record.birth_date = Some(date!(2017 - 09 - 06));
            if let Some(name) = record.names.first_mut() {
                name.given = vec!["Julius".to_owned()];
                name.family = Some("MUIR".to_owned());
            }
            record.telecoms = vec![Telecom {
                kind: Some(ContactPointUse::Mobile),
                ..reached(ContactPointSystem::Phone, "00917855986859")
            }];
            Some(record)
        }
        _ => seed(population, number),
    }
}

fn seed(population: &Population, number: &str) -> Option<PatientRecord> {
    let person = population.person(number.parse().ok()?)?;
    Some(person.facts.clone())
}

/// Everything as of Jane Smith, but for number, name and email.
fn like_jane(
    population: &Population,
    number: &str,
    given: &[&str],
    family: &str,
    email: &str,
) -> Option<PatientRecord> {
    let mut record = seed(population, "9000000009")?;
    number.clone_into(&mut record.nhs_number);
    if let Some(name) = record.names.first_mut() {
        name.given = given.iter().map(|given| (*given).to_owned()).collect();
        name.family = Some(family.to_owned());
    }
    for telecom in &mut record.telecoms {
        if telecom.system == ContactPointSystem::Email {
            email.clone_into(&mut telecom.value);
        }
    }
    Some(record)
}

fn reached(system: ContactPointSystem, value: &str) -> Telecom {
    let id = if system == ContactPointSystem::Email {
        "42FE16A9"
    } else {
        "6F3EE252"
    };
    Telecom {
        id: Some(id.to_owned()),
        system,
        value: value.to_owned(),
        kind: Some(ContactPointUse::Home),
        since: Some(date!(2022 - 08 - 05)),
        until: None,
        other_system: None,
    }
}

/// The text that a read answers.
pub(super) fn read_text(record: &PatientRecord) -> Result<Vec<u8>, Refused> {
    written(patient(&views::read(record)))
}

/// The text among search results.
pub(super) fn found_text(record: &PatientRecord) -> Result<Vec<u8>, Refused> {
    written(patient(&views::found(record)))
}

fn written(text: Result<Vec<u8>, WriteError>) -> Result<Vec<u8>, Refused> {
    text.map_err(|error| unwritable(&error))
}
