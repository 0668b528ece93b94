//! What must be sent to register a birth, checked in PDS's order.

use fhir::json::Json;

use super::super::create_patient::validate::{invalid_create, person};
use super::super::error::{
    CHILD_OVER_SIX_MONTHS, DEATH_STATUS_INCONSISTENT, MISSING_VALUE, Refused, TOO_FEW_VALUES_SUBMITTED,
};
use super::super::rules::Today;
use super::super::update_patient::wording::shown;
use crate::population::day;
use crate::value::NhsNumber;

const NHS_NUMBER_SYSTEM: &str = "https://fhir.nhs.uk/Id/nhs-number";
/// Parts of the message: child and mother, five observations, their relation, practice, place, team, who delivered.
const FEWEST_ENTRIES: usize = 12;
const BIRTH_PLACE: &str = "http://hl7.org/fhir/StructureDefinition/patient-birthPlace";
const DEATH: &str = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-DeathNotificationStatus";
/// Extensions of the child that must be there.
const REQUIRED: [&str; 2] = [
    "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-RegisteringAuthority",
    "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-EthnicCategory",
];
/// SNOMED CT: birth weight.
const WEIGHT: &str = "364589006";
/// SNOMED CT: stillbirth.
const STILLBIRTH: &str = "237364002";
/// Heaviest child that PDS believes in, in grams.
const MOST_GRAMS: u32 = 9_999;
/// About six months.
const MOST_DAYS: i64 = 183;

/// What is kept of a birth.
pub(super) struct Birth<'a> {
    /// The child as PDS writes it.
    pub(super) child: Json,
    pub(super) mother: &'a Json,
    /// What the mother is to the child.
    pub(super) link: &'a Json,
}

/// A part of the message and where it stands, such as `entry/0/resource/`.
type Part<'a> = (String, &'a Json);

/// Checks a birth.
///
/// # Errors
/// The first thing that is wrong.
pub(super) fn birth<'a>(body: &'a Json, today: &Today) -> Result<Birth<'a>, Refused> {
    let entries = body.get("entry").and_then(Json::as_array).unwrap_or_default();
    let parts: Vec<Part<'a>> = entries
        .iter()
        .enumerate()
        .filter_map(|(place, entry)| Some((format!("entry/{place}/resource/"), entry.get("resource")?)))
        .collect();
    let (at, child) = parts
        .iter()
        .find(|(_, part)| is_of(part, "Patient") && !has_number(part))
        .ok_or_else(|| Refused::saying(&MISSING_VALUE, "Missing baby Patient resource in entry array"))?;
    check_child(child, at)?;
    if entries.len() < FEWEST_ENTRIES {
        return Err(too_few("entry"));
    }
    check_observations(&parts, child)?;
    let link = find(&parts, |part| is_of(part, "RelatedPerson")).ok_or_else(|| too_few("entry"))?;
    let mother = find(&parts, |part| {
        is_of(part, "Patient") && !std::ptr::eq(*part, *child)
    })
    .ok_or_else(|| too_few("entry"))?;
    for (at, part) in [mother, link] {
        let number = part
            .get("identifier")
            .and_then(|identifier| identifier.items().next()?.text("value"));
        let field = format!("{at}identifier/0/value");
        let number = number.ok_or_else(|| Refused::missing(&field))?;
        if number.parse::<NhsNumber>().is_err() {
            return Err(Refused::invalid(&field, number));
        }
    }
    let mut kept = person(child, at, today)?;
    add_birth_place_and_death(&mut kept, child);
    Ok(Birth {
        child: kept,
        mother: mother.1,
        link: link.1,
    })
}

fn is_of(part: &Json, kind: &str) -> bool {
    part.text("resourceType") == Some(kind)
}

fn has_number(part: &Json) -> bool {
    let mut identifiers = part.get("identifier").into_iter().flat_map(Json::items);
    identifiers.any(|identifier| identifier.text("system") == Some(NHS_NUMBER_SYSTEM))
}

fn find<'a, 'p>(parts: &'p [Part<'a>], is_it: impl Fn(&&'a Json) -> bool) -> Option<(&'p str, &'a Json)> {
    parts
        .iter()
        .find(|(_, part)| is_it(part))
        .map(|(at, part)| (at.as_str(), *part))
}

fn too_few(field: &str) -> Refused {
    Refused::saying(
        &TOO_FEW_VALUES_SUBMITTED,
        format!("Too few values submitted - <json too long to display> in field '{field}'"),
    )
}

fn check_child(child: &Json, at: &str) -> Result<(), Refused> {
    for member in ["name", "address", "gender", "birthDate", "extension"] {
        if child.get(member).is_none() {
            return Err(Refused::missing(&format!("{at}{member}")));
        }
    }
    let extensions = child
        .get("extension")
        .and_then(Json::as_array)
        .unwrap_or_default();
    let has = |url: &&str| {
        extensions
            .iter()
            .any(|extension| extension.text("url") == Some(url))
    };
    if !REQUIRED.iter().all(has) {
        return Err(too_few(&format!("{at}extension")));
    }
    if let Some(order) = child.get("multipleBirthInteger") {
        let number = order.as_number().and_then(|text| text.parse::<u8>().ok());
        if !number.is_some_and(|number| (1..=9).contains(&number)) {
            return Err(Refused::invalid(
                &format!("{at}multipleBirthInteger"),
                &shown(order),
            ));
        }
    }
    let names = child.get("name").and_then(Json::as_array).unwrap_or_default();
    let ends = |name: &Json| name.text("use") == Some("usual") && name.at(&["period", "end"]).is_some();
    if names.iter().any(ends) {
        return Err(invalid_create("An end date can not be provided on usual name"));
    }
    Ok(())
}

/// The code of what was observed.
fn observed(part: &Json) -> Option<&str> {
    part.at(&["code", "coding"])?.items().next()?.text("code")
}

fn check_observations(parts: &[Part<'_>], child: &Json) -> Result<(), Refused> {
    let of = |code: &str| {
        find(parts, |part| {
            is_of(part, "Observation") && observed(part) == Some(code)
        })
    };
    let (weight_at, weight) = of(WEIGHT).ok_or_else(|| too_few("entry"))?;
    let field = format!("{weight_at}valueQuantity/value");
    let value = weight
        .at(&["valueQuantity", "value"])
        .ok_or_else(|| Refused::missing(&field))?;
    let grams = value.as_number().and_then(|text| text.parse::<u32>().ok());
    if !grams.is_some_and(|grams| (1..=MOST_GRAMS).contains(&grams)) {
        return Err(Refused::invalid(&field, &shown(value)));
    }
    let (_, birth) = of(STILLBIRTH).ok_or_else(|| too_few("entry"))?;
    let state = birth
        .at(&["valueCodeableConcept", "coding"])
        .and_then(|coding| coding.items().next()?.text("code"));
    let is_dead = child.get("deceasedDateTime").is_some() || death(child).is_some_and(|status| status == "2");
    // 1 is a live birth; 2, 3 and 4 are deaths before, in and after birth.
    if is_dead != matches!(state, Some("2" | "3" | "4")) {
        return Err(Refused::saying(
            &DEATH_STATUS_INCONSISTENT,
            "Insert Birth - Death Status Inconsistent",
        ));
    }
    Ok(())
}

/// The code of the notice of the child's death; `U` says that there is none.
fn death(child: &Json) -> Option<&str> {
    let extensions = child.get("extension").and_then(Json::as_array)?;
    let notice = extensions
        .iter()
        .find(|extension| extension.text("url") == Some(DEATH))?;
    let status = notice.get("extension")?.items().next()?;
    status
        .at(&["valueCodeableConcept", "coding"])?
        .items()
        .next()?
        .text("code")
}

/// Births are registered soon.
///
/// # Errors
/// When the child is older than six months.
pub(super) fn check_age(child: &Json, today: &Today) -> Result<(), Refused> {
    let born = child.text("birthDate").and_then(day);
    if born.is_some_and(|born| born < today.ago(MOST_DAYS)) {
        return Err(Refused::saying(
            &CHILD_OVER_SIX_MONTHS,
            "You are trying to create a birth notification for a child over the age of 6 months. Please allocate an \
             NHS Number instead",
        ));
    }
    Ok(())
}

/// Where the child was born, as PDS keeps it, and that it has died.
fn add_birth_place_and_death(kept: &mut Json, child: &Json) {
    let extensions = child
        .get("extension")
        .and_then(Json::as_array)
        .unwrap_or_default();
    let mut added = Vec::new();
    if let Some(place) = extensions
        .iter()
        .find(|extension| extension.text("url") == Some(BIRTH_PLACE))
    {
        let mut place = place.clone();
        if let Some(address) = place.get_mut("valueAddress") {
            address.remove("text");
        }
        added.push(place);
    }
    if let Some(died) = child.text("deceasedDateTime") {
        let died = format!("{}+00:00", died.get(..19).unwrap_or(died));
        kept.set("deceasedDateTime", died.into());
        added.extend(
            extensions
                .iter()
                .find(|extension| extension.text("url") == Some(DEATH))
                .cloned(),
        );
    }
    if added.is_empty() {
        return;
    }
    match kept.get_mut("extension").and_then(Json::as_array_mut) {
        Some(extensions) => extensions.extend(added),
        None => {
            kept.set("extension", added.into());
        }
    }
}
