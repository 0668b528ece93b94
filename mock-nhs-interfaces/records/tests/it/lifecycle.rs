//! Workspaces as wholes: what is written comes back, and fork, checkpoint, restore and reset do what they say.

use std::sync::Arc;

use records::{
    Base, BasePart, Change, Draft, PageSize, Record, Records, RecordsConfig, RecordsError, ResourceId,
    ResourceType, Scope, View, Window,
};
use store::{FixedClock, MemoryStore, Store, SystemClock, WorkspaceId};
use time::macros::datetime;

const ONE: WorkspaceId = WorkspaceId::new(1);
const TWO: WorkspaceId = WorkspaceId::new(2);

fn patient() -> ResourceType {
    ResourceType::parse("Patient").unwrap()
}

fn id(text: &str) -> ResourceId {
    ResourceId::parse(text).unwrap()
}

fn base() -> Arc<Base> {
    let mut part = BasePart::default();
    for number in 0..3 {
        let text = format!(
            r#"{{"resourceType":"Patient","id":"seed-{number}","meta":{{"versionId":"1","lastUpdated":"2026-01-01T00:00:00.000Z"}}}}"#
        );
        part.push("Patient", &format!("seed-{number}"), text.as_bytes())
            .unwrap();
    }
    Arc::new(Base::assemble(vec![part], 2).unwrap())
}

fn records(store: &Arc<MemoryStore>) -> Records {
    Records::new(
        base(),
        Arc::clone(store) as Arc<dyn Store>,
        RecordsConfig::default(),
    )
}

async fn put(records: &Records, workspace: WorkspaceId, name: &str, family: &str) -> Arc<Record> {
    let text = format!(r#"{{"resourceType":"Patient","name":[{{"family":"{family}"}}]}}"#);
    let make = |draft: &mut Draft| draft.put(patient(), &id(name), &text, Change::Updated);
    records
        .change::<_, RecordsError>(workspace, &SystemClock, make)
        .await
        .unwrap()
}

async fn delete(records: &Records, workspace: WorkspaceId, name: &str) {
    let make = |draft: &mut Draft| draft.delete(patient(), &id(name));
    let deleted = records
        .change::<_, RecordsError>(workspace, &SystemClock, make)
        .await
        .unwrap();
    assert!(deleted.is_some(), "{name} was there");
}

/// Everything that can be seen of a view, as text.
fn seen(view: &View) -> Vec<String> {
    let history = view.history(Scope::System, None, PageSize::ALL, Window::default(), |_| true);
    let mut seen: Vec<String> = history
        .records
        .iter()
        .map(|record| format!("{record:?}"))
        .collect();
    seen.push(format!("{} patients, {:?}", view.count(patient()), view.used()));
    seen.extend(view.of_type(patient()).map(|record| format!("{record:?}")));
    seen
}

async fn ids(records: &Records, workspace: WorkspaceId) -> Vec<String> {
    let view = records.view(workspace).await.unwrap();
    let ids: Vec<String> = view
        .of_type(patient())
        .map(|record| record.id.to_string())
        .collect();
    assert_eq!(view.count(patient()), ids.len() as u64);
    ids
}

#[tokio::test]
async fn a_workspace_read_from_disk_is_the_one_that_was_in_memory() {
    let store = Arc::new(MemoryStore::new());
    let first = records(&store);
    put(&first, ONE, "a", "Adams").await;
    put(&first, ONE, "seed-1", "Baker").await;
    put(&first, ONE, "a", "Clark").await;
    delete(&first, ONE, "seed-0").await;
    delete(&first, ONE, "a").await;
    put(&first, ONE, "a", "Davies").await;
    put(&first, ONE, "b", "Evans").await;
    let again = records(&store);
    let (memory, disk) = (first.view(ONE).await.unwrap(), again.view(ONE).await.unwrap());
    assert_eq!(seen(&memory), seen(&disk));
    assert_eq!(ids(&again, ONE).await, ["seed-2", "seed-1", "a", "b"]);
    assert_eq!(ids(&again, TWO).await, ["seed-0", "seed-1", "seed-2"]);
}

#[tokio::test]
async fn versions_count_on_over_base_and_deletes() {
    let store = Arc::new(MemoryStore::new());
    let records = records(&store);
    assert_eq!(put(&records, ONE, "seed-0", "Adams").await.version, 2);
    delete(&records, ONE, "seed-0").await;
    assert_eq!(put(&records, ONE, "seed-0", "Baker").await.version, 4);
    let view = records.view(ONE).await.unwrap();
    for (version, method) in [(1, "POST"), (2, "PUT"), (3, "DELETE"), (4, "PUT")] {
        let record = view.vread(patient(), "seed-0", version).unwrap();
        assert_eq!((record.version, record.change.method()), (version, method));
    }
    for version in [0, 5, u32::MAX] {
        assert_eq!(view.vread(patient(), "seed-0", version), None);
    }
    assert_eq!(view.vread(patient(), "none", 1), None);
}

#[tokio::test]
async fn a_change_that_fails_changes_nothing() {
    let store = Arc::new(MemoryStore::new());
    let records = records(&store);
    let before = seen(&records.view(ONE).await.unwrap());
    let failed = records
        .change::<(), RecordsError>(ONE, &SystemClock, |draft| {
            draft.put(
                patient(),
                &id("a"),
                r#"{"resourceType":"Patient"}"#,
                Change::Updated,
            )?;
            assert!(
                draft.view().read(patient(), "a").is_some(),
                "a draft sees its own changes"
            );
            Err(RecordsError::Full)
        })
        .await;
    assert_eq!(failed, Err(RecordsError::Full));
    assert_eq!(seen(&records.view(ONE).await.unwrap()), before);
}

#[tokio::test]
async fn a_fork_is_the_same_and_goes_its_own_way() {
    let store = Arc::new(MemoryStore::new());
    let first = records(&store);
    put(&first, ONE, "a", "Adams").await;
    put(&first, TWO, "lost", "Baker").await;
    first.fork(ONE, TWO).await.unwrap();
    put(&first, ONE, "b", "Clark").await;
    put(&first, TWO, "c", "Davies").await;
    first.reset(ONE).await.unwrap();
    first.collect().await.unwrap();
    for records in [&first, &records(&store)] {
        assert_eq!(ids(records, ONE).await, ["seed-0", "seed-1", "seed-2"]);
        assert_eq!(ids(records, TWO).await, ["seed-0", "seed-1", "seed-2", "a", "c"]);
    }
}

#[tokio::test]
async fn a_checkpoint_can_be_gone_back_to() {
    let store = Arc::new(MemoryStore::new());
    let first = records(&store);
    put(&first, ONE, "a", "Adams").await;
    let info = first.checkpoint(ONE, "before lunch", &SystemClock).await.unwrap();
    assert_eq!((info.name.as_str(), info.versions), ("before lunch", 1));
    put(&first, ONE, "b", "Baker").await;
    delete(&first, ONE, "seed-1").await;
    first.checkpoint(ONE, "after lunch", &SystemClock).await.unwrap();
    first.reset(ONE).await.unwrap();
    put(&first, ONE, "c", "Clark").await;
    first.collect().await.unwrap();

    for records in [first, records(&store)] {
        records.restore(ONE, "before lunch").await.unwrap();
        assert_eq!(ids(&records, ONE).await, ["seed-0", "seed-1", "seed-2", "a"]);
        put(&records, ONE, "d", "Davies").await;
        records.restore(ONE, "after lunch").await.unwrap();
        assert_eq!(ids(&records, ONE).await, ["seed-0", "seed-2", "a", "b"]);
        let names: Vec<String> = records
            .checkpoints(ONE)
            .await
            .unwrap()
            .into_iter()
            .map(|info| info.name)
            .collect();
        assert_eq!(names, ["before lunch", "after lunch"]);
        let unknown = records.restore(ONE, "tea").await;
        assert_eq!(unknown, Err(RecordsError::UnknownCheckpoint("tea".to_owned())));
    }
}

#[tokio::test]
async fn what_nobody_names_is_removed() {
    let store = Arc::new(MemoryStore::new());
    let records = records(&store);
    put(&records, ONE, "a", "Adams").await;
    records.checkpoint(ONE, "kept", &SystemClock).await.unwrap();
    put(&records, ONE, "b", "Baker").await;
    records.fork(ONE, TWO).await.unwrap();
    records.forget(ONE).await.unwrap();
    records.collect().await.unwrap();
    assert_eq!(ids(&records, TWO).await.len(), 5);
    records.forget(TWO).await.unwrap();
    records.collect().await.unwrap();
    assert_eq!(store.health().await.size_bytes, 0, "nothing is left");
    assert_eq!(ids(&records, TWO).await.len(), 3);
}

#[tokio::test]
async fn a_resource_never_goes_back_in_time() {
    let store = Arc::new(MemoryStore::new());
    let records = records(&store);
    let clock = FixedClock::new(datetime!(2026-06-01 12:00 UTC));
    let text = r#"{"resourceType":"Patient"}"#;
    let mut stamps = Vec::new();
    for at in [
        datetime!(2026-06-01 12:00 UTC),
        datetime!(1948-07-05 00:00 UTC),
        datetime!(2026-06-02 00:00 UTC),
    ] {
        clock.set(at);
        let make = |draft: &mut Draft| draft.put(patient(), &id("a"), text, Change::Updated);
        let record = records
            .change::<_, RecordsError>(ONE, &clock, make)
            .await
            .unwrap();
        stamps.push(record.last_updated.to_string());
    }
    assert_eq!(
        stamps,
        [
            "2026-06-01T12:00:00.000Z",
            "2026-06-01T12:00:00.000Z",
            "2026-06-02T00:00:00.000Z"
        ]
    );
}

#[tokio::test]
async fn a_flood_ends_at_the_quota() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let mut config = RecordsConfig::default();
    config.quota.versions = 10;
    let records = Records::new(base(), store, config);
    for _ in 0..10 {
        put(&records, ONE, "a", "Adams").await;
    }
    let make = |draft: &mut Draft| {
        draft.put(
            patient(),
            &id("a"),
            r#"{"resourceType":"Patient"}"#,
            Change::Updated,
        )
    };
    let refused = records.change::<_, RecordsError>(ONE, &SystemClock, make).await;
    assert_eq!(refused, Err(RecordsError::Quota(config.quota)));
    put(&records, TWO, "a", "Adams").await;
    records.reset(ONE).await.unwrap();
    put(&records, ONE, "a", "Adams").await;
}

#[tokio::test]
async fn checkpoints_are_no_way_around_the_quota() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let mut config = RecordsConfig::default();
    config.quota.bytes = 1_000;
    let records = Records::new(base(), store, config);
    let mut refused = None;
    for number in 0..20 {
        records.reset(ONE).await.unwrap();
        put(&records, ONE, "a", "Adams").await;
        put(&records, ONE, "a", "Baker").await;
        if let Err(error) = records.checkpoint(ONE, &format!("c{number}"), &SystemClock).await {
            refused = Some((number, error));
            break;
        }
    }
    let (number, error) = refused.unwrap();
    assert_eq!(error, RecordsError::CheckpointsTooLarge(4_000));
    records.delete_checkpoint(ONE, "c0").await.unwrap();
    records
        .checkpoint(ONE, &format!("c{number}"), &SystemClock)
        .await
        .unwrap();
    // One that is replaced does not count twice.
    records
        .checkpoint(ONE, &format!("c{number}"), &SystemClock)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_failed_commit_leaves_what_is_on_disk() {
    let store = Arc::new(MemoryStore::new());
    let records = records(&store);
    put(&records, ONE, "a", "Adams").await;
    store.close().await.unwrap();
    let make = |draft: &mut Draft| {
        draft.put(
            patient(),
            &id("b"),
            r#"{"resourceType":"Patient"}"#,
            Change::Updated,
        )
    };
    let refused = records.change::<_, RecordsError>(ONE, &SystemClock, make).await;
    assert!(matches!(refused, Err(RecordsError::Store(_))), "{refused:?}");
    assert_eq!(ids(&records, ONE).await, ["seed-0", "seed-1", "seed-2", "a"]);
}

#[tokio::test]
async fn many_at_once_lose_nothing() {
    let store = Arc::new(MemoryStore::new());
    let first = records(&store);
    let writers = (0..64).map(|writer| {
        let records = first.clone();
        tokio::spawn(async move {
            for turn in 0..4 {
                put(&records, ONE, &format!("w{writer}"), &format!("Turn{turn}")).await;
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    let (memory, disk) = (
        first.view(ONE).await.unwrap(),
        records(&store).view(ONE).await.unwrap(),
    );
    assert_eq!(memory.used().versions, 256);
    assert_eq!(seen(&memory), seen(&disk));
}

#[tokio::test]
async fn idle_workspaces_leave_memory_and_come_back() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let config = RecordsConfig {
        loaded_workspaces: 4,
        ..RecordsConfig::default()
    };
    let records = Records::new(base(), store, config);
    for number in 1..=20 {
        put(
            &records,
            WorkspaceId::new(number),
            "a",
            &format!("Number{number}"),
        )
        .await;
        assert!(
            records.loaded_workspaces() <= 5,
            "{}",
            records.loaded_workspaces()
        );
    }
    for number in 1..=20 {
        let view = records.view(WorkspaceId::new(number)).await.unwrap();
        let text = view.read(patient(), "a").unwrap().text.clone();
        let expected = format!("Number{number}");
        assert!(String::from_utf8_lossy(&text).contains(&expected), "{text:?}");
    }
}
