//! Values against a model: the same calls on a `BTreeMap` with the same bounds.

use std::collections::BTreeMap;

use proptest::prelude::*;
use store::MemoryStore;

use super::*;

const HERE: WorkspaceId = WorkspaceId::new(1);

fn app(name: &str) -> AppName {
    AppName::new(name).unwrap()
}

fn key(text: &str) -> ValueKey {
    ValueKey::new(text).unwrap()
}

/// Values over a store where these apps are deployed.
async fn values(apps: &[&str]) -> (Values, Arc<MemoryStore>) {
    let store = Arc::new(MemoryStore::new());
    for name in apps {
        for workspace in [1, 2] {
            let write = WriteSet::new().put(Table::Apps, name.as_bytes(), "{}");
            store.commit(WorkspaceId::new(workspace), write).await.unwrap();
        }
    }
    (Values::new(Arc::clone(&store) as Arc<dyn Store>), store)
}

async fn put(values: &Values, name: &str, text: &str, bytes: &'static str) -> Result<u64, ValueError> {
    let value = ("text/plain", &Bytes::from_static(bytes.as_bytes()));
    values
        .put(HERE, &app(name), &key(text), value, Only::Always)
        .await
}

async fn keys(values: &Values, name: &str, prefix: &str) -> Vec<String> {
    let page = values
        .list(HERE, &app(name), prefix, None, MAX_PAGE)
        .await
        .unwrap();
    page.values.iter().map(|head| head.key.to_string()).collect()
}

async fn rows_left(store: &MemoryStore) -> usize {
    let page = store.scan(HERE, Table::Values, KeyRange::all(), ScanOptions::default());
    page.await.unwrap().rows.len()
}

#[derive(Debug, Clone)]
enum Step {
    Put(String, usize),
    Delete(String),
    Add(String, i64),
    Get(String),
    List(String, Option<String>, usize),
    Clear,
}

fn any_key() -> impl Strategy<Value = String> {
    prop_oneof!["[ab/]{1,3}", "[\\x00-\\x02é€]{1,2}", Just("k".repeat(256))]
}

fn any_step() -> impl Strategy<Value = Step> {
    let size = prop_oneof![4 => 0_usize..100, 1 => Just(MAX_VALUE_BYTES), 1 => Just(MAX_VALUE_BYTES + 1)];
    prop_oneof![
        6 => (any_key(), size).prop_map(|(key, size)| Step::Put(key, size)),
        2 => any_key().prop_map(Step::Delete),
        2 => (any_key(), prop_oneof![-3_i64..9, Just(i64::MAX), Just(i64::MIN)]).prop_map(|(key, delta)| Step::Add(key, delta)),
        2 => any_key().prop_map(Step::Get),
        2 => (prop_oneof![Just(String::new()), any_key()], prop::option::of(any_key()), 1_usize..5)
            .prop_map(|(prefix, after, limit)| Step::List(prefix, after, limit)),
        1 => Just(Step::Clear),
    ]
}

/// What the step does to the model, and what it should answer.
fn expected(model: &mut BTreeMap<String, Vec<u8>>, step: &Step) -> String {
    match step {
        Step::Put(_, size) if *size > MAX_VALUE_BYTES => "too large".to_owned(),
        Step::Put(key, size) => {
            model.insert(key.clone(), vec![b'x'; *size]);
            "put".to_owned()
        }
        Step::Delete(key) => format!("deleted {}", model.remove(key).is_some()),
        Step::Add(key, delta) => {
            let before = model.get(key).map_or("0".to_owned(), |value| {
                String::from_utf8_lossy(value).into_owned()
            });
            let sum = before
                .trim()
                .parse::<i64>()
                .ok()
                .and_then(|before| before.checked_add(*delta));
            match sum {
                Some(sum) => {
                    model.insert(key.clone(), sum.to_string().into_bytes());
                    format!("sum {sum}")
                }
                None => "no number".to_owned(),
            }
        }
        Step::Get(key) => format!("{:?}", model.get(key)),
        Step::List(prefix, after, limit) => {
            let behind = |key: &str| {
                after
                    .as_ref()
                    .is_none_or(|after| key.as_bytes() > after.as_bytes())
            };
            let all: Vec<_> = model
                .iter()
                .filter(|(key, _)| key.starts_with(prefix.as_str()) && behind(key))
                .map(|(key, value)| (key.clone(), value.len()))
                .collect();
            let page: Vec<_> = all.iter().take(*limit).cloned().collect();
            format!("{page:?} more {}", all.len() > *limit)
        }
        Step::Clear => {
            model.clear();
            "cleared".to_owned()
        }
    }
}

async fn found(values: &Values, app: &AppName, step: &Step) -> String {
    match step {
        Step::Put(text, size) => {
            let value = ("text/plain", &Bytes::from(vec![b'x'; *size]));
            match values.put(HERE, app, &key(text), value, Only::Always).await {
                Ok(_) => "put".to_owned(),
                Err(ValueError::Large { .. }) => "too large".to_owned(),
                Err(error) => error.to_string(),
            }
        }
        Step::Delete(text) => {
            let deleted = values.delete(HERE, app, &key(text), Only::Always).await;
            format!("deleted {}", deleted.unwrap())
        }
        Step::Add(text, delta) => match values.add(HERE, app, &key(text), *delta).await {
            Ok(sum) => format!("sum {sum}"),
            Err(ValueError::Number) => "no number".to_owned(),
            Err(error) => error.to_string(),
        },
        Step::Get(text) => {
            let value = values.get(HERE, app, &key(text)).await.unwrap();
            format!("{:?}", value.map(|value| value.bytes.to_vec()))
        }
        Step::List(prefix, after, limit) => {
            let page = values
                .list(HERE, app, prefix, after.as_deref(), *limit)
                .await
                .unwrap();
            let heads: Vec<_> = page
                .values
                .iter()
                .map(|head| (head.key.to_string(), usize::try_from(head.size_bytes).unwrap()))
                .collect();
            format!("{heads:?} more {}", page.next.is_some())
        }
        Step::Clear => {
            values.clear(HERE, app).await.unwrap();
            "cleared".to_owned()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn values_are_a_map_that_counts(steps in prop::collection::vec(any_step(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let (values, store) = values(&["notes", "notes-2"]).await;
            // A neighbour whose name begins with ours must not notice anything.
            put(&values, "notes-2", "mine", "here").await.unwrap();
            let mut model = BTreeMap::new();
            for step in &steps {
                let expected = expected(&mut model, step);
                prop_assert_eq!(found(&values, &app("notes"), step).await, expected, "{:?}", step);
                let used = values.used(HERE, &app("notes")).await.unwrap();
                let bytes: usize = model.iter().map(|(key, value)| key.len() + value.len()).sum();
                let counts = (usize::try_from(used.count).unwrap(), usize::try_from(used.bytes).unwrap());
                prop_assert_eq!(counts, (model.len(), bytes));
            }
            prop_assert_eq!(keys(&values, "notes-2", "").await, vec!["mine"]);
            values.clear(HERE, &app("notes")).await.unwrap();
            prop_assert_eq!(rows_left(&store).await, 3);
            Ok(())
        })?;
    }
}

#[tokio::test]
async fn an_app_keeps_so_many_values_and_so_many_bytes() {
    let (values, _) = values(&["many", "large"]).await;
    for number in 0..MAX_APP_VALUES {
        put(&values, "many", &format!("k{number}"), "v").await.unwrap();
    }
    assert!(matches!(
        put(&values, "many", "one-more", "v").await,
        Err(ValueError::Count)
    ));
    put(&values, "many", "k7", "another").await.unwrap();
    assert!(
        values
            .delete(HERE, &app("many"), &key("k8"), Only::Always)
            .await
            .unwrap()
    );
    put(&values, "many", "one-more", "v").await.unwrap();

    let whole = Bytes::from(vec![0; MAX_VALUE_BYTES]);
    let put_whole = async |number: usize| {
        let value = (DEFAULT_TYPE, &whole);
        values
            .put(
                HERE,
                &app("large"),
                &key(&format!("{number:02}")),
                value,
                Only::Always,
            )
            .await
    };
    for number in 0..63 {
        put_whole(number).await.unwrap();
    }
    let refused = put_whole(63).await.unwrap_err();
    assert!(
        matches!(refused, ValueError::Full { bytes } if bytes == MAX_APP_BYTES + 64 * 2),
        "{refused}"
    );
    // To put less in the place of more is always allowed, and what became free can be used.
    put(&values, "large", "00", "small").await.unwrap();
    put_whole(63).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_counts_stay_right_whoever_writes_at_the_same_time() {
    // Two repositories over one store, as two processes would have: their turns do not know each other.
    let (first, store) = values(&["notes"]).await;
    let second = Values::new(Arc::clone(&store) as Arc<dyn Store>);
    let writers = (0..24_u32).map(|number| {
        let values = if number % 2 == 0 {
            first.clone()
        } else {
            second.clone()
        };
        tokio::spawn(async move {
            let (name, count) = (app("notes"), key("count"));
            for round in 0..12_u32 {
                let own = key(&format!("own-{number}"));
                let shared = key(&format!("shared-{}", round % 3));
                let bytes = Bytes::from(vec![b'x'; usize::try_from(number * 7 + round).unwrap()]);
                let value = ("text/plain", &bytes);
                values.put(HERE, &name, &own, value, Only::Always).await.unwrap();
                values
                    .put(HERE, &name, &shared, value, Only::Always)
                    .await
                    .unwrap();
                values.add(HERE, &name, &count, 1).await.unwrap();
                if round % 4 == 3 {
                    values.delete(HERE, &name, &shared, Only::Always).await.unwrap();
                }
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    let page = first.list(HERE, &app("notes"), "", None, MAX_PAGE).await.unwrap();
    let bytes: u64 = page
        .values
        .iter()
        .map(|head| weight(&head.key, head.size_bytes))
        .sum();
    let used = first.used(HERE, &app("notes")).await.unwrap();
    assert_eq!(
        (used.count, used.bytes),
        (u32::try_from(page.values.len()).unwrap(), bytes)
    );
    let count = first
        .get(HERE, &app("notes"), &key("count"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(count.bytes, (24 * 12).to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn many_who_add_at_the_same_time_all_count() {
    const ADDERS: usize = 3 * ATTEMPTS as usize;
    let (values, _) = values(&["notes"]).await;
    let adders = (0..ADDERS).map(|_| {
        let values = values.clone();
        tokio::spawn(async move { values.add(HERE, &app("notes"), &key("count"), 1).await })
    });
    let mut sums = Vec::new();
    for adder in adders.collect::<Vec<_>>() {
        sums.push(usize::try_from(adder.await.unwrap().unwrap()).unwrap());
    }
    sums.sort_unstable();
    assert_eq!(sums, (1..=ADDERS).collect::<Vec<_>>());
}

#[tokio::test]
async fn conditions_are_about_the_value_that_is_there() {
    let (values, _) = values(&["notes"]).await;
    let name = app("notes");
    let (one, bytes) = (key("one"), Bytes::from_static(b"1"));
    let value = ("text/plain", &bytes);
    let put = async |only| values.put(HERE, &name, &one, value, only).await;
    assert!(matches!(put(Only::IfPresent).await, Err(ValueError::Changed)));
    let first = put(Only::IfAbsent).await.unwrap();
    assert!(matches!(put(Only::IfAbsent).await, Err(ValueError::Changed)));
    assert_eq!(
        values.get(HERE, &name, &one).await.unwrap().unwrap().revision,
        first
    );
    let second = put(Only::If(first)).await.unwrap();
    assert!(second > first);
    assert!(matches!(put(Only::If(first)).await, Err(ValueError::Changed)));
    let stale = values.delete(HERE, &name, &one, Only::If(first)).await;
    assert!(matches!(stale, Err(ValueError::Changed)));
    assert!(values.delete(HERE, &name, &one, Only::If(second)).await.unwrap());
    assert!(!values.delete(HERE, &name, &one, Only::Always).await.unwrap());
}

#[tokio::test]
async fn apps_and_workspaces_do_not_meet_and_a_deleted_app_keeps_nothing() {
    let (values, store) = values(&["ab", "abc"]).await;
    put(&values, "ab", "k", "1").await.unwrap();
    put(&values, "abc", "k", "2").await.unwrap();
    let there = WorkspaceId::new(2);
    assert_eq!(values.get(there, &app("ab"), &key("k")).await.unwrap(), None);
    store
        .commit(HERE, WriteSet::new().delete(Table::Apps, b"ab"))
        .await
        .unwrap();
    assert!(matches!(
        put(&values, "ab", "late", "3").await,
        Err(ValueError::NoApp)
    ));
    values.clear(HERE, &app("ab")).await.unwrap();
    assert_eq!(keys(&values, "ab", "").await, Vec::<String>::new());
    assert_eq!(keys(&values, "abc", "").await, ["k"]);
    values.forget(HERE).await.unwrap();
    assert_eq!(rows_left(&store).await, 0);
}

#[tokio::test]
async fn everything_goes_in_several_commits() {
    let (values, store) = values(&["many", "other"]).await;
    for number in 0..1_203 {
        put(&values, "many", &format!("{number}"), "v").await.unwrap();
    }
    put(&values, "other", "k", "v").await.unwrap();
    values.clear(HERE, &app("many")).await.unwrap();
    assert_eq!(values.used(HERE, &app("many")).await.unwrap(), Used::default());
    assert_eq!(rows_left(&store).await, 3);
    values.forget(HERE).await.unwrap();
    assert_eq!(rows_left(&store).await, 0);
}

#[tokio::test]
async fn a_media_type_is_a_short_text_for_a_header() {
    let (values, _) = values(&["notes"]).await;
    for bad in ["text/plain\r\nset-cookie: a=b", "téxt/plain", &"t".repeat(129)] {
        let value = (bad, &Bytes::new());
        let put = values
            .put(HERE, &app("notes"), &key("k"), value, Only::Always)
            .await;
        assert!(matches!(put, Err(ValueError::Type)), "{bad:?}");
    }
}
