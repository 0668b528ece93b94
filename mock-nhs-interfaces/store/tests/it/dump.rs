//! Dump and restore: everything, between engines, or nothing.

use std::io::Cursor;
use std::time::Duration;

use bytes::Bytes;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use store::{
    CommitError, DUMP_VERSION, Import, OpenError, RestoreError, ScanOptions, Storage, StoreError, Table,
    WorkspaceId, WriteSet,
};

use crate::TestResult;
use crate::subject::Subject;

async fn dump(storage: &Storage) -> TestResult<Vec<u8>> {
    let mut file = Vec::new();
    let info = storage.dump(&mut file).await?;
    assert_eq!(info.bytes, u64::try_from(file.len())?);
    Ok(file)
}

async fn restore(storage: &Storage, file: &[u8]) -> Result<store::DumpInfo, RestoreError> {
    storage.restore(&mut Cursor::new(file.to_vec())).await
}

/// Something of everything: all tables, several workspaces, overwritten and deleted rows, chunks, blobs.
async fn fill(storage: &Storage) -> TestResult {
    for number in 0..20_u8 {
        let workspace = WorkspaceId::new(u64::from(number % 3) * 1000);
        let table = *Table::ALL
            .get(usize::from(number) % Table::ALL.len())
            .ok_or("no such table")?;
        let set = WriteSet::new()
            .put(table, &[number], vec![number; usize::from(number) * 700])
            .put(table, b"overwritten", vec![number; 5])
            .put(table, b"", "")
            .delete(table, &[number.wrapping_sub(6)]);
        storage.store.commit(workspace, set).await?;
        if number % 5 == 0 {
            storage
                .blobs
                .put(Bytes::from(vec![number; usize::from(number) * 1000]))
                .await?;
        }
    }
    Ok(())
}

/// The other engine restores what one has dumped, goes on with the next revision, and dumps the same.
async fn travels(from: Subject, to: Subject) -> TestResult {
    fill(&from.storage).await?;
    let file = dump(&from.storage).await?;
    let info = restore(&to.storage, &file).await?;
    let last_revision = from.storage.store.health().await.last_revision;
    assert_eq!((info.last_revision, info.blobs), (last_revision, 4));
    let options = ScanOptions {
        limit: 1000,
        ..ScanOptions::default()
    };
    let rows = from.storage.store.export(None, options).await?.rows;
    assert_eq!(info.rows, u64::try_from(rows.len())?);
    assert_eq!(to.storage.store.export(None, options).await?.rows, rows);
    assert!(
        dump(&to.storage).await? == file,
        "the dump of a restored dump is another file"
    );
    to.check_engine_blobs_are_empty()?;

    let next = to
        .storage
        .store
        .commit(
            WorkspaceId::PLATFORM,
            WriteSet::new().put(Table::Apps, b"next", "1"),
        )
        .await?;
    assert_eq!(next.revision, last_revision + 1);
    Ok(())
}

#[tokio::test]
async fn travels_from_sled_to_memory() -> TestResult {
    travels(Subject::sled()?, Subject::memory()?).await
}

#[tokio::test]
async fn travels_from_memory_to_sled() -> TestResult {
    travels(Subject::memory()?, Subject::sled()?).await
}

#[tokio::test]
async fn a_restored_folder_opens_again() -> TestResult {
    let from = Subject::memory()?;
    fill(&from.storage).await?;
    let file = dump(&from.storage).await?;
    let folder = tempfile::TempDir::new()?;
    let storage = Storage::open(folder.path())?;
    restore(&storage, &file).await?;
    drop(storage);
    let storage = Storage::open(folder.path())?;
    assert!(dump(&storage).await? == file);
    Ok(())
}

/// dump(restore(dump(x))) = dump(x), whatever x is.
#[test]
fn the_dump_of_a_restored_dump_is_the_same() -> TestResult {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let row = (
        0..4_u64,
        proptest::sample::select(Table::ALL),
        any::<[u8; 2]>(),
        0..6000_usize,
        any::<bool>(),
    );
    let blob = proptest::collection::vec(any::<u8>(), 0..100);
    let contents = (
        proptest::collection::vec(row, 0..20),
        proptest::collection::vec(blob, 0..4),
    );
    let mut runner = TestRunner::new(Config {
        cases: 64,
        failure_persistence: None,
        ..Config::default()
    });
    runner.run(&contents, |(rows, blobs)| {
        let differs: TestResult<bool> = runtime.block_on(async {
            let (first, second) = (Storage::memory(), Storage::memory());
            for (workspace, table, key, size, deleted) in rows {
                let set = WriteSet::new().put(table, &key, vec![1; size]);
                first.store.commit(WorkspaceId::new(workspace), set).await?;
                if deleted {
                    first
                        .store
                        .commit(WorkspaceId::new(workspace), WriteSet::new().delete(table, &key))
                        .await?;
                }
            }
            for blob in blobs {
                first.blobs.put(blob.into()).await?;
            }
            let file = dump(&first).await?;
            restore(&second, &file).await?;
            Ok(dump(&second).await? != file)
        });
        prop_assert!(!differs.map_err(|error| TestCaseError::fail(error.to_string()))?);
        Ok(())
    })?;
    Ok(())
}

/// A small dump with everything in it, and where nothing of it may be restored to.
async fn small_dump() -> TestResult<Vec<u8>> {
    let storage = Storage::memory();
    storage
        .store
        .commit(
            WorkspaceId::new(1),
            WriteSet::new().put(Table::Apps, b"key", "value"),
        )
        .await?;
    storage.blobs.put(Bytes::from_static(b"blob")).await?;
    dump(&storage).await
}

async fn refused_and_untouched(file: &[u8], what: &str) -> TestResult<RestoreError> {
    let storage = Storage::memory();
    let Err(error) = restore(&storage, file).await else {
        return Err(format!("{what} was restored").into());
    };
    assert_eq!(
        storage.store.export(None, ScanOptions::default()).await?.rows,
        [],
        "{what} left rows"
    );
    assert_eq!(storage.blobs.list(None, 1).await?, [], "{what} left blobs");
    assert!(
        storage.store.health().await.writable(),
        "{what} left the store unusable"
    );
    Ok(error)
}

#[tokio::test]
async fn every_truncated_dump_is_refused() -> TestResult {
    let file = small_dump().await?;
    for length in 0..file.len() {
        let cut = file.get(..length).ok_or("the file is shorter")?;
        let error = refused_and_untouched(cut, &format!("a dump cut to {length} bytes")).await?;
        let expected = matches!(
            (length, &error),
            (0..8, RestoreError::NotADump) | (8.., RestoreError::Truncated)
        );
        assert!(expected, "cut to {length} bytes: {error}");
    }
    Ok(())
}

#[tokio::test]
async fn every_changed_byte_is_noticed() -> TestResult {
    let file = small_dump().await?;
    for position in 0..file.len() {
        for change in [0x01, 0x80, 0xff] {
            let mut changed = file.clone();
            if let Some(byte) = changed.get_mut(position) {
                *byte ^= change;
            }
            refused_and_untouched(&changed, &format!("a dump with byte {position} changed")).await?;
        }
    }
    let longer = [file.as_slice(), b"\n"].concat();
    refused_and_untouched(&longer, "a dump with something behind it").await?;
    Ok(())
}

#[tokio::test]
async fn other_files_and_newer_dumps_are_refused_by_name() -> TestResult {
    let error = refused_and_untouched(b"PK\x03\x04 something else entirely", "a zip file").await?;
    assert_eq!(error.to_string(), "this is not a dump made by c4h dump");
    let mut newer = small_dump().await?;
    newer.splice(8..12, (DUMP_VERSION + 1).to_be_bytes());
    let error = refused_and_untouched(&newer, "a newer dump").await?;
    assert!(
        error
            .to_string()
            .contains("made by a newer version of c4h (its version is 2"),
        "{error}"
    );
    Ok(())
}

#[tokio::test]
async fn only_an_untouched_storage_is_restored_to() -> TestResult {
    let file = small_dump().await?;
    let with_a_row = Storage::memory();
    with_a_row
        .store
        .commit(
            WorkspaceId::new(9),
            WriteSet::new().put(Table::Apps, b"mine", "1"),
        )
        .await?;
    let subject = Subject::sled()?;
    let emptied = subject.storage.clone();
    emptied
        .store
        .commit(
            WorkspaceId::new(9),
            WriteSet::new().put(Table::Apps, b"mine", "1"),
        )
        .await?;
    emptied
        .store
        .commit(WorkspaceId::new(9), WriteSet::new().delete(Table::Apps, b"mine"))
        .await?;
    let with_a_blob = Storage::memory();
    with_a_blob.blobs.put(Bytes::from_static(b"mine")).await?;
    for storage in [with_a_row, emptied, with_a_blob] {
        let before = dump(&storage).await?;
        let refused = restore(&storage, &file).await;
        assert!(matches!(refused, Err(RestoreError::NotEmpty)), "{refused:?}");
        assert!(
            dump(&storage).await? == before,
            "a refused restore changed something"
        );
    }
    Ok(())
}

/// Between the beginning and the end of a restore nothing else is written, and a folder that stopped there stays shut.
#[tokio::test]
async fn a_restore_that_was_cut_short_is_never_taken_for_a_whole_one() -> TestResult {
    let folder = tempfile::TempDir::new()?;
    let storage = Storage::open(folder.path())?;
    storage.store.import(Import::Begin).await?;
    let refused = storage
        .store
        .commit(WorkspaceId::new(1), WriteSet::new().put(Table::Apps, b"a", "1"))
        .await;
    assert!(
        matches!(refused, Err(CommitError::Store(StoreError::Unavailable(_)))),
        "{refused:?}"
    );
    drop(storage);
    let mut tries = 0;
    let error = loop {
        let Err(error) = Storage::open(folder.path()) else {
            return Err("the folder opened".into());
        };
        // On a busy machine the engine's threads let go of the folder a moment after it was dropped.
        tries += 1;
        if tries > 500 || !matches!(error, OpenError::InUse { .. }) {
            break error;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert!(error.to_string().contains("did not finish"), "{error}");
    assert!(
        error.to_string().contains("c4h restore FILE --data-dir NEW"),
        "{error}"
    );
    Ok(())
}
