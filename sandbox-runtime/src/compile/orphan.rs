//! A compiling child ends with the program that started it, however that ended: nobody would take what it makes.
//!
//! Owns one thread, which sleeps and looks.

use std::io;
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, getppid};

/// How often it looks: an orphan costs a processor no longer than this.
const LOOK: Duration = Duration::from_millis(250);
/// Bytes of the thread's stack: it calls two functions of the system.
const STACK_BYTES: usize = 64 * 1024;

/// From now on the process ends soon after its parent has. Not by the kernel's own signal for that, which comes when the
/// parent's *thread* ends that started it.
///
/// # Errors
/// When no thread can be started.
pub(super) fn end_with_the_parent() -> io::Result<()> {
    let parent = getppid();
    thread::Builder::new()
        .name("orphan".to_owned())
        .stack_size(STACK_BYTES)
        .spawn(move || watch(parent))
        .map(drop)
}

#[expect(
    clippy::exit,
    reason = "whoever waited for this process is gone, and so is the way to say anything"
)]
fn watch(parent: Option<Pid>) {
    // An orphan is given another parent; which one, depends on the system.
    while getppid() == parent {
        thread::sleep(LOOK);
    }
    std::process::exit(1)
}
