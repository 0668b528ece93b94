//! kill -9 at random moments, again and again on one folder: what was acknowledged is there, and nothing is torn.

mod record;

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use store::{BlobId, KeyRange, Pages, ScanOptions, Storage, Table, WorkspaceId};
use tempfile::TempDir;

use self::record::{
    SLOTS, WORKSPACE, WRITERS, blob_bytes, head_key, names_a_blob, row_key, row_value, slot_key,
};
use crate::TestResult;

/// Kills on the same folder.
const ROUNDS: u32 = 36;

/// In the first rounds the kill comes this early, in milliseconds: in the middle of the creation.
const EARLY_ROUNDS: u32 = 6;
const EARLY_MS: u64 = 30;

/// In the others it comes after up to so many acknowledgements, and then up to so many milliseconds.
const ACKNOWLEDGEMENTS: u64 = 80;
const LATER_MS: u64 = 20;

/// A random number below `limit`.
fn below(limit: u64) -> u64 {
    u64::try_from(uuid::Uuid::new_v4().as_u128() % u128::from(limit.max(1))).unwrap_or(0)
}

/// Starts the writer; kills it after so many acknowledgements and then so long; answers what it has acknowledged:
/// writer → number of its last commit.
fn run_and_kill(folder: &Path, acknowledgements: u64, then: Duration) -> TestResult<BTreeMap<u32, u32>> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_store-crash-writer"))
        .arg(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut pipe = BufReader::new(child.stdout.take().ok_or("no pipe")?);
    let mut text = String::new();
    for _ in 0..acknowledgements {
        if pipe.read_line(&mut text)? == 0 {
            return Err(format!("the writer ended by itself: {}", child.wait()?).into());
        }
    }
    std::thread::sleep(then);
    child.kill()?;
    pipe.read_to_string(&mut text)?;
    child.wait()?;
    let mut acknowledged = BTreeMap::new();
    for line in text.lines() {
        let (writer, number) = line
            .split_once(' ')
            .ok_or_else(|| format!("half a line: {line:?}"))?;
        acknowledged.insert(writer.parse()?, number.parse()?);
    }
    Ok(acknowledged)
}

/// Every row of a writer, in the order of its commits, against what was acknowledged.
async fn check_writer(storage: &Storage, writer: u32, acknowledged: u32) -> TestResult<u32> {
    let head = storage
        .store
        .get(WORKSPACE, Table::Versions, &head_key(writer))
        .await?;
    let last = match &head {
        Some(entry) => u32::from_be_bytes(entry.value.as_ref().try_into()?),
        None => 0,
    };
    if last < acknowledged {
        return Err(
            format!("writer {writer}: {acknowledged} was acknowledged, {last} is the last there").into(),
        );
    }
    let mut rows = Pages::new(
        storage.store.as_ref(),
        WORKSPACE,
        Table::Apps,
        KeyRange::prefix(&row_key(writer, None)),
        ScanOptions::default(),
    );
    let mut count = 0;
    while let Some(page) = rows.next().await? {
        for (key, entry) in page {
            count += 1;
            if key != row_key(writer, Some(count)) || entry.value != row_value(writer, count) {
                return Err(
                    format!("writer {writer}: row {count} is missing or not what was written").into(),
                );
            }
            if count == last && head.as_ref().map(|head| head.revision) != Some(entry.revision) {
                return Err(format!("writer {writer}: the last row and the head are of two commits").into());
            }
        }
    }
    if count != last {
        return Err(format!("writer {writer}: {count} rows, but the head says {last}").into());
    }
    // Rows that are overwritten again and again hold the newest of their turn.
    for slot in 0..SLOTS.min(last) {
        let newest = last - (last - slot) % SLOTS;
        let entry = storage
            .store
            .get(WORKSPACE, Table::Workspaces, &slot_key(writer, newest))
            .await?;
        let newest = if newest == 0 { continue } else { newest };
        if entry.is_none_or(|entry| entry.value != row_value(writer, newest)) {
            return Err(format!("writer {writer}: the slot of {newest} does not hold it").into());
        }
    }
    for number in (1..=last).filter(|number| names_a_blob(*number)) {
        let bytes = blob_bytes(writer, number);
        if storage
            .blobs
            .get(&BlobId::of(&bytes))
            .await?
            .is_none_or(|found| found != bytes)
        {
            return Err(format!("writer {writer}: the blob of row {number} is missing").into());
        }
    }
    Ok(last)
}

async fn check(folder: &Path, acknowledged: &BTreeMap<u32, u32>) -> TestResult<BTreeMap<u32, u32>> {
    let storage = Storage::open(folder)?;
    let health = storage.store.health().await;
    if !health.quarantined.is_empty() {
        return Err(format!("a snapshot was damaged: {:?}", health.quarantined).into());
    }
    let mut last = BTreeMap::new();
    for writer in 0..WRITERS {
        let known = acknowledged.get(&writer).copied().unwrap_or(0);
        last.insert(writer, check_writer(&storage, writer, known).await?);
    }
    if std::fs::read_dir(folder.join("sled/blobs"))?.next().is_some() {
        return Err("the engine wrote large values to files of its own".into());
    }
    let platform = storage.store.scan(
        WorkspaceId::PLATFORM,
        Table::Apps,
        KeyRange::all(),
        ScanOptions::default(),
    );
    if !platform.await?.rows.is_empty() {
        return Err("rows came up in a workspace that nobody wrote to".into());
    }
    Ok(last)
}

#[tokio::test]
async fn what_was_acknowledged_survives_being_killed() -> TestResult {
    let folder = TempDir::new()?;
    let data = folder.path().join("data");
    let mut commits = 0;
    let mut known = BTreeMap::new();
    for round in 0..ROUNDS {
        let (acknowledgements, then) = if round < EARLY_ROUNDS {
            (0, below(EARLY_MS))
        } else {
            (below(ACKNOWLEDGEMENTS), below(LATER_MS))
        };
        let acknowledged = run_and_kill(&data, acknowledgements, Duration::from_millis(then))?;
        // What was there once stays there, acknowledged again or not.
        known.extend(acknowledged);
        known = check(&data, &known).await.map_err(|error| {
            format!("round {round}, killed {then} ms after {acknowledgements} acknowledgements: {error}")
        })?;
        commits = known.values().sum();
    }
    // With fewer the kills would not have hit anything.
    assert!(commits >= 300, "only {commits} commits in {ROUNDS} rounds");
    Ok(())
}
