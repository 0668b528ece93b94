//! Why an expression cannot be read or evaluated.

/// A refusal of a `FHIRPath` expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PathError {
    #[error("the expression is longer than {max} bytes", max = super::MAX_EXPRESSION_BYTES)]
    TooLong,
    #[error("the expression is nested deeper than {max} levels", max = super::MAX_EXPRESSION_DEPTH)]
    TooDeep,
    /// `at` is a byte of the expression, counted from 0.
    #[error("at {at}: {wanted} is expected")]
    Syntax { at: usize, wanted: &'static str },
    #[error("there is no function {0}()")]
    UnknownFunction(Box<str>),
    #[error("{0}() takes another number of arguments")]
    Arguments(&'static str),
    #[error("there is no variable %{0}")]
    UnknownVariable(Box<str>),
    #[error("this is no regular expression that is understood here: {0}")]
    Pattern(Box<str>),
    #[error("the expression needs more than its {0} steps")]
    TooCostly(u64),
    #[error("{0} needs one item, not several")]
    NotSingle(&'static str),
    #[error("{0} cannot be applied to these types")]
    Type(&'static str),
    /// The function exists and needs something that is not at hand, such as terminology.
    #[error("{0}() cannot be evaluated here")]
    Unsupported(&'static str),
}
