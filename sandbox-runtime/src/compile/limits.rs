//! The limits that a compiling child puts on itself, one step after the other: priority, amounts, and on Linux the calls it may make.

/// Whether a compiling child is kept from files, connections and other programs on this platform.
pub const CHILD_CALLS_ARE_FILTERED: bool = cfg!(all(
    target_os = "linux",
    any(
        target_arch = "x86_64",
        target_arch = "aarch64",
        target_arch = "riscv64"
    )
));

/// Handles for files and pipes that the child may have open.
#[cfg(unix)]
const HANDLES: u64 = 32;

/// Forbids itself more than this much, and everything that is not compiling, before it reads anything a stranger sent. Call it before
/// any thread is started; what needs a file or a socket must be open.
///
/// On Unix. Elsewhere the parent's clock is the only limit, which `c4h doctor` says.
#[cfg(unix)]
pub(crate) fn restrict_self(memory_bytes: u64, cpu_seconds: u64) -> std::io::Result<()> {
    restrict_processor_time(cpu_seconds)?;
    restrict_memory_and_calls(memory_bytes)
}

/// The same for a process that lives long: no end of its processor time, of which its parent keeps account.
#[cfg(unix)]
pub(crate) fn restrict_memory_and_calls(memory_bytes: u64) -> std::io::Result<()> {
    restrict_amounts(memory_bytes)?;
    restrict_calls()?;
    super::orphan::end_with_the_parent()
}

/// All of [`restrict_self`] but the filter of calls, for whoever wants to see that it is the filter which refuses something.
#[cfg(unix)]
pub(super) fn restrict_all_but_calls(memory_bytes: u64, cpu_seconds: u64) -> std::io::Result<()> {
    restrict_processor_time(cpu_seconds)?;
    restrict_amounts(memory_bytes)?;
    super::orphan::end_with_the_parent()
}

#[cfg(unix)]
fn restrict_processor_time(cpu_seconds: u64) -> std::io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let cpu = Rlimit {
        // The soft limit ends it with SIGXCPU, which names the reason; the hard one a second later would not.
        current: Some(cpu_seconds),
        maximum: Some(cpu_seconds.saturating_add(1)),
    };
    Ok(setrlimit(Resource::Cpu, cpu)?)
}

#[cfg(unix)]
fn restrict_amounts(memory_bytes: u64) -> std::io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    // Whoever waits for a page goes before whoever waits for a compiler.
    crate::priority::lower_this_process();
    let exactly = |amount| Rlimit {
        current: Some(amount),
        maximum: Some(amount),
    };
    // It writes to a pipe, so it needs no file at all.
    setrlimit(Resource::Fsize, exactly(0))?;
    setrlimit(Resource::Core, exactly(0))?;
    // Its pipes, and what a loop of its own may need. Processes are not limited by number, because threads would count, and those of
    // all this user's programs together; the filter of calls allows threads only.
    setrlimit(Resource::Nofile, exactly(HANDLES))?;
    // macOS knows the name and refuses or ignores it; processor time is limited there all the same.
    match setrlimit(Resource::As, exactly(memory_bytes)) {
        Err(error) if cfg!(target_os = "linux") => Err(error.into()),
        Ok(()) | Err(_) => Ok(()),
    }
}

#[cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64")
))]
use super::seccomp::restrict_calls;

#[cfg(all(
    unix,
    not(all(
        target_os = "linux",
        any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64")
    ))
))]
fn restrict_calls() -> std::io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
pub(crate) fn restrict_memory_and_calls(_memory_bytes: u64) -> std::io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
pub(crate) fn restrict_self(_memory_bytes: u64, _cpu_seconds: u64) -> std::io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
pub(super) fn restrict_all_but_calls(_memory_bytes: u64, _cpu_seconds: u64) -> std::io::Result<()> {
    Ok(())
}
