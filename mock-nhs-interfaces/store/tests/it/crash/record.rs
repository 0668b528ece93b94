//! What the crash writer writes, so that whoever checks it can tell every byte.

use bytes::Bytes;
use store::WorkspaceId;

pub(crate) const WORKSPACE: WorkspaceId = WorkspaceId::new(42);

/// Writers at once.
pub(crate) const WRITERS: u32 = 4;

/// Rows of each writer that are overwritten in turn.
pub(crate) const SLOTS: u32 = 8;

/// The key of a writer's row; without a number, what the keys of all its rows begin with.
pub(crate) fn row_key(writer: u32, number: Option<u32>) -> Vec<u8> {
    let mut key = format!("writer-{writer}/").into_bytes();
    if let Some(number) = number {
        key.extend_from_slice(&number.to_be_bytes());
    }
    key
}

/// The row that says how far a writer has come.
pub(crate) fn head_key(writer: u32) -> Vec<u8> {
    format!("writer-{writer}").into_bytes()
}

/// The row that this number overwrites.
pub(crate) fn slot_key(writer: u32, number: u32) -> Vec<u8> {
    format!("writer-{writer}/slot-{}", number % SLOTS).into_bytes()
}

/// One in five is above 4 KiB.
pub(crate) fn row_value(writer: u32, number: u32) -> Bytes {
    let length = if number.is_multiple_of(5) {
        4000 + (number * 997) % 30_000
    } else {
        10 + number % 300
    };
    bytes(writer, number, length)
}

/// One in seven puts a blob first.
pub(crate) fn names_a_blob(number: u32) -> bool {
    number.is_multiple_of(7)
}

pub(crate) fn blob_bytes(writer: u32, number: u32) -> Bytes {
    bytes(writer, number, 20_000 + number % 1000)
}

/// Bytes that no other writer, number or place has.
fn bytes(writer: u32, number: u32, length: u32) -> Bytes {
    let mut state = (u64::from(writer) << 32 | u64::from(number)).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let words = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    });
    words
        .flatten()
        .take(usize::try_from(length).unwrap_or(0))
        .collect()
}
