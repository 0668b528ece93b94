//! How a row's full name becomes one key: table byte, workspace as eight bytes, key. All engines on bytes share it.
//!
//! Invariant: the order of these keys is the order of [`RawKey`]. That is why the numbers are big-endian.

use bytes::Bytes;

use crate::key_range::end_of_prefix;
use crate::{KeyRange, RawKey, Table, WorkspaceId};

/// Table byte and workspace.
pub(crate) const PREFIX_BYTES: usize = 9;

/// The key of a row.
pub(crate) fn row_key(table: Table, workspace: WorkspaceId, key: &[u8]) -> Vec<u8> {
    let mut full = Vec::with_capacity(PREFIX_BYTES.saturating_add(key.len()));
    full.push(table.byte());
    full.extend_from_slice(&workspace.get().to_be_bytes());
    full.extend_from_slice(key);
    full
}

/// The row of a key; `None` when it is no row's key, or of a table that this version does not know.
pub(crate) fn parse_row_key(full: &[u8]) -> Option<RawKey> {
    let (table, rest) = full.split_first()?;
    let (workspace, key) = rest.split_first_chunk::<8>()?;
    Some(RawKey {
        table: Table::from_byte(*table)?,
        workspace: WorkspaceId::new(u64::from_be_bytes(*workspace)),
        key: Bytes::copy_from_slice(key),
    })
}

/// The first key of the range and the first behind it; `None` when nothing can lie between.
pub(crate) fn row_bounds(
    table: Table,
    workspace: WorkspaceId,
    range: &KeyRange,
) -> Option<(Vec<u8>, Vec<u8>)> {
    let start = row_key(table, workspace, range.start());
    let end = match range.end() {
        Some(end) => row_key(table, workspace, end),
        None => end_of_prefix(&row_key(table, workspace, b""))?,
    };
    (start < end).then_some((start, end))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::{parse_row_key, row_bounds, row_key};
    use crate::{KeyRange, RawKey, Table, WorkspaceId};

    #[test]
    fn keys_read_back_and_keep_their_order() {
        let mut rows = Vec::new();
        for table in Table::ALL {
            for workspace in [0, 1, 255, 256, u64::MAX] {
                for key in [&b""[..], b"\0", b"a", b"a\xff", b"b", b"\xff\xff"] {
                    let workspace = WorkspaceId::new(workspace);
                    rows.push(RawKey {
                        table: *table,
                        workspace,
                        key: Bytes::from_static(key),
                    });
                }
            }
        }
        assert!(rows.is_sorted());
        let keys: Vec<Vec<u8>> = rows
            .iter()
            .map(|row| row_key(row.table, row.workspace, &row.key))
            .collect();
        assert!(keys.is_sorted());
        for (row, key) in rows.iter().zip(&keys) {
            assert_eq!(parse_row_key(key).as_ref(), Some(row));
        }
    }

    #[test]
    fn a_range_stays_within_its_workspace() {
        let (start, end) = row_bounds(Table::Apps, WorkspaceId::new(u64::MAX), &KeyRange::all()).unwrap();
        assert!(row_key(Table::Apps, WorkspaceId::new(u64::MAX - 1), b"\xff") < start);
        assert!(row_key(Table::Apps, WorkspaceId::new(u64::MAX), b"\xff\xff\xff") < end);
        assert!(row_key(Table::Versions, WorkspaceId::PLATFORM, b"") >= end);
        assert_eq!(
            row_bounds(Table::Apps, WorkspaceId::PLATFORM, &KeyRange::between(b"b", b"a")),
            None
        );
    }
}
