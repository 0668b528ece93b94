//! Rows as JSON: written and read in one place, so that every failure names what it was about.

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::DataError;

/// Reads a row; `what` names it in the error.
pub(super) fn read<R: DeserializeOwned>(what: &'static str, bytes: &[u8]) -> Result<R, DataError> {
    serde_json::from_slice(bytes).map_err(|source| DataError::Row { what, source })
}

/// Writes a row.
pub(super) fn write<R: Serialize>(what: &'static str, row: &R) -> Result<Bytes, DataError> {
    serde_json::to_vec(row)
        .map(Bytes::from)
        .map_err(|source| DataError::Row { what, source })
}
