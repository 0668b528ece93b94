//! `FHIRPath` over [`Json`]: for patches, for the constraints of profiles, for criteria.
//!
//! <http://hl7.org/fhirpath/N1/>, <https://hl7.org/fhir/R4/fhirpath.html>. Expressions and resources may be hostile: the
//! length and depth of an expression and the steps of an evaluation are bounded, and so are regular expressions.

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "an expression that is not a name names no type"
)]
mod ast;
mod error;
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "functions and operators are dealt out in groups: what one group does not name is the next one's"
)]
mod eval;
mod function;
mod lexer;
mod node;
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "any other token is not what the grammar has at this place"
)]
mod parser;
mod types;
mod value;

pub use error::PathError;
pub use node::Node;
pub(crate) use types::choice_type;
pub use value::{Quantity, Value};

use ast::Expr;
use regex::{Regex, RegexBuilder};

use crate::json::Json;

/// Bytes of an expression. The longest constraint of R4 has about 900.
pub const MAX_EXPRESSION_BYTES: usize = 16 * 1024;
/// Levels of an expression, a chain of operators counting one for each: evaluating and dropping recurse. R4's constraints stay below 40.
pub const MAX_EXPRESSION_DEPTH: usize = 100;
/// Steps of one evaluation unless the caller sets another number: about a tenth of a second.
pub const DEFAULT_STEPS: u64 = 1_000_000;
/// Bytes of memory that one compiled regular expression may take.
const MAX_PATTERN_BYTES: usize = 1 << 20;

/// A parsed expression, to be evaluated as often as needed, from any thread.
#[derive(Debug)]
pub struct Expression {
    root: Expr,
}

/// What an evaluation knows besides the element it begins with.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// `%resource`: the resource that the element is in.
    pub resource: &'a Json,
    /// `%rootResource`: the same, or what contains it.
    pub root_resource: &'a Json,
    /// `now()`, in microseconds since 1970; `today()` is its day in UTC.
    pub now_micros: i64,
    /// The steps that the evaluation may take before it is [`PathError::TooCostly`].
    pub max_steps: u64,
    /// The types of elements. Without, types are taken from keys and from the shape of the JSON.
    pub model: Option<&'a dyn Model>,
    /// Where `resolve()` looks for what is not inside the root resource.
    pub resolver: Option<&'a dyn Resolver>,
}

/// What the definitions say of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// `HumanName`, `dateTime`, `BackboneElement`, `Resource`.
    pub type_name: &'static str,
    /// Where its children are found: the type, or the path of an element that states its own (`Patient.contact`).
    pub holder: &'static str,
    /// Whether it is an array in JSON.
    pub repeats: bool,
}

/// The definitions of types, as far as evaluation and patches need them.
pub trait Model {
    /// The child of this key (`name`, `valueQuantity`; not `value` and not `_name`) of a type or of an element that states its
    /// own children (`Patient.contact`).
    fn child(&self, holder: &str, key: &str) -> Option<Shape>;
}

/// Finds resources that a reference names.
pub trait Resolver {
    /// The resource that the text of a reference names: `Patient/1`, an absolute address.
    fn resolve(&self, reference: &str) -> Option<&Json>;
}

impl Expression {
    /// Reads an expression.
    ///
    /// # Errors
    /// Anything that is not `FHIRPath`, a function that is not known here, or beyond the limits of this module.
    pub fn parse(text: &str) -> Result<Expression, PathError> {
        parser::parse(text).map(|root| Expression { root })
    }

    /// The items that the expression finds, beginning at an element.
    ///
    /// # Errors
    /// Types that do not fit, several items where one is needed, too many steps.
    pub fn evaluate<'a>(
        &'a self,
        focus: Node<'a>,
        context: &Context<'a>,
    ) -> Result<Vec<Value<'a>>, PathError> {
        eval::run(&self.root, focus, context)
    }

    /// Whether a constraint holds: its result is not `false`, and not a collection of several items. An empty result counts as
    /// not holding, as a constraint must be true.
    ///
    /// # Errors
    /// As for [`evaluate`](Self::evaluate).
    pub fn holds<'a>(&'a self, focus: Node<'a>, context: &Context<'a>) -> Result<bool, PathError> {
        let result = self.evaluate(focus, context)?;
        match result.as_slice() {
            [] => Ok(false),
            [one] => Ok(one.as_boolean().unwrap_or(true)),
            _ => Err(PathError::NotSingle("a constraint")),
        }
    }

    /// The expression before its last `.name`, and the name: where something would be put that is not there yet.
    /// `Patient.contact[0].name` is `Patient.contact[0]` and `name`; a lone name is looked for in the element itself.
    #[must_use]
    pub fn split_last(self) -> Option<(Expression, Box<str>)> {
        self.root
            .into_last()
            .map(|(before, name)| (Expression { root: before }, name))
    }
}

impl<'a> Context<'a> {
    /// A context in which the resource contains itself, without definitions and without other resources.
    #[must_use]
    pub fn of(resource: &'a Json, now_micros: i64) -> Context<'a> {
        Context {
            resource,
            root_resource: resource,
            now_micros,
            max_steps: DEFAULT_STEPS,
            model: None,
            resolver: None,
        }
    }
}

impl std::fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context")
            .field("now_micros", &self.now_micros)
            .field("max_steps", &self.max_steps)
            .finish_non_exhaustive()
    }
}

/// A regular expression of `matches()`: the crate `regex` takes time linear in the text, whatever the pattern.
fn pattern(text: &str, whole: bool) -> Result<Regex, PathError> {
    let anchored = if whole {
        format!("^(?:{text})$")
    } else {
        String::new()
    };
    RegexBuilder::new(if whole { &anchored } else { text })
        .dot_matches_new_line(true)
        .size_limit(MAX_PATTERN_BYTES)
        .dfa_size_limit(MAX_PATTERN_BYTES)
        .build()
        .map_err(|_| PathError::Pattern(text.chars().take(100).collect::<String>().into()))
}
