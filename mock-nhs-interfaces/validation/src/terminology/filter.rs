//! Filters of value sets: which concepts of a system they let through.
//!
//! Source: <https://hl7.org/fhir/R4/valueset-filter-operator.html>.

use std::collections::HashSet;

use fhir::json::Json;
use regex::{Regex, RegexBuilder};

use super::constraint::Constraint;
use super::{CodeSystem, TerminologyError};

/// The longest regular expression that is compiled, in bytes.
const MAX_EXPRESSION_BYTES: usize = 1_000;
/// The most memory that a compiled expression may take, in bytes. The engine is linear in what it reads, whatever the expression.
const MAX_COMPILED_BYTES: usize = 256 * 1024;

/// One filter.
#[derive(Debug)]
pub(crate) struct Filter {
    property: Box<str>,
    operator: Operator,
}

#[derive(Debug)]
enum Operator {
    Equals(Box<str>),
    /// The concept itself too.
    IsA(Box<str>),
    /// Not the concept itself.
    DescendentOf(Box<str>),
    IsNotA(Box<str>),
    /// The concept and what is above it.
    Generalizes(Box<str>),
    Regex(Box<Regex>),
    In(HashSet<Box<str>>),
    NotIn(HashSet<Box<str>>),
    Exists(bool),
    /// Of SNOMED CT.
    Constraint(Constraint),
}

impl Filter {
    /// The concept with this code and everything below it.
    pub(crate) fn is_a(code: &str) -> Self {
        Self {
            property: "concept".into(),
            operator: Operator::IsA(code.into()),
        }
    }

    /// What an expression constraint of SNOMED CT names.
    pub(crate) fn constraint(text: &str) -> Result<Self, TerminologyError> {
        let refuse = |reason: &str| TerminologyError::Filter {
            filter: text.to_owned(),
            reason: reason.to_owned(),
        };
        let constraint = Constraint::parse(text).map_err(refuse)?;
        Ok(Self {
            property: "constraint".into(),
            operator: Operator::Constraint(constraint),
        })
    }

    pub(crate) fn of(json: &Json) -> Result<Self, TerminologyError> {
        let (property, op) = (
            json.text("property").unwrap_or_default(),
            json.text("op").unwrap_or_default(),
        );
        let value = json.text("value").unwrap_or_default();
        let refuse = |reason: &str| TerminologyError::Filter {
            filter: format!("{property} {op} {value}"),
            reason: reason.to_owned(),
        };
        let several = || value.split(',').map(str::trim).map(Box::from).collect();
        let operator = match op {
            "=" if property == "constraint" => {
                Operator::Constraint(Constraint::parse(value).map_err(refuse)?)
            }
            "=" => Operator::Equals(value.into()),
            "is-a" => Operator::IsA(value.into()),
            "descendent-of" => Operator::DescendentOf(value.into()),
            "is-not-a" => Operator::IsNotA(value.into()),
            "generalizes" => Operator::Generalizes(value.into()),
            "in" => Operator::In(several()),
            "not-in" => Operator::NotIn(several()),
            "exists" => match value {
                "true" => Operator::Exists(true),
                "false" => Operator::Exists(false),
                _ => return Err(refuse("the value of `exists` is true or false")),
            },
            "regex" => Operator::Regex(Box::new(expression(value).map_err(refuse)?)),
            _ => return Err(refuse("R4 has no such operator")),
        };
        Ok(Self {
            property: property.into(),
            operator,
        })
    }

    /// Whether the concept with this number passes.
    pub(crate) fn passes(&self, system: &CodeSystem, number: usize) -> bool {
        let is_a = |root: &str| system.find(root).is_some_and(|root| system.is_a(number, root));
        let values = || self.values(system, number);
        match &self.operator {
            Operator::IsA(root) => is_a(root),
            Operator::DescendentOf(root) => is_a(root) && system.find(root) != Some(number),
            Operator::IsNotA(root) => !is_a(root),
            Operator::Generalizes(leaf) => system.find(leaf).is_some_and(|leaf| system.is_a(leaf, number)),
            Operator::Equals(value) => values().iter().any(|one| one == &**value),
            Operator::In(list) => values().iter().any(|one| list.contains(one.as_str())),
            Operator::NotIn(list) => !values().iter().any(|one| list.contains(one.as_str())),
            Operator::Regex(expression) => values().iter().any(|one| expression.is_match(one)),
            Operator::Constraint(constraint) => constraint.passes(system, number),
            Operator::Exists(wanted) => values().is_empty() != *wanted,
        }
    }

    /// Which concepts of the system pass, by their numbers.
    pub(crate) fn mask(&self, system: &CodeSystem) -> Vec<bool> {
        let (Operator::IsA(root) | Operator::DescendentOf(root) | Operator::IsNotA(root)) = &self.operator
        else {
            return (0..system.concepts().len())
                .map(|number| self.passes(system, number))
                .collect();
        };
        let inverse = matches!(self.operator, Operator::IsNotA(_));
        let mut mask = vec![inverse; system.concepts().len()];
        let root = system.find(root);
        let skipped = root.filter(|_| matches!(self.operator, Operator::DescendentOf(_)));
        for number in root.map(|root| system.below(root)).unwrap_or_default() {
            if let Some(passes) = mask.get_mut(number).filter(|_| skipped != Some(number)) {
                *passes = !inverse;
            }
        }
        mask
    }

    /// The values that the concept has for the filter's property.
    fn values(&self, system: &CodeSystem, number: usize) -> Vec<String> {
        let Some(concept) = system.concept(number) else {
            return Vec::new();
        };
        let codes = |numbers: &[usize]| {
            let concepts = numbers.iter().filter_map(|number| system.concept(*number));
            concepts.map(|concept| concept.code.to_string()).collect()
        };
        match &*self.property {
            "code" | "concept" => vec![concept.code.to_string()],
            "display" => concept.display.iter().map(ToString::to_string).collect(),
            "definition" => concept.definition.iter().map(ToString::to_string).collect(),
            "parent" => codes(&concept.parents),
            "child" => codes(&concept.children),
            "inactive" => vec![concept.is_inactive().to_string()],
            name => concept
                .properties
                .iter()
                .filter(|(one, _, _)| &**one == name)
                .map(|(_, _, value)| plain(value))
                .collect(),
        }
    }
}

/// A property's value as a filter writes it.
fn plain(value: &Json) -> String {
    match value {
        Json::String(text) | Json::Number(text) => text.to_string(),
        Json::Bool(flag) => flag.to_string(),
        Json::Object(_) => value.text("code").unwrap_or_default().to_owned(),
        Json::Null | Json::Array(_) => String::new(),
    }
}

fn expression(value: &str) -> Result<Regex, &'static str> {
    if value.len() > MAX_EXPRESSION_BYTES {
        return Err("the expression is longer than 1,000 bytes");
    }
    let anchored = RegexBuilder::new(&format!("^(?:{value})$"))
        .size_limit(MAX_COMPILED_BYTES)
        .build();
    anchored.map_err(|_| "it is no regular expression, or one that takes too much memory")
}
