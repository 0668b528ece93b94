//! The narrative: XHTML of FHIR's small vocabulary, and nothing that runs ([`fhir::narrative`]).

use fhir::json::Json;
use fhir::narrative::check_narrative;

use super::object::Walk;
use crate::issue::{IssueCode, Place};

/// Checks `Narrative.div`.
pub(super) fn check(walk: &mut Walk<'_, '_>, narrative: &Json, place: &Place<'_>) {
    let Some(div) = narrative.text("div") else {
        return;
    };
    if let Err(error) = check_narrative(div) {
        walk.issues
            .error(&place.element("div"), IssueCode::Invariant, || error.to_string());
    }
}
