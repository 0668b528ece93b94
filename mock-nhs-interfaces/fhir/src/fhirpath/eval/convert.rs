//! Conversions between types: `toInteger()` and its like, and whether they would succeed.

use std::borrow::Cow;

use super::compare::{any_date, number, quantity};
use super::{Evaluated, Evaluator, boolean, single};
use crate::date::{ClockTime, DateTime, Precision};
use crate::decimal::Decimal;
use crate::fhirpath::error::PathError;
use crate::fhirpath::function::Function;
use crate::fhirpath::value::{Quantity, Value};

impl<'a> Evaluator<'_, 'a> {
    pub(super) fn conversion(
        &self,
        function: Function,
        items: &[Value<'a>],
        unit: Option<&str>,
    ) -> Evaluated<'a> {
        let Some(item) = single(items, function.name())? else {
            return Ok(Vec::new());
        };
        self.charge(1)?;
        let item = item.system();
        let result = match function {
            Function::ToBoolean | Function::ConvertsToBoolean => to_boolean(&item).map(Value::Boolean),
            Function::ToInteger | Function::ConvertsToInteger => to_integer(&item).map(Value::Integer),
            Function::ToDecimal | Function::ConvertsToDecimal => to_decimal(&item).map(Value::Decimal),
            Function::ToDate | Function::ConvertsToDate => to_date(&item, true).map(Value::Date),
            Function::ToDateTime | Function::ConvertsToDateTime => to_date(&item, false).map(Value::Date),
            Function::ToTime | Function::ConvertsToTime => match &item {
                Value::Time(time) => Some(Value::Time(*time)),
                other => other
                    .as_text()
                    .and_then(|text| ClockTime::parse_literal(&text).ok())
                    .map(Value::Time),
            },
            Function::ToQuantity | Function::ConvertsToQuantity => {
                let amount = to_quantity(&item);
                amount
                    .filter(|amount| unit.is_none_or(|unit| *unit == *amount.unit))
                    .map(|amount| Value::Quantity(Box::new(amount)))
            }
            _ => item
                .to_text()
                .map(|text| Value::String(Cow::Owned(text.into_owned()))),
        };
        Ok(match function {
            Function::ConvertsToBoolean
            | Function::ConvertsToInteger
            | Function::ConvertsToDecimal
            | Function::ConvertsToDate
            | Function::ConvertsToDateTime
            | Function::ConvertsToTime
            | Function::ConvertsToQuantity
            | Function::ConvertsToString => boolean(Some(result.is_some())),
            _ => result.into_iter().collect(),
        })
    }

    pub(super) fn negated(&self, items: &[Value<'a>]) -> Result<Option<bool>, PathError> {
        Ok(super::truth(items)?.map(|truth| !truth))
    }
}

fn to_boolean(item: &Value<'_>) -> Option<bool> {
    if let Some(value) = item.as_boolean() {
        return Some(value);
    }
    if let Some(value) = number(item) {
        return match value.to_i64() {
            Some(0) => Some(false),
            Some(1) => Some(true),
            _ => None,
        };
    }
    match &*item.as_text()?.to_ascii_lowercase() {
        "true" | "t" | "yes" | "y" | "1" | "1.0" => Some(true),
        "false" | "f" | "no" | "n" | "0" | "0.0" => Some(false),
        _ => None,
    }
}

fn to_integer(item: &Value<'_>) -> Option<i64> {
    match item {
        Value::Integer(value) => Some(*value),
        Value::Boolean(value) => Some(i64::from(*value)),
        Value::String(text) => {
            let digits = text.strip_prefix('+').unwrap_or(text);
            Some(digits)
                .filter(|digits| !digits.contains(['.', 'e', 'E', '+']))
                .and_then(|digits| digits.parse().ok())
        }
        Value::Node(_) | Value::Decimal(_) | Value::Date(_) | Value::Time(_) | Value::Quantity(_) => None,
    }
}

fn to_decimal(item: &Value<'_>) -> Option<Decimal> {
    match item {
        Value::Boolean(value) => Some(Decimal::from(i64::from(*value))),
        Value::String(text) => Decimal::parse(text.strip_prefix('+').unwrap_or(text)).ok(),
        _ => number(item),
    }
}

fn to_date(item: &Value<'_>, day: bool) -> Option<DateTime> {
    let mut date = match item {
        Value::Date(date) => *date,
        _ => {
            let text = item.as_text()?;
            any_date(&text).or_else(|| DateTime::parse_literal(&text).ok())?
        }
    };
    if day && date.precision > Precision::Day {
        date.precision = Precision::Day;
        (
            date.hour,
            date.minute,
            date.second,
            date.micros,
            date.offset_minutes,
        ) = (0, 0, 0, 0, None);
    }
    Some(date)
}

/// `4.5 'mg'`, `4 days`, `4.5`, or what is an amount already.
fn to_quantity(item: &Value<'_>) -> Option<Quantity> {
    if let Value::Boolean(value) = item {
        return Some(Quantity {
            value: Decimal::from(i64::from(*value)),
            unit: "1".into(),
        });
    }
    let Value::String(text) = item else {
        return quantity(item);
    };
    let text = text.trim();
    let (amount, unit) = text.split_once(char::is_whitespace).unwrap_or((text, "'1'"));
    let value = Decimal::parse(amount.strip_prefix('+').unwrap_or(amount)).ok()?;
    let unit = unit.trim();
    let quoted = unit.strip_prefix('\'').and_then(|unit| unit.strip_suffix('\''));
    let unit = quoted.or_else(|| Quantity::calendar_unit(unit))?;
    Some(Quantity {
        value,
        unit: unit.into(),
    })
}
