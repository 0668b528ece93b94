//! What the crate promises, from outside.

#[cfg(test)]
mod fhirpath;
#[cfg(test)]
mod model;
#[cfg(test)]
mod patch;
