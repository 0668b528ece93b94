//! FHIR search: the compiled parameters, the language of queries, the index, and what runs a query over it.
//!
//! A resource becomes [`value::Value`]s, a value becomes [`key`]s, a query becomes [`query::Filter`]s whose
//! [`operand::Operand`]s say which keys they accept. An operand decides alike on values and on keys, so an index of
//! keys answers exactly and never has to open a resource again.
//!
//! Source: <https://hl7.org/fhir/R4/search.html>.

pub mod execute;
pub mod extract;
pub mod fold;
pub mod index;
pub mod key;
pub mod operand;
pub mod parse;
pub mod query;
pub mod registry;
mod resource_type;
pub mod unit;
pub mod value;
