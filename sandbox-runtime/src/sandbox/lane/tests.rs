//! What the lane promises, with work that is not a guest.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::*;

#[tokio::test]
async fn work_goes_on_with_its_timers() {
    let lane = Lane::new();
    let thread = lane.finish(
        1,
        Box::pin(async {
            tokio::time::sleep(Duration::from_millis(1)).await;
            tokio::task::yield_now().await;
            tokio::spawn(async { std::thread::current().name().map(str::to_owned) })
                .await
                .unwrap()
        }),
    );
    // What it spawns runs on the runtime it came from.
    assert_eq!(
        thread.await.unwrap().as_deref(),
        std::thread::current().name(),
        "not on the serving thread"
    );
    let name = lane
        .finish(
            1,
            Box::pin(async { std::thread::current().name().map(str::to_owned) }),
        )
        .await;
    assert!(name.flatten().unwrap().starts_with("slow-lane-"));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn its_threads_have_low_priority_and_only_they() {
    let lane = Lane::new();
    let nice = || rustix::process::getpriority_process(None).unwrap();
    let before = nice();
    assert_eq!(lane.finish(1, Box::pin(async move { nice() })).await, Some(19));
    assert_eq!(nice(), before);
}

#[tokio::test]
async fn a_panic_is_an_answer_and_the_lane_lives() {
    let lane = Lane::new();
    let panicked: Option<()> = lane.finish(1, Box::pin(async { panic!("on purpose") })).await;
    assert_eq!(panicked, None);
    for _ in 0..20 {
        assert_eq!(lane.finish(1, Box::pin(async { 7 })).await, Some(7));
    }
}

struct Gone(Arc<AtomicUsize>);

impl Drop for Gone {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn work_ends_with_whoever_waits_for_it_and_with_the_lane() {
    let lane = Lane::new();
    let gone = Arc::new(AtomicUsize::new(0));
    for busy in [true, false] {
        let mark = Gone(Arc::clone(&gone));
        let endless = Box::pin(async move {
            let _mark = mark;
            loop {
                if busy {
                    tokio::task::yield_now().await;
                } else {
                    std::future::pending::<()>().await;
                }
            }
        });
        let patience = Duration::from_millis(20);
        assert!(
            tokio::time::timeout(patience, lane.finish(1, endless))
                .await
                .is_err()
        );
    }
    let begun = std::time::Instant::now();
    while gone.load(Ordering::SeqCst) < 2 {
        assert!(begun.elapsed() < Duration::from_secs(30));
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn groups_take_turns_however_many_they_are() {
    // One thread, so that there is an order.
    let lane = Lane {
        queue: Arc::new(Queue::new(1)),
    };
    let turns = Arc::new(Mutex::new(Vec::new()));
    let begin = Arc::new(AtomicUsize::new(0));
    let work = |group: Group| {
        let (turns, begin) = (Arc::clone(&turns), Arc::clone(&begin));
        lane.finish(
            group,
            Box::pin(async move {
                begin.fetch_add(1, Ordering::SeqCst);
                while begin.load(Ordering::SeqCst) < 11 {
                    tokio::task::yield_now().await;
                }
                for _ in 0..50 {
                    turns.lock().unwrap().push(group);
                    tokio::task::yield_now().await;
                }
            }),
        )
    };
    // Ten runs of group 1, one of group 2.
    let crowd = futures_util::future::join_all((0..10).map(|_| work(1)));
    let (_, alone) = tokio::join!(crowd, work(2));
    assert_eq!(alone, Some(()));
    let turns = turns.lock().unwrap();
    let last = turns.iter().rposition(|group| *group == 2).unwrap();
    let others = turns[..last].iter().filter(|group| **group == 1).count();
    assert!(others <= 80, "group 2 had 50 turns while group 1 had {others}");
}
