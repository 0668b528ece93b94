//! The FHIR R4 server of every workspace: one shared base, an overlay of changes each.
