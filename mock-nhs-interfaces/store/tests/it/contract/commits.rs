//! Commits: all or nothing, under conditions, in order.

use store::{CommitError, Expect, Storage, StoreError, Table, WorkspaceId, WriteSet};

use crate::TestResult;

const HERE: WorkspaceId = WorkspaceId::new(7);

async fn value(storage: &Storage, key: &[u8]) -> TestResult<Option<String>> {
    let entry = storage.store.get(HERE, Table::Apps, key).await?;
    Ok(entry.map(|entry| String::from_utf8_lossy(&entry.value).into_owned()))
}

pub(crate) async fn a_put_replaces_and_a_delete_removes(storage: &Storage) -> TestResult {
    storage
        .store
        .commit(
            HERE,
            WriteSet::new()
                .put(Table::Apps, b"a", "1")
                .put(Table::Apps, b"b", "1"),
        )
        .await?;
    storage
        .store
        .commit(
            HERE,
            WriteSet::new()
                .put(Table::Apps, b"a", "2")
                .delete(Table::Apps, b"b"),
        )
        .await?;
    assert_eq!(value(storage, b"a").await?.as_deref(), Some("2"));
    assert_eq!(value(storage, b"b").await?, None);
    // To delete what is not there is no error.
    storage
        .store
        .commit(
            HERE,
            WriteSet::new()
                .delete(Table::Apps, b"b")
                .delete(Table::Apps, b"never"),
        )
        .await?;
    Ok(())
}

pub(crate) async fn the_last_change_to_a_key_counts(storage: &Storage) -> TestResult {
    let set = WriteSet::new()
        .put(Table::Apps, b"kept", "1")
        .delete(Table::Apps, b"kept")
        .put(Table::Apps, b"kept", "2")
        .put(Table::Apps, b"gone", vec![1; 10_000])
        .delete(Table::Apps, b"gone")
        .put(Table::Apps, b"small", vec![1; 10_000])
        .put(Table::Apps, b"small", "3");
    storage.store.commit(HERE, set).await?;
    assert_eq!(value(storage, b"kept").await?.as_deref(), Some("2"));
    assert_eq!(value(storage, b"gone").await?, None);
    assert_eq!(value(storage, b"small").await?.as_deref(), Some("3"));
    Ok(())
}

pub(crate) async fn revisions_only_grow_across_workspaces_and_deletions(storage: &Storage) -> TestResult {
    let mut last = 0;
    for round in 0..10 {
        let workspace = WorkspaceId::new(round % 3);
        let set = WriteSet::new().put(Table::Apps, b"a", "1");
        let set = if round % 2 == 0 {
            set
        } else {
            WriteSet::new().delete(Table::Apps, b"a")
        };
        let committed = storage.store.commit(workspace, set).await?;
        assert!(
            committed.revision > last,
            "revision {} came after {last}",
            committed.revision
        );
        last = committed.revision;
    }
    Ok(())
}

pub(crate) async fn every_condition_holds_or_conflicts(storage: &Storage) -> TestResult {
    let there = storage
        .store
        .commit(HERE, WriteSet::new().put(Table::Apps, b"there", "1"))
        .await?
        .revision;
    let cases: [(&[u8], Expect, bool); 7] = [
        (b"there", Expect::Absent, false),
        (b"there", Expect::Exists, true),
        (b"there", Expect::Revision(there), true),
        (b"there", Expect::Revision(there - 1), false),
        (b"missing", Expect::Absent, true),
        (b"missing", Expect::Exists, false),
        (b"missing", Expect::Revision(there), false),
    ];
    for (key, expect, holds) in cases {
        let set = WriteSet::new()
            .expect(Table::Apps, key, expect)
            .put(Table::Apps, b"other", "1");
        let committed = storage.store.commit(HERE, set).await;
        assert_eq!(
            committed.is_ok(),
            holds,
            "{} {expect:?}: {committed:?}",
            key.escape_ascii()
        );
        // The same key in another workspace is another row.
        let elsewhere = WriteSet::new().expect(Table::Apps, key, Expect::Absent);
        storage.store.commit(WorkspaceId::new(8), elsewhere).await?;
    }
    Ok(())
}

pub(crate) async fn a_conflict_changes_nothing_and_names_the_first_condition_that_failed(
    storage: &Storage,
) -> TestResult {
    let before = storage
        .store
        .commit(HERE, WriteSet::new().put(Table::Apps, b"a", "1"))
        .await?
        .revision;
    let set = WriteSet::new()
        .expect(Table::Apps, b"a", Expect::Exists)
        .put(Table::Apps, b"a", "2")
        .put(Table::Apps, b"large", vec![1; 10_000])
        .expect(Table::Versions, b"second", Expect::Exists)
        .expect(Table::Apps, b"third", Expect::Exists);
    let conflict = CommitError::Conflict {
        table: Table::Versions,
        key: b"second".to_vec().into(),
    };
    assert_eq!(storage.store.commit(HERE, set).await, Err(conflict));
    assert_eq!(value(storage, b"a").await?.as_deref(), Some("1"));
    assert_eq!(value(storage, b"large").await?, None);
    assert_eq!(storage.store.health().await.last_revision, before);
    Ok(())
}

pub(crate) async fn conditions_are_about_the_state_before_the_set(storage: &Storage) -> TestResult {
    let set = WriteSet::new()
        .put(Table::Apps, b"a", "1")
        .expect(Table::Apps, b"a", Expect::Absent);
    storage.store.commit(HERE, set).await?;
    let set = WriteSet::new()
        .delete(Table::Apps, b"a")
        .expect(Table::Apps, b"a", Expect::Exists);
    storage.store.commit(HERE, set).await?;
    assert_eq!(value(storage, b"a").await?, None);
    Ok(())
}

pub(crate) async fn a_set_without_changes_only_checks(storage: &Storage) -> TestResult {
    let last = storage
        .store
        .commit(HERE, WriteSet::new().put(Table::Apps, b"a", "1"))
        .await?;
    assert_eq!(storage.store.commit(HERE, WriteSet::new()).await, Ok(last));
    let check = |expect| WriteSet::new().expect(Table::Apps, b"a", expect);
    assert_eq!(storage.store.commit(HERE, check(Expect::Exists)).await, Ok(last));
    assert!(storage.store.commit(HERE, check(Expect::Absent)).await.is_err());
    assert_eq!(storage.store.health().await.last_revision, last.revision);
    Ok(())
}

pub(crate) async fn relaxed_commits_are_seen_at_once(storage: &Storage) -> TestResult {
    for round in 0..20 {
        let set = WriteSet::new()
            .put(Table::Apps, b"counter", round.to_string())
            .relaxed();
        storage.store.commit(HERE, set).await?;
        assert_eq!(value(storage, b"counter").await?, Some(round.to_string()));
    }
    Ok(())
}

pub(crate) async fn a_closed_store_reads_and_does_not_write(storage: &Storage) -> TestResult {
    storage
        .store
        .commit(HERE, WriteSet::new().put(Table::Apps, b"a", "1").relaxed())
        .await?;
    assert!(storage.store.health().await.writable());
    storage.close().await?;
    storage.close().await?;
    let refused = storage
        .store
        .commit(HERE, WriteSet::new().put(Table::Apps, b"a", "2"))
        .await;
    assert!(
        matches!(refused, Err(CommitError::Store(StoreError::Unavailable(_)))),
        "{refused:?}"
    );
    assert_eq!(value(storage, b"a").await?.as_deref(), Some("1"));
    assert!(!storage.store.health().await.writable());
    Ok(())
}
