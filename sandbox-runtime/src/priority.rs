//! Stepping back: work that may take long leaves the processor to what is short.

/// The lowest priority there is: about a seventieth of a normal thread's share when both want the same processor.
#[cfg(unix)]
const NICEST: i32 = 19;

/// Gives the calling thread the lowest priority, for good.
///
/// On Linux only, where each thread has its own. Where it cannot be, everything works and neighbours wait longer.
pub(crate) fn lower_this_thread() {
    // To Linux, "this process" means the calling thread.
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, NICEST) {
        tracing::warn!(%error, "this system does not let the slow lane have low priority");
    }
}

/// Gives this process, which has one thread yet, the lowest priority, for good.
#[cfg(unix)]
pub(crate) fn lower_this_process() {
    // Where it is refused, the process does its work all the same.
    let _refused = rustix::process::setpriority_process(None, NICEST);
}
