//! Several at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use store::{CommitError, Expect, KeyRange, ScanOptions, Storage, Store, Table, WorkspaceId, WriteSet};
use tokio::task::JoinSet;

use crate::TestResult;

const HERE: WorkspaceId = WorkspaceId::new(7);

/// Adds one to a counter, as often as it takes to be the only one who does.
async fn increment(store: &dyn Store) -> TestResult {
    loop {
        let entry = store.get(HERE, Table::Apps, b"counter").await?;
        let (count, expect) = match &entry {
            Some(entry) => (
                std::str::from_utf8(&entry.value)?.parse::<u32>()?,
                Expect::Revision(entry.revision),
            ),
            None => (0, Expect::Absent),
        };
        let set = WriteSet::new().expect(Table::Apps, b"counter", expect).put(
            Table::Apps,
            b"counter",
            (count + 1).to_string(),
        );
        match store.commit(HERE, set).await {
            Ok(_) => return Ok(()),
            Err(CommitError::Conflict { .. }) => {}
            Err(error @ CommitError::Store(_)) => return Err(error.into()),
        }
    }
}

pub(crate) async fn counters_under_conditions_lose_nothing(storage: &Storage) -> TestResult {
    let mut tasks = JoinSet::new();
    for _ in 0..8 {
        let store = Arc::clone(&storage.store);
        tasks.spawn(async move {
            for _ in 0..10 {
                increment(store.as_ref()).await?;
            }
            TestResult::Ok(())
        });
    }
    for done in tasks.join_all().await {
        done?;
    }
    let entry = storage
        .store
        .get(HERE, Table::Apps, b"counter")
        .await?
        .ok_or("there is no counter")?;
    assert_eq!(entry.value, "80");
    Ok(())
}

/// Starts a task that writes, again and again, the same two rows with the same value.
fn keep_writing(storage: &Storage, value: fn(u8) -> Vec<u8>) -> (Arc<AtomicBool>, JoinSet<TestResult>) {
    let stop = Arc::new(AtomicBool::new(false));
    let mut tasks = JoinSet::new();
    let (store, stopped) = (Arc::clone(&storage.store), Arc::clone(&stop));
    tasks.spawn(async move {
        for round in (0..=u8::MAX).cycle() {
            if stopped.load(Ordering::Relaxed) {
                break;
            }
            let value = value(round);
            let set = WriteSet::new()
                .put(Table::Apps, b"a", value.clone())
                .put(Table::Apps, b"z", value)
                .relaxed();
            store.commit(HERE, set).await?;
        }
        Ok(())
    });
    (stop, tasks)
}

pub(crate) async fn a_page_never_shows_half_a_commit(storage: &Storage) -> TestResult {
    // Rows between the two, so that a page takes a while.
    let middle = (0..200_u32).fold(WriteSet::new(), |set, number| {
        set.put(Table::Apps, format!("m{number}").as_bytes(), "1")
    });
    storage
        .store
        .commit(
            HERE,
            middle
                .put(Table::Apps, b"a", vec![0])
                .put(Table::Apps, b"z", vec![0]),
        )
        .await?;
    let (stop, mut writer) = keep_writing(storage, |round| vec![round]);
    for round in 0..300 {
        let options = ScanOptions {
            reverse: round % 2 == 0,
            ..ScanOptions::default()
        };
        let page = storage
            .store
            .scan(HERE, Table::Apps, KeyRange::all(), options)
            .await?;
        let (first, last) = (
            page.rows.first().ok_or("no rows")?,
            page.rows.last().ok_or("no rows")?,
        );
        assert_eq!(first.1, last.1, "one page shows two commits");
    }
    stop.store(true, Ordering::Relaxed);
    writer.join_next().await.ok_or("no writer")??
}

pub(crate) async fn a_large_value_is_never_torn(storage: &Storage) -> TestResult {
    // The length changes too, so that pieces come and go.
    let value = |round: u8| vec![round; 3000 + usize::from(round % 8) * 4000];
    storage
        .store
        .commit(HERE, WriteSet::new().put(Table::Apps, b"a", value(0)))
        .await?;
    let (stop, mut writer) = keep_writing(storage, value);
    for _ in 0..300 {
        let entry = storage
            .store
            .get(HERE, Table::Apps, b"a")
            .await?
            .ok_or("the row is missing")?;
        let round = *entry.value.first().ok_or("the value is empty")?;
        assert!(
            entry.value == value(round),
            "a value of {} bytes is torn",
            entry.value.len()
        );
    }
    stop.store(true, Ordering::Relaxed);
    writer.join_next().await.ok_or("no writer")??
}

pub(crate) async fn held_commits_wait(storage: &Storage) -> TestResult {
    let held = storage.store.hold_commits().await?;
    let store = Arc::clone(&storage.store);
    let mut waiting = tokio::spawn(async move {
        store
            .commit(HERE, WriteSet::new().put(Table::Apps, b"a", "1"))
            .await
    });
    // Long enough for a commit that does not wait to come through.
    let outcome = tokio::time::timeout(Duration::from_millis(50), &mut waiting).await;
    assert!(outcome.is_err(), "the commit did not wait: {outcome:?}");
    assert_eq!(storage.store.health().await.backlog, 1);
    assert_eq!(storage.store.get(HERE, Table::Apps, b"a").await?, None);
    drop(held);
    waiting.await??;
    assert!(storage.store.get(HERE, Table::Apps, b"a").await?.is_some());
    assert_eq!(storage.store.health().await.backlog, 0);
    Ok(())
}

pub(crate) async fn an_abandoned_commit_does_no_harm(storage: &Storage) -> TestResult {
    for _ in 0..20 {
        let commit = storage
            .store
            .commit(HERE, WriteSet::new().put(Table::Apps, b"a", "1"));
        // Dropped at its first wait, or done.
        let _abandoned = tokio::time::timeout(Duration::ZERO, commit).await;
    }
    let held = storage.store.hold_commits().await?;
    drop(held);
    storage
        .store
        .commit(HERE, WriteSet::new().put(Table::Apps, b"b", "1"))
        .await?;
    assert_eq!(storage.store.health().await.backlog, 0);
    Ok(())
}
