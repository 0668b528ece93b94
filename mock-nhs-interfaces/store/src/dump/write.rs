//! Writing a dump.

use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncWrite, AsyncWriteExt as _, BufWriter};

use super::{BLOB, DUMP_VERSION, DumpError, DumpInfo, END, MAGIC, ROW};
use crate::{BlobId, RawRow, ScanOptions, Storage, StoreError};

/// Names of blobs that are asked for at once.
const BLOBS_PAGE: usize = 1000;

impl Storage {
    /// Writes everything, as it is at one moment: commits wait until it is done, reads go on.
    ///
    /// The writer is flushed at the end; to make a file durable is left to the caller.
    ///
    /// # Errors
    /// When the storage cannot be read, or the writer fails. What was written until then is refused by a restore.
    pub async fn dump(&self, writer: &mut (dyn AsyncWrite + Unpin + Send)) -> Result<DumpInfo, DumpError> {
        let _commits_wait = self.store.hold_commits().await?;
        let last_revision = self.store.health().await.last_revision;
        let mut out = Out {
            writer: BufWriter::with_capacity(64 * 1024, writer),
            digest: Sha256::new(),
            bytes: 0,
        };
        out.write(MAGIC).await?;
        out.write(&DUMP_VERSION.to_be_bytes()).await?;
        let blobs = self.dump_blobs(&mut out).await?;
        let rows = self.dump_rows(&mut out).await?;
        out.write(&[END]).await?;
        for number in [rows, blobs, last_revision] {
            out.write(&number.to_be_bytes()).await?;
        }
        let digest = out.digest.clone().finalize();
        out.write(&digest).await?;
        out.writer.flush().await?;
        Ok(DumpInfo {
            rows,
            blobs,
            last_revision,
            bytes: out.bytes,
        })
    }

    async fn dump_blobs(&self, out: &mut Out<'_>) -> Result<u64, DumpError> {
        let mut count = 0_u64;
        let mut after: Option<BlobId> = None;
        loop {
            let names = self.blobs.list(after.as_ref(), BLOBS_PAGE).await?;
            let Some(last) = names.last() else {
                return Ok(count);
            };
            after = Some(*last);
            for name in names {
                // A blob that was deleted just now is named by no row any more.
                let Some(bytes) = self.blobs.get(&name).await? else {
                    continue;
                };
                out.write(&[BLOB]).await?;
                out.write(name.digest()).await?;
                out.write(&u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes())
                    .await?;
                out.write(&bytes).await?;
                count = count.saturating_add(1);
            }
        }
    }

    async fn dump_rows(&self, out: &mut Out<'_>) -> Result<u64, DumpError> {
        let mut count = 0_u64;
        let mut after = None;
        loop {
            let page = self.store.export(after.as_ref(), ScanOptions::default()).await?;
            for row in &page.rows {
                out.write_row(row).await?;
                count = count.saturating_add(1);
            }
            match page.rows.into_iter().next_back() {
                Some(last) if page.more => after = Some(last.key),
                _ => return Ok(count),
            }
        }
    }
}

/// Where the dump goes: counted and digested on the way.
struct Out<'a> {
    writer: BufWriter<&'a mut (dyn AsyncWrite + Unpin + Send)>,
    digest: Sha256,
    bytes: u64,
}

impl Out<'_> {
    async fn write(&mut self, bytes: &[u8]) -> Result<(), DumpError> {
        self.digest.update(bytes);
        self.bytes = self
            .bytes
            .saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        Ok(self.writer.write_all(bytes).await?)
    }

    async fn write_row(&mut self, row: &RawRow) -> Result<(), DumpError> {
        let too_long = |_| StoreError::Corrupt("a row is longer than the store takes".to_owned());
        let key_length = u16::try_from(row.key.key.len()).map_err(too_long)?;
        let value_length = u32::try_from(row.entry.value.len()).map_err(too_long)?;
        self.write(&[ROW, row.key.table.byte()]).await?;
        self.write(&row.key.workspace.get().to_be_bytes()).await?;
        self.write(&row.entry.revision.to_be_bytes()).await?;
        self.write(&key_length.to_be_bytes()).await?;
        self.write(&value_length.to_be_bytes()).await?;
        self.write(&row.key.key).await?;
        self.write(&row.entry.value).await
    }
}
