//! How values lie in the store: three kinds of rows, told apart by one byte behind the app's name.
//!
//! ```text
//! {app} 00 00          how many values the app has, and how large they are together
//! {app} 00 01 {key}    what a list shows of a value: small, so that a list never reads values
//! {app} 00 02 {key}    the value itself
//! ```

use bytes::{BufMut as _, Bytes, BytesMut};
use serde::{Deserialize, Serialize};

use super::{Used, Value, ValueKey};
use crate::data::{DataError, row};
use crate::model::AppName;

const WHAT: &str = "value";

/// Kinds of rows.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Used = 0,
    Head = 1,
    Value = 2,
}

/// What a list shows of a value.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Head {
    #[serde(rename = "size")]
    pub(super) size_bytes: u32,
    #[serde(rename = "type")]
    pub(super) content_type: String,
}

/// Every row of an app: no name contains a zero byte.
pub(super) fn all(app: &AppName) -> Vec<u8> {
    let mut row = Vec::with_capacity(app.as_str().len() + 2 + super::MAX_KEY_BYTES);
    row.extend_from_slice(app.as_str().as_bytes());
    row.push(0);
    row
}

/// Every row of this kind, of values whose key begins with `prefix`; with a whole key, that value's row.
pub(super) fn of(app: &AppName, kind: Kind, prefix: &str) -> Vec<u8> {
    let mut row = all(app);
    row.push(kind as u8);
    row.extend_from_slice(prefix.as_bytes());
    row
}

/// The value's key out of the key of a row.
pub(super) fn key_of(app: &AppName, row: &[u8]) -> Option<ValueKey> {
    let key = row.get(app.as_str().len() + 2..)?;
    ValueKey::new(std::str::from_utf8(key).ok()?).ok()
}

pub(super) fn read_used(bytes: &[u8]) -> Result<Used, DataError> {
    row::read(WHAT, bytes)
}

pub(super) fn write_used(used: Used) -> Result<Bytes, DataError> {
    row::write(WHAT, &used)
}

pub(super) fn read_head(bytes: &[u8]) -> Result<Head, DataError> {
    row::read(WHAT, bytes)
}

pub(super) fn write_head(head: &Head) -> Result<Bytes, DataError> {
    row::write(WHAT, head)
}

/// One byte for the length of the type, the type, the bytes as they are.
pub(super) fn write_value(content_type: &str, bytes: &[u8]) -> Bytes {
    let content_type = content_type.as_bytes();
    let mut row = BytesMut::with_capacity(1 + content_type.len() + bytes.len());
    row.put_u8(u8::try_from(content_type.len()).unwrap_or(0));
    if u8::try_from(content_type.len()).is_ok() {
        row.put_slice(content_type);
    }
    row.put_slice(bytes);
    row.freeze()
}

pub(super) fn read_value(row: &Bytes, revision: u64) -> Option<Value> {
    let length = usize::from(*row.first()?);
    let content_type = std::str::from_utf8(row.get(1..=length)?).ok()?.to_owned();
    Some(Value {
        content_type,
        bytes: row.slice(1 + length..),
        revision,
    })
}
