//! Why a component was not compiled, and how the manner of a child's death tells.

use std::process::ExitStatus;
use std::time::Duration;

use crate::limits::bytes_in_words;
use crate::line::Full;

/// When to try again after the line was full, in seconds: as much processor time as one small component may take, after which the next
/// place is free.
pub const FULL_RETRY_S: u64 = 10;

/// Which limit of the compiling child was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompileLimit {
    /// Address space, in bytes.
    Memory {
        /// The allowed amount.
        bytes: u64,
    },
    /// Processor time.
    Cpu {
        /// The allowed amount.
        seconds: u64,
    },
    /// Time on the clock, where the system does not count a child's processor time for us.
    Wall {
        /// The allowed amount.
        seconds: u64,
    },
    /// Machine code.
    Output {
        /// The allowed amount.
        bytes: u64,
    },
    /// The compiler gave up in a way that names no limit: mostly nesting too deep for its stack.
    Crash,
}

/// Why a component was not compiled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CompileError {
    /// It takes too much to compile.
    #[error("{}", limit_in_words(*.0))]
    Limit(CompileLimit),
    /// It is not a valid component for this engine.
    #[error("The component cannot be compiled: {message}")]
    Invalid {
        /// What the compiler says.
        message: String,
    },
    /// Too many of the same group are waiting.
    #[error(
        "{waiting} apps of this workspace are already waiting to be compiled, the most that may; try again in {FULL_RETRY_S} seconds."
    )]
    Line {
        /// The length of the group's line.
        waiting: usize,
    },
    /// Too many of all groups are waiting.
    #[error(
        "{waiting} apps are already waiting to be compiled, the most that may; try again in {FULL_RETRY_S} seconds."
    )]
    Busy {
        /// The length of all lines.
        waiting: usize,
    },
    /// The machine did not get it done in a long time, without the component having used up its processor time.
    #[error(
        "This machine was too busy to compile the component within {seconds} s; that is not the component's fault. Try again when less is going on."
    )]
    Starved {
        /// How long it was waited for, on the clock.
        seconds: u64,
    },
    /// The platform failed. The detail is for its log.
    #[error(
        "The platform failed to compile the component; this is not the component's fault. Try again, and tell whoever runs this server if it stays."
    )]
    Host {
        /// What failed; private.
        detail: String,
    },
}

impl CompileError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Limit(_) => "compile-limit",
            Self::Invalid { .. } => "compile-invalid",
            Self::Line { .. } => "limit-compiling",
            Self::Busy { .. } => "busy",
            Self::Starved { .. } => "machine-busy",
            Self::Host { .. } => "platform-error",
        }
    }

    /// Whether the same file would fail again.
    pub(super) fn is_lasting(&self) -> bool {
        match self {
            Self::Limit(_) | Self::Invalid { .. } => true,
            Self::Line { .. } | Self::Busy { .. } | Self::Starved { .. } | Self::Host { .. } => false,
        }
    }

    pub(crate) fn full(full: Full) -> Self {
        match full {
            Full::Group { limit } => Self::Line { waiting: limit },
            Full::All { limit } => Self::Busy { waiting: limit },
        }
    }

    pub(crate) fn host(detail: impl std::fmt::Display) -> Self {
        let detail = detail.to_string();
        tracing::error!(detail, "the compiler did not run");
        Self::Host { detail }
    }

    /// The clock ran out. Only where nothing better is measured is that the component's doing.
    pub(super) fn wall(allowed: Duration) -> Self {
        let seconds = allowed.as_secs();
        if cfg!(unix) {
            Self::starved(allowed)
        } else {
            Self::Limit(CompileLimit::Wall { seconds })
        }
    }

    pub(crate) fn starved(waited: Duration) -> Self {
        let seconds = waited.as_secs();
        tracing::error!(
            seconds,
            "a compiling child had no end; is this machine overloaded?"
        );
        Self::Starved { seconds }
    }
}

fn limit_in_words(limit: CompileLimit) -> String {
    let what = match limit {
        CompileLimit::Memory { bytes } => format!("needs more than {} of memory", bytes_in_words(bytes)),
        CompileLimit::Cpu { seconds } => format!("needs more than {seconds} s of processor time"),
        CompileLimit::Wall { seconds } => format!("needs more than {seconds} s"),
        CompileLimit::Output { bytes } => {
            format!("makes more than {} of machine code", bytes_in_words(bytes))
        }
        CompileLimit::Crash => "overwhelms the compiler".to_owned(),
    };
    format!(
        "Compiling this component {what}; look for one very large or very deeply nested function, often generated code, and split it, or build in release mode."
    )
}

/// What a child's exit without an answer means.
pub(super) fn from_exit(
    status: ExitStatus,
    last_words: &str,
    memory_bytes: u64,
    cpu_seconds: u64,
) -> CompileError {
    let memory = CompileError::Limit(CompileLimit::Memory { bytes: memory_bytes });
    let out_of_memory = [
        "memory allocation of",
        "annot allocate memory",
        "os error 12",
        "out of memory",
    ];
    if out_of_memory.iter().any(|words| last_words.contains(words)) {
        return memory;
    }
    #[cfg(unix)]
    {
        use rustix::process::Signal;
        use std::os::unix::process::ExitStatusExt as _;
        if super::probe::was_ended_by_filter(status) {
            return CompileError::host(
                "the compiling child was ended by the kernel for a call that no compiler makes",
            );
        }
        let signal = status.signal();
        if signal == Some(Signal::XCPU.as_raw()) {
            return CompileError::Limit(CompileLimit::Cpu { seconds: cpu_seconds });
        }
        // Sent by the kernel when the machine runs out of memory before the child's own limit.
        if signal == Some(Signal::KILL.as_raw()) {
            return memory;
        }
        if signal.is_some() {
            return CompileError::Limit(CompileLimit::Crash);
        }
    }
    #[cfg(not(unix))]
    let _ = cpu_seconds;
    CompileError::host(format!("the compiling child ended with {status}: {last_words}"))
}
