//! Changing a resource by a description of the change: JSON Patch and `FHIRPath` Patch.
//!
//! Patches work on the tree, so everything they do not touch keeps its numbers and its order. What comes out is not
//! checked against the definitions: the caller validates it like any body.

pub mod fhirpath;
pub mod json;

use crate::fhirpath::PathError;

/// Which operation of a patch failed, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("operation {}: {kind}", .operation + 1)]
pub struct PatchError {
    /// Counted from 0, as in `Parameters.parameter[0]`.
    pub operation: usize,
    pub kind: PatchErrorKind,
}

/// Why an operation failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PatchErrorKind {
    /// The document is no patch.
    #[error("{0}")]
    NotAPatch(&'static str),
    #[error("a patch has at most {0} operations")]
    TooManyOperations(usize),
    #[error("the result is too large")]
    TooLarge,
    #[error("the result is nested too deeply")]
    TooDeep,
    #[error("there is no operation \"{0}\"")]
    UnknownOperation(Box<str>),
    #[error("{0} is missing, or not what it should be")]
    Member(&'static str),
    #[error("\"{0}\" is no JSON Pointer")]
    Pointer(Box<str>),
    #[error("there is nothing at {0}")]
    NoSuchPlace(Box<str>),
    /// The one failure that says nothing is wrong with the patch: the resource is not what the client believed.
    #[error("the test of {0} failed")]
    TestFailed(Box<str>),
    #[error("nothing can be moved into itself")]
    IntoItself,
    #[error("the path cannot be used: {0}")]
    Path(#[from] PathError),
    #[error("the path must find one element of the resource, and finds {0}")]
    NotOneElement(usize),
    #[error("the path finds something that is not an element of the resource")]
    NotInResource,
    #[error("the resource itself cannot be replaced, deleted or moved")]
    WholeResource,
    #[error("the path must find the whole of a list")]
    NotAList,
    #[error("the index {index} lies outside the list of {length}")]
    Index { index: usize, length: usize },
    #[error("{0} is there already and does not repeat")]
    AlreadyThere(Box<str>),
    #[error("there is no element {0} here")]
    UnknownElement(Box<str>),
}

/// A caller's text, short enough to be repeated.
fn reflected(text: &str) -> Box<str> {
    text.chars()
        .take(100)
        .map(|character| {
            if character.is_control() {
                '\u{FFFD}'
            } else {
                character
            }
        })
        .collect::<String>()
        .into()
}
