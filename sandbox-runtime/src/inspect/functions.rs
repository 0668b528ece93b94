//! Validates everything, instruction by instruction, and measures each function on the way.

use wasmparser::{
    FuncToValidate, FuncValidatorAllocations, FunctionBody, Operator, Parser, ValidPayload, Validator,
    ValidatorResources, WasmFeatures,
};

use super::error::UploadError;
use super::{Contents, UploadLimits};

/// What the engine accepts; the same set as [`base_config`](crate::engine::base_config) switches on. A test compares the two.
fn features() -> WasmFeatures {
    let off = WasmFeatures::GC
        .union(WasmFeatures::FUNCTION_REFERENCES)
        .union(WasmFeatures::EXCEPTIONS)
        .union(WasmFeatures::THREADS)
        .union(WasmFeatures::MEMORY64);
    WasmFeatures::WASM3
        .difference(off)
        .union(WasmFeatures::GC_TYPES)
        .union(WasmFeatures::COMPONENT_MODEL)
}

pub(super) fn check(bytes: &[u8], limits: &UploadLimits, contents: &mut Contents) -> Result<(), UploadError> {
    let mut validator = Validator::new_with_features(features());
    let mut allocations = FuncValidatorAllocations::default();
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload.map_err(|error| UploadError::malformed(&error))?;
        let valid = validator
            .payload(&payload)
            .map_err(|error| UploadError::invalid(&error))?;
        if let ValidPayload::Func(function, body) = valid {
            allocations =
                one(function, &body, allocations, contents).map_err(|error| UploadError::invalid(&error))?;
            contents.check(limits)?;
        }
    }
    Ok(())
}

fn one(
    function: FuncToValidate<ValidatorResources>,
    body: &FunctionBody<'_>,
    allocations: FuncValidatorAllocations,
    contents: &mut Contents,
) -> wasmparser::Result<FuncValidatorAllocations> {
    let mut validator = function.into_validator(allocations);
    let mut reader = body.get_binary_reader();
    validator.read_locals(&mut reader)?;
    contents.locals = contents.locals.max(u64::from(validator.len_locals()));
    reader.set_features(*validator.features());
    let mut branch_targets = 0_u64;
    while !reader.eof() {
        let offset = reader.original_position();
        let operator = reader.peek_operator(&validator.visitor(offset))?;
        if let Operator::BrTable { targets } = &operator {
            branch_targets += u64::from(targets.len());
        }
        reader.visit_operator(&mut validator.visitor(offset))??;
        contents.nesting = contents.nesting.max(u64::from(validator.control_stack_height()));
    }
    contents.branch_targets = contents.branch_targets.max(branch_targets);
    reader.finish_expression(&validator.visitor(reader.original_position()))?;
    Ok(validator.into_allocations())
}
