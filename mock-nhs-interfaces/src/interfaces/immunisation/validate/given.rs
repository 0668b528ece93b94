//! What was given: when, by whom, what, how, and against what.

use serde_json::Value;

use super::super::vaccine::SNOMED;
use super::values::{Checked, Text, day, list, moment, objects, text};
use super::{PROCEDURE, Seen, Wrong};
use crate::value::snomed;

const MOST_DOSES: i64 = 9;

pub(super) fn resource_type(seen: &Seen<'_>) -> Checked {
    if seen
        .document
        .get("resourceType")
        .is_some_and(|kind| kind == "Immunization")
    {
        return Ok(());
    }
    Err(
        "This service only accepts FHIR Immunization Resources (i.e. resourceType must equal 'Immunization')"
            .into(),
    )
}

pub(super) fn occurrence(seen: &Seen<'_>) -> Checked {
    let value = seen.document.get("occurrenceDateTime");
    value.map_or(Ok(()), |value| {
        moment(value, "occurrenceDateTime", true, seen.now)
    })
}

pub(super) fn recorded(seen: &Seen<'_>) -> Checked {
    let value = seen.document.get("recorded");
    value.map_or(Ok(()), |value| moment(value, "recorded", false, seen.now))
}

pub(super) fn expiration_date(seen: &Seen<'_>) -> Checked {
    let value = seen.document.get("expirationDate");
    value.map_or(Ok(()), |value| day(value, "expirationDate", None))
}

/// Those who gave it that are organisations.
fn organisations<'a>(seen: &Seen<'a>) -> impl Iterator<Item = &'a Value> {
    let actors = seen
        .list("performer")
        .iter()
        .filter_map(|performer| performer.get("actor"));
    actors.filter(|actor| actor.get("type").is_some_and(|kind| kind == "Organization"))
}

pub(super) fn organisation<'a>(seen: &Seen<'a>) -> Option<&'a Value> {
    organisations(seen).next()
}

pub(super) fn performer(seen: &Seen<'_>) -> Checked {
    if organisations(seen).count() == 1 {
        return Ok(());
    }
    Err("There must be exactly one performer.actor[?@.type=='Organization'] with type 'Organization'".into())
}

fn organisation_part(seen: &Seen<'_>, name: &str) -> Checked {
    let value = organisation(seen).and_then(|actor| actor.get("identifier")?.get(name));
    text(
        value,
        &format!("performer[?(@.actor.type=='Organization')].actor.identifier.{name}"),
    )
}

pub(super) fn organisation_value(seen: &Seen<'_>) -> Checked {
    organisation_part(seen, "value")
}

pub(super) fn organisation_system(seen: &Seen<'_>) -> Checked {
    organisation_part(seen, "system")
}

pub(super) fn identifier(seen: &Seen<'_>) -> Checked {
    let value = seen
        .document
        .get("identifier")
        .ok_or_else(|| Wrong::Alone("identifier is a mandatory field".to_owned()))?;
    objects(list(value, "identifier", Some(1))?, "identifier")
}

pub(super) fn identifier_value(seen: &Seen<'_>) -> Checked {
    text(seen.value("/identifier/0/value"), "identifier[0].value")
}

pub(super) fn identifier_system(seen: &Seen<'_>) -> Checked {
    text(seen.value("/identifier/0/system"), "identifier[0].system")
}

pub(super) fn status(seen: &Seen<'_>) -> Checked {
    let completed = Text {
        one_of: &["completed"],
        ..Text::default()
    };
    let value = seen.document.get("status");
    value.map_or(Ok(()), |value| completed.check(value, "status"))
}

pub(super) fn primary_source(seen: &Seen<'_>) -> Checked {
    if seen.document.get("primarySource").is_none_or(Value::is_boolean) {
        return Ok(());
    }
    Err("primarySource must be a boolean".into())
}

pub(super) fn protocol(seen: &Seen<'_>) -> Checked {
    let value = seen.document.get("protocolApplied");
    value.map_or(Ok(()), |value| list(value, "protocolApplied", Some(1)).map(drop))
}

pub(super) fn dose_number(seen: &Seen<'_>) -> Checked {
    const PLACE: &str = "protocolApplied[0].doseNumberPositiveInt";
    match seen.value("/protocolApplied/0/doseNumberPositiveInt") {
        None => Ok(()),
        Some(value) => match value.as_i64() {
            Some(1..=MOST_DOSES) => Ok(()),
            Some(number) if number > MOST_DOSES => {
                Err(format!("{PLACE} must be an integer in the range 1 to {MOST_DOSES}").into())
            }
            _ => Err(format!("{PLACE} must be a positive integer").into()),
        },
    }
}

pub(super) fn dose_words(seen: &Seen<'_>) -> Checked {
    text(
        seen.value("/protocolApplied/0/doseNumberString"),
        "protocolApplied[0].doseNumberString",
    )
}

fn target_diseases<'a>(seen: &Seen<'a>) -> Option<&'a [Value]> {
    let diseases = seen.value("/protocolApplied/0/targetDisease")?;
    diseases.as_array().map(Vec::as_slice)
}

pub(super) fn diseases(seen: &Seen<'_>) -> Checked {
    let diseases = target_diseases(seen).ok_or("protocolApplied[0].targetDisease is a mandatory field")?;
    if diseases.iter().all(|disease| disease.get("coding").is_some()) {
        return Ok(());
    }
    Err("Every element of protocolApplied[0].targetDisease must have 'coding' property".into())
}

/// The SNOMED CT codings of something coded.
fn snomed_codings(concept: &Value) -> impl Iterator<Item = &Value> {
    let codings = concept.get("coding").and_then(Value::as_array);
    codings
        .into_iter()
        .flatten()
        .filter(|coding| coding.get("system").is_some_and(|system| system == SNOMED))
}

pub(super) fn disease_codings(seen: &Seen<'_>) -> Checked {
    for (index, disease) in target_diseases(seen).unwrap_or_default().iter().enumerate() {
        if disease.get("coding").is_some() && snomed_codings(disease).count() != 1 {
            return Err(format!(
                "protocolApplied[0].targetDisease[{index}].coding must contain exactly one element with a system of {SNOMED}"
            )
            .into());
        }
    }
    Ok(())
}

pub(super) fn disease_codes(seen: &Seen<'_>) -> Checked {
    for (index, disease) in target_diseases(seen).unwrap_or_default().iter().enumerate() {
        let code = snomed_codings(disease)
            .next()
            .and_then(|coding| coding.get("code"));
        text(
            code,
            &format!("protocolApplied[0].targetDisease[{index}].coding[?(@.system=='{SNOMED}')].code"),
        )?;
    }
    Ok(())
}

pub(super) fn manufacturer(seen: &Seen<'_>) -> Checked {
    text(seen.value("/manufacturer/display"), "manufacturer.display")
}

pub(super) fn lot_number(seen: &Seen<'_>) -> Checked {
    text(seen.document.get("lotNumber"), "lotNumber")
}

/// Code and words of the first SNOMED CT coding of what stands at this place.
fn coded(seen: &Seen<'_>, name: &str) -> Checked {
    let coding = seen
        .document
        .get(name)
        .and_then(|concept| snomed_codings(concept).next());
    let mut wrong = Vec::new();
    for part in ["code", "display"] {
        let place = format!("{name}.coding[?(@.system=='{SNOMED}')].{part}");
        let value = coding.and_then(|coding| coding.get(part));
        if let Err(Wrong::Listed(words)) = text(value, &place) {
            wrong.push(words);
        }
    }
    together(wrong)
}

/// Several mistakes of one place are said behind each other.
fn together(wrong: Vec<String>) -> Checked {
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(wrong.join("; ").into())
    }
}

pub(super) fn site(seen: &Seen<'_>) -> Checked {
    coded(seen, "site")
}

pub(super) fn route(seen: &Seen<'_>) -> Checked {
    coded(seen, "route")
}

pub(super) fn dose_quantity(seen: &Seen<'_>) -> Checked {
    let part = |name: &str| seen.value(&format!("/doseQuantity/{name}"));
    let mut wrong = Vec::new();
    if part("value").is_some_and(|value| !value.is_number()) {
        wrong.push("doseQuantity.value must be a number".to_owned());
    }
    let mut check = |name: &str| {
        if let Err(Wrong::Listed(words)) = text(part(name), &format!("doseQuantity.{name}")) {
            wrong.push(words);
        }
    };
    check("code");
    check("system");
    if part("code").is_some() && part("system").is_none() {
        wrong.push("If doseQuantity.code is present, doseQuantity.system must also be present".to_owned());
    }
    if let Err(Wrong::Listed(words)) = text(part("unit"), "doseQuantity.unit") {
        wrong.push(words);
    }
    together(wrong)
}

pub(super) fn reasons(seen: &Seen<'_>) -> Checked {
    for (index, reason) in seen.list("reasonCode").iter().enumerate() {
        let Some(codings) = reason.get("coding") else {
            continue;
        };
        let codings = list(codings, &format!("reasonCode[{index}].coding"), None)?;
        let code = codings.first().and_then(|coding| coding.get("code"));
        text(code, &format!("reasonCode[{index}].coding[0].code"))?;
    }
    Ok(())
}

pub(super) fn location(seen: &Seen<'_>) -> Checked {
    let mut wrong = Vec::new();
    for part in ["value", "system"] {
        let value = seen.value(&format!("/location/identifier/{part}"));
        if let Err(Wrong::Listed(words)) = text(value, &format!("location.identifier.{part}")) {
            wrong.push(words);
        }
    }
    together(wrong)
}

/// The extension that says what giving it is called must be there before anything else about it is looked at.
pub(super) fn procedure_is_there(seen: &Seen<'_>) -> Checked {
    let alone = |place: &str| Err(Wrong::Alone(format!("{place} is a mandatory field")));
    if !seen.document.contains_key("extension") {
        return alone("extension");
    }
    let concept = format!("extension[?(@.url=='{PROCEDURE}')].valueCodeableConcept");
    for extension in seen.list("extension") {
        let Some(value) = extension.get("valueCodeableConcept") else {
            return alone(&concept);
        };
        if value.get("coding").is_none() {
            return alone(&format!("{concept}.coding"));
        }
    }
    Ok(())
}

/// Code or words of what giving it is called.
pub(super) fn procedure_part<'a>(seen: &Seen<'a>, part: &str) -> Option<&'a Value> {
    let extension = seen
        .list("extension")
        .iter()
        .find(|extension| extension.get("url").is_some_and(|url| url == PROCEDURE))?;
    let coding = snomed_codings(extension.get("valueCodeableConcept")?).next()?;
    coding.get(part)
}

pub(super) fn procedure(seen: &Seen<'_>) -> Checked {
    let mut wrong = Vec::new();
    let mut note = |checked: Checked| {
        if let Err(Wrong::Listed(words)) = checked {
            wrong.push(words);
        }
    };
    note(procedure_url(seen));
    for part in ["code", "display"] {
        let place = format!(
            "extension[?(@.url=='{PROCEDURE}')].valueCodeableConcept.coding[?(@.system=='{SNOMED}')].{part}"
        );
        note(code_or_words(procedure_part(seen, part), part, &place));
    }
    together(wrong)
}

fn procedure_url(seen: &Seen<'_>) -> Checked {
    let Some(extension) = seen.document.get("extension") else {
        return Ok(());
    };
    let url = Text {
        one_of: &[PROCEDURE],
        ..Text::default()
    };
    let first = list(extension, "extension", Some(1))?.first();
    let said = first.and_then(|extension| extension.get("url"));
    said.map_or(Ok(()), |said| url.check(said, "extension[0].url"))
}

/// A code must be a concept of SNOMED CT.
fn code_or_words(value: Option<&Value>, part: &str, place: &str) -> Checked {
    text(value, place)?;
    let code = value.and_then(Value::as_str).filter(|_| part == "code");
    if code.is_some_and(|code| !snomed::is_concept(code)) {
        return Err(format!("{place} is not a valid snomed code").into());
    }
    Ok(())
}

pub(super) fn vaccine_code(seen: &Seen<'_>) -> Checked {
    let concept = seen.document.get("vaccineCode");
    let coding = concept.and_then(|concept| snomed_codings(concept).next());
    let mut wrong = Vec::new();
    for part in ["code", "display"] {
        let place = format!("vaccineCode.coding[?(@.system=='{SNOMED}')].{part}");
        let value = coding.and_then(|coding| coding.get(part));
        if let Err(Wrong::Listed(words)) = code_or_words(value, part, &place) {
            wrong.push(words);
        }
    }
    together(wrong)
}
