//! The criteria of a subscription: a search, held against the resources that a change made.

use std::sync::Arc;
use std::time::{Duration, Instant as Moment};

use search::execute::{CursorKey, Limits, Search, run};
use search::parse::{Handling, Request, Scope, parse};
use search::query::{Query, Summary, Total};
use search::registry::Registry;

use super::subscription_type;
use crate::server::shown::shown;
use crate::{Instant, Record, ResourceType, View};

/// Resources that are held against criteria in one search.
const AT_ONCE: usize = 200;
/// How long one search may take.
const DEADLINE: Duration = Duration::from_secs(2);

/// `Observation?code=…`: which resources somebody wants to be told of.
#[derive(Clone, Debug)]
pub(super) struct Criteria {
    pub(super) kind: ResourceType,
    query: String,
}

impl Criteria {
    /// Takes criteria apart.
    ///
    /// # Errors
    /// A sentence that says why they are none.
    pub(super) fn split(text: &str) -> Result<Self, String> {
        let (name, query) = text.split_once('?').unwrap_or((text, ""));
        let kind = ResourceType::parse(name.trim_start_matches('/')).ok_or_else(|| {
            format!(
                "{} does not begin with a resource type; write Patient?name=x",
                shown(text)
            )
        })?;
        if Some(kind) == subscription_type() {
            return Err("Nobody is told of subscriptions: the server itself changes them".to_owned());
        }
        Ok(Self {
            kind,
            query: query.to_owned(),
        })
    }

    /// The search for those of these ids that meet them; without ids, of all that do.
    ///
    /// # Errors
    /// A sentence that says what is wrong with them.
    pub(super) fn understand(
        &self,
        view: &View,
        base_url: &str,
        now: Instant,
        ids: &[&str],
    ) -> Result<Query, String> {
        let scope = Scope::Type(self.kind);
        let own = if ids.is_empty() {
            String::new()
        } else {
            format!("_id={}", ids.join(","))
        };
        let request = Request {
            scope: &scope,
            texts: &[&self.query, &own],
            handling: Handling::Strict,
            base_url,
            now_us: now.micros(),
            terminology: view,
        };
        let mut query = parse(Registry::r4(), &request).map_err(|errors| errors.to_string())?;
        query.count = Some(AT_ONCE);
        query.includes = Vec::new();
        query.reverse_includes = Vec::new();
        query.sort = Vec::new();
        query.cursor = None;
        query.summary = Summary::False;
        query.total = Total::None;
        Ok(query)
    }

    /// Those of the records that meet them, and stand as they are.
    ///
    /// # Errors
    /// A sentence that says why that cannot be known.
    pub(super) fn meeting(
        &self,
        view: &View,
        base_url: &str,
        now: Instant,
        records: &[Arc<Record>],
    ) -> Result<Vec<Arc<Record>>, String> {
        let stands = |record: &Arc<Record>| {
            record.kind == self.kind
                && view
                    .read(record.kind, record.id.as_str())
                    .is_some_and(|standing| standing.version == record.version)
        };
        let own: Vec<&Arc<Record>> = records.iter().filter(|record| stands(record)).collect();
        let mut meeting = Vec::new();
        for some in own.chunks(AT_ONCE) {
            let ids: Vec<&str> = some.iter().map(|record| record.id.as_str()).collect();
            let query = self.understand(view, base_url, now, &ids)?;
            let begun = Moment::now();
            let expired = || begun.elapsed() > DEADLINE;
            let search = Search {
                corpus: view,
                registry: Registry::r4(),
                // No page token is made nor read.
                cursor: CursorKey {
                    secret: &[],
                    workspace: "",
                },
                limits: Limits {
                    expired: &expired,
                    ..Limits::default()
                },
            };
            let found = run(&search, &query).map_err(|error| error.to_string())?.matches;
            meeting.extend(found.into_iter().filter_map(|doc| view.document(doc)));
        }
        Ok(meeting)
    }
}
