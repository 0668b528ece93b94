//! The parts that PDS writes as extensions: pharmacies, death, language, how to reach somebody, place of birth.

use std::collections::HashSet;

use fhir::json::Json;

use super::organisation::check_code;
use super::{Refused, too_many};

const UK_CORE: &str = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-";
const DEATH: &str = "DeathNotificationStatus";
const COMMUNICATION: &str = "NHSCommunication";
const CONTACT_PREFERENCE: &str = "ContactPreference";
const PHARMACIES: [&str; 3] = [
    "NominatedPharmacy",
    "PreferredDispenserOrganization",
    "MedicalApplianceSupplier",
];
const BIRTH_PLACE: &str = "http://hl7.org/fhir/StructureDefinition/patient-birthPlace";
const REMOVAL: &str = "https://fhir.nhs.uk/StructureDefinition/Extension-PDS-RemovalFromRegistration";
/// Longest words about when to reach somebody, in characters.
const MOST_CHARACTERS_OF_TIMES: usize = 40;

/// Checks the extensions that are changed or new.
///
/// # Errors
/// The first rule that is broken.
pub(super) fn settle(after: &Json, before: &Json) -> Result<(), Refused> {
    let list = |patient: &'_ Json| -> Vec<Json> {
        let items = patient.get("extension").and_then(Json::as_array);
        items.unwrap_or_default().to_vec()
    };
    let (had, has) = (list(before), list(after));
    if after
        .get("extension")
        .is_some_and(|value| value.as_array().is_none())
    {
        return Err(Refused::invalid(
            "extension",
            &after.get("extension").map(Json::to_text).unwrap_or_default(),
        ));
    }
    let status = |all: &[Json]| all.iter().find_map(death_status).map(str::to_owned);
    check_death(status(&had), status(&has), after, before)?;
    let mut seen = HashSet::new();
    for (place, extension) in has.iter().enumerate() {
        let path = format!("extension/{place}");
        let url = super::text(extension, &path, "url")?;
        if !seen.insert(url) {
            return Err(too_many("<json too long to display>", "extension"));
        }
        if had.contains(extension) {
            continue;
        }
        check(extension, url, &path, before)?;
    }
    Ok(())
}

fn check(extension: &Json, url: &str, path: &str, before: &Json) -> Result<(), Refused> {
    match url.strip_prefix(UK_CORE) {
        Some(name) if PHARMACIES.contains(&name) => {
            let path = format!("{path}/valueReference/identifier");
            let identifier = extension.at(&["valueReference", "identifier"]);
            check_code(identifier.ok_or_else(|| Refused::missing(&path))?, &path)
        }
        Some(COMMUNICATION) => check_communication(extension, path, before),
        Some(CONTACT_PREFERENCE) => check_preference(extension, path),
        Some(DEATH) => match death_status(extension) {
            Some(_) => Ok(()),
            None => Err(Refused::missing(&format!("{path}/extension"))),
        },
        _ if url == BIRTH_PLACE => {
            let place = extension.get("valueAddress");
            let says_where = place.is_some_and(|place| {
                ["city", "district", "country"]
                    .iter()
                    .any(|part| place.text(part).is_some())
            });
            if says_where {
                Ok(())
            } else {
                Err(Refused::missing(&format!("{path}/valueAddress")))
            }
        }
        _ if url == REMOVAL => Err(Refused::forbidden_update(
            "source not permitted to update removal from registration",
        )),
        _ => Err(Refused::invalid(&format!("{path}/url"), url)),
    }
}

/// The extension inside an extension that has this name.
fn inside<'j>(extension: &'j Json, name: &str) -> Option<&'j Json> {
    let items = extension.get("extension").and_then(Json::as_array)?;
    items.iter().find(|item| item.text("url") == Some(name))
}

/// The code of a notice of death.
pub(super) fn death_status(extension: &Json) -> Option<&str> {
    let url = extension.text("url")?;
    if url.strip_prefix(UK_CORE) != Some(DEATH) {
        return None;
    }
    let coding = inside(extension, "deathNotificationStatus")?.at(&["valueCodeableConcept", "coding"])?;
    coding.items().next()?.text("code")
}

/// A death has a date and a notice; a registrar's notice stands, and only a registrar gives one.
fn check_death(had: Option<String>, has: Option<String>, after: &Json, before: &Json) -> Result<(), Refused> {
    if had.is_some() && has.is_none() {
        return Err(Refused::forbidden_update(
            "source not permitted to remove 'deathNotificationStatus'",
        ));
    }
    if had != has {
        match has.as_deref() {
            _ if had.as_deref() == Some("2") => {
                return Err(Refused::forbidden_update(
                    "source not permitted to replace 'deathNotificationStatus'",
                ));
            }
            Some("2") => {
                return Err(Refused::forbidden_update(
                    "source not permitted to set formal 'deathNotificationStatus'",
                ));
            }
            Some("1") | None => {}
            Some(other) => return Err(Refused::invalid("deathNotificationStatus", other)),
        }
    }
    let is_new = |patient: &Json| patient.get("deceasedDateTime").is_some();
    if is_new(after) != is_new(before) && has.is_none() {
        return Err(Refused::invalid_update(
            "deathNotificationStatus must be provided with deceasedDateTime",
        ));
    }
    if has.is_some() && had.is_none() && !is_new(after) {
        return Err(Refused::invalid_update(
            "deceasedDateTime must be provided with deathNotificationStatus",
        ));
    }
    Ok(())
}

fn check_communication(extension: &Json, path: &str, before: &Json) -> Result<(), Refused> {
    let code = |extension: &'_ Json| -> Option<String> {
        let coding = inside(extension, "language")?.at(&["valueCodeableConcept", "coding"])?;
        coding.items().next()?.text("code").map(str::to_owned)
    };
    let had = before
        .get("extension")
        .and_then(Json::as_array)
        .unwrap_or_default();
    let had = had.iter().find(|was| was.get("url") == extension.get("url"));
    let interpreter = inside(extension, "interpreterRequired");
    if interpreter.is_none() && had.is_some_and(|had| inside(had, "interpreterRequired").is_some()) {
        return Err(Refused::invalid_update("interpreterRequired cannot be removed"));
    }
    if let Some(value) = interpreter.and_then(|interpreter| interpreter.get("valueBoolean"))
        && value.as_bool().is_none()
    {
        return Err(Refused::invalid(
            &format!("{path}/extension/1/valueBoolean"),
            value.as_str().unwrap_or(&value.to_text()),
        ));
    }
    match code(extension) {
        None => Err(Refused::missing(&format!(
            "{path}/extension/0/valueCodeableConcept/coding/0/code"
        ))),
        Some(english) if english == "en" => Err(Refused::invalid(
            &format!("{path}/extension/0/valueCodeableConcept/coding/0/code"),
            &english,
        )),
        Some(_) => Ok(()),
    }
}

fn check_preference(extension: &Json, path: &str) -> Result<(), Refused> {
    let Some(times) = inside(extension, "PreferredContactTimes") else {
        return Ok(());
    };
    let field = format!("{path}/extension/PreferredContactTimes/valueString");
    let text = super::text(times, &field, "valueString")?;
    if text.chars().count() > MOST_CHARACTERS_OF_TIMES {
        return Err(Refused::invalid(&field, text));
    }
    if inside(extension, "PreferredContactMethod").is_none() {
        return Err(Refused::invalid_update(
            "PreferredContactMethod must be provided with PreferredContactTimes",
        ));
    }
    Ok(())
}
