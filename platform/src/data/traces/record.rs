//! A kept run as the payload of a record: JSON, packed with LZ4. Written and read on the writer's thread only.

use std::borrow::Cow;

use sandbox_runtime::replay::Tape;
use sandbox_runtime::trace::{Level, LogLine, Stream, Trace};
use serde::{Deserialize, Serialize};

use super::KeptRun;
use super::segment::PAYLOAD_BYTES;
use crate::model::AppName;

/// How payloads are packed; another number is of another version of the program and is left alone.
const PACKING: u8 = 1;
/// The longest JSON of one run; a length beyond it is not believed. The largest run that can be, with 256 calls of its store with two
/// bodies of 64 KiB each, is longer, and is written in a shorter form.
const JSON_BYTES: usize = 32 << 20;

/// What stands in a payload. JSON because a trace grows fields: what an older program wrote still reads.
#[derive(Debug, Serialize, Deserialize)]
struct Stored<'r> {
    version: u32,
    trace: Cow<'r, Trace>,
    #[serde(default)]
    tape: Option<Cow<'r, Tape>>,
}

/// What of a run is written, from all of it to the least.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    Whole,
    WithoutBodies,
    WithoutTape,
    WithoutCalls,
}

impl Extent {
    const ALL: [Self; 4] = [
        Self::Whole,
        Self::WithoutBodies,
        Self::WithoutTape,
        Self::WithoutCalls,
    ];

    /// What is left out, as the trace says it.
    fn left_out(self) -> Option<&'static str> {
        match self {
            Self::Whole => None,
            Self::WithoutBodies => Some("the bodies"),
            Self::WithoutTape => Some("the bodies, and the tape on which it could be repeated"),
            Self::WithoutCalls => Some("the bodies, the calls, and the tape on which it could be repeated"),
        }
    }

    /// The run as far as it goes; the trace says what is missing.
    fn of(self, run: &KeptRun) -> Stored<'_> {
        let tape = || run.tape.as_deref().map(Cow::Borrowed);
        let (mut trace, tape) = match self {
            Self::Whole => (Cow::Borrowed(&run.trace), tape()),
            Self::WithoutBodies => (Cow::Owned(run.trace.without_bodies()), tape()),
            Self::WithoutTape | Self::WithoutCalls => (Cow::Owned(run.trace.without_bodies()), None),
        };
        if self == Self::WithoutCalls {
            trace.to_mut().calls.clear();
        }
        if let Some(what) = self.left_out() {
            let at_us = run.trace.wall_us;
            trace.to_mut().log.push(LogLine {
                at_us,
                stream: Stream::Platform,
                level: Level::Warn,
                text: format!(
                    "This run is larger than what is kept of one on the disk: {what} were left out there."
                ),
            });
        }
        Stored {
            version: run.version,
            trace,
            tape,
        }
    }
}

/// A run as a payload, with as much of it as fits; `None` for a run that cannot be written at all, which no run is by design.
pub(super) fn pack(run: &KeptRun) -> Option<Vec<u8>> {
    Extent::ALL.into_iter().find_map(|extent| {
        let json = serde_json::to_vec(&extent.of(run)).ok()?;
        if json.len() > JSON_BYTES {
            return None;
        }
        let mut payload = vec![PACKING];
        payload.extend(lz4_flex::block::compress_prepend_size(&json));
        (payload.len() <= PAYLOAD_BYTES).then_some(payload)
    })
}

/// The run in a payload; `None` for one that this program does not understand.
pub(super) fn unpack(app: &AppName, payload: &[u8]) -> Option<KeptRun> {
    let packed = payload.strip_prefix(&[PACKING])?;
    let (length, _) = packed.split_first_chunk::<4>()?;
    if usize::try_from(u32::from_le_bytes(*length)).ok()? > JSON_BYTES {
        return None;
    }
    let json = lz4_flex::block::decompress_size_prepended(packed).ok()?;
    let stored: Stored<'static> = serde_json::from_slice(&json).ok()?;
    let tape = stored.tape.map(Cow::into_owned);
    Some(KeptRun::new(
        app.clone(),
        stored.version,
        stored.trace.into_owned(),
        tape,
    ))
}
