//! Whether a resource is what FHIR R4 and installed profiles say, and what codes mean.
