//! Large bodies.

use bytes::Bytes;
use store::{BlobId, MAX_BLOB_BYTES, Storage, StoreError};

use crate::TestResult;

pub(crate) async fn a_blob_reads_back_under_its_digest(storage: &Storage) -> TestResult {
    for size in [0, 1, 5000, 3_000_000] {
        let bytes = Bytes::from(vec![7; size]);
        let id = storage.blobs.put(bytes.clone()).await?;
        assert_eq!(id, BlobId::of(&bytes));
        assert!(storage.blobs.get(&id).await?.ok_or("the blob is missing")? == bytes);
        assert!(storage.blobs.contains(&id).await?);
    }
    let unknown = BlobId::of(b"never put");
    assert_eq!(storage.blobs.get(&unknown).await?, None);
    assert!(!storage.blobs.contains(&unknown).await?);
    assert_eq!(storage.blobs.health().await.refusal, None);
    Ok(())
}

pub(crate) async fn the_same_blob_twice_is_one(storage: &Storage) -> TestResult {
    let mut puts = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let blobs = std::sync::Arc::clone(&storage.blobs);
        puts.spawn(async move { blobs.put(Bytes::from_static(b"the same")).await });
    }
    for id in puts.join_all().await {
        assert_eq!(id?, BlobId::of(b"the same"));
    }
    assert_eq!(storage.blobs.list(None, 10).await?, [BlobId::of(b"the same")]);
    Ok(())
}

pub(crate) async fn a_deleted_blob_is_gone(storage: &Storage) -> TestResult {
    let id = storage.blobs.put(Bytes::from_static(b"short-lived")).await?;
    assert!(storage.blobs.delete(&id).await?);
    assert!(!storage.blobs.delete(&id).await?);
    assert_eq!(storage.blobs.get(&id).await?, None);
    assert_eq!(storage.blobs.list(None, 10).await?, []);
    assert_eq!(storage.blobs.put(Bytes::from_static(b"short-lived")).await?, id);
    assert!(storage.blobs.contains(&id).await?);
    Ok(())
}

pub(crate) async fn names_are_listed_in_order_by_the_page(storage: &Storage) -> TestResult {
    let mut expected = Vec::new();
    for number in 0..25_u8 {
        expected.push(storage.blobs.put(Bytes::from(vec![number])).await?);
    }
    expected.sort_unstable();
    let mut listed: Vec<BlobId> = Vec::new();
    loop {
        let page = storage.blobs.list(listed.last(), 10).await?;
        let last_page = page.len() < 10;
        listed.extend(page);
        if last_page {
            break;
        }
    }
    assert_eq!(listed, expected);
    Ok(())
}

pub(crate) async fn a_blob_has_a_largest_size(storage: &Storage) -> TestResult {
    let refused = storage.blobs.put(Bytes::from(vec![0; MAX_BLOB_BYTES + 1])).await;
    assert_eq!(
        refused,
        Err(StoreError::TooLarge {
            what: "blob",
            size: MAX_BLOB_BYTES + 1,
            limit: MAX_BLOB_BYTES
        })
    );
    assert_eq!(storage.blobs.list(None, 10).await?, []);
    Ok(())
}
