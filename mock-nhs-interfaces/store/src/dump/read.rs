//! Restoring a dump: read once to see that it is whole, then once more to take it in.

use std::io::SeekFrom;

use tokio::io::{AsyncRead, AsyncSeek, AsyncSeekExt as _};

use super::parse::{Parser, Record};
use super::{DumpInfo, RestoreError};
use crate::{Import, RawRow, Storage, StoreError};

/// A file, or bytes in memory, that holds a dump.
pub trait DumpFile: AsyncRead + AsyncSeek + Unpin + Send {}

impl<T: AsyncRead + AsyncSeek + Unpin + Send> DumpFile for T {}

/// Rows and bytes that are handed to the engine at once.
const IMPORT_ROWS: usize = 1000;
const IMPORT_BYTES: usize = 1024 * 1024;

impl Storage {
    /// Fills this storage, which must never have been written to, from a dump.
    ///
    /// The dump is read to its end and checked before the first change. Until the last row is durable the storage
    /// refuses commits, and a folder whose restore was cut short does not open: there is no half of a restore.
    ///
    /// # Errors
    /// One sentence each. Only [`RestoreError::Store`] and [`RestoreError::Changed`] leave the storage changed, and
    /// then unusable.
    pub async fn restore(&self, dump: &mut dyn DumpFile) -> Result<DumpInfo, RestoreError> {
        let start = dump.stream_position().await?;
        let (info, checksum) = check(dump).await?;
        let empty = self.store.health().await.last_revision == 0
            && self
                .store
                .export(None, crate::ScanOptions::limit(1))
                .await
                .map_err(RestoreError::Store)?
                .rows
                .is_empty()
            && self
                .blobs
                .list(None, 1)
                .await
                .map_err(RestoreError::Store)?
                .is_empty();
        if !empty {
            return Err(RestoreError::NotEmpty);
        }
        dump.seek(SeekFrom::Start(start)).await?;
        self.store
            .import(Import::Begin)
            .await
            .map_err(RestoreError::Store)?;
        match self.take_in(dump).await {
            Ok(second) if second == checksum => {}
            // The first reading found nothing wrong, so whatever is wrong now was not there then.
            Ok(_) | Err(TakeInError::Dump) => return Err(RestoreError::Changed),
            Err(TakeInError::Store(error)) => return Err(RestoreError::Store(error)),
        }
        let end = Import::End {
            last_revision: info.last_revision,
        };
        self.store.import(end).await.map_err(RestoreError::Store)?;
        Ok(info)
    }

    /// Everything but the end; answers the checksum.
    async fn take_in(&self, dump: &mut dyn DumpFile) -> Result<[u8; 32], TakeInError> {
        let mut parser = Parser::new(dump).await?;
        let mut rows: Vec<RawRow> = Vec::new();
        let mut bytes = 0_usize;
        loop {
            match parser.next().await? {
                Record::Blob(body) => {
                    self.blobs.put(body).await?;
                }
                Record::Row(row) => {
                    bytes = bytes
                        .saturating_add(row.key.key.len())
                        .saturating_add(row.entry.value.len());
                    rows.push(row);
                    if rows.len() >= IMPORT_ROWS || bytes >= IMPORT_BYTES {
                        bytes = 0;
                        self.store.import(Import::Rows(std::mem::take(&mut rows))).await?;
                    }
                }
                Record::End { checksum, .. } => {
                    self.store.import(Import::Rows(rows)).await?;
                    return Ok(checksum);
                }
            }
        }
    }
}

/// Reads a dump to its end and changes nothing.
async fn check(dump: &mut dyn DumpFile) -> Result<(DumpInfo, [u8; 32]), RestoreError> {
    let mut parser = Parser::new(dump).await?;
    loop {
        match parser.next().await? {
            Record::Blob(_) | Record::Row(_) => {}
            Record::End { info, checksum } => return Ok((info, checksum)),
        }
    }
}

enum TakeInError {
    Dump,
    Store(StoreError),
}

impl From<RestoreError> for TakeInError {
    fn from(_error: RestoreError) -> Self {
        Self::Dump
    }
}

impl From<StoreError> for TakeInError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
