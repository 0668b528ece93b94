//! What every FHIR interface shares: media types, entity tags, outcomes and bundles. No I/O.

pub(crate) mod bundle;
pub(crate) mod etag;
pub(crate) mod media_type;
pub(crate) mod xml;
