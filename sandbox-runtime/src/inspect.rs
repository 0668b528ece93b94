//! Looks at an upload before anything else does: is it a component that can run here, and what is it made of?
//!
//! The order is from cheap to dear: size, first bytes, structure, names, then every instruction. Nothing is compiled. The bounds here only
//! keep the obviously hopeless away from the compiler; what passes may still be too much for it, which its child finds out.

mod error;
mod functions;
mod kind;
mod names;
mod producers;
mod structure;
mod type_nesting;

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::Serialize;

pub use self::error::{NotWasm, UploadError};
use crate::limits::COMPONENT_BYTES;

/// What an uploaded component may be made of. Start from [`UploadLimits::DEFAULT`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UploadLimits {
    /// Size of the file, in bytes.
    pub component_bytes: u64,
    /// Core modules and components inside it.
    pub parts: u64,
    /// Functions, in all modules together.
    pub functions: u64,
    /// Imports, in all modules together.
    pub imports: u64,
    /// Types, in all modules together.
    pub types: u64,
    /// Types of components and instances inside each other.
    pub type_nesting: u64,
    /// Local variables of one function.
    pub locals: u64,
    /// Blocks inside each other in one function.
    pub nesting: u64,
    /// Targets of all `br_table` instructions of one function together.
    pub branch_targets: u64,
}

impl UploadLimits {
    /// Five to forty times what toolchains were measured to make: wstd (0.5 MB), componentize-js 0.23 (13 MB), componentize-py 0.25 (22 MB).
    pub const DEFAULT: Self = Self {
        component_bytes: COMPONENT_BYTES,
        // Most measured: 16, Python.
        parts: 200,
        // 13,485, Python. 300,000 empty ones, 1.2 MB, cost a compiler 1.6 GB.
        functions: 100_000,
        // 2,449, Python.
        imports: 20_000,
        // 1,245, Python.
        types: 20_000,
        // 3, in every language: an interface inside a world inside its package. A reader calls itself for each.
        type_nesting: 100,
        // 273, Python. 5,000 with 50,000 `if`s ask a compiler for 26 GB.
        locals: 4_000,
        // 782, Python: switches become nested blocks.
        nesting: 5_000,
        // 15,805, Python.
        branch_targets: 200_000,
    };
}

impl Default for UploadLimits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// What a sound component says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Inspection {
    /// The language and tool it was made with, such as "Rust 1.95.0", where the file says so.
    pub made_with: Option<String>,
    /// The interfaces it uses, such as `wasi:http/outgoing-handler@0.2.3`, in order.
    pub imports: Vec<String>,
    /// The interfaces it offers.
    pub exports: Vec<String>,
    /// Size of the file, in bytes.
    pub size_bytes: u64,
    /// What it is made of.
    pub contents: Contents,
}

/// What a component is made of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Contents {
    /// Core modules and components inside it.
    pub parts: u64,
    /// Functions, in all modules together.
    pub functions: u64,
    /// Imports, in all modules together.
    pub imports: u64,
    /// Types, in all modules together.
    pub types: u64,
    /// Types of components and instances inside each other, at the deepest place.
    pub type_nesting: u64,
    /// Local variables of the function that has most.
    pub locals: u64,
    /// Blocks inside each other, at the deepest place.
    pub nesting: u64,
    /// `br_table` targets of the function that has most.
    pub branch_targets: u64,
}

/// Checks an upload. Takes half a second for 22 MB in a debug build: call it off the async threads.
///
/// ```
/// use sandbox_runtime::inspect::{UploadLimits, check_upload};
/// let error = check_upload(b"export default {}", &UploadLimits::DEFAULT).unwrap_err();
/// assert_eq!(error.code(), "upload-javascript");
/// ```
///
/// # Errors
///
/// See [`UploadError`]; its words are for the person who uploaded the file.
pub fn check_upload(bytes: &[u8], limits: &UploadLimits) -> Result<Inspection, UploadError> {
    let size_bytes = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if size_bytes > limits.component_bytes {
        return Err(UploadError::TooLarge {
            size_bytes,
            limit_bytes: limits.component_bytes,
        });
    }
    kind::check(bytes)?;
    let mut structure = structure::read(bytes, limits)?;
    names::check(&structure)?;
    // The validator of wasmparser 0.254 panics instead of refusing types that hold each other more than 127 deep, by reference.
    let validated = catch_unwind(AssertUnwindSafe(|| {
        functions::check(bytes, limits, &mut structure.contents)
    }));
    validated.unwrap_or(Err(UploadError::Overwhelming))?;
    Ok(Inspection {
        made_with: structure.producers.made_with(),
        imports: structure.imports,
        exports: structure.exports,
        size_bytes,
        contents: structure.contents,
    })
}
