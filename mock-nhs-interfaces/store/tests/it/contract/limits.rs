//! The largest of everything.

use store::{
    CommitError, KeyRange, MAX_KEY_BYTES, MAX_VALUE_BYTES, MAX_WRITE_BYTES, MAX_WRITE_ROWS, Pages,
    ScanOptions, Storage, StoreError, Table, WorkspaceId, WriteSet,
};

use crate::TestResult;

const HERE: WorkspaceId = WorkspaceId::new(7);

pub(crate) async fn what_is_too_large_is_refused_and_the_largest_is_taken(storage: &Storage) -> TestResult {
    let quarter = || bytes::Bytes::from(vec![0; MAX_VALUE_BYTES]);
    let four_values = (0..4_u8).fold(WriteSet::new(), |set, key| {
        set.put(Table::Apps, &[key], quarter())
    });
    let many_rows = (0..=MAX_WRITE_ROWS).fold(WriteSet::new(), |set, _| set.delete(Table::Apps, b""));
    let too_large = [
        (
            "key",
            WriteSet::new().put(Table::Apps, &[0; MAX_KEY_BYTES + 1], ""),
        ),
        (
            "key",
            WriteSet::new().delete(Table::Apps, &[0; MAX_KEY_BYTES + 1]),
        ),
        (
            "key",
            WriteSet::new().expect(Table::Apps, &[0; MAX_KEY_BYTES + 1], store::Expect::Absent),
        ),
        (
            "value",
            WriteSet::new().put(Table::Apps, b"", vec![0; MAX_VALUE_BYTES + 1]),
        ),
        ("commit", four_values),
        ("number of rows in one commit", many_rows),
    ];
    for (what, set) in too_large {
        match storage.store.commit(HERE, set).await {
            Err(CommitError::Store(StoreError::TooLarge { what: named, .. })) => assert_eq!(named, what),
            other => return Err(format!("a {what} that is too large answered {other:?}").into()),
        }
    }
    assert_eq!(storage.store.health().await.last_revision, 0);
    let largest = WriteSet::new().put(Table::Apps, &[0; MAX_KEY_BYTES], quarter());
    storage.store.commit(HERE, largest).await?;
    Ok(())
}

/// Many rows with the longest keys, whose pages come closest to what sled moves to files of its own; then all of them
/// changed and removed, so that pages are merged again.
pub(crate) async fn a_commit_of_the_largest_size_is_taken(storage: &Storage) -> TestResult {
    let key = |number: usize| {
        let mut key = number.to_be_bytes().to_vec();
        key.resize(MAX_KEY_BYTES, 0xaa);
        key
    };
    let rows = MAX_WRITE_BYTES / (MAX_KEY_BYTES + 4087);
    let fill = |byte: u8| {
        (0..rows).fold(WriteSet::new(), |set, number| {
            set.put(Table::Apps, &key(number), vec![byte; 4087])
        })
    };
    storage.store.commit(HERE, fill(1)).await?;
    storage.store.commit(HERE, fill(2)).await?;
    let options = ScanOptions::default();
    let mut pages = Pages::new(
        storage.store.as_ref(),
        HERE,
        Table::Apps,
        KeyRange::all(),
        options,
    );
    let mut count = 0;
    while let Some(rows) = pages.next().await? {
        assert!(
            rows.iter()
                .all(|(_, entry)| entry.value == vec![2; 4087] && entry.revision == 2)
        );
        count += rows.len();
    }
    assert_eq!(count, rows);
    let remove = (0..rows).fold(WriteSet::new(), |set, number| {
        set.delete(Table::Apps, &key(number))
    });
    storage.store.commit(HERE, remove).await?;
    assert_eq!(
        storage
            .store
            .scan(HERE, Table::Apps, KeyRange::all(), options)
            .await?
            .rows,
        []
    );
    Ok(())
}
