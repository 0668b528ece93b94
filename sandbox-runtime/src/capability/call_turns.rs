//! Calls of runs in the slow lane are answered one after another, and between them everybody else has a turn.
//!
//! A call is answered on the serving threads, most of them within one poll. A workspace that has used up its share and sends its
//! calls six at a time from thirty runs would otherwise keep a neighbour's small run waiting until all of them had had that poll.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

use tokio::sync::Semaphore;

/// The line of the slow lane's calls. Cheap to clone; all clones are the same line.
#[derive(Debug, Clone)]
pub(crate) struct CallLine(Arc<Semaphore>);

/// How the calls of one run take their turns.
#[derive(Debug, Clone)]
pub(crate) struct CallTurns {
    is_slow: Arc<AtomicBool>,
    line: CallLine,
}

impl CallLine {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Semaphore::new(1)))
    }

    /// For a run that begins in the slow lane, or not.
    pub(crate) fn turns(&self, is_slow: bool) -> CallTurns {
        CallTurns {
            is_slow: Arc::new(AtomicBool::new(is_slow)),
            line: self.clone(),
        }
    }
}

impl CallTurns {
    /// The run goes on in the slow lane.
    pub(crate) fn slow_down(&self) {
        // A call that is on its way already may miss it: it is one.
        self.is_slow.store(true, Ordering::Relaxed);
    }

    /// Answers a call when it is its turn. Only its first poll stands in line: what then waits keeps nobody waiting.
    pub(crate) async fn answer<T>(&self, call: impl Future<Output = T>) -> T {
        let mut call = pin!(call);
        if self.is_slow.load(Ordering::Relaxed)
            && let Ok(turn) = self.line.0.acquire().await
        {
            // Behind all that is ready to go on right now.
            tokio::task::yield_now().await;
            let first = std::future::poll_fn(|cx| Poll::Ready(call.as_mut().poll(cx))).await;
            drop(turn);
            if let Poll::Ready(answer) = first {
                return answer;
            }
        }
        call.await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;
    use std::time::Duration;

    use super::*;

    /// Calls that were answered when a neighbour, who came last, had its turn.
    async fn answered_before_a_neighbour(is_slow: bool) -> usize {
        let line = CallLine::new();
        let answered = Arc::new(AtomicUsize::new(0));
        let calls: Vec<_> = (0..50)
            .map(|_| {
                let (turns, answered) = (line.turns(is_slow), Arc::clone(&answered));
                tokio::spawn(async move {
                    turns
                        .answer(async { answered.fetch_add(1, Ordering::SeqCst) })
                        .await
                })
            })
            .collect();
        let seen = Arc::clone(&answered);
        let neighbour = tokio::spawn(async move { seen.load(Ordering::SeqCst) });
        let before = neighbour.await.unwrap();
        for call in calls {
            call.await.unwrap();
        }
        assert_eq!(answered.load(Ordering::SeqCst), 50);
        before
    }

    #[tokio::test]
    async fn a_neighbour_does_not_wait_for_the_calls_of_the_slow_lane() {
        assert_eq!(answered_before_a_neighbour(false).await, 50);
        assert_eq!(answered_before_a_neighbour(true).await, 0);
    }

    #[tokio::test]
    async fn a_call_that_waits_lets_the_next_one_begin() {
        let turns = CallLine::new().turns(false);
        turns.slow_down();
        let for_ever = turns.answer(std::future::pending::<()>());
        tokio::select! {
            biased;
            () = for_ever => unreachable!(),
            () = turns.answer(async {}) => {}
        }
    }

    #[tokio::test]
    async fn a_call_that_is_given_up_in_line_frees_it() {
        let turns = CallLine::new().turns(true);
        let given_up = turns.answer(std::future::pending::<()>());
        assert!(
            tokio::time::timeout(Duration::from_millis(1), given_up)
                .await
                .is_err()
        );
        turns.answer(async {}).await;
    }
}
