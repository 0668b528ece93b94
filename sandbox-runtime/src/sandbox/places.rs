//! A number of places for runs, and a short wait for one.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::RunError;
use crate::limits::Limit;

/// Places for runs: of the engine, and for whoever wants to keep one app or one workspace from taking all of them. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Places {
    free: Arc<Semaphore>,
    number: u32,
    patience: Duration,
}

/// One place; free again when dropped.
#[derive(Debug)]
pub struct Place {
    _permit: OwnedSemaphorePermit,
}

impl Places {
    /// This many places; who finds none waits so many milliseconds for one.
    #[must_use]
    pub fn new(number: u32, queue_ms: u64) -> Self {
        let free = Arc::new(Semaphore::new(
            usize::try_from(number).unwrap_or(Semaphore::MAX_PERMITS),
        ));
        Self {
            free,
            number,
            patience: Duration::from_millis(queue_ms),
        }
    }

    /// Takes a place.
    ///
    /// # Errors
    ///
    /// `busy` when none became free in time.
    pub async fn enter(&self) -> Result<Place, RunError> {
        if let Ok(permit) = Arc::clone(&self.free).try_acquire_owned() {
            return Ok(Place { _permit: permit });
        }
        match tokio::time::timeout(self.patience, Arc::clone(&self.free).acquire_owned()).await {
            Ok(Ok(permit)) => Ok(Place { _permit: permit }),
            Ok(Err(_closed)) => Err(RunError::host("the places for runs were closed")),
            Err(_late) => Err(RunError::over(Limit::Busy, u64::from(self.number), None)),
        }
    }

    /// How many are free right now.
    #[must_use]
    pub fn free(&self) -> usize {
        self.free.available_permits()
    }
}
