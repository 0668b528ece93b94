//! Whether a value fits a schema, in a bounded number of steps.

use std::collections::HashSet;

use fhir::decimal::Decimal;
use fhir::json::Json;

use super::{ArrayRules, NumberRules, ObjectRules, Schema, SchemaId, Schemas, TextRules, Types};
use crate::limits::{CHECK_DEPTH, CHECK_STEPS};
use crate::problem::quoted;
use crate::reference::below;

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

/// Misfits that are looked for in one value.
const MOST_MISFITS: usize = 50;

impl Schemas {
    /// Why `value` does not fit; empty when it does.
    pub(crate) fn misfits(&self, id: SchemaId, value: &Json, direction: Direction) -> Vec<Misfit> {
        let mut check = Check {
            schemas: self,
            direction,
            steps: self.allowance(CHECK_STEPS),
            depth: 0,
        };
        let allowed = check.steps;
        let mut found = Found::default();
        check.value(id, value, &At::Root, &mut found);
        self.spend(allowed - check.steps);
        if check.steps == 0 && found.misfits.is_empty() {
            found.misfits.push(Misfit {
                pointer: String::new(),
                words: "is too much to check against its schema".to_owned(),
                cure: Cure::None,
            });
        }
        found.misfits
    }

    pub(crate) fn fits(&self, id: SchemaId, value: &Json, direction: Direction) -> bool {
        self.misfits(id, value, direction).is_empty()
    }

    /// The kinds of values that fit, as far as the schema says so without looking at one; `None` for any.
    pub(crate) fn types(&self, id: SchemaId) -> Option<Types> {
        self.types_within(id, 8)
    }

    fn types_within(&self, id: SchemaId, depth: u32) -> Option<Types> {
        let depth = depth.checked_sub(1)?;
        let schema = self.get(id)?;
        if let Some(types) = schema.types {
            return Some(types);
        }
        if let Some(reference) = schema.reference {
            return self.types_within(reference, depth);
        }
        if let Some(types) = schema
            .all_of
            .iter()
            .find_map(|part| self.types_within(*part, depth))
        {
            return Some(types);
        }
        let mut union = Types::default();
        let branches = schema.any_of.iter().chain(&schema.one_of);
        let mut any = false;
        for branch in branches.take(32) {
            union = union.with(self.types_within(*branch, depth)?);
            any = true;
        }
        any.then_some(union)
    }

    /// The schema of an array's items.
    pub(crate) fn items(&self, id: SchemaId) -> Option<SchemaId> {
        self.part(id, 8, &|schema| schema.array.as_ref()?.items)
    }

    /// The schema of an object's member.
    pub(crate) fn property(&self, id: SchemaId, name: &str) -> Option<SchemaId> {
        self.part(id, 8, &|schema| schema.object.as_ref()?.property(name))
    }

    /// The names of an object's members, as far as the schema lists them.
    pub(crate) fn property_names(&self, id: SchemaId) -> Vec<&str> {
        let object = self.rules(id, 8);
        object.map_or_else(Vec::new, |object| {
            object.properties.iter().map(|(name, _)| &**name).collect()
        })
    }

    fn rules(&self, id: SchemaId, depth: u32) -> Option<&ObjectRules> {
        let depth = depth.checked_sub(1)?;
        let schema = self.get(id)?;
        if let Some(object) = &schema.object {
            return Some(object);
        }
        let parts = schema.reference.iter().chain(&schema.all_of);
        parts.take(32).find_map(|part| self.rules(*part, depth))
    }

    fn part(&self, id: SchemaId, depth: u32, find: &dyn Fn(&Schema) -> Option<SchemaId>) -> Option<SchemaId> {
        let depth = depth.checked_sub(1)?;
        let schema = self.get(id)?;
        let parts = schema
            .reference
            .iter()
            .chain(&schema.all_of)
            .chain(&schema.any_of)
            .chain(&schema.one_of);
        find(schema).or_else(|| parts.take(32).find_map(|part| self.part(*part, depth, find)))
    }
}

/// The way to a value, written out only when something is wrong with it.
enum At<'a> {
    Root,
    Key(&'a At<'a>, &'a str),
    Index(&'a At<'a>, usize),
}

impl At<'_> {
    fn pointer(&self) -> String {
        match self {
            At::Root => String::new(),
            At::Key(parent, key) => below(&parent.pointer(), key),
            At::Index(parent, index) => format!("{}/{index}", parent.pointer()),
        }
    }
}

#[derive(Default)]
struct Found {
    misfits: Vec<Misfit>,
}

impl Found {
    fn add(&mut self, at: &At<'_>, cure: Cure, words: impl Into<String>) {
        if self.misfits.len() < MOST_MISFITS {
            self.misfits.push(Misfit {
                pointer: at.pointer(),
                words: words.into(),
                cure,
            });
        }
    }
}

struct Check<'s> {
    schemas: &'s Schemas,
    direction: Direction,
    steps: u32,
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
            self.steps = 0;
            return;
        }
        self.depth += 1;
        self.rules(id, schema, value, at, found);
        self.depth -= 1;
    }

    fn step(&mut self, cost: usize) -> bool {
        self.steps = self.steps.saturating_sub(u32::try_from(cost).unwrap_or(u32::MAX));
        self.steps > 0
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
            && self.step(choices.len())
            && !choices.iter().any(|choice| choice.same_value(value))
        {
            found.add(at, Cure::Make(id), format!("must be {}", listed(choices)));
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
                found.misfits.extend(nearest.misfits);
            }
        }
        if !schema.one_of.is_empty() {
            let mut nearest: Option<Found> = None;
            let mut fitting = 0_usize;
            for branch in &schema.one_of {
                let inside = self.apart(*branch, value, at);
                fitting += usize::from(inside.misfits.is_empty());
                keep_nearest(&mut nearest, inside);
            }
            if fitting > 1 {
                found.add(
                    at,
                    Cure::Make(id),
                    "fits several of the shapes of which it may have one",
                );
            } else if fitting == 0
                && let Some(nearest) = nearest
            {
                found.misfits.extend(nearest.misfits);
            }
        }
        if let Some(not) = schema.not
            && self.apart(not, value, at).misfits.is_empty()
            && self.steps > 0
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

    fn text(&mut self, id: SchemaId, rules: &TextRules, text: &str, at: &At<'_>, found: &mut Found) {
        // A text is looked at by its bytes; a step is about a hundred of them.
        if !self.step(1 + text.len() / 100) {
            return;
        }
        if rules.min_length.is_some() || rules.max_length.is_some() {
            let length = text.chars().count();
            if let Some(least) = rules.min_length.filter(|least| length < *least) {
                found.add(
                    at,
                    Cure::Make(id),
                    format!("must have at least {least} characters"),
                );
            }
            if let Some(most) = rules.max_length.filter(|most| length > *most) {
                found.add(at, Cure::Make(id), format!("must have at most {most} characters"));
            }
        }
        if let Some(expression) = &rules.expression
            && !expression.regex.is_match(text)
        {
            found.add(
                at,
                Cure::Make(id),
                format!("must match {}", quoted(&expression.source)),
            );
        }
        if let Some(format) = rules.format
            && !format.fits(text)
        {
            found.add(at, Cure::Make(id), format!("must be {}", format.words()));
        }
    }

    fn array(&mut self, id: SchemaId, rules: &ArrayRules, items: &[Json], at: &At<'_>, found: &mut Found) {
        if let Some(least) = rules.min_items.filter(|least| items.len() < *least) {
            found.add(at, Cure::Make(id), format!("must have at least {least} items"));
        }
        if let Some(most) = rules.max_items.filter(|most| items.len() > *most) {
            found.add(at, Cure::Make(id), format!("must have at most {most} items"));
        }
        if rules.is_unique {
            let mut texts = HashSet::new();
            if !items
                .iter()
                .all(|item| self.step(1) && texts.insert(canonical(item)))
                && self.steps > 0
            {
                found.add(at, Cure::Make(id), "must not have an item twice");
            }
        }
        for (place, item) in items.iter().enumerate() {
            if let Some(schema) = rules.first.get(place).copied().or(rules.items) {
                self.value(schema, item, &At::Index(at, place), found);
            }
        }
        if let Some(contains) = &rules.contains {
            let fitting = items
                .iter()
                .filter(|item| self.apart(contains.schema, item, at).misfits.is_empty())
                .count();
            if fitting < contains.least || contains.most.is_some_and(|most| fitting > most) {
                found.add(
                    at,
                    Cure::None,
                    "does not have as many items of one kind as it must",
                );
            }
        }
    }

    fn object(&mut self, id: SchemaId, rules: &ObjectRules, value: &Json, at: &At<'_>, found: &mut Found) {
        let members = value.as_object().unwrap_or_default();
        let names: HashSet<&str> = members.iter().map(|(name, _)| &**name).collect();
        for name in rules.required.iter().filter(|name| !names.contains(&***name)) {
            let schema = rules.property(name);
            if !schema.is_some_and(|schema| self.is_excused(schema)) {
                let cure = schema.or(rules.additional).map_or(Cure::None, Cure::Add);
                found.add(&At::Key(at, name), cure, "is missing");
            }
        }
        for (name, others) in rules.dependent.iter().filter(|(name, _)| names.contains(&**name)) {
            for other in others.iter().filter(|other| !names.contains(&***other)) {
                let cure = rules.property(other).map_or(Cure::None, Cure::Add);
                found.add(
                    &At::Key(at, other),
                    cure,
                    format!("is missing, because {} is there", quoted(name)),
                );
            }
        }
        let dependent = rules.dependent_schemas.iter();
        for (_, schema) in dependent.filter(|(name, _)| names.contains(&**name)) {
            self.value(*schema, value, at, found);
        }
        if let Some(least) = rules.min_properties.filter(|least| members.len() < *least) {
            found.add(at, Cure::Make(id), format!("must have at least {least} members"));
        }
        if let Some(most) = rules.max_properties.filter(|most| members.len() > *most) {
            found.add(at, Cure::Make(id), format!("must have at most {most} members"));
        }
        for (name, member) in members {
            self.member(rules, name, member, at, found);
        }
    }

    fn member(&mut self, rules: &ObjectRules, name: &str, member: &Json, at: &At<'_>, found: &mut Found) {
        let at = At::Key(at, name);
        if let Some(names) = rules.names
            && self.step(1)
            && !self.apart(names, &Json::string(name), &at).misfits.is_empty()
        {
            found.add(&at, Cure::Remove, "has a name that it must not have");
        }
        let mut is_known = false;
        if let Some(schema) = rules.property(name) {
            is_known = true;
            if self.direction == Direction::Answer
                && self.schemas.get(schema).is_some_and(|s| s.is_write_only)
            {
                found.add(&at, Cure::Remove, "is for requests only");
            }
            self.value(schema, member, &at, found);
        }
        for (expression, schema) in &rules.patterns {
            if self.step(1 + name.len() / 100) && expression.regex.is_match(name) {
                is_known = true;
                self.value(*schema, member, &at, found);
            }
        }
        if let Some(additional) = rules.additional.filter(|_| !is_known) {
            if self.schemas.get(additional).is_some_and(|schema| schema.is_never) {
                found.add(&at, Cure::Remove, "is not known here");
            } else {
                self.value(additional, member, &at, found);
            }
        }
    }

    /// Whether a required member may be missing because it goes the other way.
    fn is_excused(&self, id: SchemaId) -> bool {
        self.schemas.get(id).is_some_and(|schema| match self.direction {
            Direction::Request => schema.is_read_only,
            Direction::Answer => schema.is_write_only,
        })
    }
}

fn keep_nearest(nearest: &mut Option<Found>, found: Found) {
    if nearest
        .as_ref()
        .is_none_or(|nearest| found.misfits.len() < nearest.misfits.len())
    {
        *nearest = Some(found);
    }
}

fn number(id: SchemaId, rules: &NumberRules, text: &str, at: &At<'_>, found: &mut Found) {
    let Ok(value) = Decimal::parse(text) else {
        return;
    };
    if let Some(bound) = &rules.least
        && (value < bound.value || (bound.is_open && value == bound.value))
    {
        let words = if bound.is_open { "more than" } else { "at least" };
        found.add(at, Cure::Make(id), format!("must be {words} {}", bound.value));
    }
    if let Some(bound) = &rules.most
        && (value > bound.value || (bound.is_open && value == bound.value))
    {
        let words = if bound.is_open { "less than" } else { "at most" };
        found.add(at, Cure::Make(id), format!("must be {words} {}", bound.value));
    }
    if let Some(step) = &rules.multiple_of {
        let times = value.checked_div(step).map(|times| times.rounded(0));
        let whole = times.and_then(|times| times.checked_mul(step));
        if whole.is_some_and(|whole| whole != value) {
            found.add(at, Cure::Make(id), format!("must be a multiple of {step}"));
        }
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

/// A text that two values share exactly when they are the same.
fn canonical(value: &Json) -> String {
    match value {
        Json::Number(text) => Decimal::parse(text).map_or_else(
            |_| text.to_string(),
            |number| {
                number
                    .to_bytes()
                    .iter()
                    .map(|byte| format!("{byte:02x}"))
                    .collect()
            },
        ),
        Json::Array(items) => {
            let items: Vec<String> = items.iter().map(canonical).collect();
            format!("[{}]", items.join(","))
        }
        Json::Object(members) => {
            let mut members: Vec<String> = members
                .iter()
                .map(|(name, member)| format!("{}:{}", Json::string(&**name).to_text(), canonical(member)))
                .collect();
            members.sort_unstable();
            format!("{{{}}}", members.join(","))
        }
        Json::Null | Json::Bool(_) | Json::String(_) => value.to_text(),
    }
}

/// A few of the choices, for people.
fn listed(choices: &[Json]) -> String {
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
