//! The rules of the places, one test each.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use super::*;

/// For requests that get a place, and for those whose waiting is looked at before its end.
fn slots(per_app: u32, per_workspace: u32) -> Slots {
    let limits = LimitsConfig {
        runs_per_app: per_app,
        runs_per_workspace: per_workspace,
        ..LimitsConfig::default()
    };
    Slots {
        patience: Duration::from_secs(60),
        ..Slots::new(&limits)
    }
}

/// For requests that wait in vain.
fn impatient(slots: Slots) -> Slots {
    Slots {
        patience: Duration::from_millis(20),
        ..slots
    }
}

fn app(name: &str) -> AppName {
    AppName::new(name).unwrap()
}

const ONE: WorkspaceId = WorkspaceId::new(1);
const TWO: WorkspaceId = WorkspaceId::new(2);

type Entering<'a> = Pin<Box<dyn Future<Output = Result<Slot, Full>> + 'a>>;

fn polled(entering: &mut Entering<'_>) -> Poll<Result<Slot, Full>> {
    entering.as_mut().poll(&mut Context::from_waker(Waker::noop()))
}

fn enter<'a>(slots: &'a Slots, workspace: WorkspaceId, app: &'a AppName) -> Entering<'a> {
    Box::pin(slots.enter(workspace, app, 0))
}

/// A request that has to wait.
fn waits<'a>(slots: &'a Slots, workspace: WorkspaceId, app: &'a AppName) -> Entering<'a> {
    let mut entering = enter(slots, workspace, app);
    assert!(polled(&mut entering).is_pending());
    entering
}

fn granted(entering: &mut Entering<'_>) -> Slot {
    match polled(entering) {
        Poll::Ready(Ok(slot)) => slot,
        other @ (Poll::Ready(Err(_)) | Poll::Pending) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn whoever_waits_too_long_is_told_for_what() {
    let slots = impatient(slots(1, 2));
    let (a, b, c) = (app("aa"), app("bb"), app("cc"));
    let first = slots.enter(ONE, &a, 0).await.unwrap();
    assert_eq!(slots.enter(ONE, &a, 0).await.unwrap_err(), Full::App { limit: 1 });
    let second = slots.enter(ONE, &b, 0).await.unwrap();
    assert_eq!(
        slots.enter(ONE, &c, 0).await.unwrap_err(),
        Full::Workspace { limit: 2 }
    );
    assert!(slots.enter(TWO, &a, 0).await.is_ok());
    assert_eq!(
        slots.enter(TWO, &a, DEPTHS).await.unwrap_err(),
        Full::Depth { limit: 4 }
    );
    assert_eq!((slots.under_way(), slots.waiting()), (2, 0));
    drop((first, second));
    assert!(slots.lock().iter().all(Floor::is_empty));
}

#[tokio::test]
async fn a_place_goes_to_the_first_whose_app_has_room() {
    let slots = slots(1, 2);
    let (a, b) = (app("aa"), app("bb"));
    let first = slots.enter(ONE, &a, 0).await.unwrap();
    let second = slots.enter(ONE, &b, 0).await.unwrap();
    let mut early = waits(&slots, ONE, &a);
    let mut late = waits(&slots, ONE, &b);
    // App b ends: its own request goes on, past the one that waits for app a.
    drop(second);
    let second = granted(&mut late);
    assert!(polled(&mut early).is_pending());
    drop(first);
    drop((granted(&mut early), second));
    assert!(slots.lock().iter().all(Floor::is_empty));
}

#[tokio::test]
async fn who_leaves_the_line_gives_its_turn_to_the_next() {
    let slots = slots(1, 8);
    let a = app("aa");
    let held = slots.enter(ONE, &a, 0).await.unwrap();
    let gone_waiting = waits(&slots, ONE, &a);
    let gone_granted = waits(&slots, ONE, &a);
    let mut stays = waits(&slots, ONE, &a);
    drop(gone_waiting);
    // The place is on its way to the second when that one goes.
    drop(held);
    drop(gone_granted);
    drop(granted(&mut stays));
    drop(stays);
    assert!(slots.lock().iter().all(Floor::is_empty));
}

#[tokio::test]
async fn the_line_is_bounded() {
    let slots = slots(1, 8);
    let a = app("aa");
    let held = slots.enter(ONE, &a, 0).await.unwrap();
    let line: Vec<_> = (0..WAITING).map(|_| waits(&slots, ONE, &a)).collect();
    assert_eq!(slots.waiting(), WAITING);
    assert_eq!(
        slots.enter(ONE, &a, 0).await.unwrap_err(),
        Full::Line { limit: 64 }
    );
    // Another workspace has a line of its own.
    assert!(slots.enter(TWO, &a, 0).await.is_ok());
    drop((line, held));
    assert!(slots.lock().iter().all(Floor::is_empty));
}

#[tokio::test]
async fn greedy_workspaces_leave_places_for_the_modest() {
    let slots = slots(1_000, 1_000);
    let places = outside_places(&LimitsConfig {
        runs_per_workspace: 1_000,
        ..LimitsConfig::default()
    }) - KEPT;
    let a = app("aa");
    let mut held = Vec::new();
    for number in 0..5 {
        let greedy = WorkspaceId::new(number + 1);
        let before = held.len();
        while slots.lock()[0].take(&slots.rules, greedy, &a) {
            held.push(slots.slot(greedy, &a, 0));
        }
        let got = held.len() - before;
        // Half, a quarter, an eighth …
        assert_eq!(got, places as usize >> (number + 1), "workspace {number}");
        assert!(slots.enter(WorkspaceId::new(99), &a, 0).await.is_ok());
    }
}

/// As many places as this workspace gets at once, with as many apps as it wants.
fn all_it_gets(slots: &Slots, workspace: WorkspaceId) -> Vec<Slot> {
    let mut held = Vec::new();
    for app in ["aa", "bb", "cc", "dd", "ee"].map(app) {
        while slots.lock()[0].take(&slots.rules, workspace, &app) {
            held.push(slots.slot(workspace, &app, 0));
        }
    }
    held
}

#[tokio::test]
async fn each_of_a_class_finds_a_place_whatever_the_others_do() {
    let slots = Slots::new(&LimitsConfig::default());
    let mut got: Vec<_> = (1..=30)
        .map(|number| all_it_gets(&slots, WorkspaceId::new(number)))
        .collect();
    let counts: Vec<_> = got.iter().map(Vec::len).collect();
    assert_eq!(counts[..8], [32, 16, 8, 4, 2, 1, 1, 1]);
    assert_eq!(counts[8..], [1; 22]);
    // The greediest ends all it has: the others get more, and a thirty-first still finds one.
    got[0].clear();
    got.extend((2..=30).map(|number| all_it_gets(&slots, WorkspaceId::new(number))));
    let late = all_it_gets(&slots, WorkspaceId::new(31));
    assert!(!late.is_empty());
    assert!(slots.under_way() <= 96);
}

#[tokio::test]
async fn who_asks_for_one_at_a_time_gets_one_in_a_full_house() {
    let slots = Slots::new(&LimitsConfig::default());
    let class: Vec<_> = (1..=30).map(WorkspaceId::new).collect();
    let a = app("aa");
    // All of them at once, and again, until nobody gets any more.
    let mut held = Vec::new();
    loop {
        let before = held.len();
        for workspace in &class {
            if slots.lock()[0].take(&slots.rules, *workspace, &a) {
                held.push(slots.slot(*workspace, &a, 0));
            }
        }
        if held.len() == before {
            break;
        }
    }
    assert!(held.len() >= 60, "two each: {}", held.len());
    assert!(slots.enter(WorkspaceId::new(31), &a, 0).await.is_ok());
}

#[tokio::test]
async fn free_places_go_round() {
    let slots = slots(100, 100);
    let a = app("aa");
    let mut held = Vec::new();
    // Twice what one workspace may have.
    let places = 200;
    for workspace in [ONE, TWO] {
        while slots.lock()[0].take(&slots.rules, workspace, &a) {
            held.push(slots.slot(workspace, &a, 0));
        }
    }
    let mut lines: Vec<_> = (0..12)
        .map(|number| waits(&slots, if number < 10 { ONE } else { TWO }, &a))
        .collect();
    // One has half, Two a quarter. When One ends some, both lines get their share, not the longer one all.
    held.drain(..places / 4 + 4);
    let mut got = [0; 2];
    let mut slots_got = Vec::new();
    for (number, entering) in lines.iter_mut().enumerate() {
        if let Poll::Ready(Ok(slot)) = polled(entering) {
            got[usize::from(number >= 10)] += 1;
            slots_got.push(slot);
        }
    }
    assert_eq!(got[1], 2, "{got:?}");
    assert!(got[0] >= 2, "{got:?}");
}

#[tokio::test]
async fn apps_that_call_apps_do_not_wait_for_themselves() {
    let slots = impatient(slots(2, 2));
    let a = app("aa");
    let mut held = Vec::new();
    for depth in 0..DEPTHS {
        for _ in 0..2 {
            held.push(slots.enter(ONE, &a, depth).await.unwrap());
        }
        assert!(slots.enter(ONE, &a, depth).await.is_err());
    }
    assert_eq!(slots.under_way(), 10);
}
