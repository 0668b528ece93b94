//! One writer at a time for each app, so that writers wait for each other instead of failing each other's conditions.
//!
//! Owns one lock around the list of apps that are written to, held for a look-up, and one for each of those apps, held
//! across a commit. Without them everything would still be right: the conditions of each commit see to that.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use store::WorkspaceId;

use crate::model::AppName;

type App = (WorkspaceId, AppName);

/// The apps that are written to right now.
#[derive(Debug, Clone, Default)]
pub(super) struct Turns {
    apps: Arc<Mutex<HashMap<App, Arc<tokio::sync::Mutex<()>>>>>,
}

/// A writer's turn; the next one's when dropped.
pub(super) struct Turn<'a> {
    turns: &'a Turns,
    app: App,
    gate: Option<Arc<tokio::sync::Mutex<()>>>,
    guard: Option<tokio::sync::OwnedMutexGuard<()>>,
}

impl Turns {
    /// Waits until no other writer of this process is at work on the app's values.
    pub(super) async fn take(&self, workspace: WorkspaceId, app: &AppName) -> Turn<'_> {
        let app = (workspace, app.clone());
        let gate = {
            let mut apps = self.apps.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(apps.entry(app.clone()).or_default())
        };
        let mut turn = Turn {
            turns: self,
            app,
            gate: Some(Arc::clone(&gate)),
            guard: None,
        };
        turn.guard = Some(gate.lock_owned().await);
        turn
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.guard = None;
        let mut apps = self.turns.apps.lock().unwrap_or_else(PoisonError::into_inner);
        self.gate = None;
        // One left is the list's own: nobody waits.
        if apps
            .get(&self.app)
            .is_some_and(|gate| Arc::strong_count(gate) == 1)
        {
            apps.remove(&self.app);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn one_at_a_time_and_nothing_is_left() {
        let turns = Turns::default();
        let inside = Arc::new(AtomicU32::new(0));
        let writers = (0..32).map(|number| {
            let (turns, inside) = (turns.clone(), Arc::clone(&inside));
            tokio::spawn(async move {
                let app = AppName::new("notes").unwrap();
                let take = turns.take(WorkspaceId::new(1), &app);
                // Some give up while they wait.
                if number % 4 == 0 {
                    let _turn = tokio::time::timeout(std::time::Duration::ZERO, take).await;
                    return;
                }
                let _turn = take.await;
                assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                tokio::task::yield_now().await;
                inside.fetch_sub(1, Ordering::SeqCst);
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap();
        }
        assert!(turns.apps.lock().unwrap().is_empty());
    }
}
