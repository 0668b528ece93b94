//! One value of a query: what it says of the values of resources, and of their keys.
//!
//! Invariant: an operand matches a value exactly when one of the value's keys is within [`Operand::ranges`] and is accepted by
//! [`Operand::accepts`]. So an index answers from its dictionary of keys alone: it scans the ranges, asks `accepts`, and unites the postings.

mod composite;
mod date;
mod near;
mod number;
mod prefix;
mod quantity;
mod reference;
mod string;
mod token;
mod uri;

pub use composite::CompositeTest;
pub use date::DateTest;
pub use near::NearTest;
pub use number::NumberTest;
pub use prefix::Prefix;
pub use quantity::{CanonicalTest, QuantityTest};
pub use reference::ReferenceTest;
pub use string::StringTest;
pub use token::{SystemTest, TokenTest};
pub use uri::UriTest;

use crate::key::KeyRange;
use crate::value::Value;

/// One of the values that a query gives for a parameter, separated there by commas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operand {
    /// For parameters of kind token.
    Token(TokenTest),
    /// For parameters of kind string.
    String(StringTest),
    /// For parameters of kind reference.
    Reference(ReferenceTest),
    /// For parameters of kind date.
    Date(DateTest),
    /// For parameters of kind number.
    Number(NumberTest),
    /// For parameters of kind quantity.
    Quantity(QuantityTest),
    /// For parameters of kind uri.
    Uri(UriTest),
    /// For the parameter `near`.
    Near(NearTest),
    /// For parameters of kind composite.
    Composite(CompositeTest),
}

impl Operand {
    /// Whether a value is what is asked for. Exact; a value of another kind never is.
    #[must_use]
    pub fn matches(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Token(test), Value::Token(value)) => test.matches(value),
            (Self::String(test), Value::Text(value)) => test.matches(value),
            (Self::Reference(test), Value::Reference(value)) => test.matches(value),
            (Self::Date(test), Value::Date(value)) => test.matches(*value),
            (Self::Number(test), Value::Number(value)) => test.matches(value),
            (Self::Quantity(test), Value::Quantity(value)) => test.matches(value),
            (Self::Uri(test), Value::Uri(value)) => test.matches(value),
            (Self::Near(test), Value::Position(value)) => test.matches(*value),
            (Self::Composite(test), Value::Composite(value)) => test.matches(value),
            _ => false,
        }
    }

    /// Where in the parameter's dictionary the matching keys are. Sound (no match outside), not always tight: ask [`Operand::accepts`].
    #[must_use]
    pub fn ranges(&self) -> Vec<KeyRange> {
        match self {
            Self::Token(test) => test.ranges(),
            Self::String(test) => test.ranges(),
            Self::Reference(test) => test.ranges(),
            Self::Date(test) => test.ranges(),
            Self::Number(test) => test.ranges(),
            Self::Quantity(test) => test.ranges(),
            Self::Uri(test) => test.ranges(),
            Self::Near(test) => test.ranges(),
            Self::Composite(test) => test.ranges(),
        }
    }

    /// Whether every key within the ranges is accepted, so that no key need be asked.
    #[must_use]
    pub fn is_tight(&self) -> bool {
        match self {
            Self::Token(test) => *test != TokenTest::WithoutSystem,
            Self::Reference(test) => !matches!(test, ReferenceTest::UrlBelow { .. }),
            Self::String(test) => !matches!(test, StringTest::Contains(_) | StringTest::Ends(_)),
            Self::Date(test) => matches!(test.prefix, Prefix::Lt | Prefix::Sa),
            Self::Number(test) => matches!(
                test.prefix,
                Prefix::Gt | Prefix::Ge | Prefix::Lt | Prefix::Le | Prefix::Sa
            ),
            Self::Uri(test) => !matches!(test, UriTest::Below(_) | UriTest::BelowVersion { .. }),
            Self::Quantity(_) | Self::Near(_) | Self::Composite(_) => false,
        }
    }

    /// Whether a key within the ranges belongs to a value that matches. Reads only the key.
    #[must_use]
    pub fn accepts(&self, key: &[u8]) -> bool {
        match self {
            Self::Token(test) => test.accepts(key),
            Self::String(test) => test.accepts(key),
            Self::Reference(test) => test.accepts(key),
            Self::Date(test) => test.accepts(key),
            Self::Number(test) => test.accepts(key),
            Self::Quantity(test) => test.accepts(key),
            Self::Uri(test) => test.accepts(key),
            Self::Near(test) => test.accepts(key),
            Self::Composite(test) => test.accepts(key),
        }
    }
}
