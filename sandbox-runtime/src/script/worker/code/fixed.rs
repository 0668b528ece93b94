//! What two components must have in common for the same machine code.

use sha2::{Digest as _, Sha256};
use wasmparser::{Encoding, Parser, Payload};

use crate::script::worker::Failure;

/// Where a module or component begins and ends; no section has these numbers.
const BEGIN: u8 = 0xff;
const END: u8 = 0xfe;

/// Of a component, all but memories, globals and data of its modules: every section with its kind and length, and where code begins,
/// because the compiler keeps positions in it.
pub(super) fn digest(component: &[u8]) -> Result<[u8; 32], Failure> {
    let mut digest = Sha256::new();
    for payload in Parser::new(0).parse_all(component) {
        let payload = payload.map_err(wasmtime::Error::from)?;
        let holds_sections = matches!(
            payload,
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. }
        );
        let may_differ = matches!(
            payload,
            Payload::MemorySection(_) | Payload::GlobalSection(_) | Payload::DataSection(_)
        );
        if holds_sections || may_differ {
            continue;
        }
        if let Payload::Version { encoding, .. } = payload {
            digest.update([BEGIN, u8::from(encoding == Encoding::Component)]);
        }
        if let Payload::End(_) = payload {
            digest.update([END]);
        }
        if let Payload::CodeSectionStart { range, .. } = &payload {
            digest.update(number(range.start));
        }
        let Some((kind, range)) = payload.as_section() else {
            continue;
        };
        let bytes = component.get(range).unwrap_or_default();
        digest.update([kind]);
        digest.update(number(bytes.len()));
        digest.update(bytes);
    }
    Ok(digest.finalize().into())
}

fn number(number: usize) -> [u8; 8] {
    u64::try_from(number).unwrap_or(u64::MAX).to_le_bytes()
}
