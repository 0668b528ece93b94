//! Makes a value that fits a schema, always the same one.

mod text;

use std::collections::{HashMap, HashSet};

use fhir::decimal::Decimal;
use fhir::json::Json;

use super::{ArrayRules, Direction, ObjectRules, Schema, SchemaId, Schemas, Types};
use crate::budget::Budget;
use crate::limits::{CHECK_STEPS, MAKE_DEPTH, MAKE_STEPS, MAX_MADE_ITEMS};

impl Schemas {
    /// A value that fits; `None` when none was found in a bounded number of steps.
    pub(crate) fn make(&self, id: SchemaId, direction: Direction, budget: &Budget<'_>) -> Option<Json> {
        // Everything that may be there says most; what must be there fits more often.
        [true, false].into_iter().find_map(|with_optional| {
            let steps = budget.part(MAKE_STEPS);
            let checks = budget.part(CHECK_STEPS);
            let mut maker = Maker {
                schemas: self,
                direction,
                steps: &steps,
                checks: &checks,
                with_optional,
            };
            let made = maker.value(id, 0);
            made.filter(|value| self.fits(id, value, direction, budget))
        })
    }
}

struct Maker<'s> {
    schemas: &'s Schemas,
    direction: Direction,
    steps: &'s Budget<'s>,
    /// Of all checks of what is made and shown on the way.
    checks: &'s Budget<'s>,
    with_optional: bool,
}

/// Levels down to which members are made that may be missing.
const OPTIONAL_DEPTH: u32 = 4;

impl<'s> Maker<'s> {
    fn step(&self, cost: usize) -> Option<()> {
        self.steps.spend(cost).then_some(())
    }

    /// A copy of the value, which may be as long as the document.
    fn copy(&self, value: &Json) -> Option<Json> {
        self.step(1 + value.weight() / COPIED_BYTES)?;
        Some(value.clone())
    }

    fn fits(&self, id: SchemaId, value: &Json) -> bool {
        self.schemas.fits(id, value, self.direction, self.checks)
    }

    fn value(&mut self, id: SchemaId, depth: u32) -> Option<Json> {
        self.step(1)?;
        if depth > MAKE_DEPTH {
            return None;
        }
        let schemas: &'s Schemas = self.schemas;
        let schema = schemas.get(id)?;
        if schema.is_never {
            return None;
        }
        let choices = schema.choices.iter().flat_map(|choices| &choices.values);
        for sample in schema.samples.iter().chain(choices).take(20) {
            self.step(10)?;
            if self.fits(id, sample) {
                return self.copy(sample);
            }
        }
        let made = self.parts(id, schema, depth);
        if made.is_none() && (schema.is_nullable || schema.types.is_some_and(|types| types.has(Types::NULL)))
        {
            return Some(Json::Null);
        }
        made
    }

    /// The schema's own value with those of everything that it is made of.
    fn parts(&mut self, id: SchemaId, schema: &'s Schema, depth: u32) -> Option<Json> {
        let own = self.own(schema, depth);
        let mut whole = own;
        for part in schema.reference.iter().chain(&schema.all_of) {
            let made = self.value(*part, depth + 1);
            whole = self.merged(whole, made)?;
        }
        let branches = if schema.one_of.is_empty() {
            &schema.any_of
        } else {
            &schema.one_of
        };
        if branches.is_empty() {
            return whole;
        }
        let mut first = None;
        for branch in branches.iter().take(16) {
            let made = self.value(*branch, depth + 1);
            let own = match &whole {
                Some(whole) => Some(self.copy(whole)?),
                None => None,
            };
            if let Some(made) = self.merged(own, made)? {
                self.step(10)?;
                if self.fits(id, &made) {
                    return Some(made);
                }
                first.get_or_insert(made);
            }
        }
        first.or(whole)
    }

    /// Two objects as one; of anything else the second, which is the more particular one.
    fn merged(&self, first: Option<Json>, second: Option<Json>) -> Option<Option<Json>> {
        let (mut members, others) = match (first, second) {
            (Some(Json::Object(members)), Some(Json::Object(others))) => (members, others),
            (first, None) => return Some(first),
            (_, second) => return Some(second),
        };
        self.step(1 + (members.len() + others.len()) / 10)?;
        let mut places: HashMap<Box<str>, usize> = HashMap::new();
        for (place, (name, _)) in members.iter().enumerate() {
            places.entry(name.clone()).or_insert(place);
        }
        for (name, value) in others {
            match places.get(&name).and_then(|place| members.get_mut(*place)) {
                Some(member) => member.1 = value,
                None => {
                    places.insert(name.clone(), members.len());
                    members.push((name, value));
                }
            }
        }
        Some(Some(Json::Object(members)))
    }

    /// What the schema itself says, without those that it is made of; `None` when it says nothing of its own.
    fn own(&mut self, schema: &'s Schema, depth: u32) -> Option<Json> {
        let types = schema.types.or_else(|| {
            Some(if schema.object.is_some() {
                Types::OBJECT
            } else if schema.array.is_some() {
                Types::ARRAY
            } else if schema.text.is_some() {
                Types::STRING
            } else if schema.number.is_some() {
                Types::NUMBER
            } else {
                return None;
            })
        });
        let is_made_of_others = schema.reference.is_some()
            || !(schema.all_of.is_empty() && schema.any_of.is_empty() && schema.one_of.is_empty());
        let Some(types) = types else {
            return (!is_made_of_others).then(|| Json::string("made up"));
        };
        if types.has(Types::OBJECT) {
            match &schema.object {
                Some(rules) => self.object(rules, depth),
                None => Some(Json::Object(Vec::new())),
            }
        } else if types.has(Types::ARRAY) {
            match &schema.array {
                Some(rules) => self.array(rules, depth),
                None => Some(Json::Array(Vec::new())),
            }
        } else if types.has(Types::STRING) {
            // A part that only says "a text" leaves it to the others which one.
            if is_made_of_others && schema.text.is_none() {
                return None;
            }
            text::make(schema.text.as_deref(), self.steps).map(Json::string)
        } else if types.has(Types::INTEGER) {
            Some(number(schema, true))
        } else if types.has(Types::NUMBER) {
            Some(number(schema, false))
        } else if types.has(Types::BOOLEAN) {
            Some(Json::Bool(true))
        } else {
            Some(Json::Null)
        }
    }

    fn object(&mut self, rules: &'s ObjectRules, depth: u32) -> Option<Json> {
        let mut members: Vec<(Box<str>, Json)> = Vec::new();
        self.step(1 + (rules.properties.len() + rules.required.len()) / 10)?;
        let required: HashSet<&str> = rules.required.iter().map(|name| &**name).collect();
        for (name, schema) in &rules.properties {
            let is_required = required.contains(&**name);
            let is_wanted = is_required || (self.with_optional && depth < OPTIONAL_DEPTH);
            let goes_other_way = self
                .schemas
                .get(*schema)
                .is_some_and(|schema| match self.direction {
                    Direction::Request => schema.is_read_only,
                    Direction::Answer => schema.is_write_only,
                });
            if !is_wanted || goes_other_way {
                continue;
            }
            match self.value(*schema, depth + 1) {
                // One that does not fit would spoil the whole.
                Some(value) if is_required || self.fits(*schema, &value) => {
                    members.push((name.clone(), value));
                }
                None if is_required => return None,
                Some(_) | None => {}
            }
        }
        let unlisted = rules
            .required
            .iter()
            .filter(|name| rules.property(name).is_none());
        for name in unlisted {
            self.step(1)?;
            let value = match rules.additional {
                Some(schema) => self.value(schema, depth + 1)?,
                None => Json::string("made up"),
            };
            members.push((name.clone(), value));
        }
        let least = rules.min_properties.unwrap_or_default().min(MAX_MADE_ITEMS);
        while members.len() < least {
            let value = match rules.additional {
                Some(schema) => self.value(schema, depth + 1)?,
                None => Json::string("made up"),
            };
            members.push((format!("member{}", members.len() + 1).into(), value));
        }
        Some(Json::Object(members))
    }

    fn array(&mut self, rules: &'s ArrayRules, depth: u32) -> Option<Json> {
        let wanted = usize::from(self.with_optional && depth < OPTIONAL_DEPTH);
        let least = rules.min_items.unwrap_or_default();
        let count = least.max(wanted).min(rules.max_items.unwrap_or(usize::MAX));
        if least > MAX_MADE_ITEMS {
            return None;
        }
        let mut items: Vec<Json> = Vec::new();
        if let Some(contains) = &rules.contains {
            items.push(self.value(contains.schema, depth + 1)?);
        }
        while items.len() < count {
            let place = items.len();
            let made = match rules.first.get(place).copied().or(rules.items) {
                Some(schema) => self.value(schema, depth + 1).map(|made| {
                    let choices = self
                        .schemas
                        .get(schema)
                        .and_then(|schema| schema.choices.as_ref());
                    let other = choices.and_then(|choices| choices.values.get(place));
                    // Another one of the choices, where two must not be the same.
                    let other = other.filter(|_| rules.is_unique);
                    other.and_then(|other| self.copy(other)).unwrap_or(made)
                }),
                None => Some(Json::string("made up")),
            };
            match made {
                Some(made) => items.push(made),
                None if place < least => return None,
                None => break,
            }
        }
        Some(Json::Array(items))
    }
}

/// Bytes that are copied in one step: what is made stays within a megabyte or so.
const COPIED_BYTES: usize = 50;

fn number(schema: &Schema, is_whole: bool) -> Json {
    let rules = schema.number.as_deref();
    let bound = |value: &Decimal, step: i64| {
        value
            .checked_add(&Decimal::from(step))
            .map(|value| value.to_string())
    };
    let mut candidates = vec!["1".to_owned(), "0".to_owned()];
    if let Some(rules) = rules {
        if let Some(least) = &rules.least {
            candidates.extend(bound(&least.value, 0));
            candidates.extend(bound(&least.value, 1));
            candidates.extend(Some(least.value.rounded(0).to_string()));
        }
        if let Some(most) = &rules.most {
            candidates.extend(bound(&most.value, 0));
            candidates.extend(bound(&most.value, -1));
        }
        if let (Some(least), Some(most)) = (&rules.least, &rules.most) {
            let middle = least.value.checked_add(&most.value);
            let middle = middle.and_then(|sum| sum.checked_div(&Decimal::from(2)));
            candidates.extend(middle.map(|middle| middle.to_string()));
        }
        if let Some(step) = &rules.multiple_of {
            candidates.push(step.to_string());
            let above = rules.least.as_ref().and_then(|least| {
                let times = least
                    .value
                    .checked_div(step)?
                    .truncated()
                    .checked_add(&Decimal::from(1))?;
                times.checked_mul(step)
            });
            candidates.extend(above.map(|above| above.to_string()));
        }
    }
    let fits = |text: &String| {
        let Ok(value) = Decimal::parse(text) else {
            return false;
        };
        let within = |rules: &super::NumberRules| {
            let above = rules
                .least
                .as_ref()
                .is_none_or(|bound| value > bound.value || (!bound.is_open && value == bound.value));
            let below = rules
                .most
                .as_ref()
                .is_none_or(|bound| value < bound.value || (!bound.is_open && value == bound.value));
            let steps = rules.multiple_of.as_ref().is_none_or(|step| {
                let times = value.checked_div(step).map(|times| times.rounded(0));
                times.and_then(|times| times.checked_mul(step)) == Some(value.clone())
            });
            above && below && steps
        };
        rules.is_none_or(within) && (!is_whole || value.is_whole())
    };
    let found = candidates.iter().find(|text| fits(text)).cloned();
    Json::Number(found.unwrap_or_else(|| "1".to_owned()).into())
}
