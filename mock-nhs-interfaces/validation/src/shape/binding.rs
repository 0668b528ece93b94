//! Codes of elements that R4 binds to a value set as required.

use definitions::{BindingStrength, BoundCodes, Element, bound_codes};
use fhir::json::Json;

use super::object::Walk;
use crate::issue::{IssueCode, Place, did_you_mean, quoted};

/// Said with an element whose value is not known; R4 lets it stand for any code.
const ABSENT: &str = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";
/// As above, for reasons that say that nothing applies.
const NULL_FLAVOUR: &str = "http://hl7.org/fhir/StructureDefinition/iso21090-nullFlavor";

fn required(element: &Element) -> Option<&'static str> {
    let binding = element.binding.as_ref()?;
    binding
        .value_set
        .filter(|_| binding.strength == BindingStrength::Required)
}

fn bare(value_set: &str) -> &str {
    value_set.split('|').next().unwrap_or(value_set)
}

/// A value of the type `code`, or of another primitive type that is bound.
pub(super) fn check_code(walk: &mut Walk<'_, '_>, value: &Json, element: &Element, place: &Place<'_>) {
    let (Some(value_set), Some(code)) = (required(element), value.as_str()) else {
        return;
    };
    if let Some(codes) = bound_codes(value_set) {
        if !codes.has_code(code) {
            refuse(walk, code, codes, value_set, place);
        }
    } else if let Some(sentence) = unlisted(value_set, code) {
        walk.issues.error(place, IssueCode::CodeInvalid, || {
            format!("{} {sentence}.", quoted(code))
        });
    }
}

/// What is wrong with a code of a value set that is too large to be listed.
fn unlisted(value_set: &str, code: &str) -> Option<&'static str> {
    match bare(value_set) {
        "http://hl7.org/fhir/ValueSet/mimetypes" => {
            let essence = code.split(';').next().unwrap_or(code).trim();
            let token = |part: &str| {
                !part.is_empty()
                    && part
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+*".contains(&byte))
            };
            let right = essence
                .split_once('/')
                .is_some_and(|(kind, subtype)| token(kind) && token(subtype));
            // Short names that R4's own Binary and CapabilityStatement examples use.
            let short = matches!(code, "json" | "xml" | "ttl" | "html");
            (!right && !short).then_some("is no media type, as in application/pdf")
        }
        "http://hl7.org/fhir/ValueSet/currencies" => {
            let right = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase());
            (!right).then_some("is no currency of ISO 4217, as in GBP")
        }
        _ => None,
    }
}

/// A value of the type Coding.
pub(super) fn check_coding(walk: &mut Walk<'_, '_>, value: &Json, element: &Element, place: &Place<'_>) {
    let Some((value_set, codes)) = listed(element) else {
        return;
    };
    if !has(codes, value) && !is_absent(value) {
        refuse(
            walk,
            value.text("code").unwrap_or_default(),
            codes,
            value_set,
            place,
        );
    }
}

/// A value of the type `CodeableConcept`: one of its codings must be in the value set.
pub(super) fn check_concept(walk: &mut Walk<'_, '_>, value: &Json, element: &Element, place: &Place<'_>) {
    let Some((value_set, codes)) = listed(element) else {
        return;
    };
    let codings = value.get("coding").and_then(Json::as_array).unwrap_or_default();
    if codings.iter().any(|coding| has(codes, coding)) || is_absent(value) {
        return;
    }
    let code = codings
        .iter()
        .find_map(|coding| coding.text("code"))
        .unwrap_or_default();
    refuse(walk, code, codes, value_set, place);
}

fn listed(element: &Element) -> Option<(&'static str, &'static BoundCodes)> {
    let value_set = required(element)?;
    Some((value_set, bound_codes(value_set)?))
}

fn has(codes: &BoundCodes, coding: &Json) -> bool {
    matches!((coding.text("system"), coding.text("code")), (Some(system), Some(code)) if codes.has(system, code))
}

/// Whether an extension says why there is no code.
pub(crate) fn is_absent(value: &Json) -> bool {
    let extensions = value
        .get("extension")
        .and_then(Json::as_array)
        .unwrap_or_default();
    extensions
        .iter()
        .any(|one| matches!(one.text("url"), Some(ABSENT | NULL_FLAVOUR)))
}

fn refuse(walk: &mut Walk<'_, '_>, code: &str, codes: &BoundCodes, value_set: &str, place: &Place<'_>) {
    walk.issues.error(place, IssueCode::CodeInvalid, || {
        let value_set = bare(value_set);
        if code.is_empty() {
            return format!("A code of the value set {value_set} is required here, with its system.");
        }
        let near = definitions::near(code, codes.codes());
        let system = match (codes.has_code(code), codes.systems().next()) {
            (true, Some(system)) => format!(" Its system is {system}."),
            _ => String::new(),
        };
        let meant = if system.is_empty() {
            did_you_mean(&near)
        } else {
            system
        };
        format!(
            "{} is not in the value set {value_set}, which is required here.{meant}",
            quoted(code)
        )
    });
}
