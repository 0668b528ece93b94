//! Profiles: what a `StructureDefinition` asks of a resource beyond its type.

/// One profile, read from its snapshot.
#[derive(Debug)]
pub(crate) struct Profile {}

impl Profile {
    pub(crate) fn of(_json: &fhir::json::Json) -> Option<Self> {
        Some(Self {})
    }
}
