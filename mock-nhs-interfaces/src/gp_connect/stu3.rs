//! Resources of the records, which are R4, told in STU3 with the profiles of GP Connect.
//! Source: <https://simplifier.net/guide/gpconnect-data-model>

pub(crate) mod administration;
pub(crate) mod appointment;
pub(crate) mod clinical;
pub(crate) mod diary;
pub(crate) mod medicine;
pub(crate) mod patient;
pub(crate) mod shape;
