//! Whether an object fits, member by member.

use std::collections::HashSet;

use fhir::json::Json;

use super::found::{At, Found};
use super::{Check, Cure, Direction};
use crate::problem::quoted;
use crate::schema::{ObjectRules, SchemaId};

impl Check<'_> {
    pub(super) fn object(
        &mut self,
        id: SchemaId,
        rules: &ObjectRules,
        value: &Json,
        at: &At<'_>,
        found: &mut Found,
    ) {
        let members = value.as_object().unwrap_or_default();
        if !self.step(1 + (members.len() + rules.required.len() + rules.dependent.len()) / 4) {
            return;
        }
        let names: HashSet<&str> = members.iter().map(|(name, _)| &**name).collect();
        for name in rules.required.iter().filter(|name| !names.contains(&***name)) {
            let schema = rules.property(name);
            if !schema.is_some_and(|schema| self.is_excused(schema)) {
                let cure = schema.or(rules.additional).map_or(Cure::None, Cure::Add);
                found.add(&At::Key(at, name), cure, "is missing");
            }
        }
        for (name, others) in rules.dependent.iter().filter(|(name, _)| names.contains(&**name)) {
            if !self.step(1 + others.len() / 4) {
                return;
            }
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
            if self.is_over() {
                return;
            }
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
            if self.step(expression.steps(name.len())) && expression.regex.is_match(name) {
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
