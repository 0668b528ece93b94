//! Which records have which keys: one compact index of the shared base, one persistent index of a workspace's changes.
//!
//! A record is known here by a number, its [`Doc`]. Base and overlay number the same space: a record of the base keeps its
//! number when a workspace changes it (the base's rows of it are then masked, see [`crate::execute::Corpus::hidden`]), and
//! records that a workspace creates get numbers above the base's, in the order in which they were created. The order of
//! numbers is therefore stable under changes, which is what lets a page token name the last number it has shown.

mod base;
mod builder;
mod dictionary;
mod docs;
mod forward;
mod hash;
mod links;
mod overlay;
mod postings;
#[cfg(test)]
mod tests;

pub use base::{BaseIndex, IndexSize};
pub use builder::{Batch, BuildError, Builder};
pub use dictionary::Dictionary;
pub use docs::Docs;
pub use forward::Forward;
pub use links::Links;
pub(crate) use links::read as read_link;
pub use overlay::OverlayIndex;
pub use postings::Postings;

use crate::key::{self, LOW};
use crate::query::{ParameterId, ResourceType};
use crate::value::{DateRange, Value};

/// The number of a record inside a workspace: base records first, then the workspace's own in the order of their creation.
pub type Doc = u32;

/// What the index keeps of one record.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// The record.
    pub doc: Doc,
    /// Its type.
    pub resource_type: ResourceType,
    /// `meta.lastUpdated`, in microseconds since 1970-01-01T00:00:00Z.
    pub last_updated: i64,
    /// What extraction has found in it.
    pub values: &'a [(ParameterId, Value)],
}

impl Record<'_> {
    /// Calls `each` with every key of the record; some come more than once.
    fn keys(&self, mut each: impl FnMut(ParameterId, &[u8])) {
        each(
            last_updated_parameter(self.resource_type),
            &last_updated_key(self.last_updated),
        );
        for (parameter, value) in self.values {
            key::keys(value, &mut |key| each(*parameter, key));
        }
    }
}

/// The parameters of the index's own come before the registry's in its tables: `_lastUpdated` of each type, which is no
/// value of a resource's text but is searched and sorted like one.
const OWN_PARAMETERS: usize = 256;

/// `_lastUpdated` of a type. Counted down from the largest number, which no registry reaches.
pub(crate) fn last_updated_parameter(resource_type: ResourceType) -> ParameterId {
    ParameterId(u16::MAX - u16::from(resource_type.0))
}

/// The key of an instant: a span of one microsecond.
fn last_updated_key(instant: i64) -> [u8; 17] {
    let range = DateRange {
        low: instant,
        high: instant.saturating_add(1),
    };
    key::date_key(LOW, range.low, range.high)
}

/// Where a parameter's dictionary is.
fn place(parameter: ParameterId) -> usize {
    let from_the_end = usize::from(u16::MAX - parameter.0);
    if from_the_end < OWN_PARAMETERS {
        from_the_end
    } else {
        usize::from(parameter.0) + OWN_PARAMETERS
    }
}
