//! The words of a schema that say what fits: types, listed values, and the rules for numbers, texts, lists and objects.

use fhir::decimal::Decimal;
use fhir::json::Json;

use super::super::format::Format;
use super::super::{ArrayRules, Bound, Contains, NumberRules, ObjectRules, TextRules, Types};
use super::Compiler;
use crate::problem::{Problems, quoted};
use crate::reference::Placed;

impl<'d> Compiler<'d> {
    pub(super) fn types(&self, at: &Placed<'d>, problems: &mut Problems) -> Option<Types> {
        let said = at.get("type")?;
        let mut types = Types::default();
        let names: Vec<&Json> = match said.json.as_array() {
            Some(names) => names.iter().collect(),
            None => vec![said.json],
        };
        for name in names {
            match name.as_str().and_then(Types::named) {
                Some(kind) => types = types.with(kind),
                None => {
                    let name = name.as_str().unwrap_or("something else");
                    problems.broken(
                        &said.pointer,
                        format!("there is no type {}; any value is let in.", quoted(name)),
                    );
                    return None;
                }
            }
        }
        Some(types)
    }

    pub(super) fn choices(&self, at: &Placed<'d>, problems: &mut Problems) -> Option<Vec<Json>> {
        if let Some(value) = at.json.get("const").filter(|_| !self.is_3_0) {
            return Some(vec![value.clone()]);
        }
        let list = at.get("enum")?;
        match list.json.as_array() {
            Some(values) if !values.is_empty() => Some(values.to_vec()),
            Some(_) | None => {
                problems.broken(&list.pointer, "enum is a list of values; it checks nothing.");
                None
            }
        }
    }

    pub(super) fn number_rules(&self, at: &Placed<'d>, problems: &mut Problems) -> Option<Box<NumberRules>> {
        let mut bound = |key: &str, open_key: &str| {
            let closed = decimal(at, key, problems);
            match at.json.get(open_key) {
                Some(Json::Bool(is_open)) => closed.map(|value| Bound {
                    value,
                    is_open: *is_open,
                }),
                Some(_) => decimal(at, open_key, problems).map(|value| Bound { value, is_open: true }),
                None => closed.map(|value| Bound {
                    value,
                    is_open: false,
                }),
            }
        };
        let rules = NumberRules {
            least: bound("minimum", "exclusiveMinimum"),
            most: bound("maximum", "exclusiveMaximum"),
            multiple_of: decimal(at, "multipleOf", problems)
                .filter(|value| !value.is_zero() && !value.is_negative()),
        };
        let says = rules.least.is_some() || rules.most.is_some() || rules.multiple_of.is_some();
        says.then(|| Box::new(rules))
    }

    pub(super) fn text_rules(&mut self, at: &Placed<'d>, problems: &mut Problems) -> Option<Box<TextRules>> {
        let expression = at.get("pattern").and_then(|pattern| {
            let source = pattern.json.as_str().unwrap_or_default();
            self.expressions
                .get(source, &pattern.pointer, self.held, problems)
        });
        let rules = TextRules {
            min_length: count(at, "minLength", problems),
            max_length: count(at, "maxLength", problems),
            expression,
            format: at.text("format").and_then(Format::named),
        };
        let says = rules.min_length.is_some()
            || rules.max_length.is_some()
            || rules.expression.is_some()
            || rules.format.is_some();
        says.then(|| Box::new(rules))
    }

    pub(super) fn array_rules(
        &mut self,
        at: &Placed<'d>,
        problems: &mut Problems,
    ) -> Option<Box<ArrayRules>> {
        let rules = ArrayRules {
            first: if at.json.get("prefixItems").is_some() {
                self.several(at, "prefixItems", problems)
            } else {
                Vec::new()
            },
            items: self.one(at, "items", problems),
            min_items: count(at, "minItems", problems),
            max_items: count(at, "maxItems", problems),
            is_unique: at.flag("uniqueItems"),
            contains: self.one(at, "contains", problems).map(|schema| Contains {
                schema,
                least: count(at, "minContains", problems).unwrap_or(1),
                most: count(at, "maxContains", problems),
            }),
        };
        let says = !rules.first.is_empty()
            || rules.items.is_some()
            || rules.min_items.is_some()
            || rules.max_items.is_some()
            || rules.is_unique
            || rules.contains.is_some();
        says.then(|| Box::new(rules))
    }

    pub(super) fn object_rules(
        &mut self,
        at: &Placed<'d>,
        problems: &mut Problems,
    ) -> Option<Box<ObjectRules>> {
        let mut rules = ObjectRules {
            additional: self.one(at, "additionalProperties", problems),
            required: names(at, "required", problems),
            min_properties: count(at, "minProperties", problems),
            max_properties: count(at, "maxProperties", problems),
            names: self.one(at, "propertyNames", problems),
            ..ObjectRules::default()
        };
        for (name, schema) in at.get("properties").iter().flat_map(Placed::members) {
            let id = self.number(&schema, problems);
            rules.places.insert(name.into(), rules.properties.len());
            rules.properties.push((name.into(), id));
        }
        for (source, schema) in at.get("patternProperties").iter().flat_map(Placed::members) {
            let id = self.number(&schema, problems);
            if let Some(expression) = self.expressions.get(source, &schema.pointer, self.held, problems) {
                rules.patterns.push((expression, id));
            }
        }
        for (name, list) in at.get("dependentRequired").iter().flat_map(Placed::members) {
            let others = list.items();
            let others = others.iter().filter_map(|other| other.json.as_str());
            rules
                .dependent
                .push((name.into(), others.map(Into::into).collect()));
        }
        for (name, schema) in at.get("dependentSchemas").iter().flat_map(Placed::members) {
            let id = self.number(&schema, problems);
            rules.dependent_schemas.push((name.into(), id));
        }
        let says = rules.additional.is_some()
            || !rules.required.is_empty()
            || rules.min_properties.is_some()
            || rules.max_properties.is_some()
            || rules.names.is_some()
            || !rules.properties.is_empty()
            || !rules.patterns.is_empty()
            || !rules.dependent.is_empty()
            || !rules.dependent_schemas.is_empty();
        says.then(|| Box::new(rules))
    }
}

fn names(at: &Placed<'_>, key: &str, problems: &mut Problems) -> Vec<Box<str>> {
    let Some(list) = at.get(key) else {
        return Vec::new();
    };
    // `required: true` beside a property is a common slip.
    let Some(items) = list.json.as_array() else {
        problems.odd(
            &list.pointer,
            format!("{key} is a list of names; here it demands nothing."),
        );
        return Vec::new();
    };
    items.iter().filter_map(Json::as_str).map(Into::into).collect()
}

fn count(at: &Placed<'_>, key: &str, problems: &mut Problems) -> Option<usize> {
    let said = at.get(key)?;
    let number = said.json.as_number().and_then(|text| Decimal::parse(text).ok());
    let count = number
        .and_then(|number| number.to_i64())
        .and_then(|number| usize::try_from(number).ok());
    if count.is_none() {
        problems.broken(
            &said.pointer,
            format!("{key} is a whole number; it checks nothing."),
        );
    }
    count
}

fn decimal(at: &Placed<'_>, key: &str, problems: &mut Problems) -> Option<Decimal> {
    let said = at.get(key)?;
    let number = said.json.as_number().and_then(|text| Decimal::parse(text).ok());
    if number.is_none() {
        problems.broken(&said.pointer, format!("{key} is a number; it checks nothing."));
    }
    number
}
