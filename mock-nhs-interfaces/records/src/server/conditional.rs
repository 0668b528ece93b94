//! Conditions that say which resource is meant, in place of an id. <https://hl7.org/fhir/R4/http.html#cond-update>

use std::sync::Arc;

use search::execute::{CursorKey, Limits, Search, run};
use search::index::Doc;
use search::parse::{Handling, Request, Scope, parse};
use search::query::Query;
use search::registry::Registry;

use super::{Call, Refusal};
use crate::{Record, ResourceType, View};

/// Conditions, understood.
#[derive(Clone, Debug)]
pub(crate) struct Conditions {
    query: Query,
    criteria: String,
}

/// The resources that meet them.
#[derive(Clone, Debug)]
pub(crate) enum Matches {
    None,
    One(Arc<Record>),
    Several,
}

impl Conditions {
    /// Understands criteria such as `identifier=http://example.com|1`, also with `Patient?` before them. Always strictly:
    /// a condition that is not understood, or has no value, cannot be left out.
    pub(crate) fn of(
        call: &Call<'_>,
        view: &View,
        kind: ResourceType,
        criteria: &str,
    ) -> Result<Self, Refusal> {
        let criteria = criteria.trim();
        let named = criteria.strip_prefix(kind.name()).unwrap_or(criteria);
        let criteria = named.strip_prefix('?').unwrap_or(criteria);
        let scope = Scope::Type(kind);
        let request = Request {
            scope: &scope,
            texts: &[criteria],
            handling: Handling::Criteria,
            base_url: &call.tenant.base_url,
            now_us: call.now.micros(),
            terminology: view,
        };
        let mut query = parse(Registry::r4(), &request)?;
        if query.targets.iter().all(|target| target.filters.is_empty()) {
            return Err(Refusal::NoCriteria);
        }
        query.includes = Vec::new();
        query.reverse_includes = Vec::new();
        query.sort = Vec::new();
        query.cursor = None;
        query.summary = search::query::Summary::False;
        query.total = search::query::Total::None;
        Ok(Self {
            query,
            criteria: criteria.to_owned(),
        })
    }

    /// As they were written.
    pub(crate) fn criteria(&self) -> &str {
        &self.criteria
    }

    /// Everything that meets them.
    ///
    /// # Errors
    /// [`Refusal::TooManyMatches`] when that is more than `most`.
    pub(crate) fn find_all(&self, view: &View, most: usize) -> Result<Vec<Arc<Record>>, Refusal> {
        let found = self.search(view, most.saturating_add(1))?;
        if found.len() > most {
            return Err(Refusal::TooManyMatches(self.criteria.clone(), most));
        }
        Ok(found.into_iter().filter_map(|doc| view.document(doc)).collect())
    }

    /// What meets them.
    pub(crate) fn find(&self, view: &View) -> Result<Matches, Refusal> {
        match self.search(view, 2)?.as_slice() {
            [] => Ok(Matches::None),
            [doc] => Ok(view.document(*doc).map_or(Matches::None, Matches::One)),
            _ => Ok(Matches::Several),
        }
    }

    fn search(&self, view: &View, count: usize) -> Result<Vec<Doc>, Refusal> {
        let mut query = self.query.clone();
        query.count = Some(count);
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
}
