//! Reading many rows.

use store::{KeyRange, Page, Pages, ScanOptions, Storage, Table, WorkspaceId, WriteSet};

use crate::TestResult;

const HERE: WorkspaceId = WorkspaceId::new(7);

/// Rows with these keys, each with its key as its value; and neighbours that must never show.
async fn fill(storage: &Storage, keys: &[&str]) -> TestResult {
    let neighbours = [
        (WorkspaceId::new(6), Table::Apps),
        (WorkspaceId::new(8), Table::Apps),
        (HERE, Table::Versions),
    ];
    for (workspace, table) in neighbours {
        let set = WriteSet::new()
            .put(table, b"", "no")
            .put(table, b"m", "no")
            .put(table, b"\xff", "no");
        storage.store.commit(workspace, set).await?;
    }
    let set = keys.iter().fold(WriteSet::new(), |set, key| {
        set.put(Table::Apps, key.as_bytes(), (*key).to_owned())
    });
    storage.store.commit(HERE, set).await?;
    Ok(())
}

fn keys(page: &Page) -> Vec<String> {
    page.rows
        .iter()
        .map(|(key, _)| String::from_utf8_lossy(key).into_owned())
        .collect()
}

async fn scan(storage: &Storage, range: KeyRange, options: ScanOptions) -> TestResult<Page> {
    Ok(storage.store.scan(HERE, Table::Apps, range, options).await?)
}

pub(crate) async fn rows_come_in_the_order_of_their_bytes(storage: &Storage) -> TestResult {
    fill(storage, &["b", "a", "", "ab", "B", "é", "a/"]).await?;
    let page = scan(storage, KeyRange::all(), ScanOptions::default()).await?;
    assert_eq!(keys(&page), ["", "B", "a", "a/", "ab", "b", "é"]);
    assert_eq!(page.next, None);
    assert!(
        page.rows.iter().all(|(key, entry)| key == &entry.value),
        "a row has another's value"
    );
    Ok(())
}

pub(crate) async fn pages_cut_at_the_limit_and_say_whether_more_follows(storage: &Storage) -> TestResult {
    fill(storage, &["a", "b", "c", "d", "e"]).await?;
    let first = scan(storage, KeyRange::all(), ScanOptions::limit(2)).await?;
    assert_eq!(
        (keys(&first), first.next.as_deref()),
        (vec!["a".into(), "b".into()], Some(&b"b"[..]))
    );
    let second = scan(storage, KeyRange::all().after(b"b"), ScanOptions::limit(2)).await?;
    assert_eq!(
        (keys(&second), second.next.as_deref()),
        (vec!["c".into(), "d".into()], Some(&b"d"[..]))
    );
    let third = scan(storage, KeyRange::all().after(b"d"), ScanOptions::limit(2)).await?;
    assert_eq!((keys(&third), third.next), (vec!["e".into()], None));
    // A page that is just full is the last one when nothing follows.
    assert_eq!(
        scan(storage, KeyRange::all(), ScanOptions::limit(5)).await?.next,
        None
    );
    assert_eq!(
        scan(storage, KeyRange::prefix(b"b"), ScanOptions::limit(1))
            .await?
            .next,
        None
    );
    Ok(())
}

pub(crate) async fn pages_cut_at_the_byte_budget_but_hold_at_least_one_row(storage: &Storage) -> TestResult {
    let set = WriteSet::new()
        .put(Table::Apps, b"1", vec![0; 99])
        .put(Table::Apps, b"2", vec![0; 99])
        .put(Table::Apps, b"3", vec![0; 50_000])
        .put(Table::Apps, b"4", vec![0; 99]);
    storage.store.commit(HERE, set).await?;
    // Keys count too: 99 + 1 bytes.
    for (byte_budget, expected) in [(0, 1), (199, 1), (200, 2), (50_000, 2), (50_201, 3), (60_000, 4)] {
        let options = ScanOptions {
            byte_budget,
            ..ScanOptions::default()
        };
        let page = scan(storage, KeyRange::all(), options).await?;
        assert_eq!(page.rows.len(), expected, "with {byte_budget} bytes");
        assert_eq!(page.next.is_some(), expected < 4);
    }
    Ok(())
}

pub(crate) async fn a_limit_of_nothing_is_one_row(storage: &Storage) -> TestResult {
    fill(storage, &["a", "b"]).await?;
    let page = scan(
        storage,
        KeyRange::all(),
        ScanOptions {
            limit: 0,
            byte_budget: 0,
            reverse: false,
        },
    )
    .await?;
    assert_eq!(
        (keys(&page), page.next.as_deref()),
        (vec!["a".into()], Some(&b"a"[..]))
    );
    Ok(())
}

pub(crate) async fn reverse_is_the_same_backwards(storage: &Storage) -> TestResult {
    fill(storage, &["a", "b", "c", "d", "e"]).await?;
    let options = ScanOptions::limit(2).reversed();
    let mut pages = Pages::new(
        storage.store.as_ref(),
        HERE,
        Table::Apps,
        KeyRange::between(b"b", b"e"),
        options,
    );
    let mut seen = Vec::new();
    while let Some(rows) = pages.next().await? {
        assert!(rows.len() <= 2);
        seen.extend(rows.into_iter().map(|(key, _)| key));
    }
    assert_eq!(seen, ["d", "c", "b"]);
    Ok(())
}

pub(crate) async fn ranges_keep_their_ends(storage: &Storage) -> TestResult {
    fill(storage, &["", "a", "a/1", "a/2", "a0", "b"]).await?;
    let cases: [(KeyRange, &[&str]); 8] = [
        (KeyRange::prefix(b"a/"), &["a/1", "a/2"]),
        (KeyRange::prefix(b"a"), &["a", "a/1", "a/2", "a0"]),
        (KeyRange::between(b"a", b"a0"), &["a", "a/1", "a/2"]),
        (KeyRange::between(b"b", b"a"), &[]),
        (KeyRange::between(b"a", b"a"), &[]),
        (KeyRange::all().after(b"a/2"), &["a0", "b"]),
        (KeyRange::all().before(b"a"), &[""]),
        (KeyRange::prefix(b"zzz"), &[]),
    ];
    for (range, expected) in cases {
        let page = scan(storage, range.clone(), ScanOptions::default()).await?;
        assert_eq!(keys(&page), expected, "{range:?}");
        let mut backwards = scan(storage, range.clone(), ScanOptions::default().reversed()).await?;
        backwards.rows.reverse();
        assert_eq!(backwards.rows, page.rows, "{range:?} in reverse");
    }
    Ok(())
}

pub(crate) async fn a_walk_sees_rows_ahead_of_it_change(storage: &Storage) -> TestResult {
    fill(storage, &["a", "c", "e"]).await?;
    let mut pages = Pages::new(
        storage.store.as_ref(),
        HERE,
        Table::Apps,
        KeyRange::all(),
        ScanOptions::limit(2),
    );
    let first = pages.next().await?.ok_or("the walk is empty")?;
    assert_eq!(first.len(), 2);
    let set = WriteSet::new()
        .put(Table::Apps, b"b", "behind")
        .put(Table::Apps, b"d", "ahead")
        .delete(Table::Apps, b"c");
    storage.store.commit(HERE, set).await?;
    let second = pages.next().await?.ok_or("the walk ended early")?;
    let second: Vec<_> = second.iter().map(|(key, _)| key.as_ref()).collect();
    assert_eq!(second, [b"d", b"e"]);
    assert_eq!(pages.next().await?, None);
    Ok(())
}
