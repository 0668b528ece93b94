//! Batches and transactions. <https://hl7.org/fhir/R4/http.html#transaction>

use axum::body::Body;

use crate::server::{Answer, Call, Refusal};

/// The interactions with Bundles, as a `CapabilityStatement` names them.
pub(crate) const INTERACTIONS: &[&str] = &[];

/// Does what a Bundle asks for.
pub(crate) async fn process_bundle(_call: &Call<'_>, _body: Body) -> Result<Answer, Refusal> {
    Err(Refusal::NotSupported(
        "Batches and transactions are not offered".to_owned(),
    ))
}
