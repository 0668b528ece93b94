//! Writes until it is killed, and says on its standard output which commits were acknowledged. A program of its own,
//! because only a process can be killed.

mod record;

use std::error::Error;
use std::io::Write as _;
use std::path::Path;

use store::{Entry, Expect, Storage, Table, WriteSet};

use record::{WORKSPACE, WRITERS, blob_bytes, head_key, names_a_blob, row_key, row_value, slot_key};

/// Makes a writer's commits, one after the other, each on the condition that nobody else did.
async fn write(storage: Storage, writer: u32) -> Result<(), Box<dyn Error + Send + Sync>> {
    let head: Option<Entry> = storage
        .store
        .get(WORKSPACE, Table::Versions, &head_key(writer))
        .await?;
    let (mut number, mut expect) = match head {
        Some(entry) => (
            u32::from_be_bytes(entry.value.as_ref().try_into()?),
            Expect::Revision(entry.revision),
        ),
        None => (0, Expect::Absent),
    };
    loop {
        number = number.saturating_add(1);
        if names_a_blob(number) {
            storage.blobs.put(blob_bytes(writer, number)).await?;
        }
        let set = WriteSet::new()
            .expect(Table::Versions, &head_key(writer), expect)
            .expect(Table::Apps, &row_key(writer, Some(number)), Expect::Absent)
            .put(
                Table::Apps,
                &row_key(writer, Some(number)),
                row_value(writer, number),
            )
            .put(
                Table::Workspaces,
                &slot_key(writer, number),
                row_value(writer, number),
            )
            .put(Table::Versions, &head_key(writer), number.to_be_bytes().to_vec());
        expect = Expect::Revision(storage.store.commit(WORKSPACE, set).await?.revision);
        // One call, far below what a pipe takes at once: a line is there whole or not at all.
        std::io::stdout()
            .lock()
            .write_all(format!("{writer} {number}\n").as_bytes())?;
    }
}

#[tokio::main(flavor = "multi_thread", worker_threads = 4)]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let folder = std::env::args_os().nth(1).ok_or("say which folder to write to")?;
    let storage = Storage::open(Path::new(&folder))?;
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..WRITERS {
        writers.spawn(write(storage.clone(), writer));
    }
    while let Some(ended) = writers.join_next().await {
        ended??;
    }
    Ok(())
}
