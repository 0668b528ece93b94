//! Blobs as files: what is left behind, what is damaged, what fails.

use std::fs;

use bytes::Bytes;
use store::{BlobId, Storage, StoreError};
use tempfile::TempDir;

use crate::TestResult;

#[tokio::test]
async fn what_was_left_half_written_is_removed_at_opening() -> TestResult {
    let folder = TempDir::new()?;
    let id = Storage::open(folder.path())?
        .blobs
        .put(Bytes::from_static(b"kept"))
        .await?;
    let half = folder.path().join("blobs/5f0c4e9e.temporary");
    fs::write(&half, b"ke")?;
    let storage = Storage::open(folder.path())?;
    assert!(!half.exists());
    assert_eq!(storage.blobs.list(None, 10).await?, [id]);
    assert_eq!(storage.blobs.get(&id).await?.as_deref(), Some(&b"kept"[..]));
    Ok(())
}

#[tokio::test]
async fn a_damaged_blob_is_noticed_and_repaired_by_putting_it_again() -> TestResult {
    let folder = TempDir::new()?;
    let storage = Storage::open(folder.path())?;
    let id = storage.blobs.put(Bytes::from_static(b"as it was")).await?;
    for damage in [&b"as it is"[..], b""] {
        fs::write(folder.path().join("blobs").join(id.to_string()), damage)?;
        let read = storage.blobs.get(&id).await;
        assert!(
            matches!(&read, Err(StoreError::Corrupt(text)) if text.contains(&id.to_string())),
            "{read:?}"
        );
        assert_eq!(storage.blobs.put(Bytes::from_static(b"as it was")).await?, id);
        assert_eq!(storage.blobs.get(&id).await?.as_deref(), Some(&b"as it was"[..]));
    }
    Ok(())
}

#[tokio::test]
async fn other_files_are_left_alone() -> TestResult {
    let folder = TempDir::new()?;
    let storage = Storage::open(folder.path())?;
    let note = folder.path().join("blobs/README");
    fs::write(&note, "mine")?;
    assert_eq!(storage.blobs.list(None, 10).await?, []);
    drop(storage);
    Storage::open(folder.path())?;
    assert_eq!(fs::read_to_string(note)?, "mine");
    Ok(())
}

/// After an error of the disk nothing is written until the program is started again, and reads go on.
#[tokio::test]
async fn an_error_while_writing_makes_the_blobs_read_only() -> TestResult {
    let folder = TempDir::new()?;
    let storage = Storage::open(folder.path())?;
    let kept = storage.blobs.put(Bytes::from_static(b"kept")).await?;
    let (blobs, aside) = (folder.path().join("blobs"), folder.path().join("aside"));
    fs::rename(&blobs, &aside)?;
    let failed = storage.blobs.put(Bytes::from_static(b"lost")).await;
    assert!(matches!(failed, Err(StoreError::Unavailable(_))), "{failed:?}");

    fs::rename(&aside, &blobs)?;
    let refused = storage.blobs.put(Bytes::from_static(b"lost")).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    assert!(storage.blobs.health().await.refusal.is_some());
    assert_eq!(storage.blobs.get(&kept).await?.as_deref(), Some(&b"kept"[..]));
    assert!(!storage.blobs.contains(&BlobId::of(b"lost")).await?);

    drop(storage);
    let storage = Storage::open(folder.path())?;
    storage.blobs.put(Bytes::from_static(b"lost")).await?;
    Ok(())
}
