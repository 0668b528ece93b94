//! What a schema says before there is a value: which kinds fit, and the schemas of what is inside.

use super::{ObjectRules, Schema, SchemaId, Schemas, Types};
use crate::budget::Budget;

impl Schemas {
    /// The kinds of values that fit, as far as the schema says so without looking at one; `None` for any.
    pub(crate) fn types(&self, id: SchemaId, budget: &Budget<'_>) -> Option<Types> {
        self.types_within(id, 8, budget)
    }

    fn types_within(&self, id: SchemaId, depth: u32, budget: &Budget<'_>) -> Option<Types> {
        let depth = depth.checked_sub(1).filter(|_| budget.spend(1))?;
        let schema = self.get(id)?;
        if let Some(types) = schema.types {
            return Some(types);
        }
        if let Some(reference) = schema.reference {
            return self.types_within(reference, depth, budget);
        }
        if let Some(types) = schema
            .all_of
            .iter()
            .take(32)
            .find_map(|part| self.types_within(*part, depth, budget))
        {
            return Some(types);
        }
        let mut union = Types::default();
        let branches = schema.any_of.iter().chain(&schema.one_of);
        let mut any = false;
        for branch in branches.take(32) {
            union = union.with(self.types_within(*branch, depth, budget)?);
            any = true;
        }
        any.then_some(union)
    }

    /// The schema of an array's items.
    pub(crate) fn items(&self, id: SchemaId, budget: &Budget<'_>) -> Option<SchemaId> {
        self.part(id, 8, budget, &|schema| schema.array.as_ref()?.items)
    }

    /// The schema of an object's member.
    pub(crate) fn property(&self, id: SchemaId, name: &str, budget: &Budget<'_>) -> Option<SchemaId> {
        self.part(id, 8, budget, &|schema| schema.object.as_ref()?.property(name))
    }

    /// Whether the schema lists a member of this name.
    pub(crate) fn lists(&self, id: SchemaId, name: &str, budget: &Budget<'_>) -> bool {
        let object = self.rules(id, 8, budget);
        object.is_some_and(|object| object.property(name).is_some())
    }

    fn rules(&self, id: SchemaId, depth: u32, budget: &Budget<'_>) -> Option<&ObjectRules> {
        let depth = depth.checked_sub(1).filter(|_| budget.spend(1))?;
        let schema = self.get(id)?;
        if let Some(object) = &schema.object {
            return Some(object);
        }
        let parts = schema.reference.iter().chain(&schema.all_of);
        parts.take(32).find_map(|part| self.rules(*part, depth, budget))
    }

    fn part(
        &self,
        id: SchemaId,
        depth: u32,
        budget: &Budget<'_>,
        find: &dyn Fn(&Schema) -> Option<SchemaId>,
    ) -> Option<SchemaId> {
        let depth = depth.checked_sub(1).filter(|_| budget.spend(1))?;
        let schema = self.get(id)?;
        let parts = schema
            .reference
            .iter()
            .chain(&schema.all_of)
            .chain(&schema.any_of)
            .chain(&schema.one_of);
        find(schema).or_else(|| {
            parts
                .take(32)
                .find_map(|part| self.part(*part, depth, budget, find))
        })
    }
}
