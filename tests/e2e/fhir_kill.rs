//! The process is killed, again and again, in a storm of transactions: each is wholly there afterwards or not at all, and every
//! one that was acknowledged is there.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Client, until};

use crate::{Journey, builder, folders};

const ROUNDS: usize = 6;
const WRITERS: usize = 4;
/// Entries of one transaction: creates, an update and an entry with a conditional reference.
const CREATES: usize = 40;

/// Transactions that were sent, by name, and whether they were acknowledged.
type Sent = Arc<Mutex<BTreeMap<String, bool>>>;

/// Creates of one tag, an update of what all share, and a reference to an entry of the same transaction.
fn transaction(name: &str) -> Value {
    let tag = json!([{"system": "https://example.com/storm", "code": name}]);
    let mut entries: Vec<Value> = (0..CREATES)
        .map(|number| {
            json!({
                "fullUrl": format!("urn:uuid:00000000-0000-4000-8000-{number:012}"),
                "resource": {
                    "resourceType": "Basic", "meta": {"tag": tag}, "code": {"text": format!("{number}")},
                    "subject": {"reference": "urn:uuid:00000000-0000-4000-8000-999999999999"},
                },
                "request": {"method": "POST", "url": "Basic"},
            })
        })
        .collect();
    entries.push(json!({
        "fullUrl": "urn:uuid:00000000-0000-4000-8000-999999999999",
        "resource": {"resourceType": "Patient", "id": name, "meta": {"tag": tag}},
        "request": {"method": "PUT", "url": format!("Patient/{name}")},
    }));
    entries.push(json!({
        "resource": {"resourceType": "Basic", "id": "shared", "code": {"text": name}},
        "request": {"method": "PUT", "url": "Basic/shared"},
    }));
    json!({"resourceType": "Bundle", "type": "transaction", "entry": entries})
}

/// Sends one transaction after the other until the server is gone.
async fn write_on(client: Client, round: usize, writer: usize, sent: Sent) {
    let note = |name: &str, acknowledged: bool| {
        let mut sent = sent.lock().unwrap_or_else(PoisonError::into_inner);
        sent.insert(name.to_owned(), acknowledged);
    };
    for number in 0.. {
        let name = format!("t-{round}-{writer}-{number}");
        note(&name, false);
        let request = client
            .request(Method::POST, "/w/demo/fhir/")
            .header("content-type", "application/fhir+json")
            .body(transaction(&name).to_string());
        let Ok(answer) = client.send(request).await else {
            return;
        };
        if answer.expect(200).is_err() {
            return;
        }
        note(&name, true);
    }
}

fn acknowledged(sent: &Sent) -> usize {
    let sent = sent.lock().unwrap_or_else(PoisonError::into_inner);
    sent.values().filter(|acknowledged| **acknowledged).count()
}

/// Every transaction is there or not; those that were acknowledged are.
async fn check(client: &Client, sent: &Sent) -> Journey {
    let sent = sent.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let mut whole = 0;
    for (name, acknowledged) in &sent {
        let tag = format!("_tag=https://example.com/storm|{name}");
        let basics = client
            .json(&format!("/w/demo/fhir/Basic?{tag}&_summary=count"))
            .await?;
        let linked = format!("/w/demo/fhir/Basic?{tag}&subject=Patient/{name}&_summary=count");
        let linked = client.json(&linked).await?;
        let patients = client
            .json(&format!("/w/demo/fhir/Patient?{tag}&_summary=count"))
            .await?;
        let found = (&basics["total"], &linked["total"], &patients["total"]);
        let is_whole = *found.0 == CREATES && *found.1 == CREATES && *found.2 == 1;
        let is_nothing = *found.0 == 0 && *found.1 == 0 && *found.2 == 0;
        ensure!(is_whole || is_nothing, "{name} is there in part: {found:?}");
        ensure!(
            is_whole || !acknowledged,
            "{name} was acknowledged and is not there"
        );
        whole += usize::from(is_whole);
    }
    // What all of them changed has one version for each that is there, and is as the last of them left it.
    if whole > 0 {
        let shared = client.json("/w/demo/fhir/Basic/shared").await?;
        ensure!(
            shared["meta"]["versionId"].as_str() == Some(whole.to_string().as_str()),
            "{whole} transactions: {shared}"
        );
        let last = shared["code"]["text"].as_str().context("a name")?;
        ensure!(sent.contains_key(last), "{shared}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transaction_is_there_or_not_after_every_kill() -> Journey {
    let folder = tempfile::tempdir_in(folders())?;
    let sent = Sent::default();
    for round in 0..ROUNDS {
        let platform = builder().data_dir(folder.path()).start()?;
        let client = platform.client()?;
        check(&client, &sent).await?;
        let before = acknowledged(&sent);
        let mut writers = tokio::task::JoinSet::new();
        for writer in 0..WRITERS {
            writers.spawn(write_on(client.clone(), round, writer, Arc::clone(&sent)));
        }
        // At another moment in every round, with others under way.
        let wanted = before + 1 + round * 5 % 7;
        until(
            "transactions are acknowledged",
            Duration::from_secs(60),
            async || Ok((acknowledged(&sent) >= wanted).then_some(())),
        )
        .await?;
        platform.kill()?;
        while writers.join_next().await.is_some() {}
    }
    let platform = builder().data_dir(folder.path()).start()?;
    check(&platform.client()?, &sent).await?;
    ensure!(
        acknowledged(&sent) >= ROUNDS,
        "too little was written to prove anything"
    );
    Ok(())
}
