//! Searches that operations do on the way to their answers.

use std::time::{Duration, Instant as Moment};

use search::execute::{CursorKey, ExecuteError, Limits, Search, run};
use search::index::Doc;
use search::parse::{Handling, Request, Scope, parse};
use search::registry::Registry;

use crate::server::{Call, Refusal};
use crate::{Instant, View};

/// How long all searches of one operation may take together.
const DEADLINE: Duration = Duration::from_secs(5);
/// What they may find together; a whole life's records are some thousands.
pub(super) const MAX_FOUND: usize = 20_000;

/// A snapshot, and what a search needs to know beside it.
pub(super) struct Finder {
    pub(super) view: View,
    pub(super) base_url: String,
    now: Instant,
    begun: Moment,
}

impl Finder {
    pub(super) async fn of(call: &Call<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            view: call.view().await?,
            base_url: call.tenant.base_url.clone(),
            now: call.now,
            begun: Moment::now(),
        })
    }

    /// Everything that a query finds, in its order.
    pub(super) fn find(&self, scope: &Scope, query: &str) -> Result<Vec<Doc>, Refusal> {
        let request = Request {
            scope,
            texts: &[query],
            handling: Handling::Strict,
            base_url: &self.base_url,
            now_us: self.now.micros(),
            terminology: &self.view,
        };
        let mut query = parse(Registry::r4(), &request)?;
        query.count = Some(MAX_FOUND.saturating_add(1));
        let expired = || self.begun.elapsed() > DEADLINE;
        let search = Search {
            corpus: &self.view,
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
        let found = run(&search, &query)?.matches;
        self.within(found.len())?;
        Ok(found)
    }

    /// Ends an operation that has found too much or takes too long.
    pub(super) fn within(&self, found: usize) -> Result<(), Refusal> {
        if found > MAX_FOUND {
            return Err(Refusal::Execute(ExecuteError::TooCostly {
                examined: u64::try_from(MAX_FOUND).unwrap_or(u64::MAX),
            }));
        }
        if self.begun.elapsed() > DEADLINE {
            return Err(Refusal::Execute(ExecuteError::Deadline));
        }
        Ok(())
    }
}
