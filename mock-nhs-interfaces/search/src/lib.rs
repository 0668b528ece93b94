//! FHIR search: the compiled parameters, the language of queries, the index, and what runs a query over it.
