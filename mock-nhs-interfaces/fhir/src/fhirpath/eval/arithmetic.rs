//! Operators and functions of numbers, amounts and dates.

use std::borrow::Cow;

use super::compare::{any_date, number, quantity};
use super::{Evaluated, Evaluator, single};
use crate::date::Unit;
use crate::decimal::Decimal;
use crate::fhirpath::ast::Operator;
use crate::fhirpath::error::PathError;
use crate::fhirpath::function::Function;
use crate::fhirpath::value::{Quantity, Value};

/// Bytes of a text that `+` or `&` may make.
const MAX_TEXT_BYTES: usize = 1 << 20;

impl<'a> Evaluator<'_, 'a> {
    /// Empty when either side is empty, or when the result does not fit.
    pub(super) fn arithmetic(
        &self,
        operator: Operator,
        left: &[Value<'a>],
        right: &[Value<'a>],
    ) -> Evaluated<'a> {
        let (Some(left), Some(right)) = (single(left, "an operator")?, single(right, "an operator")?) else {
            return Ok(Vec::new());
        };
        self.charge(4)?;
        let (mut left, right) = (left.system(), right.system());
        // Without a model nothing says that a text is a date, but an amount is never added to a text.
        if let (Value::String(text), Value::Quantity(_)) = (&left, &right)
            && let Some(date) = any_date(text)
        {
            left = Value::Date(date);
        }
        let result = match (&left, &right) {
            (Value::Integer(left), Value::Integer(right)) => whole(operator, *left, *right),
            (Value::String(left), Value::String(right)) if operator == Operator::Plus => {
                Some(self.joined(left, right)?)
            }
            (Value::Date(date), other) if matches!(operator, Operator::Plus | Operator::Minus) => {
                let amount = quantity(other).ok_or(PathError::Type("adding to a date"))?;
                let unit = Unit::named(&amount.unit).ok_or(PathError::Type("adding to a date"))?;
                let count = amount.value.truncated().to_i64();
                let count = if operator == Operator::Minus {
                    count.and_then(i64::checked_neg)
                } else {
                    count
                };
                count.and_then(|count| date.plus(count, unit)).map(Value::Date)
            }
            _ => match (number(&left), number(&right)) {
                (Some(left), Some(right)) => decimals(operator, &left, &right),
                _ => amounts(operator, &left, &right)?,
            },
        };
        Ok(result.into_iter().collect())
    }

    /// `&`: an empty side is an empty text.
    pub(super) fn concatenate(&self, left: &[Value<'a>], right: &[Value<'a>]) -> Evaluated<'a> {
        let text = |items: &[Value<'a>]| match single(items, "&")? {
            None => Ok(Cow::Borrowed("")),
            Some(item) => item.to_text().ok_or(PathError::Type("&")),
        };
        Ok(vec![self.joined(&text(left)?, &text(right)?)?])
    }

    fn joined(&self, left: &str, right: &str) -> Result<Value<'a>, PathError> {
        let length = left.len() + right.len();
        if length > MAX_TEXT_BYTES {
            return Err(PathError::TooCostly(self.context.max_steps));
        }
        self.charge(length / 64)?;
        Ok(Value::String(Cow::Owned([left, right].concat())))
    }

    pub(super) fn negative(&self, items: &[Value<'a>]) -> Evaluated<'a> {
        let Some(item) = single(items, "-")? else {
            return Ok(Vec::new());
        };
        Ok(match item.system() {
            Value::Integer(value) => value.checked_neg().map(Value::Integer).into_iter().collect(),
            Value::Decimal(value) => vec![Value::Decimal(value.negated())],
            other => {
                let amount = quantity(&other).ok_or(PathError::Type("-"))?;
                vec![Value::Quantity(Box::new(Quantity {
                    value: amount.value.negated(),
                    unit: amount.unit,
                }))]
            }
        })
    }

    /// `abs ceiling floor round truncate`
    pub(super) fn rounding(
        &self,
        function: Function,
        items: &[Value<'a>],
        places: Option<i64>,
    ) -> Evaluated<'a> {
        let Some(item) = single(items, function.name())? else {
            return Ok(Vec::new());
        };
        let item = item.system();
        let Some(value) = number(&item) else {
            let amount = quantity(&item).filter(|_| function == Function::Abs);
            let mut amount = amount.ok_or(PathError::Type(function.name()))?;
            if amount.value.is_negative() {
                amount.value = amount.value.negated();
            }
            return Ok(vec![Value::Quantity(Box::new(amount))]);
        };
        if function == Function::Abs {
            let value = if value.is_negative() {
                value.negated()
            } else {
                value
            };
            return Ok(match item {
                Value::Integer(_) => value.to_i64().map(Value::Integer).into_iter().collect(),
                _ => vec![Value::Decimal(value)],
            });
        }
        if function == Function::Round {
            let places = places.unwrap_or(0).clamp(0, 64);
            return Ok(vec![Value::Decimal(
                value.rounded(i32::try_from(-places).unwrap_or(0)),
            )]);
        }
        let towards_zero = value.truncated();
        let one = Decimal::from(1);
        let result = match function {
            Function::Ceiling if !value.is_whole() && !value.is_negative() => towards_zero.checked_add(&one),
            Function::Floor if !value.is_whole() && value.is_negative() => towards_zero.checked_sub(&one),
            _ => Some(towards_zero),
        };
        Ok(result
            .and_then(|value| value.to_i64())
            .map(Value::Integer)
            .into_iter()
            .collect())
    }
}

fn whole<'a>(operator: Operator, left: i64, right: i64) -> Option<Value<'a>> {
    match operator {
        Operator::Plus => left.checked_add(right).map(Value::Integer),
        Operator::Minus => left.checked_sub(right).map(Value::Integer),
        Operator::Times => left.checked_mul(right).map(Value::Integer),
        Operator::WholeDivide => left.checked_div(right).map(Value::Integer),
        Operator::Modulo => left.checked_rem(right).map(Value::Integer),
        _ => decimals(operator, &Decimal::from(left), &Decimal::from(right)),
    }
}

fn decimals<'a>(operator: Operator, left: &Decimal, right: &Decimal) -> Option<Value<'a>> {
    let whole_quotient = || left.checked_div(right).map(|quotient| quotient.truncated());
    match operator {
        Operator::Plus => left.checked_add(right).map(Value::Decimal),
        Operator::Minus => left.checked_sub(right).map(Value::Decimal),
        Operator::Times => left.checked_mul(right).map(Value::Decimal),
        Operator::Divide => left.checked_div(right).map(Value::Decimal),
        Operator::WholeDivide => whole_quotient()?.to_i64().map(Value::Integer),
        _ => left
            .checked_sub(&whole_quotient()?.checked_mul(right)?)
            .map(Value::Decimal),
    }
}

fn amounts<'a>(
    operator: Operator,
    left: &Value<'a>,
    right: &Value<'a>,
) -> Result<Option<Value<'a>>, PathError> {
    let wrong = PathError::Type("an operator");
    let (Some(left), Some(right)) = (quantity(left), quantity(right)) else {
        return Err(wrong);
    };
    let same = left.exact_unit() == right.exact_unit();
    let (value, unit) = match operator {
        Operator::Plus if same => (left.value.checked_add(&right.value), left.unit),
        Operator::Minus if same => (left.value.checked_sub(&right.value), left.unit),
        Operator::Times if &*right.unit == "1" => (left.value.checked_mul(&right.value), left.unit),
        Operator::Times if &*left.unit == "1" => (left.value.checked_mul(&right.value), right.unit),
        Operator::Divide if same => (left.value.checked_div(&right.value), "1".into()),
        Operator::Divide if &*right.unit == "1" => (left.value.checked_div(&right.value), left.unit),
        Operator::Plus | Operator::Minus | Operator::Times | Operator::Divide => return Ok(None),
        _ => return Err(wrong),
    };
    Ok(value.map(|value| Value::Quantity(Box::new(Quantity { value, unit }))))
}
