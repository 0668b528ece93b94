//! Tries what a compiling child must not be able to do, in a child of its own each, so that `c4h doctor` tells what holds here
//! and not what was meant to.

use std::io::{self, Read as _, Write as _};
use std::process::{Command, Stdio};

use super::limits::restrict_self;
use super::wire::ORDER_BYTES;
use super::{CompilerConfig, MIB};

/// First bytes of an order to try something.
const MAGIC: &[u8; 8] = b"c4hprobe";
/// What the child says when it was able to do it.
const DONE: u8 = b'y';
/// What it says when it was not.
const REFUSED: u8 = b'n';
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
    /// Starts a program: itself.
    StartProgram,
}

impl Attempt {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::ReadFile,
        Self::WriteFile,
        Self::OpenSocket,
        Self::StartProgram,
    ];

    /// What it is, after "may not".
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::ReadFile => "read files",
            Self::WriteFile => "write files",
            Self::OpenSocket => "open connections",
            Self::StartProgram => "start programs",
        }
    }

    fn number(self) -> u8 {
        match self {
            Self::ReadFile => 0,
            Self::WriteFile => 1,
            Self::OpenSocket => 2,
            Self::StartProgram => 3,
        }
    }

    fn order(self) -> [u8; ORDER_BYTES] {
        let mut order = [0; ORDER_BYTES];
        for (place, byte) in order.iter_mut().zip(MAGIC.iter().copied().chain([self.number()])) {
            *place = byte;
        }
        order
    }

    /// Reads an order; `None` when it is one to compile.
    pub(super) fn from_order(order: &[u8; ORDER_BYTES]) -> Option<Self> {
        let number = *order.strip_prefix(MAGIC)?.first()?;
        Self::ALL.into_iter().find(|attempt| attempt.number() == number)
    }

    fn make(self) -> io::Result<()> {
        let program = || std::env::current_exe();
        match self {
            Self::ReadFile => std::fs::File::open(program()?)?.read_exact(&mut [0; 4]),
            Self::WriteFile => {
                let path = std::env::temp_dir().join(format!("c4h-probe-{}", std::process::id()));
                std::fs::write(&path, "harm")?;
                std::fs::remove_file(path)
            }
            Self::OpenSocket => std::net::UdpSocket::bind("127.0.0.1:0").map(drop),
            // It reads no order, so it ends by itself.
            Self::StartProgram => Command::new(program()?)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .map(drop),
        }
    }
}

/// In the child: restricts itself as it does before it compiles, tries, and says how it went, if it can still say something.
pub(super) fn obey(attempt: Attempt) -> io::Result<()> {
    // The path of the program is a file's content on Linux: it must be known before no file can be read.
    restrict_self(MEMORY_BYTES, CPU_SECONDS)?;
    let said = if attempt.make().is_ok() { DONE } else { REFUSED };
    io::stdout().write_all(&[said])
}

/// In the parent: whether a compiling child is able to do this. Waits for the child: call it off the async threads.
///
/// # Errors
/// When there is no child, or it says nothing and was not ended by the kernel either.
pub fn compile_child_can(config: &CompilerConfig, attempt: Attempt) -> io::Result<bool> {
    let mut child = Command::new(&config.program)
        .args(&config.arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(&attempt.order())?;
    }
    let output = child.wait_with_output()?;
    match output.stdout.first() {
        Some(&DONE) => Ok(true),
        Some(&REFUSED) => Ok(false),
        Some(_) | None if was_ended_by_filter(output.status) => Ok(false),
        Some(_) | None => Err(io::Error::other(format!(
            "the compiling child said nothing and ended with {}",
            output.status
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
