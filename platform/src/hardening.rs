//! What the serving process gives up for good when it starts: new privileges, core dumps, being looked at by others.
//!
//! On Linux. Elsewhere nothing of the kind is done, which `c4h doctor` says.

/// Gives up new privileges and core dumps. Call it before any thread is started: threads and children inherit it.
#[cfg(target_os = "linux")]
pub(crate) fn before_threads() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    // A kernel that refuses leaves the process as it was; the server works either way.
    if let Err(error) = rustix::thread::set_no_new_privs(true) {
        tracing::warn!(%error, "this kernel does not let the server give up new privileges");
    }
    // A core dump would hold tokens, secrets and the key of the compiled components.
    if let Err(error) = setrlimit(Resource::Core, none) {
        tracing::warn!(%error, "this kernel does not let the server give up core dumps");
    }
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn before_threads() {}

/// Keeps this user's other programs from reading the server's memory. Call it when the engine has started: it opens files about its
/// own memory, which is no longer allowed afterwards.
#[cfg(target_os = "linux")]
pub(crate) fn after_start() {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};
    if let Err(error) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
        tracing::warn!(%error, "this kernel does not let the server hide its memory");
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
