//! Parts of a resource: `_elements` and `_summary`.
//!
//! <https://hl7.org/fhir/R4/search.html#elements>, <https://hl7.org/fhir/R4/search.html#summary>

use crate::fhirpath::choice_type;
use crate::json::Json;

/// Which part. `_summary=count` is no part of a resource, and `_summary=false` is all of it: both are the caller's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part<'a> {
    /// `_elements`: these elements of the resource itself (`name`, `Patient.name`, `value` for `valueQuantity`), and the mandatory ones.
    Elements(&'a [&'a str]),
    /// `_summary=true`: what the definitions mark as summary, and what is mandatory.
    Summary,
    /// `_summary=text`: the narrative, `id`, `meta` and the mandatory elements.
    Text,
    /// `_summary=data`: everything but the narrative.
    Data,
}

/// What the definitions say of the element at a path of JSON keys, such as `Patient.name.family` or
/// `Observation.valueQuantity`. A path begins at the innermost resource.
pub trait Elements {
    /// Whether `_summary=true` keeps it.
    fn is_summary(&self, path: &str) -> bool;
    /// Whether it must be there when its parent is.
    fn is_mandatory(&self, path: &str) -> bool;
}

const SUBSETTED_SYSTEM: &str = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue";

/// The part of a resource, marked with the tag `SUBSETTED` so that nobody writes it back in place of the whole.
#[must_use]
pub fn part_of(resource: &Json, part: Part<'_>, elements: &dyn Elements) -> Json {
    let name = resource.text("resourceType").unwrap_or("Resource");
    let mut out = match part {
        Part::Summary => summarised(resource, name, elements),
        Part::Elements(wanted) => filtered(resource, |key| {
            wanted.iter().any(|wanted| names(wanted, name, key))
                || elements.is_mandatory(&format!("{name}.{key}"))
        }),
        Part::Text => filtered(resource, |key| {
            key == "text" || elements.is_mandatory(&format!("{name}.{key}"))
        }),
        Part::Data => filtered(resource, |key| key != "text"),
    };
    tag(&mut out);
    out
}

/// Whether a name of `_elements` means the member with this key.
fn names(wanted: &str, resource: &str, key: &str) -> bool {
    let own = wanted
        .strip_prefix(resource)
        .and_then(|rest| rest.strip_prefix('.'))
        .unwrap_or(wanted);
    let own = own.strip_suffix("[x]").unwrap_or(own);
    key.strip_prefix(own)
        .is_some_and(|suffix| suffix.is_empty() || choice_type(suffix).is_some())
}

/// Members of the resource itself. What stands beside a primitive goes with it.
fn filtered(resource: &Json, keep: impl Fn(&str) -> bool) -> Json {
    let members = resource.as_object().unwrap_or_default();
    let kept = members.iter().filter(|(key, _)| {
        let plain = key.strip_prefix('_').unwrap_or(key);
        matches!(plain, "resourceType" | "id" | "meta") || keep(plain)
    });
    Json::Object(kept.cloned().collect())
}

/// Recursion is bounded by the depth of the tree.
fn summarised(object: &Json, path: &str, elements: &dyn Elements) -> Json {
    let members = object.as_object().unwrap_or_default();
    let mut out = Vec::new();
    for (key, member) in members {
        let plain = key.strip_prefix('_').unwrap_or(key);
        let below = format!("{path}.{plain}");
        if matches!(plain, "resourceType" | "id" | "meta") {
            out.push((key.clone(), member.clone()));
        } else if elements.is_summary(&below) || elements.is_mandatory(&below) {
            let value = if key.starts_with('_') {
                member.clone()
            } else {
                inside(member, &below, elements)
            };
            if !is_empty(&value) {
                out.push((key.clone(), value));
            }
        }
    }
    Json::Object(out)
}

/// FHIR has no empty objects and lists.
fn is_empty(value: &Json) -> bool {
    value.as_object().is_some_and(<[_]>::is_empty) || value.as_array().is_some_and(<[_]>::is_empty)
}

fn inside(value: &Json, path: &str, elements: &dyn Elements) -> Json {
    match value {
        Json::Array(items) => Json::Array(
            items
                .iter()
                .map(|item| inside(item, path, elements))
                .filter(|item| !is_empty(item))
                .collect(),
        ),
        // A resource within is summarised by its own definition.
        Json::Object(_) => summarised(value, value.text("resourceType").unwrap_or(path), elements),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => value.clone(),
    }
}

fn tag(resource: &mut Json) {
    let subsetted = || {
        Json::object([
            ("system", Json::from(SUBSETTED_SYSTEM)),
            ("code", Json::from("SUBSETTED")),
            ("display", Json::from("Resource encoded in summary mode")),
        ])
    };
    if resource.get("meta").and_then(Json::as_object).is_none() {
        resource.remove("meta");
        let place = resource.as_object().and_then(|members| {
            members
                .iter()
                .rposition(|(key, _)| matches!(&**key, "id" | "resourceType"))
        });
        if let Some(members) = resource.as_object_mut() {
            members.insert(
                place.map_or(0, |place| place + 1),
                ("meta".into(), Json::Object(Vec::new())),
            );
        }
    }
    let Some(meta) = resource.get_mut("meta") else {
        return;
    };
    match meta.get_mut("tag").and_then(Json::as_array_mut) {
        Some(tags) => {
            if !tags.iter().any(|tag| tag.text("code") == Some("SUBSETTED")) {
                tags.push(subsetted());
            }
        }
        None => {
            meta.set("tag", Json::Array(vec![subsetted()]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Few;

    impl Elements for Few {
        fn is_summary(&self, path: &str) -> bool {
            let summary = [
                "Patient.name",
                "Patient.name.family",
                "Patient.birthDate",
                "Patient.link",
                "Patient.link.other",
                "Patient.photo",
                "Observation.code",
                "Observation.valueQuantity",
                "Observation.valueQuantity.value",
                "Bundle.entry",
                "Bundle.entry.resource",
            ];
            summary.contains(&path)
        }

        fn is_mandatory(&self, path: &str) -> bool {
            ["Observation.status", "Patient.link.type"].contains(&path)
        }
    }

    const PATIENT: &str = r#"{"resourceType":"Patient","id":"1","meta":{"versionId":"2"},"text":{"status":"generated"},"name":[{"id":"n","family":"A","given":["B"]}],"birthDate":"2000","_birthDate":{"id":"x"},"link":[{"other":1.10,"type":"refer","note":2}],"photo":[{"data":"x"}],"gender":"male"}"#;
    const OBSERVATION: &str = r#"{"resourceType":"Observation","status":"final","valueQuantity":{"value":1.50,"unit":"x"},"_valueString":{},"note":[]}"#;
    const TAG: &str = r#""tag":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"SUBSETTED","display":"Resource encoded in summary mode"}]"#;

    #[track_caller]
    fn check(resource: &str, part: Part<'_>, expected: &str) {
        let parsed = Json::parse(resource.as_bytes()).unwrap();
        let expected = expected.replace("TAG", TAG);
        let first = part_of(&parsed, part, &Few);
        assert_eq!(first.to_text(), expected, "{part:?}");
        assert_eq!(
            part_of(&first, part, &Few),
            first,
            "a part of the part is the part"
        );
    }

    #[test]
    fn parts_keep_what_they_promise() {
        let meta = r#"{"resourceType":"Patient","id":"1","meta":{"versionId":"2",TAG}"#;
        check(PATIENT, Part::Summary, &[meta, r#","name":[{"id":"n","family":"A"}],"birthDate":"2000","_birthDate":{"id":"x"},"link":[{"other":1.10,"type":"refer"}],"photo":[]}"#].concat().replace(r#","photo":[]"#, ""));
        check(
            PATIENT,
            Part::Elements(&["Patient.gender", "birthDate", "nothing"]),
            &[
                meta,
                r#","birthDate":"2000","_birthDate":{"id":"x"},"gender":"male"}"#,
            ]
            .concat(),
        );
        check(
            PATIENT,
            Part::Text,
            &[meta, r#","text":{"status":"generated"}}"#].concat(),
        );
        check(
            OBSERVATION,
            Part::Summary,
            r#"{"resourceType":"Observation","meta":{TAG},"status":"final","valueQuantity":{"value":1.50}}"#,
        );
        check(
            OBSERVATION,
            Part::Elements(&["value"]),
            r#"{"resourceType":"Observation","meta":{TAG},"status":"final","valueQuantity":{"value":1.50,"unit":"x"},"_valueString":{}}"#,
        );
        check(
            OBSERVATION,
            Part::Data,
            &OBSERVATION.replace(r#""status""#, r#""meta":{TAG},"status""#),
        );
        check(
            &format!(r#"{{"resourceType":"Bundle","entry":[{{"resource":{OBSERVATION}}}]}}"#),
            Part::Summary,
            r#"{"resourceType":"Bundle","meta":{TAG},"entry":[{"resource":{"resourceType":"Observation","status":"final","valueQuantity":{"value":1.50}}}]}"#,
        );
    }
}
