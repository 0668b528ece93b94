//! What a document will hold in memory, counted while it is read: `$ref` can repeat one large value at will.

use std::cell::Cell;

use fhir::json::Json;

use crate::limits::MAX_HELD_BYTES;

/// Bytes of a value or an entry beside its texts.
pub(crate) const ENTRY_BYTES: usize = 48;

/// How many bytes are held so far.
#[derive(Debug, Default)]
pub(crate) struct Held(Cell<usize>);

impl Held {
    /// Counts so many more; `false`, and nothing is counted, where that would be too many.
    pub(crate) fn take(&self, bytes: usize) -> bool {
        let all = self.0.get().saturating_add(bytes);
        let fits = all <= MAX_HELD_BYTES;
        if fits {
            self.0.set(all);
        }
        fits
    }

    pub(crate) fn bytes(&self) -> usize {
        self.0.get()
    }
}

/// About how many bytes a value takes in memory.
pub(crate) fn bytes_of(json: &Json) -> usize {
    let inside = match json {
        Json::Null | Json::Bool(_) => 0,
        Json::Number(text) | Json::String(text) => text.len(),
        Json::Array(items) => items.iter().map(bytes_of).sum(),
        Json::Object(members) => members
            .iter()
            .map(|(key, member)| ENTRY_BYTES + key.len() + bytes_of(member))
            .sum(),
    };
    ENTRY_BYTES + inside
}
