//! The limits that a compiling child puts on itself.

/// Forbids itself more than this much, before it reads anything a stranger sent.
///
/// On Unix. Elsewhere the parent's wall limit is the only one, which `c4h doctor` says.
#[cfg(unix)]
pub(super) fn restrict_self(memory_bytes: u64, cpu_seconds: u64) -> std::io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    // Whoever waits for a page goes before whoever waits for a compiler.
    crate::priority::lower_this_process();
    let exactly = |amount| Rlimit {
        current: Some(amount),
        maximum: Some(amount),
    };
    // The soft limit ends it with SIGXCPU, which names the reason; the hard one a second later would not.
    let cpu = Rlimit {
        current: Some(cpu_seconds),
        maximum: Some(cpu_seconds.saturating_add(1)),
    };
    setrlimit(Resource::Cpu, cpu)?;
    // It writes to a pipe, so it needs no file at all.
    setrlimit(Resource::Fsize, exactly(0))?;
    setrlimit(Resource::Core, exactly(0))?;
    // macOS knows the name and refuses or ignores it; the wall limit stands there.
    match setrlimit(Resource::As, exactly(memory_bytes)) {
        Err(error) if cfg!(target_os = "linux") => Err(error.into()),
        Ok(()) | Err(_) => Ok(()),
    }
}

#[cfg(not(unix))]
pub(super) fn restrict_self(_memory_bytes: u64, _cpu_seconds: u64) -> std::io::Result<()> {
    Ok(())
}
