//! When apps are due next: one row for each app with a schedule, so that a restart neither forgets a run nor makes up for
//! many.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use store::{CommitError, Expect, Store, Table, WorkspaceId, WriteSet};
use time::{Duration, OffsetDateTime};

use super::{DataError, row};
use crate::model::{AppName, Every};

const WHAT: &str = "schedule";

/// Reads and writes due times.
#[derive(Debug, Clone)]
pub struct Schedules {
    store: Arc<dyn Store>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Row {
    every_s: u64,
    #[serde(with = "time::serde::rfc3339")]
    due: OffsetDateTime,
}

/// The name of the app and a zero byte, so that it goes with the app.
pub(super) fn key(app: &AppName) -> Vec<u8> {
    [app.as_str().as_bytes(), b"\0"].concat()
}

impl Schedules {
    /// A repository over `store`.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    /// Whether the app is due at `now`; if so, it is due again at the next of its times after `now`, and times that were missed
    /// are not made up. An app that is new here, or that has another schedule than before, is due once its time has passed
    /// for the first time.
    ///
    /// # Errors
    /// [`DataError`] when the store failed.
    pub async fn take_due(
        &self,
        workspace: WorkspaceId,
        app: &AppName,
        every: Every,
        now: OffsetDateTime,
    ) -> Result<bool, DataError> {
        let key = key(app);
        let entry = self.store.get(workspace, Table::Schedules, &key).await?;
        let kept: Option<Row> = entry
            .as_ref()
            .map(|entry| row::read(WHAT, &entry.value))
            .transpose()?;
        let step = Duration::seconds(i64::try_from(every.seconds()).unwrap_or(i64::MAX));
        let kept = kept.filter(|kept| kept.every_s == every.seconds());
        let (is_due, due) = match kept {
            Some(Row { due, .. }) if due > now + step => (false, now + step), // The clock was put back.
            Some(Row { due, .. }) if due > now => return Ok(false),
            Some(Row { due, .. }) => (true, next(due, step, now)),
            None => (false, now + step),
        };
        let expect = entry.map_or(Expect::Absent, |entry| Expect::Revision(entry.revision));
        let row = Row {
            every_s: every.seconds(),
            due,
        };
        // Not made durable at once: what a power cut loses is one run too many or too few.
        let write = WriteSet::new()
            .expect(Table::Apps, app.as_str().as_bytes(), Expect::Exists)
            .expect(Table::Schedules, &key, expect)
            .put(Table::Schedules, &key, row::write(WHAT, &row)?)
            .relaxed();
        match self.store.commit(workspace, write).await {
            Ok(_) => Ok(is_due),
            // The app is gone, or somebody else has taken this time.
            Err(CommitError::Conflict { .. }) => Ok(false),
            Err(CommitError::Store(error)) => Err(error.into()),
        }
    }
}

/// The first of `due`, `due + step`, … after `now`.
fn next(due: OffsetDateTime, step: Duration, now: OffsetDateTime) -> OffsetDateTime {
    let step_s = step.whole_seconds().max(1);
    let missed = (now - due).whole_seconds() / step_s;
    due + Duration::seconds(step_s.saturating_mul(missed.saturating_add(1)))
}

#[cfg(test)]
mod tests {
    use store::MemoryStore;
    use time::macros::datetime;

    use super::*;

    #[tokio::test]
    async fn due_times_keep_their_beat_and_are_not_made_up() {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let (workspace, app) = (WorkspaceId::new(1), AppName::new("bmi").unwrap());
        let start = datetime!(2026-11-25 12:00 UTC);
        let minutes = |minutes| start + Duration::minutes(minutes);
        let every: Every = "15m".parse().unwrap();
        let due = async |at, every| {
            // As after a restart: nothing is remembered but the rows.
            let schedules = Schedules::new(Arc::clone(&store));
            schedules.take_due(workspace, &app, every, at).await.unwrap()
        };
        assert!(!due(start, every).await, "there is no such app");
        let write = WriteSet::new().put(Table::Apps, b"bmi", "{}");
        store.commit(workspace, write).await.unwrap();
        assert!(!due(start, every).await, "not before its time has passed once");
        assert!(!due(minutes(14), every).await);
        assert!(due(minutes(15), every).await);
        assert!(!due(minutes(15), every).await, "once");
        assert!(due(minutes(31), every).await);
        assert!(!due(minutes(44), every).await);
        assert!(
            due(minutes(45), every).await,
            "on the beat, not a quarter of an hour after the last run"
        );
        // Switched off for a day.
        assert!(due(minutes(45 + 24 * 60), every).await);
        assert!(!due(minutes(46 + 24 * 60), every).await);
        // Another schedule begins anew.
        let hourly: Every = "1h".parse().unwrap();
        assert!(!due(minutes(3_000), hourly).await);
        assert!(due(minutes(3_060), hourly).await);
        // A clock that was put back by years.
        let earlier = start - Duration::days(1_000);
        assert!(!due(earlier, hourly).await);
        assert!(due(earlier + Duration::hours(1), hourly).await);
    }
}
