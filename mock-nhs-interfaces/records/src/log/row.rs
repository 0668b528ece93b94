//! A version as a row of the log.
//!
//! Layout, integers big-endian: format `u8`, change `u8`, version `u32`, milliseconds `i64`, length of the type's name
//! `u8`, the name, length of the id `u8`, the id, the text up to the end.

use bytes::{BufMut as _, Bytes};

use crate::{Change, Instant, Record, ResourceId, ResourceType};

/// The first byte of every row. A row of another format is refused, never guessed at.
const FORMAT: u8 = 1;

/// Bytes of a row beside the text at most: for what fits in one commit.
pub(crate) const ROW_HEAD_BYTES: usize = 256;

pub(super) fn encode(record: &Record) -> Bytes {
    let name = record.kind.name();
    let id = record.id.as_str();
    let mut row = Vec::with_capacity(ROW_HEAD_BYTES.saturating_add(record.text.len()));
    row.put_u8(FORMAT);
    row.put_u8(match record.change {
        Change::Created => 1,
        Change::Updated => 2,
        Change::Patched => 3,
        Change::Deleted => 4,
    });
    row.put_u32(record.version);
    row.put_i64(record.last_updated.millis());
    put_short(&mut row, name);
    put_short(&mut row, id);
    row.extend_from_slice(&record.text);
    Bytes::from(row)
}

/// Names of types and ids are at most 64 bytes.
fn put_short(row: &mut Vec<u8>, text: &str) {
    row.put_u8(u8::try_from(text.len()).unwrap_or(u8::MAX));
    row.extend_from_slice(text.as_bytes());
}

/// The version in this row; `None` when no version could have been written so.
pub(super) fn decode(row: &Bytes) -> Option<Record> {
    let mut rest = Reader { row, at: 0 };
    if rest.u8()? != FORMAT {
        return None;
    }
    let change = match rest.u8()? {
        1 => Change::Created,
        2 => Change::Updated,
        3 => Change::Patched,
        4 => Change::Deleted,
        _ => return None,
    };
    let version = u32::from_be_bytes(rest.array()?);
    let last_updated = Instant::from_millis(i64::from_be_bytes(rest.array()?));
    let kind = ResourceType::parse(rest.short()?)?;
    let id = ResourceId::parse(rest.short()?)?;
    Some(Record {
        kind,
        id,
        version,
        last_updated,
        change,
        // A copy of the text alone: a slice would keep the engine's whole page in memory.
        text: Bytes::copy_from_slice(row.get(rest.at..)?),
    })
}

struct Reader<'a> {
    row: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(count)?;
        let taken = self.row.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn u8(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    fn short(&mut self) -> Option<&'a str> {
        let length = usize::from(self.u8()?);
        std::str::from_utf8(self.take(length)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::prelude::{any, prop_assert_eq, proptest};

    use super::{decode, encode};
    use crate::{Change, Instant, Record, ResourceId, ResourceType};

    fn record() -> Record {
        Record {
            kind: ResourceType::parse("Patient").unwrap(),
            id: ResourceId::parse("9990000001").unwrap(),
            version: 7,
            last_updated: Instant::from_millis(1_767_225_600_123),
            change: Change::Patched,
            text: Bytes::from_static(br#"{"resourceType":"Patient"}"#),
        }
    }

    #[test]
    fn every_change_comes_back() {
        for change in [Change::Created, Change::Updated, Change::Patched, Change::Deleted] {
            let record = Record { change, ..record() };
            assert_eq!(decode(&encode(&record)), Some(record));
        }
    }

    #[test]
    fn a_row_that_was_cut_short_is_refused() {
        let row = encode(&record());
        let head = row.len() - record().text.len();
        for end in 0..head {
            assert_eq!(decode(&row.slice(..end)), None, "{end} bytes");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in any::<Vec<u8>>()) {
            let row = Bytes::from(bytes);
            if let Some(record) = decode(&row) {
                prop_assert_eq!(encode(&record), row);
            }
        }
    }
}
