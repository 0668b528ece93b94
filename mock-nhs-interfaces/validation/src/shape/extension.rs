//! The rule of every extension: a value or further extensions, never both: <https://hl7.org/fhir/R4/extensibility.html#Extension>.

use fhir::json::Json;

use super::object::Walk;
use crate::issue::{IssueCode, Place};

/// Checks R4's ext-1.
pub(super) fn check(walk: &mut Walk<'_, '_>, members: &[(Box<str>, Json)], place: &Place<'_>) {
    let has = |name: &str| {
        members
            .iter()
            .any(|(key, _)| key.strip_prefix('_').unwrap_or(key).starts_with(name))
    };
    if has("extension") == has("value") {
        let both = has("value");
        walk.issues.error(place, IssueCode::Invariant, || {
            let found = if both { "both" } else { "neither" };
            format!("An extension has a value or extensions of its own; this one has {found} (ext-1).")
        });
    }
}
