//! A thread with a stack of its own, for work that strangers decide the depth of.

use std::io;
use std::thread;

/// Bytes of stack: five times what the deepest document needs, read without optimisation.
const STACK_BYTES: usize = 8 << 20;

/// Does the work on a thread of its own and waits for it; what it panicked with comes back as [`thread::Result`] has it.
///
/// # Errors
/// When the system has no thread.
pub(crate) fn on_own_stack<T: Send>(work: impl FnOnce() -> T + Send) -> io::Result<thread::Result<T>> {
    thread::scope(|scope| {
        let worker = thread::Builder::new().stack_size(STACK_BYTES);
        Ok(worker.spawn_scoped(scope, work)?.join())
    })
}
