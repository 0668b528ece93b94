//! What a process prints.

use std::io::{BufRead as _, BufReader, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

/// Lines of an output, read by a thread of their own so that the program never waits for us.
#[derive(Debug)]
pub(crate) struct Lines {
    lines: Arc<Mutex<Vec<String>>>,
    reader: Option<JoinHandle<()>>,
}

impl Lines {
    pub(crate) fn of(output: impl Read + Send + 'static) -> Self {
        let lines = Arc::<Mutex<Vec<String>>>::default();
        let kept = Arc::clone(&lines);
        let reader = std::thread::spawn(move || {
            for line in BufReader::new(output).split(b'\n') {
                let Ok(line) = line else { return };
                lock(&kept).push(String::from_utf8_lossy(&line).into_owned());
            }
        });
        Self {
            lines,
            reader: Some(reader),
        }
    }

    pub(crate) fn all(&self) -> Vec<String> {
        lock(&self.lines).clone()
    }

    /// Waits for the end of the output, which comes with the end of the process and of its children.
    pub(crate) fn read_to_end(&mut self) {
        if let Some(reader) = self.reader.take() {
            reader.join().ok();
        }
    }
}

fn lock(lines: &Mutex<Vec<String>>) -> MutexGuard<'_, Vec<String>> {
    lines.lock().unwrap_or_else(PoisonError::into_inner)
}
