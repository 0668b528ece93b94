//! Whether a value fits a schema, in a bounded number of steps.

mod array;
mod found;
mod object;
mod scalar;

use fhir::decimal::Decimal;
use fhir::json::Json;

use super::{Schema, SchemaId, Schemas, Types};
use crate::budget::Budget;
use crate::limits::{CHECK_DEPTH, CHECK_STEPS};
use crate::problem::quoted;
use found::{At, Found, keep_nearest};
use scalar::number;

/// Which way a value goes: what is read only is not demanded of a caller, what is write only not of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Request,
    Answer,
}

/// One way in which a value does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Misfit {
    /// Where in the value, as a JSON Pointer.
    pub(crate) pointer: String,
    /// What is wrong, as the end of a sentence that begins with the place.
    pub(crate) words: String,
    /// What would mend it.
    pub(crate) cure: Cure,
}

/// What makes a value fit that does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cure {
    /// Another value at the pointer, made from this schema.
    Make(SchemaId),
    /// The member at the pointer is missing; this schema makes it.
    Add(SchemaId),
    /// What is at the pointer must not be there.
    Remove,
    /// None that is known.
    None,
}

impl Schemas {
    /// Why `value` does not fit; empty when it does.
    pub(crate) fn misfits(
        &self,
        id: SchemaId,
        value: &Json,
        direction: Direction,
        budget: &Budget<'_>,
    ) -> Vec<Misfit> {
        let part = budget.part(CHECK_STEPS);
        let mut check = Check {
            schemas: self,
            direction,
            budget: &part,
            is_too_deep: false,
            depth: 0,
        };
        let mut found = Found::default();
        check.value(id, value, &At::Root, &mut found);
        if check.is_over() && found.misfits.is_empty() {
            found.misfits.push(Misfit {
                pointer: String::new(),
                words: "is too much to check against its schema".to_owned(),
                cure: Cure::None,
            });
        }
        found.misfits
    }

    pub(crate) fn fits(&self, id: SchemaId, value: &Json, direction: Direction, budget: &Budget<'_>) -> bool {
        self.misfits(id, value, direction, budget).is_empty()
    }
}

struct Check<'s> {
    schemas: &'s Schemas,
    direction: Direction,
    budget: &'s Budget<'s>,
    is_too_deep: bool,
    depth: u32,
}

impl Check<'_> {
    /// Adds what is wrong with `value`. Nothing is added when there are no steps left; the caller of all of this says so.
    fn value(&mut self, id: SchemaId, value: &Json, at: &At<'_>, found: &mut Found) {
        if !self.step(1) {
            return;
        }
        let schemas = self.schemas;
        let Some(schema) = schemas.get(id) else {
            return;
        };
        if self.depth >= CHECK_DEPTH {
            self.is_too_deep = true;
            return;
        }
        self.depth += 1;
        let said = found.bytes;
        self.rules(id, schema, value, at, found);
        if found.bytes > said {
            self.budget.spend_bytes(found.bytes - said);
        }
        self.depth -= 1;
    }

    fn step(&mut self, cost: usize) -> bool {
        !self.is_too_deep && self.budget.spend(cost)
    }

    fn is_over(&self) -> bool {
        self.is_too_deep || self.budget.is_spent()
    }

    fn rules(&mut self, id: SchemaId, schema: &Schema, value: &Json, at: &At<'_>, found: &mut Found) {
        if schema.is_nullable && value.is_null() {
            return;
        }
        if schema.is_never {
            found.add(at, Cure::Remove, "must not be there");
            return;
        }
        if let Some(reference) = schema.reference {
            self.value(reference, value, at, found);
        }
        if let Some(types) = schema.types
            && !types.has(kinds(value))
        {
            found.add(at, Cure::Make(id), format!("must be {}", types.words()));
            return;
        }
        if let Some(choices) = &schema.choices
            && self.step(1 + choices.values.len() + choices.bytes / 100)
            && !choices.values.iter().any(|choice| choice.same_value(value))
        {
            found.add(at, Cure::Make(id), format!("must be {}", choices.words));
        }
        match value {
            Json::Number(text) => {
                if let Some(rules) = &schema.number {
                    number(id, rules, text, at, found);
                }
            }
            Json::String(text) => {
                if let Some(rules) = &schema.text {
                    self.text(id, rules, text, at, found);
                }
            }
            Json::Array(items) => {
                if let Some(rules) = &schema.array {
                    self.array(id, rules, items, at, found);
                }
            }
            Json::Object(_) => {
                if let Some(rules) = &schema.object {
                    self.object(id, rules, value, at, found);
                }
            }
            Json::Null | Json::Bool(_) => {}
        }
        self.combinations(id, schema, value, at, found);
    }

    fn combinations(&mut self, id: SchemaId, schema: &Schema, value: &Json, at: &At<'_>, found: &mut Found) {
        for part in &schema.all_of {
            self.value(*part, value, at, found);
        }
        if !schema.any_of.is_empty() {
            let mut nearest: Option<Found> = None;
            let fits = schema.any_of.iter().any(|branch| {
                let inside = self.apart(*branch, value, at);
                let fits = inside.misfits.is_empty();
                keep_nearest(&mut nearest, inside);
                fits
            });
            if !fits && let Some(nearest) = nearest {
                found.extend(nearest);
            }
        }
        if !schema.one_of.is_empty() {
            let mut nearest: Option<Found> = None;
            let mut fitting = 0_usize;
            for branch in &schema.one_of {
                if self.is_over() {
                    break;
                }
                let inside = self.apart(*branch, value, at);
                fitting += usize::from(inside.misfits.is_empty());
                keep_nearest(&mut nearest, inside);
            }
            if self.is_over() {
                // Nobody knows which of them fit.
            } else if fitting > 1 {
                found.add(
                    at,
                    Cure::Make(id),
                    "fits several of the shapes of which it may have one",
                );
            } else if fitting == 0
                && let Some(nearest) = nearest
            {
                found.extend(nearest);
            }
        }
        if let Some(not) = schema.not
            && self.apart(not, value, at).misfits.is_empty()
            && !self.is_over()
        {
            found.add(at, Cure::Make(id), "is just what it must not be");
        }
        if let Some(condition) = &schema.condition {
            let branch = if self.apart(condition.when, value, at).misfits.is_empty() {
                condition.then
            } else {
                condition.otherwise
            };
            if let Some(branch) = branch {
                self.value(branch, value, at, found);
            }
        }
    }

    fn apart(&mut self, id: SchemaId, value: &Json, at: &At<'_>) -> Found {
        let mut found = Found::default();
        self.value(id, value, at, &mut found);
        found
    }
}

/// The kinds that a value has: a whole number is of two.
pub(super) fn kinds(value: &Json) -> Types {
    match value {
        Json::Null => Types::NULL,
        Json::Bool(_) => Types::BOOLEAN,
        Json::Number(text) if Decimal::parse(text).is_ok_and(|number| number.is_whole()) => {
            Types::INTEGER.with(Types::NUMBER)
        }
        Json::Number(_) => Types::NUMBER,
        Json::String(_) => Types::STRING,
        Json::Array(_) => Types::ARRAY,
        Json::Object(_) => Types::OBJECT,
    }
}

/// A few of the choices, for people.
pub(super) fn listed(choices: &[Json]) -> String {
    const MOST: usize = 8;
    let mut words: Vec<String> = choices
        .iter()
        .take(MOST)
        .map(|choice| quoted(&choice.as_str().map_or_else(|| choice.to_text(), str::to_owned)))
        .collect();
    if choices.len() > MOST {
        words.push(format!("one of {} more", choices.len() - MOST));
    }
    words
        .join(", ")
        .replacen(", ", " or ", usize::from(words.len() == 2))
}
