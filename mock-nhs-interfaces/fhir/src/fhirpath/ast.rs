//! An expression as a tree.

use regex::Regex;

use super::function::Function;
use super::value::Quantity;
use crate::date::{ClockTime, DateTime};
use crate::decimal::Decimal;

#[derive(Debug)]
pub(super) enum Expr {
    /// `{}`
    Empty,
    Boolean(bool),
    String(Box<str>),
    Integer(i64),
    Decimal(Decimal),
    Date(DateTime),
    Time(ClockTime),
    Quantity(Box<Quantity>),
    /// A literal that stands where a regular expression is expected, compiled once.
    Pattern(Box<Regex>),
    This,
    Index,
    Total,
    /// `%name`
    Variable(Box<str>),
    /// `target.name`, or `name` of the focus.
    Member {
        target: Option<Box<Expr>>,
        name: Box<str>,
    },
    Call {
        target: Option<Box<Expr>>,
        function: Function,
        arguments: Vec<Expr>,
    },
    Item {
        target: Box<Expr>,
        index: Box<Expr>,
    },
    Negative(Box<Expr>),
    Positive(Box<Expr>),
    Binary {
        operator: Operator,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    /// `operand is Type`
    Is {
        operand: Box<Expr>,
        type_name: TypeName,
    },
    /// `operand as Type`
    As {
        operand: Box<Expr>,
        type_name: TypeName,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Implies,
    Or,
    Xor,
    And,
    In,
    Contains,
    Equal,
    NotEqual,
    Equivalent,
    NotEquivalent,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Union,
    Plus,
    Minus,
    Concatenate,
    Times,
    Divide,
    WholeDivide,
    Modulo,
}

/// `FHIR.Patient`, `System.String`, `Quantity`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TypeName {
    pub(super) namespace: Namespace,
    pub(super) name: Box<str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Namespace {
    Fhir,
    System,
    Unnamed,
    /// One that does not exist here: nothing is of such a type.
    Unknown,
}

impl Expr {
    /// The name of a type, where an expression stands in its place: `ofType(FHIR.Quantity)`.
    pub(super) fn as_type_name(&self) -> Option<TypeName> {
        match self {
            Expr::Member { target: None, name } => Some(TypeName {
                namespace: Namespace::Unnamed,
                name: name.clone(),
            }),
            Expr::Member {
                target: Some(target),
                name,
            } => match &**target {
                Expr::Member {
                    target: None,
                    name: namespace,
                } => {
                    let namespace = match &**namespace {
                        "FHIR" => Namespace::Fhir,
                        "System" => Namespace::System,
                        _ => Namespace::Unknown,
                    };
                    Some(TypeName {
                        namespace,
                        name: name.clone(),
                    })
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// What stands before the last name, and the name.
    pub(super) fn into_last(self) -> Option<(Expr, Box<str>)> {
        match self {
            Expr::Member {
                target: Some(target),
                name,
            } => Some((*target, name)),
            Expr::Member { target: None, name } => Some((Expr::This, name)),
            _ => None,
        }
    }
}
