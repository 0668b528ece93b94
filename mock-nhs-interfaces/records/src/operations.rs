//! The operations that this server offers.

mod code;
mod everything;
mod expand;
mod export;
pub(crate) mod exports;
mod finder;
mod inputs;
mod lastn;
mod lookup;
mod meta;
mod outputs;
mod subsumes;
mod translate;
mod validate;
mod validate_code;

use crate::server::Operation;
use crate::server::operation::Level;

/// How operations are called that change nothing. <https://hl7.org/fhir/R4/operations.html#executing>
const READS: &[&str] = &["GET", "HEAD", "POST"];
/// How operations are called that change something.
const CHANGES: &[&str] = &["POST"];
/// How an export is asked about, and ended.
const READS_AND_DELETES: &[&str] = &["GET", "HEAD", "DELETE"];

/// Every operation.
pub(crate) static OPERATIONS: &[Operation] = &[
    Operation {
        name: "$validate",
        definition: "http://hl7.org/fhir/OperationDefinition/Resource-validate",
        levels: &[Level::Type, Level::Instance],
        kinds: &[],
        methods: READS,
        handler: |call, subject, body| Box::pin(validate::validate_resource(call, subject, body)),
    },
    Operation {
        name: "$meta",
        definition: "http://hl7.org/fhir/OperationDefinition/Resource-meta",
        levels: &[Level::System, Level::Type, Level::Instance],
        kinds: &[],
        methods: READS,
        handler: |call, subject, body| Box::pin(meta::read_meta(call, subject, body)),
    },
    Operation {
        name: "$meta-add",
        definition: "http://hl7.org/fhir/OperationDefinition/Resource-meta-add",
        levels: &[Level::Instance],
        kinds: &[],
        methods: CHANGES,
        handler: |call, subject, body| Box::pin(meta::edit_meta(call, subject, body, meta::Edit::Add)),
    },
    Operation {
        name: "$meta-delete",
        definition: "http://hl7.org/fhir/OperationDefinition/Resource-meta-delete",
        levels: &[Level::Instance],
        kinds: &[],
        methods: CHANGES,
        handler: |call, subject, body| Box::pin(meta::edit_meta(call, subject, body, meta::Edit::Delete)),
    },
    Operation {
        name: "$everything",
        definition: "http://hl7.org/fhir/OperationDefinition/Patient-everything",
        levels: &[Level::Type, Level::Instance],
        kinds: &["Patient"],
        methods: READS,
        handler: |call, subject, body| Box::pin(everything::read_everything(call, subject, body)),
    },
    Operation {
        name: "$lastn",
        definition: "http://hl7.org/fhir/OperationDefinition/Observation-lastn",
        levels: &[Level::Type],
        kinds: &["Observation"],
        methods: READS,
        handler: |call, _, body| Box::pin(lastn::search_last(call, body)),
    },
    Operation {
        name: "$expand",
        definition: "http://hl7.org/fhir/OperationDefinition/ValueSet-expand",
        levels: &[Level::Type, Level::Instance],
        kinds: &["ValueSet"],
        methods: READS,
        handler: |call, subject, body| Box::pin(expand::expand_value_set(call, subject, body)),
    },
    Operation {
        name: "$validate-code",
        definition: "http://hl7.org/fhir/OperationDefinition/ValueSet-validate-code",
        levels: &[Level::Type, Level::Instance],
        kinds: &["ValueSet"],
        methods: READS,
        handler: |call, subject, body| Box::pin(validate_code::validate_code_in_set(call, subject, body)),
    },
    Operation {
        name: "$validate-code",
        definition: "http://hl7.org/fhir/OperationDefinition/CodeSystem-validate-code",
        levels: &[Level::Type, Level::Instance],
        kinds: &["CodeSystem"],
        methods: READS,
        handler: |call, subject, body| Box::pin(validate_code::validate_code_of_system(call, subject, body)),
    },
    Operation {
        name: "$lookup",
        definition: "http://hl7.org/fhir/OperationDefinition/CodeSystem-lookup",
        levels: &[Level::Type],
        kinds: &["CodeSystem"],
        methods: READS,
        handler: |call, _, body| Box::pin(lookup::look_up_code(call, body)),
    },
    Operation {
        name: "$subsumes",
        definition: "http://hl7.org/fhir/OperationDefinition/CodeSystem-subsumes",
        levels: &[Level::Type, Level::Instance],
        kinds: &["CodeSystem"],
        methods: READS,
        handler: |call, subject, body| Box::pin(subsumes::compare_codes(call, subject, body)),
    },
    Operation {
        name: "$translate",
        definition: "http://hl7.org/fhir/OperationDefinition/ConceptMap-translate",
        levels: &[Level::Type, Level::Instance],
        kinds: &["ConceptMap"],
        methods: READS,
        handler: |call, subject, body| Box::pin(translate::translate_code(call, subject, body)),
    },
    Operation {
        name: "$export",
        definition: "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/export",
        levels: &[Level::System],
        kinds: &[],
        methods: READS,
        handler: |call, subject, body| Box::pin(export::begin_export(call, subject, body)),
    },
    Operation {
        name: "$export",
        definition: "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/patient-export",
        levels: &[Level::Type],
        kinds: &["Patient"],
        methods: READS,
        handler: |call, subject, body| Box::pin(export::begin_export(call, subject, body)),
    },
    Operation {
        name: "$export",
        definition: "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/group-export",
        levels: &[Level::Instance],
        kinds: &["Group"],
        methods: READS,
        handler: |call, subject, body| Box::pin(export::begin_export(call, subject, body)),
    },
    Operation {
        name: "$export-status",
        // The standard leaves this address to the server, so it has no definition of its own.
        definition: "",
        levels: &[Level::System],
        kinds: &[],
        methods: READS_AND_DELETES,
        handler: |call, _, body| Box::pin(export::ask_export(call, body)),
    },
    Operation {
        name: "$export-file",
        // The standard leaves this address to the server, so it has no definition of its own.
        definition: "",
        levels: &[Level::System],
        kinds: &[],
        methods: &["GET", "HEAD"],
        handler: |call, _, body| Box::pin(export::read_export_file(call, body)),
    },
];
