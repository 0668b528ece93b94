//! Values that cannot hold a bad value: parsed once, at the edge.

mod uuid_text;

pub(crate) use ::value::snomed;
pub use ::value::{NhsNumber, NhsNumberError, OdsCode, OdsCodeError, Postcode, PostcodeError};
pub(crate) use uuid_text::is_uuid;
