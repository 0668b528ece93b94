//! A kept run as the payload of a record: JSON, packed with LZ4. Written and read on the writer's thread only.

use std::borrow::Cow;

use sandbox_runtime::replay::Tape;
use sandbox_runtime::trace::Trace;
use serde::{Deserialize, Serialize};

use super::KeptRun;
use crate::model::AppName;

/// How payloads are packed; another number is of another version of the program and is left alone.
const PACKING: u8 = 1;
/// The longest JSON of one run; a length beyond it is not believed.
const JSON_BYTES: usize = 32 << 20;

/// What stands in a payload. JSON because a trace grows fields: what an older program wrote still reads.
#[derive(Debug, Serialize, Deserialize)]
struct Stored<'r> {
    version: u32,
    trace: Cow<'r, Trace>,
    #[serde(default)]
    tape: Option<Cow<'r, Tape>>,
}

/// A run as a payload; `None` for a run that cannot be written, which no run is by design.
pub(super) fn pack(run: &KeptRun) -> Option<Vec<u8>> {
    let stored = Stored {
        version: run.version,
        trace: Cow::Borrowed(&run.trace),
        tape: run.tape.as_deref().map(Cow::Borrowed),
    };
    let json = serde_json::to_vec(&stored).ok()?;
    let mut payload = vec![PACKING];
    payload.extend(lz4_flex::block::compress_prepend_size(&json));
    (json.len() <= JSON_BYTES).then_some(payload)
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
