//! Point reads.

use store::{MAX_KEY_BYTES, MAX_VALUE_BYTES, Storage, Table, WorkspaceId, WriteSet};

use crate::TestResult;

const HERE: WorkspaceId = WorkspaceId::new(7);

pub(crate) async fn a_row_reads_back_with_the_revision_that_wrote_it(storage: &Storage) -> TestResult {
    let first = storage
        .store
        .commit(HERE, WriteSet::new().put(Table::Apps, b"a", "one"))
        .await?;
    let second = storage
        .store
        .commit(HERE, WriteSet::new().put(Table::Apps, b"b", "two"))
        .await?;
    let a = storage
        .store
        .get(HERE, Table::Apps, b"a")
        .await?
        .ok_or("a is missing")?;
    let b = storage
        .store
        .get(HERE, Table::Apps, b"b")
        .await?
        .ok_or("b is missing")?;
    assert_eq!((a.value.as_ref(), a.revision), (&b"one"[..], first.revision));
    assert_eq!((b.value.as_ref(), b.revision), (&b"two"[..], second.revision));
    assert!(first.revision < second.revision);
    assert_eq!(storage.store.health().await.last_revision, second.revision);
    Ok(())
}

pub(crate) async fn a_missing_row_is_none(storage: &Storage) -> TestResult {
    storage
        .store
        .commit(HERE, WriteSet::new().put(Table::Apps, b"ab", "1"))
        .await?;
    for key in [&b""[..], b"a", b"abc", b"ab\0"] {
        assert_eq!(storage.store.get(HERE, Table::Apps, key).await?, None, "{key:?}");
    }
    Ok(())
}

pub(crate) async fn tables_and_workspaces_are_apart(storage: &Storage) -> TestResult {
    let workspaces = [
        WorkspaceId::PLATFORM,
        WorkspaceId::new(1),
        WorkspaceId::new(256),
        WorkspaceId::new(u64::MAX),
    ];
    for workspace in workspaces {
        for table in Table::ALL {
            let value = format!("{workspace} {table}");
            storage
                .store
                .commit(workspace, WriteSet::new().put(*table, b"key", value))
                .await?;
        }
    }
    for workspace in workspaces {
        for table in Table::ALL {
            let entry = storage
                .store
                .get(workspace, *table, b"key")
                .await?
                .ok_or("a row is missing")?;
            assert_eq!(entry.value, format!("{workspace} {table}"));
        }
    }
    storage
        .store
        .commit(WorkspaceId::new(1), WriteSet::new().delete(Table::Apps, b"key"))
        .await?;
    assert_eq!(
        storage
            .store
            .get(WorkspaceId::new(1), Table::Apps, b"key")
            .await?,
        None
    );
    assert!(
        storage
            .store
            .get(WorkspaceId::PLATFORM, Table::Apps, b"key")
            .await?
            .is_some()
    );
    assert!(
        storage
            .store
            .get(WorkspaceId::new(1), Table::Versions, b"key")
            .await?
            .is_some()
    );
    Ok(())
}

/// Bytes that show when they are moved or cut.
fn pattern(length: usize) -> Vec<u8> {
    (0..length)
        .map(|position| u8::try_from(position % 251).unwrap_or(0))
        .collect()
}

pub(crate) async fn values_of_every_size_read_back(storage: &Storage) -> TestResult {
    // Around what an engine may keep in one piece, 4 KiB in sled, and multiples of it.
    let sizes = [
        0,
        1,
        100,
        4086,
        4087,
        4088,
        4089,
        4096,
        4097,
        8175,
        8176,
        8177,
        65_536,
        300_000,
        MAX_VALUE_BYTES,
    ];
    for size in sizes {
        let key = format!("size-{size}");
        storage
            .store
            .commit(
                HERE,
                WriteSet::new().put(Table::Apps, key.as_bytes(), pattern(size)),
            )
            .await?;
    }
    for size in sizes {
        let entry = storage
            .store
            .get(HERE, Table::Apps, format!("size-{size}").as_bytes())
            .await?;
        assert!(
            entry.ok_or("a row is missing")?.value == pattern(size),
            "a value of {size} bytes changed"
        );
    }
    Ok(())
}

pub(crate) async fn a_value_that_shrinks_and_grows_reads_back(storage: &Storage) -> TestResult {
    for size in [50_000, 9000, 3, 0, 5000, 4089, 100_000, 4087] {
        let set = WriteSet::new()
            .put(Table::Apps, b"changing", pattern(size))
            .put(Table::Apps, b"next", "1");
        storage.store.commit(HERE, set).await?;
        let entry = storage
            .store
            .get(HERE, Table::Apps, b"changing")
            .await?
            .ok_or("the row is missing")?;
        assert!(entry.value == pattern(size), "a value of {size} bytes changed");
    }
    storage
        .store
        .commit(
            HERE,
            WriteSet::new()
                .delete(Table::Apps, b"changing")
                .delete(Table::Apps, b"next"),
        )
        .await?;
    assert_eq!(storage.store.get(HERE, Table::Apps, b"changing").await?, None);
    // Nothing of the large values is left behind.
    assert_eq!(
        storage
            .store
            .export(None, store::ScanOptions::default())
            .await?
            .rows,
        []
    );
    Ok(())
}

pub(crate) async fn keys_are_any_bytes(storage: &Storage) -> TestResult {
    let keys: [&[u8]; 6] = [
        b"",
        b"\0",
        b"\0\0\0\0\0",
        b"\xff\xff",
        "Ŵ/日本".as_bytes(),
        &[0xff; MAX_KEY_BYTES],
    ];
    for (key, value) in keys.iter().zip(0_u8..) {
        storage
            .store
            .commit(HERE, WriteSet::new().put(Table::Apps, key, vec![value; 5000]))
            .await?;
    }
    for (key, value) in keys.iter().zip(0_u8..) {
        let entry = storage
            .store
            .get(HERE, Table::Apps, key)
            .await?
            .ok_or("a row is missing")?;
        assert!(entry.value == vec![value; 5000], "{key:?}");
    }
    Ok(())
}
