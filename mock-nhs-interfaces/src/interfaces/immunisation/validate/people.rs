//! The people inside a vaccination: its patient, and who gave it.

use serde_json::{Map, Value};

use super::values::{Checked, Text, day, list, objects};
use super::{Seen, Wrong};
use crate::value::NhsNumber;

const FAMILY_CHARACTERS: usize = 35;
const GIVEN_CHARACTERS: usize = 180;
const GIVEN_NAMES: usize = 5;
const GENDERS: &[&str] = &["male", "female", "other", "unknown"];

const OF_IMMUNIZATION: &[&str] = &[
    "resourceType",
    "meta",
    "narrative",
    "contained",
    "id",
    "extension",
    "identifier",
    "status",
    "vaccineCode",
    "patient",
    "occurrenceDateTime",
    "recorded",
    "primarySource",
    "manufacturer",
    "location",
    "lotNumber",
    "expirationDate",
    "site",
    "route",
    "doseQuantity",
    "performer",
    "reasonCode",
    "protocolApplied",
];
const OF_PRACTITIONER: &[&str] = &["resourceType", "id", "name"];
const OF_PATIENT: &[&str] = &[
    "resourceType",
    "id",
    "identifier",
    "name",
    "gender",
    "birthDate",
    "address",
];

/// Whether an element of a vaccination is one that this service has.
pub(in super::super) fn is_element(name: &str) -> bool {
    OF_IMMUNIZATION.contains(&name)
}

/// What is inside: one patient, at most one practitioner, nothing else. What is wrong here is said alone.
pub(super) fn contained(document: &Map<String, Value>) -> Result<&[Value], Wrong> {
    let contained = document
        .get("contained")
        .ok_or_else(|| Wrong::Alone("contained is a mandatory field".to_owned()))?;
    let contained = list(contained, "contained", None)?;
    objects(contained, "contained")?;
    if contained
        .iter()
        .any(|inside| inside.get("resourceType").is_none_or(Value::is_null))
    {
        return Err("contained resources must have 'resourceType' key".into());
    }
    let of_kind = |kind: &str| contained.iter().filter(|inside| is_kind(inside, kind)).count();
    let (patients, practitioners) = (of_kind("Patient"), of_kind("Practitioner"));
    let mut wrong = Vec::new();
    if contained.len() != patients + practitioners {
        wrong.push("contained must contain only Patient and Practitioner resources");
    }
    if patients != 1 {
        wrong.push("contained must contain exactly one Patient resource");
    }
    if practitioners > 1 {
        wrong.push("contained must contain a maximum of one Practitioner resource");
    }
    if wrong.is_empty() {
        let id = |kind: &str| {
            let inside = contained.iter().find(|inside| is_kind(inside, kind));
            inside.and_then(|inside| inside.get("id")?.as_str())
        };
        match (id("Patient"), id("Practitioner")) {
            (None, _) => wrong.push("The contained Patient resource must have an 'id' field"),
            (Some(_), None) if practitioners == 1 => {
                wrong.push("The contained Practitioner resource must have an 'id' field");
            }
            (Some(patient), Some(practitioner)) if patient == practitioner => {
                wrong.push("ids must not be duplicated amongst contained resources");
            }
            _ => {}
        }
    }
    if wrong.is_empty() {
        Ok(contained)
    } else {
        Err(wrong.join("; ").into())
    }
}

fn is_kind(inside: &Value, kind: &str) -> bool {
    inside.get("resourceType").is_some_and(|said| said == kind)
}

fn inside<'a>(seen: &Seen<'a>, kind: &str) -> Option<&'a Map<String, Value>> {
    let inside = seen.contained.iter().find(|inside| is_kind(inside, kind))?;
    inside.as_object()
}

pub(super) fn patient<'a>(seen: &Seen<'a>) -> Option<&'a Map<String, Value>> {
    inside(seen, "Patient")
}

fn id<'a>(seen: &Seen<'a>, kind: &str) -> Option<&'a str> {
    inside(seen, kind)?.get("id")?.as_str()
}

pub(super) fn elements(seen: &Seen<'_>) -> Checked {
    let mut wrong = Vec::new();
    let mut check = |members: &Map<String, Value>, kind: &str, allowed: &[&str]| {
        for name in members.keys().filter(|name| !allowed.contains(&name.as_str())) {
            let name = crate::api_platform::shortened(name);
            wrong.push(format!(
                "{name} is not an allowed element of the {kind} resource for this service"
            ));
        }
    };
    check(seen.document, "Immunization", OF_IMMUNIZATION);
    for inside in seen.contained.iter().filter_map(Value::as_object) {
        match inside.get("resourceType").and_then(Value::as_str) {
            Some("Patient") => check(inside, "Patient", OF_PATIENT),
            _ => check(inside, "Practitioner", OF_PRACTITIONER),
        }
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(wrong.join("; ").into())
    }
}

pub(super) fn patient_reference(seen: &Seen<'_>) -> Checked {
    let reference = seen.value("/patient/reference").and_then(Value::as_str);
    let Some(pointed) = reference.and_then(|reference| reference.strip_prefix('#')) else {
        return Err("patient.reference must be a single reference to a contained Patient resource".into());
    };
    if id(seen, "Patient") == Some(pointed) {
        return Ok(());
    }
    let pointed = crate::api_platform::shortened(pointed);
    Err(format!("The reference '#{pointed}' does not match the id of the contained Patient resource").into())
}

pub(super) fn practitioner_reference(seen: &Seen<'_>) -> Checked {
    let pointed: Vec<&str> = seen
        .list("performer")
        .iter()
        .filter_map(|performer| performer.pointer("/actor/reference")?.as_str()?.strip_prefix('#'))
        .collect();
    let Some(id) = id(seen, "Practitioner") else {
        if pointed.is_empty() {
            return Ok(());
        }
        return Err(
            "performer must not contain internal references when there is no contained Practitioner resource"
                .into(),
        );
    };
    if pointed.iter().any(|pointed| *pointed != id) {
        return Err("performer must not contain any internal references other than to the contained Practitioner resource".into());
    }
    let id = crate::api_platform::shortened(id);
    match pointed.len() {
        0 => {
            Err(format!("contained Practitioner resource id '{id}' must be referenced from performer").into())
        }
        1 => Ok(()),
        _ => Err(format!(
            "contained Practitioner resource id '{id}' must only be referenced once from performer"
        )
        .into()),
    }
}

/// The first identifier of the patient.
fn first_identifier<'a>(seen: &Seen<'a>) -> Option<&'a Value> {
    patient(seen)?.get("identifier")?.as_array()?.first()
}

pub(super) fn patient_identifier_extension(seen: &Seen<'_>) -> Checked {
    let has_extension = first_identifier(seen).is_some_and(|first| first.get("extension").is_some());
    if has_extension {
        return Err(
            "contained[?(@.resourceType=='Patient')].identifier[0] must not include an extension".into(),
        );
    }
    Ok(())
}

pub(super) fn patient_identifier(seen: &Seen<'_>) -> Checked {
    let identifiers = patient(seen).and_then(|patient| patient.get("identifier"));
    identifiers.map_or(Ok(()), |value| {
        list(
            value,
            "contained[?(@.resourceType=='Patient')].identifier",
            Some(1),
        )
        .map(drop)
    })
}

/// The NHS number may be left out, and may not be wrong.
pub(super) fn patient_number(seen: &Seen<'_>) -> Checked {
    const PLACE: &str = "contained[?(@.resourceType=='Patient')].identifier[0].value";
    let Some(value) = first_identifier(seen).and_then(|first| first.get("value")) else {
        return Ok(());
    };
    let ten = Text {
        exactly: Some(10),
        without_spaces: true,
        ..Text::default()
    };
    ten.check(value, PLACE)?;
    let number = value.as_str().and_then(|text| text.parse::<NhsNumber>().ok());
    number.map_or_else(
        || Err(format!("{PLACE} is not a valid NHS number").into()),
        |_| Ok(()),
    )
}

fn names(seen: &Seen<'_>, kind: &str) -> Checked {
    let place = format!("contained[?(@.resourceType=='{kind}')].name");
    let Some(names) = inside(seen, kind).and_then(|inside| inside.get("name")) else {
        return Ok(());
    };
    objects(list(names, &place, None)?, &place)
}

pub(super) fn patient_names(seen: &Seen<'_>) -> Checked {
    names(seen, "Patient")
}

pub(super) fn practitioner_names(seen: &Seen<'_>) -> Checked {
    names(seen, "Practitioner")
}

/// A part of the name that somebody had on the day, and where it stands.
pub(super) fn name_part<'a>(seen: &Seen<'a>, kind: &str, part: &str) -> (Option<&'a Value>, String) {
    let names = inside(seen, kind)
        .and_then(|inside| inside.get("name")?.as_array())
        .map_or(&[][..], Vec::as_slice);
    let index = current(names, seen.document.get("occurrenceDateTime"));
    let found = names.get(index).and_then(|name| name.get(part));
    // Where there is no such part, the first name is spoken of.
    let index = if found.is_some() { index } else { 0 };
    let place = format!("contained[?(@.resourceType=='{kind}')].name[{index}].{part}");
    (found, place)
}

/// Which of somebody's names is meant: of those that were theirs on the day the official one, else one that is not old.
fn current(names: &[Value], day: Option<&Value>) -> usize {
    if names.len() == 1 {
        return 0;
    }
    let day = day.and_then(Value::as_str).unwrap_or_default();
    let holds = |name: &Value| {
        let edge = |edge: &str| name.pointer(&format!("/period/{edge}")).and_then(Value::as_str);
        let is_whole = name.get("given").is_some() && name.get("family").is_some();
        is_whole
            && edge("start").is_none_or(|start| day.is_empty() || day >= start)
            && edge("end").is_none_or(|end| day.is_empty() || day <= end)
    };
    let is_use = |name: &Value, wanted: &str| name.get("use").is_some_and(|said| said == wanted);
    let of = |wanted: &dyn Fn(&Value) -> bool| names.iter().position(|name| holds(name) && wanted(name));
    of(&|name| is_use(name, "official"))
        .or_else(|| of(&|name| !is_use(name, "old")))
        .or_else(|| of(&|_| true))
        .unwrap_or_default()
}

fn given(seen: &Seen<'_>, kind: &str, most: Option<(usize, usize)>) -> Checked {
    let (Some(value), place) = name_part(seen, kind, "given") else {
        return Ok(());
    };
    let names = list(value, &place, None)?;
    if let Some((names_at_most, _)) = most
        && names.len() > names_at_most
    {
        return Err(format!("{place} must be an array of maximum length {names_at_most}").into());
    }
    let text = Text {
        most: most.map(|(_, characters)| characters),
        ..Text::default()
    };
    names
        .iter()
        .enumerate()
        .try_for_each(|(index, name)| text.check(name, &format!("{place}[{index}]")))
}

pub(super) fn patient_given(seen: &Seen<'_>) -> Checked {
    given(seen, "Patient", Some((GIVEN_NAMES, GIVEN_CHARACTERS)))
}

pub(super) fn practitioner_given(seen: &Seen<'_>) -> Checked {
    given(seen, "Practitioner", None)
}

fn family(seen: &Seen<'_>, kind: &str, most: Option<usize>) -> Checked {
    let (value, place) = name_part(seen, kind, "family");
    let text = Text {
        most,
        ..Text::default()
    };
    value.map_or(Ok(()), |value| text.check(value, &place))
}

pub(super) fn patient_family(seen: &Seen<'_>) -> Checked {
    family(seen, "Patient", Some(FAMILY_CHARACTERS))
}

pub(super) fn practitioner_family(seen: &Seen<'_>) -> Checked {
    family(seen, "Practitioner", None)
}

pub(super) fn patient_birth_date(seen: &Seen<'_>) -> Checked {
    let value = patient(seen).and_then(|patient| patient.get("birthDate"));
    value.map_or(Ok(()), |value| {
        day(
            value,
            "contained[?(@.resourceType=='Patient')].birthDate",
            Some(seen.now),
        )
    })
}

pub(super) fn patient_gender(seen: &Seen<'_>) -> Checked {
    let text = Text {
        one_of: GENDERS,
        ..Text::default()
    };
    let value = patient(seen).and_then(|patient| patient.get("gender"));
    value.map_or(Ok(()), |value| {
        text.check(value, "contained[?(@.resourceType=='Patient')].gender")
    })
}

pub(super) fn patient_addresses(seen: &Seen<'_>) -> Checked {
    let addresses = patient(seen).and_then(|patient| patient.get("address"));
    addresses.map_or(Ok(()), |value| {
        list(value, "contained[?(@.resourceType=='Patient')].address", None).map(drop)
    })
}

/// The postcodes of all addresses.
pub(super) fn postcodes<'a>(seen: &Seen<'a>) -> Vec<&'a Value> {
    let addresses = patient(seen).and_then(|patient| patient.get("address")?.as_array());
    addresses
        .into_iter()
        .flatten()
        .filter_map(|address| address.get("postalCode"))
        .collect()
}

pub(super) fn patient_postcode(seen: &Seen<'_>) -> Checked {
    let postcodes = postcodes(seen);
    let first = postcodes.iter().find(|code| code.as_str() != Some(""));
    match first.or(postcodes.first()) {
        None => Ok(()),
        Some(postcode) => Text::default().check(
            postcode,
            "contained[?(@.resourceType=='Patient')].address[0].postalCode",
        ),
    }
}
