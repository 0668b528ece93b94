//! Values of the NHS that cannot hold a bad value: parsed once, at the edge.

mod nhs_number;
mod ods_code;
mod postcode;
pub mod snomed;

pub use nhs_number::{NhsNumber, NhsNumberError};
pub use ods_code::{OdsCode, OdsCodeError};
pub use postcode::{Postcode, PostcodeError};
