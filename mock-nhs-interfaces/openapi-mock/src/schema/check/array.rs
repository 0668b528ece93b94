//! Whether an array fits.

use std::collections::HashSet;

use fhir::decimal::Decimal;
use fhir::json::Json;

use super::found::{At, Found};
use super::{Check, Cure};
use crate::schema::{ArrayRules, SchemaId};

impl Check<'_> {
    pub(super) fn array(
        &mut self,
        id: SchemaId,
        rules: &ArrayRules,
        items: &[Json],
        at: &At<'_>,
        found: &mut Found,
    ) {
        if let Some(least) = rules.min_items.filter(|least| items.len() < *least) {
            found.add(at, Cure::Make(id), format!("must have at least {least} items"));
        }
        if let Some(most) = rules.max_items.filter(|most| items.len() > *most) {
            found.add(at, Cure::Make(id), format!("must have at most {most} items"));
        }
        if rules.is_unique {
            let mut texts = HashSet::new();
            if !items.iter().all(|item| {
                let text = canonical(item);
                self.step(1 + text.len() / 10) && texts.insert(text)
            }) && !self.is_over()
            {
                found.add(at, Cure::Make(id), "must not have an item twice");
            }
        }
        let checked = match rules.items {
            Some(_) => items.len(),
            None => rules.first.len(),
        };
        for (place, item) in items.iter().enumerate().take(checked) {
            if self.is_over() {
                return;
            }
            if let Some(schema) = rules.first.get(place).copied().or(rules.items) {
                self.value(schema, item, &At::Index(at, place), found);
            }
        }
        if let Some(contains) = &rules.contains {
            let fitting = items
                .iter()
                .filter(|item| self.apart(contains.schema, item, at).misfits.is_empty())
                .count();
            let is_wrong = fitting < contains.least || contains.most.is_some_and(|most| fitting > most);
            if is_wrong && !self.is_over() {
                found.add(
                    at,
                    Cure::None,
                    "does not have as many items of one kind as it must",
                );
            }
        }
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
