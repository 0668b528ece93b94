//! Finding resources of a workspace by FHIR search criteria, for interfaces that have no search of their own.

use std::sync::Arc;

use records::{Instant, Record, ResourceType, View};
use search::execute::{CursorKey, ExecuteError, Limits, Search, run};
use search::parse::{Handling, QuerySyntaxErrors, Request, Scope, parse};
use search::query::{Summary, Total};
use search::registry::Registry;
use thiserror::Error;
use time::OffsetDateTime;

/// Why nothing was looked for.
#[derive(Debug, Error)]
pub(crate) enum LookupError {
    /// The criteria are not understood.
    #[error(transparent)]
    Criteria(#[from] QuerySyntaxErrors),
    /// The search went too far.
    #[error(transparent)]
    Search(#[from] ExecuteError),
}

/// The resources of a type that meet the criteria, such as `identifier=https://fhir.nhs.uk/Id/nhs-number|9000000009`, in
/// their order; no more than `most`. What callers put into the criteria must be [`escaped`].
///
/// # Errors
/// When the criteria are not understood, or match more than one search may.
pub(crate) fn find(
    view: &View,
    kind: ResourceType,
    criteria: &str,
    most: usize,
    now: OffsetDateTime,
) -> Result<Vec<Arc<Record>>, LookupError> {
    let found = documents(view, kind, criteria, most, now)?;
    Ok(found
        .into_iter()
        .filter_map(|document| view.document(document))
        .collect())
}

/// As [`find`], and answers the numbers of the documents, which [`View::document`] reads.
///
/// # Errors
/// When the criteria are not understood, or match more than one search may.
pub(crate) fn documents(
    view: &View,
    kind: ResourceType,
    criteria: &str,
    most: usize,
    now: OffsetDateTime,
) -> Result<Vec<u32>, LookupError> {
    let scope = Scope::Type(kind);
    let request = Request {
        scope: &scope,
        texts: &[criteria],
        handling: Handling::Strict,
        // References to other servers than this one are not looked for.
        base_url: "",
        now_us: Instant::from(now).micros(),
        terminology: view,
    };
    let mut query = parse(Registry::r4(), &request)?;
    query.count = Some(most);
    query.total = Total::None;
    query.summary = Summary::False;
    let search = Search {
        corpus: view,
        registry: Registry::r4(),
        // No page token is made nor read.
        cursor: CursorKey {
            secret: &[],
            workspace: "",
        },
        limits: Limits::default(),
    };
    Ok(run(&search, &query)?.matches)
}

/// A value as it is written in criteria: separators of search and of queries are escaped.
/// Source: <https://hl7.org/fhir/R4/search.html#escaping>
pub(crate) fn escaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for character in value.chars() {
        if matches!(character, '\\' | ',' | '|' | '$') {
            text.push('\\');
        }
        text.push(character);
    }
    percent_encoding::utf8_percent_encode(&text, percent_encoding::NON_ALPHANUMERIC).to_string()
}
