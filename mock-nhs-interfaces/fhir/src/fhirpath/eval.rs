//! Evaluation: one recursion over the expression, every step counted.

mod arithmetic;
mod call;
mod collections;
mod compare;
mod convert;
mod navigate;
mod text;

use std::borrow::Cow;
use std::cell::Cell;

use super::ast::{Expr, Operator, TypeName};
use super::error::PathError;
use super::node::Node;
use super::types::{is_exactly, is_type};
use super::value::Value;
use super::{Context, pattern};

type Items<'a> = Vec<Value<'a>>;
type Evaluated<'a> = Result<Items<'a>, PathError>;

/// Evaluates an expression with one element as focus.
pub(super) fn run<'a>(root: &'a Expr, focus: Node<'a>, context: &Context<'a>) -> Evaluated<'a> {
    let focus = [Value::Node(focus)];
    let evaluator = Evaluator {
        context,
        origin: &focus,
        left: Cell::new(context.max_steps),
    };
    evaluator.eval(
        root,
        &Scope {
            focus: &focus,
            index: None,
            total: None,
        },
    )
}

struct Evaluator<'c, 'a> {
    context: &'c Context<'a>,
    /// `%context`
    origin: &'c [Value<'a>],
    /// Steps that are left.
    left: Cell<u64>,
}

/// What names stand for where an expression is evaluated.
#[derive(Clone, Copy)]
struct Scope<'s, 'a> {
    /// `$this`
    focus: &'s [Value<'a>],
    /// `$index`
    index: Option<usize>,
    /// `$total`
    total: Option<&'s [Value<'a>]>,
}

impl<'a> Evaluator<'_, 'a> {
    fn charge(&self, steps: usize) -> Result<(), PathError> {
        let steps = u64::try_from(steps).unwrap_or(u64::MAX);
        match self.left.get().checked_sub(steps) {
            Some(left) => {
                self.left.set(left);
                Ok(())
            }
            None => Err(PathError::TooCostly(self.context.max_steps)),
        }
    }

    fn eval(&self, expression: &'a Expr, scope: &Scope<'_, 'a>) -> Evaluated<'a> {
        self.charge(1)?;
        let value = match expression {
            Expr::Empty => return Ok(Vec::new()),
            Expr::Boolean(value) => Value::Boolean(*value),
            Expr::String(text) => Value::String(Cow::Borrowed(text)),
            Expr::Integer(value) => Value::Integer(*value),
            Expr::Decimal(value) => Value::Decimal(value.clone()),
            Expr::Date(date) => Value::Date(*date),
            Expr::Time(time) => Value::Time(*time),
            Expr::Quantity(quantity) => Value::Quantity(quantity.clone()),
            Expr::Pattern(pattern) => Value::String(Cow::Borrowed(pattern.as_str())),
            Expr::This => return self.copied(scope.focus),
            Expr::Index => {
                return Ok(scope
                    .index
                    .and_then(|index| i64::try_from(index).ok())
                    .map(Value::Integer)
                    .into_iter()
                    .collect());
            }
            Expr::Total => return self.copied(scope.total.unwrap_or_default()),
            Expr::Variable(name) => return self.variable(name),
            Expr::Member {
                target: Some(target),
                name,
            } => {
                let items = self.eval(target, scope)?;
                return self.named(&items, name);
            }
            Expr::Member { target: None, name } => return self.first_name(name, scope),
            Expr::Call {
                target,
                function,
                arguments,
            } => {
                return match target {
                    Some(target) => {
                        let items = self.eval(target, scope)?;
                        self.call(*function, &items, arguments, scope)
                    }
                    None => self.call(*function, scope.focus, arguments, scope),
                };
            }
            Expr::Item { target, index } => {
                let items = self.eval(target, scope)?;
                let index = self.integer(index, scope, "an index")?;
                let place = index.and_then(|index| usize::try_from(index).ok());
                return Ok(place
                    .and_then(|place| items.into_iter().nth(place))
                    .into_iter()
                    .collect());
            }
            Expr::Negative(operand) => return self.negative(&self.eval(operand, scope)?),
            Expr::Positive(operand) => return self.eval(operand, scope),
            Expr::Binary {
                operator,
                left,
                right,
            } => return self.binary(*operator, left, right, scope),
            Expr::Is { operand, type_name } => return self.is(&self.eval(operand, scope)?, type_name),
            Expr::As { operand, type_name } => {
                return Ok(self.of_type(&self.eval(operand, scope)?, type_name));
            }
        };
        Ok(vec![value])
    }

    fn copied(&self, items: &[Value<'a>]) -> Evaluated<'a> {
        self.charge(items.len())?;
        Ok(items.to_vec())
    }

    fn binary(
        &self,
        operator: Operator,
        left: &'a Expr,
        right: &'a Expr,
        scope: &Scope<'_, 'a>,
    ) -> Evaluated<'a> {
        let first = self.eval(left, scope)?;
        if let Some(decided) = self.decided_early(operator, &first)? {
            return Ok(boolean(Some(decided)));
        }
        let second = self.eval(right, scope)?;
        let (left, right) = (first.as_slice(), second.as_slice());
        match operator {
            Operator::Implies | Operator::Or | Operator::Xor | Operator::And => {
                Ok(boolean(logic(operator, truth(left)?, truth(right)?)))
            }
            Operator::In => Ok(boolean(self.is_in(left, right)?)),
            Operator::Contains => Ok(boolean(self.is_in(right, left)?)),
            Operator::Equal => Ok(boolean(self.equal(left, right)?)),
            Operator::NotEqual => Ok(boolean(self.equal(left, right)?.map(|equal| !equal))),
            Operator::Equivalent => Ok(boolean(Some(self.equivalent(left, right)?))),
            Operator::NotEquivalent => Ok(boolean(Some(!self.equivalent(left, right)?))),
            Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual => {
                Ok(boolean(self.ordered(operator, left, right)?))
            }
            Operator::Union => {
                let mut all = first;
                all.extend(second);
                self.distinct(&all)
            }
            Operator::Concatenate => self.concatenate(left, right),
            Operator::Plus
            | Operator::Minus
            | Operator::Times
            | Operator::Divide
            | Operator::WholeDivide
            | Operator::Modulo => self.arithmetic(operator, left, right),
        }
    }

    /// What the left side alone decides: `false and ...`, `true or ...`, `false implies ...`.
    fn decided_early(&self, operator: Operator, left: &[Value<'a>]) -> Result<Option<bool>, PathError> {
        if !matches!(operator, Operator::And | Operator::Or | Operator::Implies) {
            return Ok(None);
        }
        self.charge(1)?;
        Ok(match (operator, truth(left)?) {
            (Operator::And, Some(false)) => Some(false),
            (Operator::Or, Some(true)) | (Operator::Implies, Some(false)) => Some(true),
            _ => None,
        })
    }

    fn is(&self, items: &[Value<'a>], type_name: &TypeName) -> Evaluated<'a> {
        Ok(boolean(single(items, "is")?.map(|item| is_type(item, type_name))))
    }

    fn of_type(&self, items: &[Value<'a>], type_name: &TypeName) -> Items<'a> {
        items
            .iter()
            .filter(|item| is_exactly(item, type_name))
            .cloned()
            .collect()
    }

    /// A whole number that an expression results in.
    fn integer(
        &self,
        expression: &'a Expr,
        scope: &Scope<'_, 'a>,
        what: &'static str,
    ) -> Result<Option<i64>, PathError> {
        let items = self.eval(expression, scope)?;
        match single(&items, what)?.map(Value::system) {
            None => Ok(None),
            Some(Value::Integer(value)) => Ok(Some(value)),
            Some(_) => Err(PathError::Type(what)),
        }
    }

    /// A text that an expression results in.
    fn string(
        &self,
        expression: &'a Expr,
        scope: &Scope<'_, 'a>,
        what: &'static str,
    ) -> Result<Option<Cow<'a, str>>, PathError> {
        let items = self.eval(expression, scope)?;
        match single(&items, what)? {
            None => Ok(None),
            Some(item) => item.as_text().map(Some).ok_or(PathError::Type(what)),
        }
    }
}

/// The one item there is.
fn single<'s, 'a>(items: &'s [Value<'a>], what: &'static str) -> Result<Option<&'s Value<'a>>, PathError> {
    match items {
        [] => Ok(None),
        [one] => Ok(Some(one)),
        _ => Err(PathError::NotSingle(what)),
    }
}

/// A condition: a boolean, or any other single item, which counts as true
/// (<http://hl7.org/fhirpath/N1/#singleton-evaluation-of-collections>).
fn truth(items: &[Value<'_>]) -> Result<Option<bool>, PathError> {
    Ok(single(items, "a condition")?.map(|item| item.as_boolean().unwrap_or(true)))
}

fn logic(operator: Operator, left: Option<bool>, right: Option<bool>) -> Option<bool> {
    match operator {
        Operator::And => match (left, right) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        },
        Operator::Or => match (left, right) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        },
        Operator::Implies => match (left, right) {
            (Some(true), right) => right,
            (Some(false), _) | (None, Some(true)) => Some(true),
            (None, _) => None,
        },
        _ => left.zip(right).map(|(left, right)| left != right),
    }
}

fn boolean<'a>(value: Option<bool>) -> Items<'a> {
    value.map(Value::Boolean).into_iter().collect()
}
