//! Taking a dump apart. Trusts nothing: every length is checked before memory is taken for it.

use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncRead, AsyncReadExt as _, BufReader};

use super::{BLOB, DUMP_VERSION, DumpInfo, END, MAGIC, ROW, RestoreError};
use crate::{
    BlobId, Entry, MAX_BLOB_BYTES, MAX_KEY_BYTES, MAX_VALUE_BYTES, RawKey, RawRow, Table, WorkspaceId,
};

/// One thing in a dump.
pub(super) enum Record {
    Blob(Bytes),
    Row(RawRow),
    /// The dump is whole: counts and checksum are right, and the file ends here.
    End {
        info: DumpInfo,
        checksum: [u8; 32],
    },
}

/// Reads record after record, and keeps count.
pub(super) struct Parser<'a, R: ?Sized> {
    reader: BufReader<&'a mut R>,
    digest: Sha256,
    bytes: u64,
    rows: u64,
    blobs: u64,
    highest_revision: u64,
    last_blob: Option<BlobId>,
    last_row: Option<RawKey>,
}

impl<'a, R: AsyncRead + Unpin + Send + ?Sized> Parser<'a, R> {
    /// Reads the beginning.
    pub(super) async fn new(reader: &'a mut R) -> Result<Self, RestoreError> {
        let mut parser = Self {
            reader: BufReader::with_capacity(64 * 1024, reader),
            digest: Sha256::new(),
            bytes: 0,
            rows: 0,
            blobs: 0,
            highest_revision: 0,
            last_blob: None,
            last_row: None,
        };
        let magic: [u8; 8] = match parser.array().await {
            Err(RestoreError::Truncated) => return Err(RestoreError::NotADump),
            read => read?,
        };
        if magic != *MAGIC {
            return Err(RestoreError::NotADump);
        }
        match u32::from_be_bytes(parser.array().await?) {
            DUMP_VERSION => Ok(parser),
            found if found > DUMP_VERSION => Err(RestoreError::NewerDump {
                found,
                supported: DUMP_VERSION,
            }),
            _ => Err(RestoreError::Damaged("there never was such a version")),
        }
    }

    /// The next record. Nothing comes after [`Record::End`].
    pub(super) async fn next(&mut self) -> Result<Record, RestoreError> {
        let [kind] = self.array().await?;
        match kind {
            BLOB => self.blob().await,
            ROW => self.row().await,
            END => self.end().await,
            _ => Err(RestoreError::Damaged("a record is of no known kind")),
        }
    }

    async fn blob(&mut self) -> Result<Record, RestoreError> {
        let name = BlobId::from_digest(self.array().await?);
        let length = usize::try_from(u64::from_be_bytes(self.array().await?)).unwrap_or(usize::MAX);
        let bytes = self.body(length, MAX_BLOB_BYTES, "a blob is too large").await?;
        if BlobId::of(&bytes) != name {
            return Err(RestoreError::Damaged("a blob is not what its name says"));
        }
        if self.last_row.is_some() || self.last_blob.is_some_and(|last| last >= name) {
            return Err(RestoreError::Damaged("a blob is out of order"));
        }
        self.last_blob = Some(name);
        self.blobs = self.blobs.saturating_add(1);
        Ok(Record::Blob(bytes))
    }

    async fn row(&mut self) -> Result<Record, RestoreError> {
        let [table] = self.array().await?;
        let table = Table::from_byte(table).ok_or(RestoreError::Damaged("a row is of no known table"))?;
        let workspace = WorkspaceId::new(u64::from_be_bytes(self.array().await?));
        let revision = u64::from_be_bytes(self.array().await?);
        let key_length = usize::from(u16::from_be_bytes(self.array().await?));
        let value_length = usize::try_from(u32::from_be_bytes(self.array().await?)).unwrap_or(usize::MAX);
        let key = self.body(key_length, MAX_KEY_BYTES, "a key is too long").await?;
        let value = self
            .body(value_length, MAX_VALUE_BYTES, "a value is too large")
            .await?;
        let key = RawKey {
            table,
            workspace,
            key,
        };
        if self.last_row.as_ref().is_some_and(|last| *last >= key) {
            return Err(RestoreError::Damaged("a row is out of order"));
        }
        self.last_row = Some(key.clone());
        self.rows = self.rows.saturating_add(1);
        self.highest_revision = self.highest_revision.max(revision);
        Ok(Record::Row(RawRow {
            key,
            entry: Entry { value, revision },
        }))
    }

    async fn end(&mut self) -> Result<Record, RestoreError> {
        let rows = u64::from_be_bytes(self.array().await?);
        let blobs = u64::from_be_bytes(self.array().await?);
        let last_revision = u64::from_be_bytes(self.array().await?);
        let expected: [u8; 32] = self.digest.clone().finalize().into();
        let checksum: [u8; 32] = self.array().await?;
        if checksum != expected {
            return Err(RestoreError::Damaged("its checksum is wrong"));
        }
        if (rows, blobs) != (self.rows, self.blobs) || last_revision < self.highest_revision {
            return Err(RestoreError::Damaged("it does not hold what it says"));
        }
        if self.reader.read(&mut [0]).await? != 0 {
            return Err(RestoreError::Damaged("something follows its end"));
        }
        Ok(Record::End {
            info: DumpInfo {
                rows,
                blobs,
                last_revision,
                bytes: self.bytes,
            },
            checksum,
        })
    }

    async fn array<const N: usize>(&mut self) -> Result<[u8; N], RestoreError> {
        let mut array = [0; N];
        self.reader.read_exact(&mut array).await?;
        self.count(&array);
        Ok(array)
    }

    async fn body(
        &mut self,
        length: usize,
        limit: usize,
        too_long: &'static str,
    ) -> Result<Bytes, RestoreError> {
        if length > limit {
            return Err(RestoreError::Damaged(too_long));
        }
        let mut body = vec![0; length];
        self.reader.read_exact(&mut body).await?;
        self.count(&body);
        Ok(body.into())
    }

    fn count(&mut self, bytes: &[u8]) {
        self.digest.update(bytes);
        self.bytes = self
            .bytes
            .saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
    }
}
