//! Who can log in: made-up clinicians with CIS2, made-up citizens with NHS login.

use std::sync::Arc;

use records::{RecordsError, ResourceType};
use serde_json::Value;

use super::tokens::{Assurance, Principal, Proofing};
use crate::exchange::Exchange;
use crate::population::Standing;
use crate::value::NhsNumber;

/// Clinicians of the workspace that the login page lists at most.
pub(super) const MOST_CLINICIANS: usize = 60;

/// Somebody who has logged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LoggedIn {
    /// Whom tokens speak for.
    pub(crate) principal: Principal,
    /// Their name as people say it.
    pub(crate) name: Arc<str>,
    /// The id of their Practitioner or Patient resource, where they have one.
    pub(crate) resource: Option<Arc<str>>,
}

/// Somebody on the login page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    /// What is sent to choose them.
    pub(crate) username: String,
    /// Their name.
    pub(crate) name: String,
    /// What to know of them, in a few words.
    pub(crate) note: String,
    /// Whether their level is fixed: that of the NHS's own mock users is.
    pub(crate) level: Option<&'static str>,
}

/// The mock users of the NHS's own test environments for CIS2: user name, level, the name that we give them.
/// Source: <https://github.com/NHSDigital/pytest-nhsd-apim>
pub(super) const MOCK_WORKERS: [(&str, Assurance, &str); 3] = [
    ("656005750104", Assurance::Aal3, "Quill Ashdown-Three"),
    ("656005750109", Assurance::Aal2, "Quill Ashdown-Two"),
    ("656005750110", Assurance::Aal1, "Quill Ashdown-One"),
];

/// The mock users of the NHS's own test environments for NHS login: user name, level. They stand for people of the seed.
const MOCK_CITIZENS: [(&str, Proofing); 3] = [
    ("9912003071", Proofing::P9),
    ("9912003072", Proofing::P5),
    ("9912003073", Proofing::P0),
];

/// The healthcare workers whom the login page offers: the NHS's mock users, then the workspace's clinicians.
///
/// # Errors
/// When the records cannot be read.
pub(crate) async fn workers(exchange: &Exchange<'_>) -> Result<Vec<Choice>, RecordsError> {
    let mocks = MOCK_WORKERS.iter().map(|(username, level, name)| Choice {
        username: (*username).to_owned(),
        name: (*name).to_owned(),
        note: format!("mock user of the NHS's test environments, {username}"),
        level: Some(aal(*level)),
    });
    let view = exchange.view().await?;
    let kind = ResourceType::parse("Practitioner");
    let clinicians = kind.into_iter().flat_map(|kind| view.of_type(kind));
    let clinicians = clinicians.take(MOST_CLINICIANS).map(|record| {
        let id = record.id.to_string();
        Choice {
            name: practitioner_name(&record.text).unwrap_or_else(|| id.clone()),
            note: id.clone(),
            username: id,
            level: None,
        }
    });
    Ok(mocks.chain(clinicians).collect())
}

/// The healthcare worker with this user name, at this level unless theirs is fixed; `None` where there is nobody.
///
/// # Errors
/// When the records cannot be read.
pub(crate) async fn worker(
    exchange: &Exchange<'_>,
    username: &str,
    level: Option<&str>,
) -> Result<Option<LoggedIn>, RecordsError> {
    let mock = MOCK_WORKERS.iter().find(|(known, ..)| *known == username);
    if let Some((user_id, assurance, name)) = mock {
        return Ok(Some(LoggedIn {
            principal: Principal::HealthcareWorker {
                user_id: (*user_id).into(),
                assurance: *assurance,
            },
            name: (*name).into(),
            resource: None,
        }));
    }
    let view = exchange.view().await?;
    let kind = ResourceType::parse("Practitioner");
    let Some(record) = kind.and_then(|kind| view.read(kind, username)) else {
        return Ok(None);
    };
    let assurance = level.and_then(Assurance::from_digit).unwrap_or(Assurance::Aal3);
    Ok(Some(LoggedIn {
        principal: Principal::HealthcareWorker {
            user_id: user_id_of(username).into(),
            assurance,
        },
        name: practitioner_name(&record.text)
            .unwrap_or_else(|| username.to_owned())
            .into(),
        resource: Some(username.into()),
    }))
}

/// The citizens whom the login page offers: the NHS's mock users, then the people with a story.
pub(crate) fn citizens(exchange: &Exchange<'_>) -> Vec<Choice> {
    let mocks = MOCK_CITIZENS.iter().filter_map(|(username, level)| {
        let stands_for = mock_citizen(exchange, username)?.0;
        Some(Choice {
            username: (*username).to_owned(),
            name: name_of(exchange, stands_for),
            note: format!(
                "mock user of the NHS's test environments, {username}; NHS number {}",
                stands_for.spaced()
            ),
            level: Some(level.name()),
        })
    });
    let people = exchange.population().people().iter();
    let people = people.filter(|person| person.standing == Standing::Current);
    let people = people.map(|person| Choice {
        username: person.nhs_number.to_string(),
        name: person.display_name.clone(),
        note: format!("NHS number {}", person.nhs_number.spaced()),
        level: None,
    });
    mocks.chain(people).collect()
}

/// The citizen with this user name, at this level unless theirs is fixed: a mock user, or anybody by their NHS number.
pub(crate) fn citizen(exchange: &Exchange<'_>, username: &str, level: Option<&str>) -> Option<LoggedIn> {
    let (nhs_number, proofing) = match mock_citizen(exchange, username) {
        Some(mock) => mock,
        None => {
            let digits: String = username
                .chars()
                .filter(|letter| !letter.is_whitespace())
                .collect();
            let number = digits.parse().ok()?;
            let level = level.and_then(Proofing::from_name).unwrap_or(Proofing::P9);
            (number, level)
        }
    };
    exchange.population().person(nhs_number)?;
    Some(LoggedIn {
        principal: Principal::Citizen { nhs_number, proofing },
        name: name_of(exchange, nhs_number).into(),
        resource: Some(nhs_number.to_string().into()),
    })
}

/// Whom a mock user of NHS login stands for: the first people with a story, in the order of their numbers' tables.
fn mock_citizen(exchange: &Exchange<'_>, username: &str) -> Option<(NhsNumber, Proofing)> {
    let place = MOCK_CITIZENS.iter().position(|(known, _)| *known == username)?;
    let (_, proofing) = MOCK_CITIZENS.get(place)?;
    let people = exchange.population().people().iter();
    let mut ours = people.filter(|person| {
        person.standing == Standing::Current && person.nhs_number.to_string().starts_with("999")
    });
    Some((ours.nth(place)?.nhs_number, *proofing))
}

fn name_of(exchange: &Exchange<'_>, nhs_number: NhsNumber) -> String {
    let person = exchange.population().person(nhs_number);
    person.map_or_else(|| nhs_number.spaced(), |person| person.display_name.clone())
}

/// The level of a healthcare worker as people write it.
pub(crate) const fn aal(level: Assurance) -> &'static str {
    match level {
        Assurance::Aal1 => "AAL1",
        Assurance::Aal2 => "AAL2",
        Assurance::Aal3 => "AAL3",
    }
}

/// Twelve digits that belong to this clinician in every workspace and after every restart.
pub(super) fn user_id_of(practitioner: &str) -> String {
    // The numbers of real users start with other digits than 5550.
    format!("5550{:08}", digits_of(practitioner))
}

/// A number of at most eight digits that belongs to a text.
pub(super) fn digits_of(text: &str) -> u64 {
    let digest = <sha2::Sha256 as sha2::Digest>::digest(text.as_bytes());
    let number = digest
        .iter()
        .take(8)
        .fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
    number % 100_000_000
}

pub(super) fn practitioner_name(text: &[u8]) -> Option<String> {
    display_name(&serde_json::from_slice(text).ok()?)
}

/// The first name of a Patient or a Practitioner as people say it.
pub(crate) fn display_name(resource: &Value) -> Option<String> {
    let name = resource["name"].get(0)?;
    if let Some(whole) = name["text"].as_str() {
        return Some(whole.to_owned());
    }
    let words = |member: &str| {
        let listed = name[member].as_array().into_iter().flatten();
        listed
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let family = name["family"].as_str().map(str::to_owned);
    let parts: Vec<String> = words("prefix")
        .into_iter()
        .chain(words("given"))
        .chain(family)
        .collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clinicians_have_a_number_and_a_name() {
        assert_eq!(user_id_of("A-1").len(), 12);
        assert_eq!(user_id_of("A-1"), user_id_of("A-1"));
        assert_ne!(user_id_of("A-1"), user_id_of("A-2"));
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(practitioner_name(text.as_bytes()).as_deref(), expected, "{text}");
        };
        check(
            r#"{"name":[{"prefix":["Dr"],"given":["Marta"],"family":"Zielonka"}]}"#,
            Some("Dr Marta Zielonka"),
        );
        check(r#"{"name":[{"text":"Nurse Okafor"}]}"#, Some("Nurse Okafor"));
        check(r#"{"name":[]}"#, None);
        check("{", None);
    }
}
