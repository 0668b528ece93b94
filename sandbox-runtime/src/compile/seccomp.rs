//! What a compiling child may ask of the kernel, once it has what it needs: memory, threads, time, and its three pipes.
//!
//! Three filters, because the strictest answer of all wins:
//! - what no compiler ever does ends the process, and the parent's log names it;
//! - `clone3` does not exist: its flags lie in memory, where no filter can look, and the C library then uses `clone`;
//! - everything that is not in the list is refused with `EPERM`, which programs are used to.
//!
//! Opening a file is not in the list, not even for reading, so there is nothing left that Landlock could add.

use std::io;

use libc::c_long;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    TargetArch,
};

/// What no compiler does: the network, other programs, other processes, the kernel itself.
const NEVER: &[c_long] = &[
    libc::SYS_accept,
    libc::SYS_accept4,
    libc::SYS_bind,
    libc::SYS_bpf,
    libc::SYS_chroot,
    libc::SYS_connect,
    libc::SYS_execve,
    libc::SYS_execveat,
    libc::SYS_init_module,
    libc::SYS_io_uring_setup,
    libc::SYS_kexec_load,
    libc::SYS_listen,
    libc::SYS_mount,
    libc::SYS_perf_event_open,
    libc::SYS_pivot_root,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_ptrace,
    libc::SYS_setns,
    libc::SYS_socket,
    libc::SYS_unshare,
    libc::SYS_userfaultfd,
];

/// What is left, on every processor.
const ALLOWED: &[c_long] = &[
    // The pipes to the parent.
    libc::SYS_close,
    libc::SYS_fstat,
    libc::SYS_lseek,
    libc::SYS_ppoll,
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_write,
    libc::SYS_writev,
    // Memory; machine code is made here, and the worker for scripts runs some.
    libc::SYS_brk,
    libc::SYS_madvise,
    libc::SYS_membarrier,
    libc::SYS_mmap,
    libc::SYS_mprotect,
    libc::SYS_mremap,
    libc::SYS_munmap,
    // Threads; `clone` itself has a rule of its own below.
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_futex,
    libc::SYS_getpid,
    libc::SYS_getppid,
    libc::SYS_gettid,
    libc::SYS_restart_syscall,
    libc::SYS_rseq,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_yield,
    libc::SYS_set_robust_list,
    libc::SYS_set_tid_address,
    // Its own traps, and `abort`. The number of the process that a signal is sent to has a rule below.
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    // Time and chance.
    libc::SYS_clock_getres,
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_getrandom,
    libc::SYS_getrusage,
    libc::SYS_gettimeofday,
    libc::SYS_nanosleep,
    // The worker's own loop, should it have one: made of handles that it has, none of which reaches outside.
    libc::SYS_epoll_create1,
    libc::SYS_epoll_ctl,
    libc::SYS_epoll_pwait,
    libc::SYS_eventfd2,
];

/// Old names of the same things, where a processor's table still has them.
#[cfg(target_arch = "x86_64")]
const ALLOWED_TOO: &[c_long] = &[
    libc::SYS_arch_prctl,
    libc::SYS_epoll_wait,
    libc::SYS_getrlimit,
    libc::SYS_poll,
];
#[cfg(not(target_arch = "x86_64"))]
const ALLOWED_TOO: &[c_long] = &[];

/// Puts the filters on this thread and on every thread that it starts. Cannot be undone.
///
/// # Errors
/// When the kernel does not take them: then nothing that a stranger sent must be read.
pub(super) fn restrict_calls() -> io::Result<()> {
    for filter in [never()?, no_clone3()?, allowed()?] {
        seccompiler::apply_filter(&filter).map_err(io::Error::other)?;
    }
    Ok(())
}

fn never() -> io::Result<BpfProgram> {
    let rules = NEVER.iter().map(|call| (*call, Vec::new()));
    program(rules, SeccompAction::Allow, SeccompAction::KillProcess)
}

fn no_clone3() -> io::Result<BpfProgram> {
    let rules = [(libc::SYS_clone3, Vec::new())];
    program(
        rules.into_iter(),
        SeccompAction::Allow,
        SeccompAction::Errno(errno(libc::ENOSYS)),
    )
}

fn allowed() -> io::Result<BpfProgram> {
    let any = ALLOWED.iter().chain(ALLOWED_TOO).map(|call| (*call, Vec::new()));
    let own_process = u64::from(std::process::id());
    let some = [
        // Refused by the filter above in its own way: of two refusals the kernel passes on the later one.
        (libc::SYS_clone3, Vec::new()),
        // A thread, not a process.
        (
            libc::SYS_clone,
            vec![only(0, SeccompCmpOp::MaskedEq(thread_flag()), thread_flag())?],
        ),
        // A thread's name, and the names of memory: both are for people who look at the process.
        (
            libc::SYS_prctl,
            vec![
                only(0, SeccompCmpOp::Eq, option(libc::PR_SET_NAME))?,
                only(0, SeccompCmpOp::Eq, option(libc::PR_SET_VMA))?,
            ],
        ),
        // Looking at a limit, not setting one.
        (libc::SYS_prlimit64, vec![only(2, SeccompCmpOp::Eq, 0)?]),
        (libc::SYS_tgkill, vec![only(0, SeccompCmpOp::Eq, own_process)?]),
    ];
    program(
        any.chain(some),
        SeccompAction::Errno(errno(libc::EPERM)),
        SeccompAction::Allow,
    )
}

fn program(
    rules: impl Iterator<Item = (c_long, Vec<SeccompRule>)>,
    otherwise: SeccompAction,
    action: SeccompAction,
) -> io::Result<BpfProgram> {
    let processor = TargetArch::try_from(std::env::consts::ARCH).map_err(io::Error::other)?;
    // The type differs between processors.
    #[expect(
        clippy::useless_conversion,
        reason = "a system call's number is 32 bits wide on some processors"
    )]
    let rules = rules.map(|(call, rule)| (i64::from(call), rule)).collect();
    let filter = SeccompFilter::new(rules, otherwise, action, processor).map_err(io::Error::other)?;
    filter.try_into().map_err(io::Error::other)
}

fn only(argument: u8, comparison: SeccompCmpOp, value: u64) -> io::Result<SeccompRule> {
    SeccompCondition::new(argument, SeccompCmpArgLen::Qword, comparison, value)
        .and_then(|condition| SeccompRule::new(vec![condition]))
        .map_err(io::Error::other)
}

fn thread_flag() -> u64 {
    u64::from(libc::CLONE_THREAD.unsigned_abs())
}

fn option(number: libc::c_int) -> u64 {
    u64::from(number.unsigned_abs())
}

fn errno(number: libc::c_int) -> u32 {
    number.unsigned_abs()
}
