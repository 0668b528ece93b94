//! A page of a search, with its links.

use std::sync::Arc;

use axum::body::Body;
use fhir::json::Json;
use http::Response;
use records::{Instant, Record, ResourceType, View};
use uuid::Uuid;

use super::FHIR;
use super::error::{INVALID_VALUE, Problem, TOO_COSTLY};
use super::question::Question;
use super::shape::{Format, read};
use crate::exchange::Exchange;
use crate::lookup::{LookupError, documents};

/// Most matches of a search. Source: the page of this API, parameter `_count`.
pub(super) const MOST: usize = 50_000;

/// A resource type by its name.
pub(super) fn kind(name: &str) -> ResourceType {
    ResourceType::parse(name).unwrap_or_else(|| unreachable!("R4 has the type"))
}

/// The documents of a type that meet FHIR's own criteria.
///
/// # Errors
/// When the criteria are not understood, or too many match.
pub(super) fn matching(
    exchange: &Exchange<'_>,
    view: &View,
    type_name: &str,
    criteria: &str,
) -> Result<Vec<u32>, Problem> {
    let criteria = criteria.trim_start_matches('&');
    let found = documents(view, kind(type_name), criteria, MOST + 1, exchange.now());
    let found = found.map_err(|error| match error {
        LookupError::Criteria(_) => Problem::new(&INVALID_VALUE, error),
        LookupError::Search(_) => Problem::new(&TOO_COSTLY, error),
    })?;
    if found.len() > MOST {
        return Err(Problem::new(
            &TOO_COSTLY,
            "Too many records requested (Use _count and _offset)",
        ));
    }
    Ok(found)
}

/// What a search found, before it is cut into pages.
pub(super) struct Found<'f> {
    pub(super) type_name: &'static str,
    pub(super) question: &'f Question,
    pub(super) documents: Vec<u32>,
}

/// A page of what was found; `beside` adds what the matches of the page bring with them.
///
/// # Errors
/// When a record cannot be read, or the answer is too large.
pub(super) fn page(
    exchange: &Exchange<'_>,
    view: &View,
    found: &Found<'_>,
    beside: impl FnOnce(&[Arc<Record>]) -> Result<Vec<Arc<Record>>, Problem>,
) -> Result<Response<Body>, Problem> {
    let question = found.question;
    let (count, offset) = (question.count()?, question.offset()?);
    let total = found.documents.len();
    let now = Instant::from(exchange.now()).to_string();
    let mut meta = vec![("lastUpdated", Json::string(now))];
    let mut rest = Vec::new();
    if question.counts_only()? {
        let subsetted = Json::object([
            (
                "system",
                Json::string("http://terminology.hl7.org/CodeSystem/v3-ObservationValue"),
            ),
            ("code", Json::string("SUBSETTED")),
            ("display", Json::string("Resource encoded in summary mode")),
        ]);
        meta.push(("tag", Json::Array(vec![subsetted])));
        rest.push(("total", number(total)));
    } else {
        let matches: Vec<Arc<Record>> = found
            .documents
            .iter()
            .skip(offset)
            .take(count)
            .filter_map(|document| view.document(*document))
            .collect();
        let has_next = offset.saturating_add(count) < total;
        // The server knows the number of matches without counting when one page holds them all.
        if question.wants_total() || (offset == 0 && !has_next) {
            rest.push(("total", number(total)));
        }
        rest.push((
            "link",
            links(exchange, found, has_next.then_some((count, offset))),
        ));
        let included = beside(&matches)?;
        let base = base(exchange);
        let entries: Result<Vec<Json>, Problem> = matches
            .iter()
            .map(|record| entry(&base, found.type_name, record, "match"))
            .chain(included.iter().map(|record| {
                let type_name = if found.type_name == "Organization" {
                    "OrganizationAffiliation"
                } else {
                    "Organization"
                };
                entry(&base, type_name, record, "include")
            }))
            .collect();
        let entries = entries?;
        if !entries.is_empty() {
            rest.push(("entry", Json::Array(entries)));
        }
    }
    let mut members = vec![
        ("resourceType", Json::string("Bundle")),
        ("id", Json::string(Uuid::new_v4().to_string())),
        ("meta", Json::object(meta)),
        ("type", Json::string("searchset")),
    ];
    members.append(&mut rest);
    Format::wanted(exchange).answer_within_limit(&Json::object(members))
}

/// The address below which resources are.
pub(super) fn base(exchange: &Exchange<'_>) -> String {
    format!("{}{FHIR}", exchange.interface_url())
}

fn links(exchange: &Exchange<'_>, found: &Found<'_>, page: Option<(usize, usize)>) -> Json {
    let address = format!("{}/{}", base(exchange), found.type_name);
    let link = |relation: &str, url: String| {
        Json::object([("relation", Json::string(relation)), ("url", Json::string(url))])
    };
    let mut links = vec![link("self", found.question.link(&address, None))];
    if let Some((count, offset)) = page {
        let next = (count, offset.saturating_add(count));
        links.push(link("next", found.question.link(&address, Some(next))));
    }
    Json::Array(links)
}

fn entry(base: &str, type_name: &str, record: &Record, mode: &str) -> Result<Json, Problem> {
    Ok(Json::object([
        (
            "fullUrl",
            Json::string(format!("{base}/{type_name}/{}", record.id.as_str())),
        ),
        ("resource", read(record)?),
        ("search", Json::object([("mode", Json::string(mode))])),
    ]))
}

pub(super) fn number(count: usize) -> Json {
    Json::integer(i64::try_from(count).unwrap_or(i64::MAX))
}
