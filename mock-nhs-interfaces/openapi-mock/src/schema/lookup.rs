//! What a schema says before there is a value: which kinds fit, and the schemas of what is inside.

use super::{ObjectRules, Schema, SchemaId, Schemas, Types};

impl Schemas {
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
