//! The `RelatedPerson` resources of a patient among the workspace's records, found by the index that searches use.

use std::time::{Duration, Instant};

use fhir::json::Json;
use records::{ResourceType, View};
use search::execute::{CursorKey, Limits, Search, run};
use search::parse::{Handling, Request, Scope, parse};
use search::registry::Registry;

use super::super::error::Refused;
use crate::exchange::Exchange;
use crate::value::NhsNumber;

/// People whom one patient is related to, at most.
const MOST: usize = 100;
/// How long the index may take.
const DEADLINE: Duration = Duration::from_secs(2);

/// Everybody who is related to the patient, as they are kept.
///
/// # Errors
/// When the index cannot answer.
pub(super) fn of_patient(
    exchange: &Exchange<'_>,
    view: &View,
    patient: NhsNumber,
) -> Result<Vec<Json>, Refused> {
    let Some(kind) = ResourceType::parse("RelatedPerson") else {
        return Ok(Vec::new());
    };
    let now = records::Instant::from(exchange.now());
    let asked = format!("patient=Patient/{patient}");
    let request = Request {
        scope: &Scope::Type(kind),
        texts: &[&asked],
        handling: Handling::Strict,
        base_url: "",
        now_us: now.micros(),
        terminology: view,
    };
    let mut query = parse(Registry::r4(), &request).map_err(|error| Refused::records(&error))?;
    query.count = Some(MOST);
    let begun = Instant::now();
    let expired = || begun.elapsed() > DEADLINE;
    let search = Search {
        corpus: view,
        registry: Registry::r4(),
        // No page token is given out.
        cursor: CursorKey {
            secret: &[],
            workspace: "",
        },
        limits: Limits {
            expired: &expired,
            ..Limits::default()
        },
    };
    let found = run(&search, &query).map_err(|error| Refused::records(&error))?;
    let records = found.matches.into_iter().filter_map(|doc| view.document(doc));
    Ok(records
        .filter_map(|record| Json::parse(&record.text).ok())
        .collect())
}
