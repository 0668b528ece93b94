//! Traces as their readers see them: within budgets, over restarts, on disks that fail.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use serde_json::json;

use super::*;

fn run(app: &str, id: &str, body_bytes: usize) -> KeptRun {
    let body = json!({ "size_bytes": body_bytes, "text": "x".repeat(body_bytes) });
    let trace = json!({
        "run_id": id,
        "started_at": "2026-01-01T00:00:00Z",
        "request": { "method": "POST", "uri": "/", "headers": [], "body": body },
        "calls": [],
        "log": [],
        "outcome": { "kind": "answered" },
        "limits_hit": [],
        "cpu_us": 1,
        "wall_us": 1,
        "memory_peak_bytes": 1,
        "response": null,
        "backtrace": [],
    });
    KeptRun::new(
        AppName::new(app).unwrap(),
        1,
        serde_json::from_value(trace).unwrap(),
        None,
    )
}

const ONE: WorkspaceId = WorkspaceId::new(1);

fn names(traces: &Traces, app: &str) -> Vec<String> {
    let runs = traces.list(ONE, &AppName::new(app).unwrap(), 1_000);
    runs.iter().map(|run| run.trace.run_id.clone()).collect()
}

fn opened(root: &Path, budgets: Budgets) -> Traces {
    let traces = Traces::on_disk(root.to_owned(), budgets);
    traces.shared.desk.settle();
    traces
}

/// A body that does not pack, of hexadecimal digits: half of its length stays.
fn noisy(app: &str, id: &str, digits: usize) -> KeptRun {
    let mut kept = run(app, id, 0);
    let noise: String = (0..digits.div_ceil(32))
        .map(|_| uuid::Uuid::new_v4().simple().to_string())
        .collect();
    kept.trace.request.uri = noise;
    kept
}

#[test]
fn the_newest_stay_within_the_budget_of_an_app() {
    let traces = Traces::default();
    let quarter = Budgets::default().memory_app_bytes / 4;
    for id in ["a", "b", "c", "d", "e"] {
        traces.keep(ONE, run("one", id, quarter));
    }
    let one = AppName::new("one").unwrap();
    assert_eq!(names(&traces, "one"), ["e", "d", "c"]);
    assert!(traces.get(ONE, &one, "a").is_none() && traces.get(ONE, &one, "c").is_some());
    assert!(traces.get(WorkspaceId::new(2), &one, "c").is_none());
    assert_eq!(traces.app_of(ONE, "c"), Some(one.clone()));
    assert_eq!(traces.app_of(WorkspaceId::new(2), "c"), None);
    assert_eq!((traces.size().runs, traces.size().dropped), (3, 2));
    traces.forget(ONE, &one);
    assert_eq!((traces.size().runs, traces.size().bytes), (0, 0));
}

#[test]
fn one_run_over_the_budget_is_still_shown() {
    let traces = Traces::default();
    traces.keep(ONE, run("one", "small", 10));
    traces.keep(ONE, run("one", "large", Budgets::default().memory_app_bytes + 1));
    assert_eq!(names(&traces, "one"), ["large"]);
}

#[test]
fn all_apps_together_have_a_budget_and_the_largest_gives() {
    let traces = Traces::default();
    let budgets = Budgets::default();
    traces.keep(ONE, run("little", "first", 10));
    for number in 0..=budgets.memory_total_bytes / budgets.memory_app_bytes {
        traces.keep(
            ONE,
            run(&format!("app-{number}"), "only", budgets.memory_app_bytes - 4096),
        );
    }
    assert!(traces.size().bytes <= budgets.memory_total_bytes);
    assert_eq!(names(&traces, "little"), ["first"]);
}

#[test]
fn a_restart_forgets_nothing_and_goes_on_behind_it() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..3 {
        let traces = opened(folder.path(), Budgets::default());
        assert_eq!(names(&traces, "one").len(), round * 2);
        traces.keep(ONE, run("one", &format!("{round}-first"), 100));
        traces.keep(ONE, run("one", &format!("{round}-second"), 100));
        traces.keep(WorkspaceId::new(2), run("one", "of another workspace", 100));
    }
    let traces = opened(folder.path(), Budgets::default());
    let expected = [
        "2-second", "2-first", "1-second", "1-first", "0-second", "0-first",
    ];
    assert_eq!(names(&traces, "one"), expected);
    let files: Vec<_> = fs::read_dir(folder.path().join("0000000000000001-one"))
        .unwrap()
        .collect();
    assert_eq!(files.len(), 1, "short runs of the program share a file");
}

#[test]
fn what_is_for_the_disk_is_taken_in_portions_each_run_once_and_every_app_has_its_turn() {
    let mut rings = Rings::default();
    let key = |app: &str| (ONE, AppName::new(app).unwrap());
    let mut push = |app: &str, count: usize| {
        for number in 0..count {
            let kept = Arc::new(run(app, &format!("{app}-{number}"), 0));
            rings.push(key(app), kept, &Budgets::default());
        }
    };
    push("busy", 70);
    push("calm", 1);
    let until = rings.newest();
    rings.push(
        key("calm"),
        Arc::new(run("calm", "later", 0)),
        &Budgets::default(),
    );

    let mut taken: HashMap<String, Vec<String>> = HashMap::new();
    let mut portions = Vec::new();
    loop {
        let batches = rings.take_unwritten(32, until);
        if batches.is_empty() {
            break;
        }
        portions.push(batches.iter().map(|batch| batch.runs.len()).sum::<usize>());
        for batch in batches {
            let ids = batch.runs.iter().map(|(_, run)| run.trace.run_id.clone());
            taken.entry(batch.key.1.to_string()).or_default().extend(ids);
            rings.written(&batch.key, batch.runs.last().unwrap().0);
        }
    }
    assert_eq!(portions, [32, 32, 7]);
    let busy: Vec<String> = (0..70).map(|number| format!("busy-{number}")).collect();
    assert_eq!(taken["busy"], busy);
    assert_eq!(taken["calm"], ["calm-0"]);
    // What came meanwhile is for the next time.
    let next = rings.take_unwritten(32, rings.newest());
    assert_eq!(next.len(), 1);
    assert_eq!(next[0].runs[0].1.trace.run_id, "later");
}

#[test]
fn the_oldest_segment_makes_room() {
    let folder = tempfile::tempdir().unwrap();
    let budgets = Budgets {
        disk_app_bytes: 512 << 10,
        ..Budgets::default()
    };
    {
        let traces = opened(folder.path(), budgets);
        for number in 0..60 {
            traces.keep(ONE, noisy("one", &number.to_string(), 64 << 10));
            traces.shared.desk.settle();
            assert!(traces.size().disk_bytes <= budgets.disk_app_bytes + (64 << 10));
        }
    }
    let kept = names(&opened(folder.path(), budgets), "one");
    assert!(
        kept.len() >= 6 && kept.first().is_some_and(|newest| newest == "59"),
        "{kept:?}"
    );
}

#[test]
fn all_apps_together_have_a_budget_on_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let budgets = Budgets {
        disk_total_bytes: 256 << 10,
        ..Budgets::default()
    };
    let traces = opened(folder.path(), budgets);
    traces.keep(ONE, noisy("little", "first", 64));
    for number in 0..12 {
        traces.keep(ONE, noisy(&format!("app-{number}"), "only", 64 << 10));
    }
    traces.shared.desk.settle();
    let bytes = traces.size().disk_bytes;
    assert!((1..=budgets.disk_total_bytes).contains(&bytes), "{bytes}");
    drop(traces);
    assert_eq!(names(&opened(folder.path(), budgets), "little"), ["first"]);
}

#[test]
fn an_app_that_is_gone_leaves_no_file_and_its_successor_starts_anew() {
    let folder = tempfile::tempdir().unwrap();
    let traces = opened(folder.path(), Budgets::default());
    let one = AppName::new("one").unwrap();
    traces.keep(ONE, run("one", "before", 10));
    traces.shared.desk.settle();
    traces.forget(ONE, &one);
    traces.shared.desk.settle();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    traces.keep(ONE, run("one", "lost", 10));
    traces.forget(ONE, &one);
    traces.keep(ONE, run("one", "after", 10));
    drop(traces);
    assert_eq!(
        names(&opened(folder.path(), Budgets::default()), "one"),
        ["after"]
    );
}

#[test]
fn a_folder_that_cannot_be_used_leaves_memory_and_says_so_until_it_can() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("traces");
    // A file in the place of the folder: works for the administrator too, whom permissions do not stop.
    fs::write(&root, "in the way").unwrap();
    let traces = opened(&root, Budgets::default());
    traces.keep(ONE, run("one", "kept", 10));
    traces.shared.desk.settle();
    assert_eq!(names(&traces, "one"), ["kept"]);
    assert!(traces.refusal().is_some() && traces.size().disk_failures >= 1);
    fs::remove_file(&root).unwrap();
    // The last round tries again whatever the pause.
    traces.close();
    assert!(traces.refusal().is_none());
    assert_eq!(names(&opened(&root, Budgets::default()), "one"), ["kept"]);
}

#[test]
fn damage_on_the_disk_costs_what_it_hits_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    {
        let traces = opened(folder.path(), Budgets::default());
        for number in 0..9 {
            traces.keep(ONE, noisy("one", &number.to_string(), 64));
        }
    }
    let path = folder.path().join("0000000000000001-one/0000000001.runs");
    let sound = fs::read(&path).unwrap();
    let mut torn = sound.clone();
    torn.truncate(sound.len() - 5);
    torn[sound.len() / 2] ^= 1;
    fs::write(&path, &torn).unwrap();
    fs::create_dir(folder.path().join("something else")).unwrap();
    fs::write(folder.path().join("0000000000000001-one/notes.txt"), "ours?").unwrap();
    let traces = opened(folder.path(), Budgets::default());
    let kept = names(&traces, "one");
    assert_eq!(kept.len(), 7, "{kept:?}");
    traces.keep(ONE, run("one", "new", 10));
    drop(traces);
    let kept = names(&opened(folder.path(), Budgets::default()), "one");
    assert_eq!((kept.len(), kept[0].as_str()), (8, "new"), "{kept:?}");
}

#[test]
fn who_comes_back_gets_what_ended_in_between() {
    let traces = Traces::default();
    let one = AppName::new("one").unwrap();
    for id in ["a", "b", "c"] {
        traces.keep(ONE, run("one", id, 10));
    }
    let (runs, whole) = traces.since(ONE, &one, 1);
    let ids: Vec<_> = runs
        .iter()
        .map(|(number, run)| (*number, run.trace.run_id.as_str()))
        .collect();
    assert_eq!((ids, whole), (vec![(2, "b"), (3, "c")], true));
    for _ in 0..9 {
        traces.keep(ONE, run("one", "large", Budgets::default().memory_app_bytes / 2));
    }
    assert!(!traces.since(ONE, &one, 1).1, "some have made room");
}

#[tokio::test]
async fn runs_that_end_together_are_told_in_the_order_of_their_numbers() {
    const THREADS: u64 = 4;
    const EACH: u64 = 40;
    let traces = Traces::default();
    let one = AppName::new("one").unwrap();
    for round in 0..20 {
        let watching = traces.watch(ONE, &one).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    for _ in 0..EACH {
                        traces.keep(ONE, run("one", "run", 10));
                    }
                });
            }
        });
        for expected in 1..=THREADS * EACH {
            let Some(LiveEvent::RunEnded { number, .. }) = watching.next().await else {
                panic!("a run")
            };
            assert_eq!(number, round * THREADS * EACH + expected);
        }
    }
}

#[test]
fn a_batch_that_fails_half_way_is_on_the_disk_once() {
    let folder = tempfile::tempdir().unwrap();
    let budgets = Budgets {
        disk_app_bytes: 512 << 10,
        ..Budgets::default()
    };
    let mut disk = disk::Disk::open(folder.path().to_owned(), budgets).unwrap();
    let key = (ONE, AppName::new("one").unwrap());
    let runs: Vec<_> = (1..=4)
        .map(|number| (number, Arc::new(noisy("one", &number.to_string(), 100 << 10))))
        .collect();
    // The first run fills a segment; a folder stands where the next one is to be.
    let blocked = folder.path().join("0000000000000001-one/0000000002.runs");
    fs::create_dir_all(&blocked).unwrap();
    let batch = |from: usize| ring::Batch {
        key: key.clone(),
        runs: runs[from..].to_vec(),
    };
    let (newest, failed) = disk.append(&batch(0));
    assert_eq!(newest, Some(1));
    assert!(failed.is_err());
    fs::remove_dir(&blocked).unwrap();
    let (newest, done) = disk.append(&batch(1));
    assert!(newest == Some(4) && done.is_ok());
    // Written again by a program that did not know how far it had come.
    disk.append(&batch(3)).1.unwrap();
    let mut read = Vec::new();
    disk.read(&key, |run| {
        read.push(run.trace.run_id);
        true
    });
    assert_eq!(read, ["4", "3", "2", "1"]);
}

#[test]
fn a_run_that_is_too_large_for_the_disk_is_there_without_its_bodies() {
    let folder = tempfile::tempdir().unwrap();
    let large = noisy("one", "large", 0);
    let call = json!({
        "number": 1, "started_us": 1, "duration_us": 1, "method": "PUT", "url": "https://store.test/", "label": null, "status": 200,
        "request_headers": [], "response_headers": [], "response_body": { "size_bytes": 0 }, "refused": null, "notes": [],
        "request_body": { "size_bytes": 65_536, "text": "\u{1}".repeat(65_536) },
    });
    let mut large = KeptRun { tape: None, ..large };
    large.trace.calls = vec![serde_json::from_value(call).unwrap(); 100];
    {
        let traces = opened(folder.path(), Budgets::default());
        traces.keep(ONE, run("one", "before", 10));
        traces.shared.desk.settle();
        traces.keep(ONE, large);
    }
    let traces = opened(folder.path(), Budgets::default());
    assert_eq!(names(&traces, "one"), ["large", "before"]);
    let kept = traces.get(ONE, &AppName::new("one").unwrap(), "large").unwrap();
    assert_eq!(kept.trace.calls.len(), 100);
    let body = &kept.trace.calls[0].request_body;
    assert!(body.is_cut() && body.size_bytes() == 65_536 && body.kept().is_empty());
    let said = &kept.trace.log.last().unwrap().text;
    assert!(said.contains("the bodies were left out"), "{said}");
}

#[test]
fn a_run_larger_than_all_that_may_be_kept_is_still_answered() {
    let traces = Traces::in_memory(Budgets {
        memory_total_bytes: 1_000,
        ..Budgets::default()
    });
    let kept = traces.keep(ONE, run("one", "large", 10_000));
    assert_eq!((kept.trace.run_id.as_str(), traces.size().runs), ("large", 0));
}
