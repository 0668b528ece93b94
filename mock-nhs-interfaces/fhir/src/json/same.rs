//! Whether two trees mean the same.

use std::collections::HashMap;

use super::Json;
use crate::decimal::Decimal;

/// From this many members on, keys are looked up in a map: searching for each would be quadratic.
const FEW_MEMBERS: usize = 16;

impl Json {
    /// Whether both mean the same JSON: the order of keys does not count, and numbers are compared by value.
    #[must_use]
    pub fn same_value(&self, other: &Json) -> bool {
        match (self, other) {
            (Json::Number(number), Json::Number(other)) => {
                number == other
                    || Decimal::parse(number).is_ok_and(|number| Decimal::parse(other) == Ok(number))
            }
            (Json::Array(items), Json::Array(others)) => {
                items.len() == others.len()
                    && items
                        .iter()
                        .zip(others)
                        .all(|(item, other)| item.same_value(other))
            }
            (Json::Object(members), Json::Object(others)) if members.len() == others.len() => {
                if members.len() <= FEW_MEMBERS {
                    return members
                        .iter()
                        .all(|(key, member)| other.get(key).is_some_and(|other| member.same_value(other)));
                }
                let others: HashMap<&str, &Json> =
                    others.iter().map(|(key, other)| (&**key, other)).collect();
                members
                    .iter()
                    .all(|(key, member)| others.get(&**key).is_some_and(|other| member.same_value(other)))
            }
            _ => self == other,
        }
    }

    /// Levels of arrays and objects: 0 for a value that is neither.
    #[must_use]
    pub fn depth(&self) -> usize {
        match self {
            Json::Array(items) => 1 + items.iter().map(Json::depth).max().unwrap_or(0),
            Json::Object(members) => {
                1 + members
                    .iter()
                    .map(|(_, member)| member.depth())
                    .max()
                    .unwrap_or(0)
            }
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => 0,
        }
    }

    /// About as many bytes as the text has; exact but for escapes.
    #[must_use]
    pub fn weight(&self) -> usize {
        match self {
            Json::Null | Json::Bool(_) => 5,
            Json::Number(text) => text.len(),
            Json::String(text) => text.len() + 2,
            Json::Array(items) => 2 + items.iter().map(|item| item.weight() + 1).sum::<usize>(),
            Json::Object(members) => {
                2 + members
                    .iter()
                    .map(|(key, member)| key.len() + member.weight() + 4)
                    .sum::<usize>()
            }
        }
    }
}
