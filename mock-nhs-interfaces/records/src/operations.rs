//! The operations that this server offers.

mod code;
mod everything;
mod expand;
mod finder;
mod inputs;
mod lastn;
mod lookup;
mod outputs;
mod subsumes;
mod translate;
mod validate;
mod validate_code;

use crate::server::Operation;
use crate::server::operation::Level;

/// Every operation.
pub(crate) static OPERATIONS: &[Operation] = &[
    Operation {
        name: "$validate",
        definition: "http://hl7.org/fhir/OperationDefinition/Resource-validate",
        levels: &[Level::Type, Level::Instance],
        kinds: &[],
        affects_state: false,
        handler: |call, subject, body| Box::pin(validate::validate_resource(call, subject, body)),
    },
    Operation {
        name: "$everything",
        definition: "http://hl7.org/fhir/OperationDefinition/Patient-everything",
        levels: &[Level::Instance],
        kinds: &["Patient"],
        affects_state: false,
        handler: |call, subject, body| Box::pin(everything::read_everything(call, subject, body)),
    },
    Operation {
        name: "$lastn",
        definition: "http://hl7.org/fhir/OperationDefinition/Observation-lastn",
        levels: &[Level::Type],
        kinds: &["Observation"],
        affects_state: false,
        handler: |call, _, body| Box::pin(lastn::search_last(call, body)),
    },
    Operation {
        name: "$expand",
        definition: "http://hl7.org/fhir/OperationDefinition/ValueSet-expand",
        levels: &[Level::Type, Level::Instance],
        kinds: &["ValueSet"],
        affects_state: false,
        handler: |call, subject, body| Box::pin(expand::expand_value_set(call, subject, body)),
    },
    Operation {
        name: "$validate-code",
        definition: "http://hl7.org/fhir/OperationDefinition/ValueSet-validate-code",
        levels: &[Level::Type, Level::Instance],
        kinds: &["ValueSet"],
        affects_state: false,
        handler: |call, subject, body| Box::pin(validate_code::validate_code_in_set(call, subject, body)),
    },
    Operation {
        name: "$validate-code",
        definition: "http://hl7.org/fhir/OperationDefinition/CodeSystem-validate-code",
        levels: &[Level::Type, Level::Instance],
        kinds: &["CodeSystem"],
        affects_state: false,
        handler: |call, subject, body| Box::pin(validate_code::validate_code_of_system(call, subject, body)),
    },
    Operation {
        name: "$lookup",
        definition: "http://hl7.org/fhir/OperationDefinition/CodeSystem-lookup",
        levels: &[Level::Type],
        kinds: &["CodeSystem"],
        affects_state: false,
        handler: |call, _, body| Box::pin(lookup::look_up_code(call, body)),
    },
    Operation {
        name: "$subsumes",
        definition: "http://hl7.org/fhir/OperationDefinition/CodeSystem-subsumes",
        levels: &[Level::Type, Level::Instance],
        kinds: &["CodeSystem"],
        affects_state: false,
        handler: |call, subject, body| Box::pin(subsumes::compare_codes(call, subject, body)),
    },
    Operation {
        name: "$translate",
        definition: "http://hl7.org/fhir/OperationDefinition/ConceptMap-translate",
        levels: &[Level::Type, Level::Instance],
        kinds: &["ConceptMap"],
        affects_state: false,
        handler: |call, subject, body| Box::pin(translate::translate_code(call, subject, body)),
    },
];
