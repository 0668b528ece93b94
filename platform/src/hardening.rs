//! What the serving process gives up for good when it starts: new privileges, core dumps, being looked at by others.
//!
//! On Linux. Elsewhere nothing of the kind is done, which `c4h doctor` says.

/// Gives up new privileges and core dumps. Call it before any thread is started: threads and children inherit it.
///
/// A kernel that refuses leaves the process as it was; the server works either way. There is no log yet: [`after_start`] says what holds.
#[cfg(target_os = "linux")]
pub(crate) fn before_threads() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    let _refused = rustix::thread::set_no_new_privs(true);
    // A core dump would hold tokens, secrets and the key of the compiled components.
    let _refused = setrlimit(Resource::Core, none);
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn before_threads() {}

/// Keeps this user's other programs from reading the server's memory, and says in the log what the kernel keeps to. Call it when the
/// engine has started: it opens files about its own memory, which is no longer allowed afterwards.
#[cfg(target_os = "linux")]
pub(crate) fn after_start() {
    use rustix::process::{DumpableBehavior, Resource, dumpable_behavior, getrlimit, set_dumpable_behavior};
    let _refused = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    let no_new_privileges = rustix::thread::no_new_privs() == Ok(true);
    let no_core_dumps = getrlimit(Resource::Core).maximum == Some(0);
    let memory_closed = dumpable_behavior() == Ok(DumpableBehavior::NotDumpable);
    if no_new_privileges && no_core_dumps && memory_closed {
        tracing::info!(no_new_privileges, no_core_dumps, memory_closed, "hardened");
    } else {
        tracing::warn!(
            no_new_privileges,
            no_core_dumps,
            memory_closed,
            "this kernel does not let the server give up all that it does not need"
        );
    }
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn after_start() {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    /// In a thread of its own, which takes it with it when it ends; the limit on core dumps stays with the tests.
    #[test]
    fn new_privileges_are_given_up_by_the_thread_and_what_it_starts() {
        std::thread::spawn(|| {
            super::before_threads();
            assert!(rustix::thread::no_new_privs().unwrap());
            let inherited = std::thread::spawn(|| rustix::thread::no_new_privs().unwrap());
            assert!(inherited.join().unwrap());
        })
        .join()
        .unwrap();
    }
}
