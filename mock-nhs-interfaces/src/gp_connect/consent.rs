//! What Consents say about sharing.

use fhir::json::Json;

use super::places::Read;

/// Whether the last of these says no.
pub(crate) fn denies(consents: &[Read]) -> bool {
    let last = consents
        .iter()
        .max_by_key(|consent| consent.r4.text("dateTime").unwrap_or_default().to_owned());
    last.is_some_and(|consent| consent.r4.at(&["provision", "type"]).and_then(Json::as_str) == Some("deny"))
}
