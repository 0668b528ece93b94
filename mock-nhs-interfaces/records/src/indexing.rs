//! From a text to what the index keeps of it.

use fhir::json::Json;
use search::extract::extract;
use search::index::Record as Entry;
use search::registry::Registry;

use crate::{Instant, ResourceType};

/// Gives what the index is to keep of a resource to `take`. A text that is no JSON has no values; what is stored was read
/// before it was accepted.
pub(crate) fn with_values(
    doc: u32,
    kind: ResourceType,
    last_updated: Instant,
    text: &[u8],
    take: impl FnOnce(&Entry<'_>),
) {
    let tree = Json::parse(text).unwrap_or_default();
    let values = extract(Registry::r4(), kind, &tree);
    take(&Entry {
        doc,
        resource_type: kind,
        last_updated: last_updated.micros(),
        values: &values,
    });
}
