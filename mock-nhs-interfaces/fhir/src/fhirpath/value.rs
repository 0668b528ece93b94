//! What an expression results in: elements of the resource, and values of `FHIRPath`'s own types.

use std::borrow::Cow;

use super::node::Node;
use crate::date::{ClockTime, DateTime, Precision};
use crate::decimal::Decimal;
use crate::json::Json;

/// One item of a result.
#[derive(Debug, Clone)]
pub enum Value<'a> {
    /// An element of a resource, found by navigating: never a copy.
    Node(Node<'a>),
    Boolean(bool),
    String(Cow<'a, str>),
    Integer(i64),
    Decimal(Decimal),
    /// A date or a moment; which of the two its precision says.
    Date(DateTime),
    Time(ClockTime),
    Quantity(Box<Quantity>),
}

/// An amount with a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quantity {
    pub value: Decimal,
    /// A UCUM code, or a calendar duration in the singular: `year`. `1` where there is none.
    pub unit: Box<str>,
}

impl Quantity {
    /// The calendar duration that a word means: `years` is `year`.
    pub(super) fn calendar_unit(word: &str) -> Option<&'static str> {
        let singular = match word {
            "year" | "years" => "year",
            "month" | "months" => "month",
            "week" | "weeks" => "week",
            "day" | "days" => "day",
            "hour" | "hours" => "hour",
            "minute" | "minutes" => "minute",
            "second" | "seconds" => "second",
            "millisecond" | "milliseconds" => "millisecond",
            _ => return None,
        };
        Some(singular)
    }

    /// Seconds and milliseconds are the same in the calendar and in UCUM; longer durations are not.
    pub(super) fn exact_unit(&self) -> &str {
        match &*self.unit {
            "second" => "s",
            "millisecond" => "ms",
            other => other,
        }
    }

    /// FHIR's Quantity as an amount; `None` without a value, or with a comparator, which makes it a range.
    pub(super) fn of(json: &Json) -> Option<Quantity> {
        let value = Decimal::parse(json.get("value")?.as_number()?).ok()?;
        if json.get("comparator").is_some() {
            return None;
        }
        let unit = json.text("code").or_else(|| json.text("unit")).unwrap_or("1");
        Some(Quantity {
            value,
            unit: unit.into(),
        })
    }
}

impl std::fmt::Display for Quantity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if Self::calendar_unit(&self.unit).is_some() {
            let plural = if self.value == Decimal::from(1) { "" } else { "s" };
            return write!(f, "{} {}{plural}", self.value, self.unit);
        }
        write!(f, "{} '{}'", self.value, self.unit)
    }
}

impl<'a> Value<'a> {
    /// A primitive element as a value of `FHIRPath`'s own types; anything else as it is.
    #[must_use]
    pub fn system(&self) -> Value<'a> {
        match self {
            Value::Node(node) => node.primitive().unwrap_or_else(|| self.clone()),
            Value::Boolean(_)
            | Value::String(_)
            | Value::Integer(_)
            | Value::Decimal(_)
            | Value::Date(_)
            | Value::Time(_)
            | Value::Quantity(_) => self.clone(),
        }
    }

    /// The value as text, when it is a string or a primitive element that is a JSON string.
    #[must_use]
    pub fn as_text(&self) -> Option<Cow<'a, str>> {
        match self {
            Value::Node(node) => node.json.as_str().map(Cow::Borrowed),
            Value::String(text) => Some(text.clone()),
            Value::Boolean(_)
            | Value::Integer(_)
            | Value::Decimal(_)
            | Value::Date(_)
            | Value::Time(_)
            | Value::Quantity(_) => None,
        }
    }

    #[must_use]
    pub fn as_boolean(&self) -> Option<bool> {
        match self {
            Value::Node(node) => node.json.as_bool(),
            Value::Boolean(value) => Some(*value),
            Value::String(_)
            | Value::Integer(_)
            | Value::Decimal(_)
            | Value::Date(_)
            | Value::Time(_)
            | Value::Quantity(_) => None,
        }
    }

    #[must_use]
    pub fn as_node(&self) -> Option<&Node<'a>> {
        if let Value::Node(node) = self {
            Some(node)
        } else {
            None
        }
    }

    /// Text for a person or for `toString()`: `None` for an element that is an object.
    #[must_use]
    pub fn to_text(&self) -> Option<Cow<'a, str>> {
        let text = match self {
            Value::Node(node) => {
                return match node.json {
                    Json::String(text) => Some(Cow::Borrowed(&**text)),
                    Json::Number(text) => Some(Cow::Borrowed(&**text)),
                    Json::Bool(value) => Some(Cow::Borrowed(if *value { "true" } else { "false" })),
                    Json::Object(_) => {
                        Quantity::of(node.json).map(|quantity| Cow::Owned(quantity.to_string()))
                    }
                    Json::Null | Json::Array(_) => None,
                };
            }
            Value::String(text) => return Some(text.clone()),
            Value::Boolean(value) => value.to_string(),
            Value::Integer(value) => value.to_string(),
            Value::Decimal(value) => value.to_string(),
            Value::Date(value) => value.to_string(),
            Value::Time(value) => value.to_string(),
            Value::Quantity(value) => value.to_string(),
        };
        Some(Cow::Owned(text))
    }
}

/// Whether a date is a `Date` and not a `DateTime`.
pub(super) fn is_day(date: &DateTime) -> bool {
    date.precision <= Precision::Day
}
