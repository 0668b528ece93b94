//! Searchset Bundles as PDS answers them.

use axum::body::Body;
use bytes::Bytes;
use fhir::json::Json;
use fhir_types::bundle::SearchsetHead;
use http::{Response, StatusCode};
use time::OffsetDateTime;

use super::error::{NOT_POSSIBLE_HERE, Refused};
use crate::exchange::{Exchange, reply};
use crate::fhir::bundle::{SearchEntry, searchset};
use crate::fhir::media_type::FHIR_JSON;
use crate::value::NhsNumber;

/// Where PDS says that its resources are, whatever host was asked.
pub(super) const AT_THE_NHS: &str = "https://api.service.nhs.uk/personal-demographics/FHIR/R4";

/// A patient's address at the NHS.
pub(super) fn full_url(number: NhsNumber) -> String {
    format!("{AT_THE_NHS}/Patient/{number}")
}

/// What a search for patients found: address, text and score of each.
///
/// # Errors
/// When the clock stands at a time that FHIR cannot write.
pub(super) fn answer(
    exchange: &Exchange<'_>,
    found: &[(String, Bytes, f64)],
) -> Result<Response<Body>, Refused> {
    let entries: Vec<SearchEntry<'_>> = found
        .iter()
        .map(|(full_url, resource, score)| SearchEntry {
            full_url,
            resource,
            score: *score,
        })
        .collect();
    let body = searchset(exchange.now(), &entries).map_err(|error| unwritable(&error))?;
    Ok(reply(StatusCode::OK, FHIR_JSON, body))
}

/// The workspace's people can set its clock to a year that FHIR has no digits for.
pub(super) fn unwritable(error: &fhir_types::WriteError) -> Refused {
    tracing::error!(%error, "a Bundle could not be written");
    Refused::saying(
        &NOT_POSSIBLE_HERE,
        "The workspace's clock stands at a time that FHIR cannot write.",
    )
}

/// A searchset of resources that have no score: the address and the resource of each. `version` is that of the patient,
/// where PDS says it.
///
/// # Errors
/// When the clock stands at a time that FHIR cannot write.
pub(super) fn searchset_without_scores(
    now: OffsetDateTime,
    version: Option<u32>,
    entries: &[(String, Json)],
) -> Result<Bytes, Refused> {
    let head = SearchsetHead {
        timestamp: now,
        total: u32::try_from(entries.len()).unwrap_or(u32::MAX),
    };
    let mut open = Vec::new();
    head.write_open(&mut open).map_err(|error| unwritable(&error))?;
    let mut body = String::from_utf8_lossy(&open).into_owned();
    if let Some(version) = version {
        body.push_str(&format!(r#","meta":{{"versionId":"{version}"}}"#));
    }
    for (place, (full_url, resource)) in entries.iter().enumerate() {
        body.push_str(if place == 0 { r#","entry":["# } else { "," });
        let entry = Json::object([
            ("fullUrl", Json::from(full_url.as_str())),
            ("resource", resource.clone()),
        ]);
        entry.write_to(&mut body);
    }
    if !entries.is_empty() {
        body.push(']');
    }
    body.push('}');
    Ok(Bytes::from(body))
}
