//! Opening a data folder: by one program, of a known format, with damaged files.

use std::fs::{self, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use store::{
    Clock, DATA_FORMAT, FixedClock, KeyRange, OpenError, ScanOptions, Storage, Table, WorkspaceId, WriteSet,
};
use tempfile::TempDir;
use time::macros::datetime;

use crate::TestResult;

const HERE: WorkspaceId = WorkspaceId::new(7);

/// A folder with some rows in it, closed.
async fn filled() -> TestResult<TempDir> {
    let folder = TempDir::new()?;
    let storage = Storage::open(folder.path())?;
    for number in 0..200_u32 {
        let set = WriteSet::new().put(
            Table::Apps,
            &number.to_be_bytes(),
            vec![u8::try_from(number)?; 6000],
        );
        storage.store.commit(HERE, set).await?;
    }
    storage.close().await?;
    Ok(folder)
}

async fn count_rows(storage: &Storage) -> TestResult<usize> {
    let options = ScanOptions {
        limit: 1000,
        byte_budget: usize::MAX,
        reverse: false,
    };
    let page = storage
        .store
        .scan(HERE, Table::Apps, KeyRange::all(), options)
        .await?;
    assert!(page.rows.iter().all(|(_, entry)| entry.value.len() == 6000));
    Ok(page.rows.len())
}

fn refused(opened: Result<Storage, OpenError>) -> TestResult<OpenError> {
    match opened {
        Ok(_) => Err("the folder opened".into()),
        Err(error) => Ok(error),
    }
}

fn snapshots(folder: &Path) -> TestResult<Vec<PathBuf>> {
    let mut found = Vec::new();
    for file in fs::read_dir(folder.join("sled"))? {
        let path = file?.path();
        if path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with("snap."))
        {
            found.push(path);
        }
    }
    Ok(found)
}

#[tokio::test]
async fn a_folder_opens_again_with_everything_in_it() -> TestResult {
    let folder = filled().await?;
    let storage = Storage::open(folder.path())?;
    assert_eq!(count_rows(&storage).await?, 200);
    let health = storage.store.health().await;
    assert_eq!(
        (health.engine, health.last_revision, health.quarantined.len()),
        ("sled", 200, 0)
    );
    assert!(health.size_bytes > 0);
    Ok(())
}

#[tokio::test]
async fn a_new_folder_is_created_with_its_parents() -> TestResult {
    let folder = TempDir::new()?;
    let nested = folder.path().join("a/b/data");
    let storage = Storage::open(&nested)?;
    storage
        .store
        .commit(HERE, WriteSet::new().put(Table::Apps, b"a", "1"))
        .await?;
    assert_eq!(
        fs::read_to_string(nested.join("format"))?,
        format!("code4health-data {DATA_FORMAT}\n")
    );
    Ok(())
}

#[tokio::test]
async fn a_second_opener_is_refused_until_the_first_is_gone() -> TestResult {
    let folder = TempDir::new()?;
    let first = Storage::open(folder.path())?;
    let error = refused(Storage::open(folder.path()))?;
    assert!(matches!(error, OpenError::InUse { .. }), "{error}");
    let message = error.to_string();
    assert!(
        message.contains(&*folder.path().canonicalize()?.to_string_lossy()),
        "{message}"
    );
    #[cfg(unix)]
    assert!(
        message.contains(&format!("(process {})", std::process::id())),
        "{message}"
    );
    // Either part alone still holds the folder.
    let Storage { store, blobs, .. } = first;
    drop(store);
    assert!(matches!(
        refused(Storage::open(folder.path()))?,
        OpenError::InUse { .. }
    ));
    drop(blobs);
    Storage::open(folder.path())?;
    Ok(())
}

#[tokio::test]
async fn a_newer_format_is_refused_and_left_alone() -> TestResult {
    let folder = filled().await?;
    let format = folder.path().join("format");
    fs::write(&format, format!("code4health-data {}\n", DATA_FORMAT + 1))?;
    let error = refused(Storage::open(folder.path()))?;
    assert!(matches!(error, OpenError::NewerFormat { .. }), "{error}");
    assert!(
        error.to_string().contains("written by a newer version of c4h"),
        "{error}"
    );
    // The newer program still finds what it wrote.
    fs::write(&format, format!("code4health-data {DATA_FORMAT}\n"))?;
    assert_eq!(count_rows(&Storage::open(folder.path())?).await?, 200);
    Ok(())
}

#[tokio::test]
async fn a_format_that_says_nothing_is_refused() -> TestResult {
    let folder = filled().await?;
    for text in ["", "code4health-data 0\n", "hello\n"] {
        fs::write(folder.path().join("format"), text)?;
        let error = refused(Storage::open(folder.path()))?;
        assert!(matches!(error, OpenError::Damaged { .. }), "{text:?}: {error}");
    }
    fs::remove_file(folder.path().join("format"))?;
    let error = refused(Storage::open(folder.path()))?;
    assert!(
        error.to_string().contains("the file `format` is missing"),
        "{error}"
    );
    Ok(())
}

#[tokio::test]
async fn a_damaged_snapshot_is_set_aside_and_nothing_is_lost() -> TestResult {
    let damages: [fn(Vec<u8>) -> Vec<u8>; 4] = [
        |bytes| vec![0; bytes.len()],
        |mut bytes| {
            bytes.truncate(bytes.len() / 2);
            bytes
        },
        |mut bytes| {
            let middle = bytes.len() / 2;
            bytes
                .iter_mut()
                .skip(middle)
                .take(3)
                .for_each(|byte| *byte ^= 0xff);
            bytes
        },
        |_| Vec::new(),
    ];
    for (number, damage) in damages.into_iter().enumerate() {
        let folder = filled().await?;
        // The snapshot is written at opening.
        drop(Storage::open(folder.path())?);
        closed(folder.path())?;
        let snapshots = snapshots(folder.path())?;
        assert!(!snapshots.is_empty(), "there is no snapshot to damage");
        for path in &snapshots {
            fs::write(path, damage(fs::read(path)?))?;
        }
        let clock: Arc<dyn Clock> = Arc::new(FixedClock::new(datetime!(2026-11-23 12:34:56.789 UTC)));
        let storage = Storage::open_with_clock(folder.path(), clock)?;
        assert_eq!(count_rows(&storage).await?, 200, "damage {number}");
        let health = storage.store.health().await;
        assert_eq!(health.quarantined.len(), snapshots.len(), "damage {number}");
        for path in &health.quarantined {
            assert!(
                path.exists() && path.to_string_lossy().contains("quarantine-20261123T123456.789Z"),
                "{path:?}"
            );
        }
        assert!(health.writable());
        storage
            .store
            .commit(HERE, WriteSet::new().put(Table::Versions, b"after", "1"))
            .await?;
        drop(storage);
        let storage = Storage::open(folder.path())?;
        assert_eq!(count_rows(&storage).await?, 200);
        assert_eq!(storage.store.health().await.quarantined.len(), 0);
    }
    Ok(())
}

/// Waits until sled has let go of a folder: its threads go on for a moment, and may write one more snapshot.
fn closed(folder: &Path) -> TestResult {
    Ok(OpenOptions::new()
        .read(true)
        .write(true)
        .open(folder.join("sled/db"))?
        .lock()?)
}

/// Changes bytes in the middle of sled's log.
fn damage_log(folder: &Path, position: u64, length: usize) -> TestResult {
    let mut log = OpenOptions::new()
        .read(true)
        .write(true)
        .open(folder.join("sled/db"))?;
    let mut bytes = vec![0; length];
    log.seek(SeekFrom::Start(position))?;
    log.read_exact(&mut bytes)?;
    bytes.iter_mut().for_each(|byte| *byte ^= 0x5a);
    log.seek(SeekFrom::Start(position))?;
    log.write_all(&bytes)?;
    Ok(())
}

/// A copy of a closed folder's files.
fn copy(folder: &Path) -> TestResult<TempDir> {
    let copy = TempDir::new()?;
    for part in ["", "sled", "sled/blobs", "blobs"] {
        let to = copy.path().join(part);
        fs::create_dir_all(&to)?;
        for file in fs::read_dir(folder.join(part))? {
            let file = file?;
            if file.file_type()?.is_file() {
                fs::copy(file.path(), to.join(file.file_name()))?;
            }
        }
    }
    Ok(copy)
}

/// How a folder with a damaged log behaves: refused with the way out, or nothing lost.
async fn what_becomes_of(folder: &Path) -> TestResult<&'static str> {
    let storage = match Storage::open(folder) {
        Ok(storage) => storage,
        Err(error @ OpenError::Damaged { .. })
            if error.to_string().contains("c4h restore FILE --data-dir NEW") =>
        {
            return Ok("refused");
        }
        Err(error) => return Err(error.into()),
    };
    for number in 0..200_u32 {
        match storage.store.get(HERE, Table::Apps, &number.to_be_bytes()).await {
            Ok(Some(entry)) if entry.value == vec![u8::try_from(number)?; 6000] => {}
            other => return Err(format!("row {number} answered {other:?}").into()),
        }
    }
    Ok("nothing lost")
}

/// Wherever the log is damaged: no acknowledged row is missing or wrong without a word.
#[tokio::test]
async fn a_damaged_log_never_loses_anything_silently() -> TestResult {
    const POSITIONS: u64 = 32;
    let folder = filled().await?;
    let length = fs::metadata(folder.path().join("sled/db"))?.len();
    let mut refused = 0;
    for step in 0..POSITIONS {
        let damaged = copy(folder.path())?;
        let position = (length - 50) * step / POSITIONS;
        damage_log(damaged.path(), position, 50)?;
        let outcome = what_becomes_of(damaged.path()).await;
        let outcome = outcome.map_err(|error| format!("damaged at {position} of {length}: {error}"))?;
        refused += u32::from(outcome == "refused");
    }
    // About half of the log is in use, and sled opens without a word after a third of the damages there.
    assert!(refused >= 5, "only {refused} damaged logs were refused");
    Ok(())
}

#[tokio::test]
async fn a_log_that_ends_too_early_is_refused() -> TestResult {
    let folder = filled().await?;
    let earlier = copy(folder.path())?;
    let storage = Storage::open(folder.path())?;
    storage
        .store
        .commit(HERE, WriteSet::new().put(Table::Apps, b"later", "1"))
        .await?;
    drop(storage);
    // The log of an earlier day under the mark of today.
    fs::copy(
        folder.path().join("sled/durable-revision"),
        earlier.path().join("sled/durable-revision"),
    )?;
    let error = refused(Storage::open(earlier.path()))?;
    assert!(
        error
            .to_string()
            .contains("the log ends at commit 200, but commit 201 was written"),
        "{error}"
    );
    Ok(())
}
