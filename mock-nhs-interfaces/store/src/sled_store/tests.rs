//! What needs the seam under the writer: syncs counted, syncs that fail, a writer that dies.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};

use tempfile::TempDir;

use super::SledStore;
use super::log_file::{LogFile, SyncLog};
use crate::{
    CommitError, DataDirectory, Expect, KeyRange, ScanOptions, Store as _, StoreError, SystemClock, Table,
    WorkspaceId, WriteSet,
};

const WORKSPACE: WorkspaceId = WorkspaceId::new(1);

/// What the next syncs do. Shared by a test and the log it put under the writer.
#[derive(Default)]
struct Disk {
    syncs: AtomicUsize,
    fails: AtomicBool,
    panics: AtomicBool,
    /// While true, a sync waits.
    stuck: Mutex<bool>,
    moved: Condvar,
}

impl Disk {
    fn stick(&self) {
        *self.stuck.lock().unwrap() = true;
    }

    fn unstick(&self) {
        *self.stuck.lock().unwrap() = false;
        self.moved.notify_all();
    }
}

struct TestLog {
    log: LogFile,
    disk: Arc<Disk>,
}

impl SyncLog for TestLog {
    fn sync(&mut self) -> io::Result<()> {
        self.disk.syncs.fetch_add(1, Ordering::SeqCst);
        assert!(
            !self.disk.panics.load(Ordering::SeqCst),
            "the test lets the writer thread die"
        );
        let _unstuck = self
            .disk
            .moved
            .wait_while(self.disk.stuck.lock().unwrap(), |stuck| *stuck)
            .unwrap();
        if self.disk.fails.load(Ordering::SeqCst) {
            return Err(io::Error::from_raw_os_error(5));
        }
        self.log.sync()
    }
}

fn open(folder: &TempDir) -> (Arc<SledStore>, Arc<Disk>) {
    let disk = Arc::new(Disk::default());
    let directory = DataDirectory::open(folder.path()).unwrap();
    let log_disk = Arc::clone(&disk);
    let store = SledStore::open_with(&directory, Arc::new(SystemClock), |log| {
        Box::new(TestLog { log, disk: log_disk })
    });
    (Arc::new(store.unwrap()), disk)
}

fn put(key: &str) -> WriteSet {
    WriteSet::new().put(Table::Apps, key.as_bytes(), key.to_owned())
}

/// Commits that wait while a sync is under way share the next one.
#[tokio::test]
async fn commits_that_wait_together_share_one_sync() {
    let folder = TempDir::new().unwrap();
    let (store, disk) = open(&folder);
    store.commit(WORKSPACE, put("first")).await.unwrap();
    let before = disk.syncs.load(Ordering::SeqCst);

    disk.stick();
    let mut waiting = tokio::task::JoinSet::new();
    for number in 0..200 {
        let store = Arc::clone(&store);
        waiting.spawn(async move { store.commit(WORKSPACE, put(&format!("row-{number}"))).await });
    }
    while store.health().await.backlog < 200 {
        tokio::task::yield_now().await;
    }
    disk.unstick();
    let mut revisions: Vec<u64> = waiting
        .join_all()
        .await
        .into_iter()
        .map(|done| done.unwrap().revision)
        .collect();

    // One sync was under way, with at least one commit in it; the rest fits into one group of 256.
    let syncs = disk.syncs.load(Ordering::SeqCst) - before;
    assert!(syncs <= 3, "200 commits took {syncs} syncs");
    revisions.sort_unstable();
    assert_eq!(revisions, (2..=201).collect::<Vec<u64>>());
    assert_eq!(store.health().await.commits, 201);
    assert_eq!(store.health().await.backlog, 0);
}

/// Each depends on those before it.
fn writes_on_two_rows() -> [WriteSet; 7] {
    [
        WriteSet::new()
            .expect(Table::Apps, b"new", Expect::Absent)
            .put(Table::Apps, b"new", "1"),
        WriteSet::new()
            .expect(Table::Apps, b"new", Expect::Absent)
            .put(Table::Apps, b"new", "2"),
        WriteSet::new()
            .expect(Table::Apps, b"new", Expect::Revision(3))
            .put(Table::Apps, b"new", vec![3; 9000]),
        WriteSet::new()
            .expect(Table::Apps, b"large", Expect::Exists)
            .delete(Table::Apps, b"large"),
        WriteSet::new()
            .expect(Table::Apps, b"large", Expect::Exists)
            .put(Table::Apps, b"large", "4"),
        WriteSet::new().expect(Table::Apps, b"large", Expect::Absent).put(
            Table::Apps,
            b"large",
            vec![5; 5000],
        ),
        WriteSet::new().put(Table::Apps, b"new", "6").relaxed(),
    ]
}

/// Within a group, a condition sees the commits before it, large values and deletions included.
#[tokio::test]
async fn conditions_in_a_group_see_the_commits_before_them() {
    let folder = TempDir::new().unwrap();
    let (store, disk) = open(&folder);
    store
        .commit(
            WORKSPACE,
            WriteSet::new().put(Table::Apps, b"large", vec![1; 20_000]),
        )
        .await
        .unwrap();

    disk.stick();
    let commit = |write: WriteSet| {
        let store = Arc::clone(&store);
        tokio::spawn(async move { store.commit(WORKSPACE, write).await })
    };
    // Occupies the writer; all others wait and then go as one group, in this order.
    let first = commit(put("first"));
    while disk.syncs.load(Ordering::SeqCst) < 2 {
        tokio::task::yield_now().await;
    }
    let mut waiting = Vec::new();
    for write in writes_on_two_rows() {
        let backlog = store.health().await.backlog;
        waiting.push(commit(write));
        while store.health().await.backlog == backlog {
            tokio::task::yield_now().await;
        }
    }
    disk.unstick();
    let mut outcomes = Vec::new();
    for done in waiting {
        outcomes.push(done.await.unwrap().map(|committed| committed.revision));
    }
    assert_eq!(first.await.unwrap().unwrap().revision, 2);
    let conflict = |key: &'static str| {
        Err(CommitError::Conflict {
            table: Table::Apps,
            key: key.into(),
        })
    };
    assert_eq!(
        outcomes,
        [
            Ok(3),
            conflict("new"),
            Ok(4),
            Ok(5),
            conflict("large"),
            Ok(6),
            Ok(7)
        ]
    );
    let page = store
        .scan(WORKSPACE, Table::Apps, KeyRange::all(), ScanOptions::default())
        .await
        .unwrap();
    let rows: Vec<(&[u8], u64, usize)> = page
        .rows
        .iter()
        .map(|(key, entry)| (key.as_ref(), entry.revision, entry.value.len()))
        .collect();
    assert_eq!(rows, [(&b"first"[..], 2, 5), (b"large", 6, 5000), (b"new", 7, 1)]);
    // Rows, the two chunks of "large", and the number of the last commit: nothing else is left of 20,000 and 9,000.
    assert_eq!(store.shared.tree.len(), 3 + 2 + 1);
}

/// After a failed sync nothing is written any more, nothing is synced again, and reads go on.
#[tokio::test]
async fn a_failed_sync_makes_the_store_read_only() {
    let folder = TempDir::new().unwrap();
    let (store, disk) = open(&folder);
    store.commit(WORKSPACE, put("kept")).await.unwrap();
    disk.fails.store(true, Ordering::SeqCst);

    let failed = store.commit(WORKSPACE, put("in-doubt")).await;
    assert!(
        matches!(failed, Err(CommitError::Store(StoreError::OutcomeUnknown(_)))),
        "{failed:?}"
    );
    // The disk is well again: a sync now would succeed, though the pages may be lost.
    disk.fails.store(false, Ordering::SeqCst);
    let syncs = disk.syncs.load(Ordering::SeqCst);
    for write in [put("later"), put("relaxed").relaxed()] {
        let refused = store.commit(WORKSPACE, write).await;
        assert!(
            matches!(refused, Err(CommitError::Store(StoreError::Unavailable(_)))),
            "{refused:?}"
        );
    }
    assert!(matches!(
        store.close().await,
        Ok(()) | Err(StoreError::Unavailable(_))
    ));
    assert_eq!(disk.syncs.load(Ordering::SeqCst), syncs, "a sync was tried again");

    let health = store.health().await;
    assert!(
        health
            .refusal
            .as_ref()
            .is_some_and(|reason| reason.contains("syncing failed")),
        "{health:?}"
    );
    assert!(!health.writable());
    assert_eq!(
        store
            .get(WORKSPACE, Table::Apps, b"kept")
            .await
            .unwrap()
            .unwrap()
            .value,
        "kept"
    );
    assert_eq!(store.get(WORKSPACE, Table::Apps, b"later").await.unwrap(), None);

    // A restart opens it again.
    drop(store);
    let (store, _disk) = open(&folder);
    store.commit(WORKSPACE, put("later")).await.unwrap();
    assert_eq!(
        store
            .get(WORKSPACE, Table::Apps, b"kept")
            .await
            .unwrap()
            .unwrap()
            .value,
        "kept"
    );
}

/// Everybody who waits for the failed sync hears that the outcome is unknown.
#[tokio::test]
async fn all_commits_of_a_failed_group_are_in_doubt() {
    let folder = TempDir::new().unwrap();
    let (store, disk) = open(&folder);
    disk.fails.store(true, Ordering::SeqCst);
    disk.stick();
    let mut waiting = tokio::task::JoinSet::new();
    for number in 0..20 {
        let store = Arc::clone(&store);
        waiting.spawn(async move { store.commit(WORKSPACE, put(&format!("row-{number}"))).await });
    }
    while store.health().await.backlog < 20 {
        tokio::task::yield_now().await;
    }
    disk.unstick();
    for outcome in waiting.join_all().await {
        match outcome {
            Err(CommitError::Store(StoreError::OutcomeUnknown(_) | StoreError::Unavailable(_))) => {}
            other => panic!("a commit answered {other:?} though no sync succeeded"),
        }
    }
    assert_eq!(disk.syncs.load(Ordering::SeqCst), 1);
}

/// A dead writer is noticed by the commit under way, by those after it, and by health. Reads go on.
#[tokio::test]
async fn a_dead_writer_is_noticed() {
    let folder = TempDir::new().unwrap();
    let (store, disk) = open(&folder);
    store.commit(WORKSPACE, put("kept")).await.unwrap();
    disk.panics.store(true, Ordering::SeqCst);

    let under_way = store.commit(WORKSPACE, put("in-doubt")).await;
    assert!(
        matches!(under_way, Err(CommitError::Store(StoreError::OutcomeUnknown(_)))),
        "{under_way:?}"
    );
    let later = store.commit(WORKSPACE, put("later")).await;
    assert!(
        matches!(later, Err(CommitError::Store(StoreError::Unavailable(_)))),
        "{later:?}"
    );
    assert!(
        store
            .health()
            .await
            .refusal
            .is_some_and(|reason| reason.contains("writer thread"))
    );
    assert_eq!(
        store
            .get(WORKSPACE, Table::Apps, b"kept")
            .await
            .unwrap()
            .unwrap()
            .value,
        "kept"
    );
}

/// A relaxed commit does not wait for the disk, and a durable one behind it takes it along.
#[tokio::test]
async fn relaxed_commits_do_not_wait_for_the_disk() {
    let folder = TempDir::new().unwrap();
    let (store, disk) = open(&folder);
    for number in 0..50 {
        store
            .commit(WORKSPACE, put(&format!("row-{number}")).relaxed())
            .await
            .unwrap();
    }
    let syncs = disk.syncs.load(Ordering::SeqCst);
    assert!(syncs <= 3, "50 relaxed commits took {syncs} syncs");
    store.commit(WORKSPACE, put("durable")).await.unwrap();
    assert!(disk.syncs.load(Ordering::SeqCst) > syncs);
    // 4 MiB that are not synced are too many to leave.
    let syncs = disk.syncs.load(Ordering::SeqCst);
    for number in 0..5 {
        let large = WriteSet::new()
            .put(Table::Apps, &[number], vec![number; 1024 * 1024])
            .relaxed();
        store.commit(WORKSPACE, large).await.unwrap();
    }
    store.close().await.unwrap();
    assert!(disk.syncs.load(Ordering::SeqCst) > syncs);
}

/// A relaxed commit is synced within a second or so, though nothing follows it.
#[tokio::test]
async fn a_relaxed_commit_is_synced_in_the_end() {
    let folder = TempDir::new().unwrap();
    let (store, disk) = open(&folder);
    store.commit(WORKSPACE, put("relaxed").relaxed()).await.unwrap();
    let synced = async {
        while store.health().await.last_sync.is_none() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), synced)
        .await
        .unwrap();
    assert!(disk.syncs.load(Ordering::SeqCst) > 0);
}
