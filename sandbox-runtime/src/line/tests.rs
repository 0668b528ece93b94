//! The rules of the line, one test each.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use super::*;

type Waiting<'a> = Pin<Box<dyn Future<Output = Result<Turn, Full>> + 'a>>;

fn line(each: usize, all: usize) -> Arc<Line> {
    Line::new(Bounds { each, all })
}

fn polled(waiting: &mut Waiting<'_>) -> Poll<Result<Turn, Full>> {
    waiting.as_mut().poll(&mut Context::from_waker(Waker::noop()))
}

/// A job that has asked for its turn.
fn asks(line: &Arc<Line>, group: Group) -> (Waiting<'_>, Poll<Result<Turn, Full>>) {
    let mut waiting: Waiting<'_> = Box::pin(line.turn(group));
    let polled = polled(&mut waiting);
    (waiting, polled)
}

fn waits(line: &Arc<Line>, group: Group) -> Waiting<'_> {
    let (waiting, polled) = asks(line, group);
    assert!(polled.is_pending(), "{polled:?}");
    waiting
}

fn holds(line: &Arc<Line>, group: Group) -> Turn {
    match asks(line, group).1 {
        Poll::Ready(Ok(turn)) => turn,
        other @ (Poll::Ready(Err(_)) | Poll::Pending) => panic!("{other:?}"),
    }
}

fn refused(line: &Arc<Line>, group: Group) -> Full {
    match asks(line, group).1 {
        Poll::Ready(Err(full)) => full,
        other @ (Poll::Ready(Ok(_)) | Poll::Pending) => panic!("{other:?}"),
    }
}

/// Ends the job under way, and every job after it; the groups in the order in which they came.
fn served(held: Turn, waiting: &mut [(Group, Waiting<'_>)]) -> Vec<Group> {
    let (mut held, mut order) = (Some(held), Vec::new());
    while held.take().is_some() {
        for (group, waiting) in waiting.iter_mut() {
            if let Poll::Ready(Ok(turn)) = polled(waiting) {
                assert!(held.replace(turn).is_none(), "one at a time");
                order.push(*group);
                *waiting = Box::pin(std::future::pending());
            }
        }
    }
    order
}

fn is_empty(line: &Line) -> bool {
    let state = line.lock();
    state.holder.is_none() && state.lines.is_empty() && state.turn.is_empty() && state.waiting == 0
}

#[test]
fn another_group_comes_right_after_the_job_under_way() {
    let line = line(8, 64);
    let held = holds(&line, 1);
    let mut waiting: Vec<_> = [1, 1, 1, 1, 2, 2, 3]
        .into_iter()
        .map(|group| (group, waits(&line, group)))
        .collect();
    assert_eq!(served(held, &mut waiting), [2, 3, 1, 2, 1, 1, 1]);
    drop(waiting);
    assert!(is_empty(&line));
}

#[test]
fn a_line_is_bounded_for_each_group_and_for_all() {
    let line = line(2, 3);
    let held = holds(&line, 1);
    let mine = [waits(&line, 1), waits(&line, 1)];
    assert_eq!(refused(&line, 1), Full::Group { limit: 2 });
    let theirs = waits(&line, 2);
    // All places are taken, and no line is so long that it could give one up for a second of group 2.
    assert_eq!(refused(&line, 2), Full::All { limit: 3 });
    drop((mine, theirs, held));
    assert!(is_empty(&line));
}

#[test]
fn the_longest_line_makes_room_for_who_has_none() {
    let line = line(4, 4);
    let held = holds(&line, 1);
    let mut mine: Vec<_> = (0..4).map(|_| waits(&line, 1)).collect();
    let theirs = [waits(&line, 2), waits(&line, 3)];
    let mut out = mine.iter_mut().map(polled);
    assert!(out.next().is_some_and(|first| first.is_pending()));
    assert!(out.next().is_some_and(|second| second.is_pending()));
    for late in out {
        assert!(
            matches!(late, Poll::Ready(Err(Full::All { limit: 4 }))),
            "{late:?}"
        );
    }
    // Two, one and one: a fourth group still finds room, a fifth does not.
    let fourth = waits(&line, 4);
    assert_eq!(refused(&line, 5), Full::All { limit: 4 });
    drop((mine, theirs, fourth, held));
    assert!(is_empty(&line));
}

#[test]
fn who_goes_away_gives_its_turn_to_the_next() {
    let line = line(8, 64);
    let held = holds(&line, 1);
    let gone_waiting = waits(&line, 2);
    let gone_granted = waits(&line, 3);
    let mut stays = waits(&line, 4);
    drop(gone_waiting);
    // The turn is on its way to group 3 when that one goes.
    drop(held);
    assert!(polled(&mut stays).is_pending());
    drop(gone_granted);
    assert!(matches!(polled(&mut stays), Poll::Ready(Ok(_))));
    drop(stays);
    assert!(is_empty(&line));
}
