//! How rows lie in sled: one tree, and no value above 4 KiB.
//!
//! | First byte of the key | Then | Value |
//! |---|---|---|
//! | 0x00 | a name | the store's own facts |
//! | 1 to 16, the table | workspace, key | 0, revision, the value; or 1, revision, its length, when it lies in chunks |
//! | 0x80 + table | workspace, key, number of the chunk (4 bytes) | revision, a piece of the value |
//!
//! Numbers are big-endian; a revision has 8 bytes, a length 4. A chunk repeats the revision of its row, so that pieces
//! of two different values are never put together unnoticed.

use bytes::{Bytes, BytesMut};
use sled::{Batch, Tree};

use super::from_sled;
use crate::{Entry, MAX_VALUE_BYTES, StoreError};

/// Largest value in sled, in bytes. From 16 KiB on, pages of 16 rows pass the size above which sled 0.34 writes them to
/// files that it never syncs and never removes; 4 KiB leaves a factor of four.
pub(super) const MAX_SLED_VALUE_BYTES: usize = 4096;

/// Kind and revision.
const INLINE_HEAD_BYTES: usize = 9;

/// Revision.
const CHUNK_HEAD_BYTES: usize = 8;

const INLINE: u8 = 0;
const CHUNKED: u8 = 1;

/// Largest value that lies in its row.
const MAX_INLINE_BYTES: usize = MAX_SLED_VALUE_BYTES - INLINE_HEAD_BYTES;

/// Piece of a value in each chunk but the last.
const CHUNK_BYTES: usize = MAX_SLED_VALUE_BYTES - CHUNK_HEAD_BYTES;

/// Set in the first byte of a chunk's key.
const CHUNK_BIT: u8 = 0x80;

/// First key that is a row's, and first behind all rows.
pub(super) const ROWS: (&[u8], &[u8]) = (&[1], &[CHUNK_BIT]);

/// There between the two ends of a restore; empty.
pub(super) const IMPORTING: &[u8] = b"\0importing";

/// What is known of a row without its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RowHead {
    pub(super) revision: u64,
    /// Of the value, in bytes.
    pub(super) length: usize,
    /// Pieces that the value lies in; 0 when it lies in the row.
    pub(super) chunks: u32,
}

/// The key of the n-th chunk of the row with this key.
pub(super) fn chunk_key(row_key: &[u8], number: u32) -> Vec<u8> {
    let mut key = Vec::with_capacity(row_key.len().saturating_add(4));
    key.extend_from_slice(row_key);
    if let Some(table) = key.first_mut() {
        *table |= CHUNK_BIT;
    }
    key.extend_from_slice(&number.to_be_bytes());
    key
}

/// How many chunks a value of this length lies in.
fn chunks_of(length: usize) -> u32 {
    if length <= MAX_INLINE_BYTES {
        0
    } else {
        u32::try_from(length.div_ceil(CHUNK_BYTES)).unwrap_or(u32::MAX)
    }
}

/// A row as sled keeps it: the row itself, then its chunks.
fn encode(revision: u64, value: &[u8]) -> (RowHead, Vec<u8>, impl Iterator<Item = Vec<u8>>) {
    let head = RowHead {
        revision,
        length: value.len(),
        chunks: chunks_of(value.len()),
    };
    let mut row = Vec::new();
    row.push(if head.chunks == 0 { INLINE } else { CHUNKED });
    row.extend_from_slice(&revision.to_be_bytes());
    let chunked = if head.chunks == 0 {
        row.extend_from_slice(value);
        &[]
    } else {
        // `MAX_VALUE_BYTES` is far below 4 GiB.
        row.extend_from_slice(&u32::try_from(value.len()).unwrap_or(u32::MAX).to_be_bytes());
        value
    };
    let chunks = chunked
        .chunks(CHUNK_BYTES)
        .map(move |piece| [&revision.to_be_bytes(), piece].concat());
    (head, row, chunks)
}

/// Puts a row and its chunks into a batch. Chunks of a longer value before are the caller's to remove.
pub(super) fn insert(batch: &mut Batch, row_key: &[u8], revision: u64, value: &[u8]) -> RowHead {
    let (head, row, chunks) = encode(revision, value);
    batch.insert(row_key, row);
    for (number, chunk) in (0_u32..).zip(chunks) {
        batch.insert(chunk_key(row_key, number), chunk);
    }
    head
}

/// Reads a row's head; the second part is the value when it lies in the row, else empty.
pub(super) fn decode(stored: &[u8]) -> Result<(RowHead, &[u8]), StoreError> {
    let damaged = || StoreError::Corrupt("a row has no head".to_owned());
    let (kind, rest) = stored.split_first().ok_or_else(damaged)?;
    let (revision, rest) = rest.split_first_chunk::<8>().ok_or_else(damaged)?;
    let revision = u64::from_be_bytes(*revision);
    match (*kind, rest) {
        (INLINE, value) => Ok((
            RowHead {
                revision,
                length: value.len(),
                chunks: 0,
            },
            value,
        )),
        (CHUNKED, &[a, b, c, d]) => {
            let length = usize::try_from(u32::from_be_bytes([a, b, c, d])).map_err(|_too_long| damaged())?;
            if length > MAX_VALUE_BYTES || chunks_of(length) == 0 {
                return Err(damaged());
            }
            Ok((
                RowHead {
                    revision,
                    length,
                    chunks: chunks_of(length),
                },
                &[],
            ))
        }
        _ => Err(damaged()),
    }
}

/// Puts a value together. For a value in chunks the caller keeps the writer out meanwhile.
pub(super) fn read_entry(tree: &Tree, row_key: &[u8], stored: &[u8]) -> Result<Entry, StoreError> {
    let (head, inline) = decode(stored)?;
    if head.chunks == 0 {
        return Ok(Entry {
            value: Bytes::copy_from_slice(inline),
            revision: head.revision,
        });
    }
    let mut value = BytesMut::with_capacity(head.length);
    for number in 0..head.chunks {
        let chunk = tree
            .get(chunk_key(row_key, number))
            .map_err(|error| from_sled(&error))?;
        let piece = chunk
            .as_ref()
            .and_then(|chunk| chunk.split_first_chunk::<CHUNK_HEAD_BYTES>());
        match piece {
            Some((revision, piece)) if u64::from_be_bytes(*revision) == head.revision => {
                value.extend_from_slice(piece)
            }
            _ => {
                return Err(StoreError::Corrupt(
                    "a piece of a large value is missing".to_owned(),
                ));
            }
        }
    }
    if value.len() != head.length {
        return Err(StoreError::Corrupt(
            "a large value does not have its length".to_owned(),
        ));
    }
    Ok(Entry {
        value: value.freeze(),
        revision: head.revision,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_stored_value_is_above_4_kib_and_heads_read_back() {
        for length in [
            0,
            1,
            4086,
            4087,
            4088,
            4089,
            8175,
            8176,
            8177,
            100_000,
            MAX_VALUE_BYTES,
        ] {
            let value = vec![1; length];
            let (head, row, chunks) = encode(7, &value);
            let chunks: Vec<Vec<u8>> = chunks.collect();
            assert!(
                row.len() <= MAX_SLED_VALUE_BYTES
                    && chunks.iter().all(|chunk| chunk.len() <= MAX_SLED_VALUE_BYTES)
            );
            assert_eq!(decode(&row).unwrap().0, head, "length {length}");
            assert_eq!(head.length, length);
            assert_eq!(usize::try_from(head.chunks).unwrap(), chunks.len());
            assert_eq!(head.chunks == 0, length <= 4087);
        }
    }

    #[test]
    fn damaged_heads_are_refused() {
        let giant = [&[CHUNKED][..], &7_u64.to_be_bytes(), &u32::MAX.to_be_bytes()].concat();
        let dwarf = [&[CHUNKED][..], &7_u64.to_be_bytes(), &1_u32.to_be_bytes()].concat();
        for stored in [
            &b""[..],
            &[INLINE],
            &[INLINE, 0, 0],
            &[CHUNKED, 0, 0, 0, 0, 0, 0, 0, 0],
            &[9; 20],
            &giant,
            &dwarf,
        ] {
            assert!(decode(stored).is_err(), "{stored:?} was taken");
        }
    }
}
