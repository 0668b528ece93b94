//! Equality, equivalence and order.

use std::cmp::Ordering;

use super::{Evaluator, single};
use crate::date::{ClockTime, DateTime};
use crate::decimal::Decimal;
use crate::fhirpath::ast::Operator;
use crate::fhirpath::error::PathError;
use crate::fhirpath::value::{Quantity, Value};
use crate::json::Json;

impl<'a> Evaluator<'_, 'a> {
    /// `=`: empty when either side is, or when dates are written too differently to know.
    pub(super) fn equal(&self, left: &[Value<'a>], right: &[Value<'a>]) -> Result<Option<bool>, PathError> {
        if left.is_empty() || right.is_empty() {
            return Ok(None);
        }
        if left.len() != right.len() {
            return Ok(Some(false));
        }
        let mut known = true;
        for (left, right) in left.iter().zip(right) {
            match self.equal_items(left, right)? {
                Some(true) => {}
                Some(false) => return Ok(Some(false)),
                None => known = false,
            }
        }
        Ok(known.then_some(true))
    }

    pub(super) fn equal_items(&self, left: &Value<'a>, right: &Value<'a>) -> Result<Option<bool>, PathError> {
        self.charge(1)?;
        if let (Value::Node(left), Value::Node(right)) = (left, right)
            && (left.json.as_object().is_some() || right.json.as_object().is_some())
        {
            return self.same_tree(left.json, right.json).map(Some);
        }
        Ok(match matched(left, right) {
            Pair::Dates(left, right) => left.order(&right).map(Ordering::is_eq),
            Pair::Times(left, right) => time_order(&left, &right).map(Ordering::is_eq),
            Pair::Numbers(left, right) => Some(left == right),
            Pair::Quantities(left, right) => {
                (left.exact_unit() == right.exact_unit()).then(|| left.value == right.value)
            }
            Pair::Texts(left, right) => {
                self.charge(left.len() / 64)?;
                Some(left == right)
            }
            Pair::Booleans(left, right) => Some(left == right),
            Pair::Different => Some(false),
        })
    }

    /// Whether two elements have the same content. The order of keys does not count, and numbers are compared by value.
    fn same_tree(&self, left: &Json, right: &Json) -> Result<bool, PathError> {
        self.charge(1)?;
        match (left, right) {
            (Json::Object(members), Json::Object(others)) => {
                if members.len() != others.len() {
                    return Ok(false);
                }
                for (key, member) in members {
                    self.charge(others.len() / 8)?;
                    match right.get(key) {
                        Some(other) if self.same_tree(member, other)? => {}
                        _ => return Ok(false),
                    }
                }
                Ok(true)
            }
            (Json::Array(items), Json::Array(others)) => {
                if items.len() != others.len() {
                    return Ok(false);
                }
                for (item, other) in items.iter().zip(others) {
                    if !self.same_tree(item, other)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            (Json::Number(number), Json::Number(other)) => {
                Ok(number == other || Decimal::parse(number).ok() == Decimal::parse(other).ok())
            }
            _ => Ok(left == right),
        }
    }

    /// `~`: collections in any order, texts without regard to case and white space, numbers to the less precise.
    pub(super) fn equivalent(&self, left: &[Value<'a>], right: &[Value<'a>]) -> Result<bool, PathError> {
        if left.len() != right.len() {
            return Ok(false);
        }
        let mut rest: Vec<&Value<'a>> = right.iter().collect();
        for item in left {
            let mut found = None;
            for (place, other) in rest.iter().enumerate() {
                if self.equivalent_items(item, other)? {
                    found = Some(place);
                    break;
                }
            }
            match found {
                Some(place) => rest.swap_remove(place),
                None => return Ok(false),
            };
        }
        Ok(true)
    }

    fn equivalent_items(&self, left: &Value<'a>, right: &Value<'a>) -> Result<bool, PathError> {
        self.charge(1)?;
        Ok(match matched(left, right) {
            Pair::Texts(left, right) => {
                self.charge((left.len() + right.len()) / 16)?;
                folded(&left) == folded(&right)
            }
            Pair::Numbers(left, right) => same_number(&left, &right),
            Pair::Quantities(left, right) => {
                let unit = |quantity: &Quantity| match quantity.exact_unit() {
                    "year" => "a".to_owned(),
                    "month" => "mo".to_owned(),
                    "week" => "wk".to_owned(),
                    "day" => "d".to_owned(),
                    "hour" => "h".to_owned(),
                    "minute" => "min".to_owned(),
                    other => other.to_owned(),
                };
                unit(&left) == unit(&right) && same_number(&left.value, &right.value)
            }
            Pair::Dates(..) | Pair::Times(..) | Pair::Booleans(..) | Pair::Different => {
                self.equal_items(left, right)? == Some(true)
            }
        })
    }

    pub(super) fn ordered(
        &self,
        operator: Operator,
        left: &[Value<'a>],
        right: &[Value<'a>],
    ) -> Result<Option<bool>, PathError> {
        let (Some(left), Some(right)) = (single(left, "a comparison")?, single(right, "a comparison")?)
        else {
            return Ok(None);
        };
        let order = match matched(left, right) {
            Pair::Dates(left, right) => left.order(&right),
            Pair::Times(left, right) => time_order(&left, &right),
            Pair::Numbers(left, right) => Some(left.cmp(&right)),
            Pair::Quantities(left, right) => {
                (left.exact_unit() == right.exact_unit()).then(|| left.value.cmp(&right.value))
            }
            Pair::Texts(first, second) => {
                self.charge(first.len() / 64)?;
                // Without a model nothing says that `Period.start` is a date: two texts that are dates are compared as such.
                let untyped =
                    |value: &Value<'a>| value.as_node().is_some_and(|node| node.type_name.is_none());
                let dates = (any_date(&first), any_date(&second));
                match dates {
                    (Some(first), Some(second)) if untyped(left) && untyped(right) => first.order(&second),
                    _ => Some(first.cmp(&second)),
                }
            }
            Pair::Booleans(..) | Pair::Different => return Err(PathError::Type("a comparison")),
        };
        Ok(order.map(|order| match operator {
            Operator::Less => order.is_lt(),
            Operator::LessOrEqual => order.is_le(),
            Operator::Greater => order.is_gt(),
            _ => order.is_ge(),
        }))
    }
}

/// Two values brought to the same type.
enum Pair {
    Booleans(bool, bool),
    Texts(Box<str>, Box<str>),
    Numbers(Decimal, Decimal),
    Dates(DateTime, DateTime),
    Times(ClockTime, ClockTime),
    Quantities(Quantity, Quantity),
    Different,
}

fn matched(left: &Value<'_>, right: &Value<'_>) -> Pair {
    let (left, right) = (left.system(), right.system());
    if let (Some(left), Some(right)) = (number(&left), number(&right)) {
        return Pair::Numbers(left, right);
    }
    if let (Some(left), Some(right)) = (quantity(&left), quantity(&right)) {
        return Pair::Quantities(left, right);
    }
    match (&left, &right) {
        (Value::Boolean(left), Value::Boolean(right)) => Pair::Booleans(*left, *right),
        (Value::String(left), Value::String(right)) => Pair::Texts((&**left).into(), (&**right).into()),
        (Value::Date(left), Value::Date(right)) => Pair::Dates(*left, *right),
        (Value::Time(left), Value::Time(right)) => Pair::Times(*left, *right),
        (Value::Date(date), Value::String(text)) => {
            any_date(text).map_or(Pair::Different, |other| Pair::Dates(*date, other))
        }
        (Value::String(text), Value::Date(date)) => {
            any_date(text).map_or(Pair::Different, |other| Pair::Dates(other, *date))
        }
        (Value::Time(time), Value::String(text)) => {
            ClockTime::parse(text).map_or(Pair::Different, |other| Pair::Times(*time, other))
        }
        (Value::String(text), Value::Time(time)) => {
            ClockTime::parse(text).map_or(Pair::Different, |other| Pair::Times(other, *time))
        }
        _ => Pair::Different,
    }
}

pub(super) fn number(value: &Value<'_>) -> Option<Decimal> {
    match value {
        Value::Integer(value) => Some(Decimal::from(*value)),
        Value::Decimal(value) => Some(value.clone()),
        Value::Node(_)
        | Value::Boolean(_)
        | Value::String(_)
        | Value::Date(_)
        | Value::Time(_)
        | Value::Quantity(_) => None,
    }
}

/// An amount; a plain number is one with the unit `1`.
pub(super) fn quantity(value: &Value<'_>) -> Option<Quantity> {
    match value {
        Value::Quantity(quantity) => Some((**quantity).clone()),
        Value::Node(node) => Quantity::of(node.json),
        Value::Integer(_) | Value::Decimal(_) => number(value).map(|value| Quantity {
            value,
            unit: "1".into(),
        }),
        Value::Boolean(_) | Value::String(_) | Value::Date(_) | Value::Time(_) => None,
    }
}

pub(super) fn any_date(text: &str) -> Option<DateTime> {
    DateTime::parse_date(text)
        .or_else(|_| DateTime::parse_date_time(text))
        .ok()
}

fn time_order(left: &ClockTime, right: &ClockTime) -> Option<Ordering> {
    let size = |time: &ClockTime| match time.precision {
        crate::date::Precision::Hour => crate::date::HOUR_US,
        crate::date::Precision::Minute => crate::date::MINUTE_US,
        _ => 1,
    };
    let (low, other) = (left.micros_of_day(), right.micros_of_day());
    if size(left) == size(right) {
        return Some(low.cmp(&other));
    }
    if low + size(left) <= other {
        Some(Ordering::Less)
    } else if other + size(right) <= low {
        Some(Ordering::Greater)
    } else {
        None
    }
}

fn same_number(left: &Decimal, right: &Decimal) -> bool {
    let place = left.place().max(right.place());
    left.rounded(place) == right.rounded(place)
}

fn folded(text: &str) -> String {
    let lower = text.to_lowercase();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}
