//! Tries what a compiling child must not be able to do, in a child of its own each, so that `c4h doctor` tells what holds here
//! and not what was meant to.
//!
//! Each attempt can be made without the filter of calls as well: one that fails there too would prove nothing.

use std::io::{self, Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::limits::{restrict_all_but_calls, restrict_self};
use super::wire::ORDER_BYTES;
use super::{CompilerConfig, MIB};

/// First bytes of an order to try something.
const MAGIC: &[u8; 8] = b"c4hprobe";
/// What the child says when it was able to do it.
const DONE: u8 = b'y';
/// What it says when the kernel refused.
const REFUSED: u8 = b'n';
/// What the filter answers to a call that is not in its list: `EPERM`, which has this number on every Unix.
const NOT_PERMITTED: i32 = 1;
/// Enough for any of the attempts.
const MEMORY_BYTES: u64 = 1024 * MIB;
/// As well.
const CPU_SECONDS: u64 = 5;

/// Something that a compiling child has no business doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    /// Reads a file: the program itself.
    ReadFile,
    /// Makes a file.
    WriteFile,
    /// Asks for a socket.
    OpenSocket,
    /// Becomes another program: the shell, which then says so. On Windows it starts itself.
    StartProgram,
    /// Makes a process: a copy of itself.
    #[cfg(target_os = "linux")]
    StartProcess,
    /// Asks for `ptrace`, with which processes read and write each other's memory.
    #[cfg(target_os = "linux")]
    TraceProcess,
}

/// Whether the filter of calls is on when something is tried. Every other limit is, either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallFilter {
    /// As it is when the child compiles.
    On,
    /// To see whether the attempt is one that works at all.
    Off,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The child was able to do it.
    Done,
    /// The kernel refused the call, and the child went on.
    Refused,
    /// The kernel ended the child for the call.
    Ended,
}

impl Attempt {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::ReadFile,
        Self::WriteFile,
        Self::OpenSocket,
        Self::StartProgram,
        #[cfg(target_os = "linux")]
        Self::StartProcess,
        #[cfg(target_os = "linux")]
        Self::TraceProcess,
    ];

    /// What it is, after "may not".
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::ReadFile => "read files",
            Self::WriteFile => "write files",
            Self::OpenSocket => "open connections",
            Self::StartProgram => "start programs",
            #[cfg(target_os = "linux")]
            Self::StartProcess => "make processes",
            #[cfg(target_os = "linux")]
            Self::TraceProcess => "trace processes",
        }
    }

    fn number(self) -> u8 {
        match self {
            Self::ReadFile => 0,
            Self::WriteFile => 1,
            Self::OpenSocket => 2,
            Self::StartProgram => 3,
            #[cfg(target_os = "linux")]
            Self::StartProcess => 4,
            #[cfg(target_os = "linux")]
            Self::TraceProcess => 5,
        }
    }

    fn make(self, places: &Places) -> io::Result<()> {
        match self {
            Self::ReadFile => std::fs::File::open(&places.program)?.read_exact(&mut [0; 4]),
            Self::WriteFile => {
                // Without a byte in it: the limit on the size of files is another.
                std::fs::File::create_new(&places.new_file)?;
                std::fs::remove_file(&places.new_file)
            }
            Self::OpenSocket => std::net::UdpSocket::bind("127.0.0.1:0").map(drop),
            Self::StartProgram => start_program(places),
            #[cfg(target_os = "linux")]
            Self::StartProcess => start_process(),
            #[cfg(target_os = "linux")]
            Self::TraceProcess => trace_process(),
        }
    }
}

/// What has to be known before the child is restricted: even the path of a program is read from a file on Linux.
struct Places {
    program: PathBuf,
    new_file: PathBuf,
}

impl Places {
    fn find() -> io::Result<Self> {
        let name = format!("c4h-probe-{}", std::process::id());
        Ok(Self {
            program: std::env::current_exe()?,
            new_file: std::env::temp_dir().join(name),
        })
    }
}

/// Nothing but the call itself: no pipe is made and no file opened on the way to it, which would be refused first. There is no way back,
/// so the other program says that it was done.
#[cfg(unix)]
fn start_program(_: &Places) -> io::Result<()> {
    use std::os::unix::process::CommandExt as _;
    Err(Command::new("/bin/sh").args(["-c", "printf y"]).exec())
}

/// It reads no order, so it ends by itself.
#[cfg(not(unix))]
fn start_program(places: &Places) -> io::Result<()> {
    Command::new(&places.program)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .map(drop)
}

#[cfg(target_os = "linux")]
#[expect(
    unsafe_code,
    reason = "the standard library makes pipes first, which are refused as well"
)]
fn start_process() -> io::Result<()> {
    // SAFETY: the copy ends at once, and touches nothing that another thread may have held when it was made.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        // SAFETY: as above; no handler is run and no buffer written.
        0 => unsafe { libc::_exit(0) },
        _copy => Ok(()),
    }
}

#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "only the C library has this call")]
fn trace_process() -> io::Result<()> {
    // SAFETY: with this request no argument is looked at; the parent may trace this process from now on, and does not.
    match unsafe { libc::ptrace(libc::PTRACE_TRACEME) } {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

/// An order to try something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Trial {
    attempt: Attempt,
    filter: CallFilter,
}

impl Trial {
    fn order(self) -> [u8; ORDER_BYTES] {
        let mut order = [0; ORDER_BYTES];
        let without_filter = u8::from(self.filter == CallFilter::Off);
        let words = [self.attempt.number(), without_filter];
        for (place, byte) in order.iter_mut().zip(MAGIC.iter().copied().chain(words)) {
            *place = byte;
        }
        order
    }

    /// Reads an order; `None` when it is one to compile.
    pub(super) fn from_order(order: &[u8; ORDER_BYTES]) -> Option<Self> {
        let (number, rest) = order.strip_prefix(MAGIC)?.split_first()?;
        let filter = match rest.first()? {
            0 => CallFilter::On,
            _ => CallFilter::Off,
        };
        let attempt = Attempt::ALL.iter().find(|attempt| attempt.number() == *number)?;
        Some(Self {
            attempt: *attempt,
            filter,
        })
    }

    /// In the child: restricts itself as it does before it compiles, tries, and says how it went, if it can still say something.
    pub(super) fn obey(self) -> io::Result<()> {
        let places = Places::find()?;
        match self.filter {
            CallFilter::On => restrict_self(MEMORY_BYTES, CPU_SECONDS)?,
            CallFilter::Off => restrict_all_but_calls(MEMORY_BYTES, CPU_SECONDS)?,
        }
        let said = match self.attempt.make(&places) {
            Ok(()) => DONE,
            Err(error) if cfg!(unix) && error.raw_os_error() == Some(NOT_PERMITTED) => REFUSED,
            // A file that is not there, a full table: it was not the filter, and so nothing is known about it.
            Err(error) => return Err(error),
        };
        io::stdout().write_all(&[said])
    }
}

/// In the parent: what becomes of a compiling child that tries this. Waits for the child: call it off the async threads.
///
/// # Errors
/// When there is no child, or when the attempt failed for a reason that has nothing to do with what it may do.
pub fn try_in_compile_child(
    config: &CompilerConfig,
    attempt: Attempt,
    filter: CallFilter,
) -> io::Result<Outcome> {
    let mut child = Command::new(&config.program)
        .args(&config.arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(&Trial { attempt, filter }.order())?;
    }
    let output = child.wait_with_output()?;
    match output.stdout.first() {
        Some(&DONE) => Ok(Outcome::Done),
        Some(&REFUSED) => Ok(Outcome::Refused),
        Some(_) | None if was_ended_by_filter(output.status) => Ok(Outcome::Ended),
        Some(_) | None => Err(io::Error::other(format!(
            "the compiling child that was to {} ended with {}: {}",
            attempt.words(),
            output.status,
            String::from_utf8_lossy(&output.stderr).trim()
        ))),
    }
}

/// Whether the kernel ended the process for a call that it may not make.
#[cfg(unix)]
pub(super) fn was_ended_by_filter(status: std::process::ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt as _;
    status.signal() == Some(rustix::process::Signal::SYS.as_raw())
}

#[cfg(not(unix))]
pub(super) fn was_ended_by_filter(_status: std::process::ExitStatus) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_to_try_survives_the_pipe() {
        for attempt in Attempt::ALL.iter().copied() {
            for filter in [CallFilter::On, CallFilter::Off] {
                let trial = Trial { attempt, filter };
                assert_eq!(Trial::from_order(&trial.order()), Some(trial));
            }
        }
        assert_eq!(Trial::from_order(&[0; ORDER_BYTES]), None);
    }
}
