//! The patch that an entry holds: a `Binary` with a JSON Patch in it, or a `Parameters` of a `FHIRPath` Patch.
//! <https://hl7.org/fhir/R4/http.html#patch>

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fhir::json::Json;
use fhir::media::{BodyType, body_type};

use super::refused;
use crate::server::Refusal;

/// The body that a PATCH of its own would have.
pub(super) fn patch_body(resource: &str) -> Result<(BodyType, Vec<u8>), Refusal> {
    if fhir::text::member(resource, "resourceType") != Some("\"Binary\"") {
        return Ok((BodyType::Json, resource.as_bytes().to_vec()));
    }
    let binary = Json::parse(resource.as_bytes())?;
    match body_type(binary.text("contentType")) {
        Ok(BodyType::JsonPatch) => {}
        Ok(BodyType::Json | BodyType::Form) | Err(_) => {
            return Err(refused(
                "resource.contentType",
                "A Binary that patches holds application/json-patch+json".to_owned(),
            ));
        }
    }
    let data = binary.text("data").unwrap_or_default();
    let packed: String = data
        .chars()
        .filter(|character| !character.is_ascii_whitespace())
        .collect();
    let patch = STANDARD
        .decode(packed)
        .map_err(|_| refused("resource.data", "The data of a Binary is base64".to_owned()))?;
    Ok((BodyType::JsonPatch, patch))
}
