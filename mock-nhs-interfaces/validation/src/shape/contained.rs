//! The rules about contained resources: <https://hl7.org/fhir/R4/references.html#contained>.

use std::collections::HashSet;

use fhir::json::Json;

use super::object::Walk;
use crate::issue::{IssueCode, Place, quoted};

/// Checks the contained resources of one resource, after the walk has seen every local reference in it.
pub(super) fn check(walk: &mut Walk<'_, '_>, resource: &Json, place: &Place<'_>) {
    if walk.issues.is_full() {
        return;
    }
    let contained = resource
        .get("contained")
        .and_then(Json::as_array)
        .unwrap_or_default();
    let around = place.element("contained");
    let mut ids = HashSet::new();
    for (index, one) in contained.iter().enumerate() {
        let here = around.item(index);
        if one.get("contained").is_some() {
            walk.issues
                .error(&here.element("contained"), IssueCode::Invariant, || {
                    "A contained resource contains no further ones (dom-2).".to_owned()
                });
        }
        let meta = one.get("meta");
        for (key, rule) in [
            ("versionId", "dom-4"),
            ("lastUpdated", "dom-4"),
            ("security", "dom-5"),
        ] {
            if meta.is_some_and(|meta| meta.get(key).is_some()) {
                walk.issues
                    .error(&here.element("meta").element(key), IssueCode::Invariant, || {
                        format!("A contained resource has no `meta.{key}` of its own ({rule}).")
                    });
            }
        }
        match one.text("id") {
            Some(id) if ids.insert(id) => {}
            Some(id) => walk.issues.error(&here.element("id"), IssueCode::Invariant, || {
                format!("Two contained resources have the id {}.", quoted(id))
            }),
            None => walk.issues.error(&here.element("id"), IssueCode::Required, || {
                "A contained resource has an id, by which the rest of the resource refers to it.".to_owned()
            }),
        }
    }
    unreferenced(walk, contained, &around);
    for (address, is_reference) in std::mem::take(&mut walk.local) {
        let id = address.strip_prefix('#').unwrap_or(address);
        // Other addresses may be fragments of something else.
        if is_reference && !id.is_empty() && !ids.contains(id) {
            walk.issues.error(place, IssueCode::Invariant, || {
                format!(
                    "{} refers to a contained resource that is not there (ref-1).",
                    quoted(address)
                )
            });
        }
    }
}

/// R4's dom-3: whatever is contained is referred to from the outside, or refers to it by `#`.
fn unreferenced(walk: &mut Walk<'_, '_>, contained: &[Json], around: &Place<'_>) {
    if contained.is_empty() {
        return;
    }
    let referred: HashSet<&str> = walk
        .local
        .iter()
        .map(|(address, _)| address.strip_prefix('#').unwrap_or(address))
        .collect();
    for (index, one) in contained.iter().enumerate() {
        let unknown = one.text("id").filter(|id| !referred.contains(id));
        let Some(id) = unknown.filter(|_| !refers_to_container(one)) else {
            continue;
        };
        walk.issues.error(&around.item(index), IssueCode::Invariant, || {
            format!("Nothing refers to the contained resource {} (dom-3).", quoted(id))
        });
    }
}

/// Whether a Reference inside points at `#`, the resource around it.
fn refers_to_container(value: &Json) -> bool {
    match value {
        Json::Object(members) => members.iter().any(|(key, value)| {
            (&**key == "reference" && value.as_str() == Some("#")) || refers_to_container(value)
        }),
        Json::Array(items) => items.iter().any(refers_to_container),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => false,
    }
}
