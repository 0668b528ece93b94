//! What was acknowledged is there after the program was killed: the same from disk as it was in memory.

use std::sync::Arc;

use proptest::prelude::{Strategy, any, proptest};
use records::{
    Change, Draft, PageSize, Records, RecordsConfig, RecordsError, ResourceId, ResourceType, Scope, View,
    Window,
};
use store::{MemoryStore, Storage, Store, SystemClock, WorkspaceId};

use super::client::{Client, base};

const WORKSPACES: u64 = 3;

/// One thing that can happen.
#[derive(Clone, Debug)]
enum Step {
    Put(u64, u8),
    Delete(u64, u8),
    Fork(u64, u64),
    Checkpoint(u64, u8),
    Restore(u64, u8),
    Reset(u64),
    Collect,
}

fn step() -> impl Strategy<Value = Step> {
    let workspace = || 1..=WORKSPACES;
    proptest::prop_oneof![
        6 => (workspace(), any::<u8>()).prop_map(|(at, id)| Step::Put(at, id % 6)),
        3 => (workspace(), any::<u8>()).prop_map(|(at, id)| Step::Delete(at, id % 6)),
        1 => (workspace(), workspace()).prop_map(|(from, to)| Step::Fork(from, to)),
        1 => (workspace(), any::<u8>()).prop_map(|(at, name)| Step::Checkpoint(at, name % 3)),
        1 => (workspace(), any::<u8>()).prop_map(|(at, name)| Step::Restore(at, name % 3)),
        1 => workspace().prop_map(Step::Reset),
        1 => proptest::strategy::Just(Step::Collect),
    ]
}

async fn act(records: &Records, step: &Step) {
    let kind = ResourceType::parse("Patient").unwrap();
    let id = |number: u8| {
        let names = ["ann", "bob", "a", "b", "c", "d"];
        ResourceId::parse(names[usize::from(number)]).unwrap()
    };
    match step {
        Step::Put(at, number) => {
            let text = r#"{"resourceType":"Patient","active":true}"#;
            let make = |draft: &mut Draft| draft.put(kind, &id(*number), text, Change::Updated);
            let workspace = WorkspaceId::new(*at);
            records
                .change::<_, RecordsError>(workspace, &SystemClock, make)
                .await
                .unwrap();
        }
        Step::Delete(at, number) => {
            let make = |draft: &mut Draft| draft.delete(kind, &id(*number));
            let workspace = WorkspaceId::new(*at);
            records
                .change::<_, RecordsError>(workspace, &SystemClock, make)
                .await
                .unwrap();
        }
        Step::Fork(from, to) => {
            records
                .fork(WorkspaceId::new(*from), WorkspaceId::new(*to))
                .await
                .unwrap();
        }
        Step::Checkpoint(at, name) => {
            let name = name.to_string();
            records
                .checkpoint(WorkspaceId::new(*at), &name, &SystemClock)
                .await
                .unwrap();
        }
        Step::Restore(at, name) => {
            let restored = records.restore(WorkspaceId::new(*at), &name.to_string()).await;
            assert!(
                matches!(restored, Ok(()) | Err(RecordsError::UnknownCheckpoint(_))),
                "{restored:?}"
            );
        }
        Step::Reset(at) => records.reset(WorkspaceId::new(*at)).await.unwrap(),
        Step::Collect => records.collect().await.unwrap(),
    }
}

/// Everything that can be seen of a view.
fn seen(view: &View) -> Vec<String> {
    use search::execute::Corpus as _;
    let history = view.history(Scope::System, None, PageSize::ALL, Window::default(), |_| true);
    let mut seen: Vec<String> = history
        .records
        .iter()
        .map(|record| format!("{record:?}"))
        .collect();
    for kind in ResourceType::all() {
        for record in view.of_type(kind) {
            let doc = view.find(kind, record.id.as_str());
            seen.push(format!("{doc:?} {record:?}"));
        }
    }
    seen.push(format!("{:?} {:?}", view.hidden(), view.used()));
    seen
}

/// The same of every workspace, and what searches find in it.
async fn all_seen(records: &Records) -> Vec<String> {
    let mut all = Vec::new();
    let mut client = Client::of(records.clone());
    for number in 1..=WORKSPACES {
        client.workspace = WorkspaceId::new(number);
        all.extend(seen(&records.view(client.workspace).await.unwrap()));
        for query in [
            "active=true",
            "active:missing=true",
            "family=a",
            "_lastUpdated=gt2026-06-01",
            "_sort=-_id",
        ] {
            let page = client.get(&format!("/Patient?{query}&_total=accurate")).await;
            all.push(format!("{query}: {} {:?}", page.found(), page.total()));
        }
    }
    all
}

proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(48))]

    #[test]
    fn memory_and_disk_are_the_same_after_anything(steps in proptest::collection::vec(step(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
            let base = base();
            let running = Records::new(Arc::clone(&base), Arc::clone(&store), RecordsConfig::default());
            for step in &steps {
                act(&running, step).await;
            }
            let restarted = Records::new(base, store, RecordsConfig::default());
            let (memory, disk) = (all_seen(&running).await, all_seen(&restarted).await);
            for (memory, disk) in memory.iter().zip(&disk) {
                assert_eq!(memory, disk);
            }
            assert_eq!(memory.len(), disk.len());
        });
    }
}

#[tokio::test]
async fn two_programs_cannot_both_add_to_a_workspace() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let base = base();
    let one = Records::new(Arc::clone(&base), Arc::clone(&store), RecordsConfig::default());
    let two = Records::new(Arc::clone(&base), Arc::clone(&store), RecordsConfig::default());
    act(&one, &Step::Put(1, 2)).await;
    act(&two, &Step::Put(1, 3)).await;
    let kind = ResourceType::parse("Patient").unwrap();
    let make = |draft: &mut Draft| {
        draft.put(
            kind,
            &ResourceId::parse("x").unwrap(),
            r#"{"resourceType":"Patient"}"#,
            Change::Updated,
        )
    };
    let workspace = WorkspaceId::new(1);
    let refused = one.change::<_, RecordsError>(workspace, &SystemClock, make).await;
    assert!(matches!(refused, Err(RecordsError::Store(_))), "{refused:?}");
    act(&one, &Step::Put(1, 4)).await;
    let view = one.view(workspace).await.unwrap();
    assert_eq!(view.used().versions, 3, "what the other wrote is seen after that");
}

#[tokio::test]
async fn it_is_there_on_a_real_disk_too() {
    let directory = tempfile::tempdir().unwrap();
    let base = base();
    let before = {
        let storage = Storage::open(directory.path()).unwrap();
        let records = Records::new(
            Arc::clone(&base),
            Arc::clone(&storage.store),
            RecordsConfig::default(),
        );
        for step in [
            Step::Put(1, 0),
            Step::Put(1, 2),
            Step::Delete(1, 1),
            Step::Fork(1, 2),
            Step::Put(2, 3),
        ] {
            act(&records, &step).await;
        }
        let before = all_seen(&records).await;
        storage.close().await.unwrap();
        before
    };
    let storage = Storage::open(directory.path()).unwrap();
    let records = Records::new(base, storage.store, RecordsConfig::default());
    assert_eq!(all_seen(&records).await, before);
}
