//! From the document's schemas to ours. OpenAPI 3.0 and 3.1 differ in a few words, which end here.

mod rules;

use std::collections::HashMap;

use fhir::json::Json;

use super::check::{kinds, listed};
use super::expression::Expressions;
use super::{Choices, Condition, Schema, SchemaId, Schemas, Types};
use crate::held::Held;
use crate::limits::{MAX_HELD_BYTES, MAX_REFERENCES, MAX_SCHEMAS};
use crate::problem::Problems;
use crate::reference::{Placed, Root, target};

/// Words of JSON Schema that change what fits and are not understood here.
const NOT_CHECKED: [&str; 5] = [
    "unevaluatedProperties",
    "unevaluatedItems",
    "$dynamicRef",
    "$recursiveRef",
    "$anchor",
];

/// Compiles schemas, each place of the document once.
#[derive(Debug)]
pub(crate) struct Compiler<'d> {
    root: &'d Root<'d>,
    /// In 3.0 a schema is a dialect of its own.
    is_3_0: bool,
    schemas: Schemas,
    /// By the place of the schema in memory: every schema is a part of `root`.
    known: HashMap<*const Json, SchemaId>,
    /// Schemas that have a number and are still to be read.
    waiting: Vec<(SchemaId, Placed<'d>)>,
    expressions: Expressions,
    held: &'d Held,
}

impl<'d> Compiler<'d> {
    pub(crate) fn new(root: &'d Root<'d>, is_3_0: bool, held: &'d Held) -> Self {
        Self {
            root,
            is_3_0,
            schemas: Schemas::default(),
            known: HashMap::new(),
            waiting: Vec::new(),
            expressions: Expressions::default(),
            held,
        }
    }

    pub(crate) fn schemas(&self) -> &Schemas {
        &self.schemas
    }

    pub(crate) fn finish(self) -> Schemas {
        self.schemas
    }

    /// The schema at this place, with all that it leads to.
    ///
    /// One after the other and not one inside the other: a document can chain as many as it has.
    pub(crate) fn compile(&mut self, at: &Placed<'d>, problems: &mut Problems) -> SchemaId {
        let id = self.number(at, problems);
        while let Some((id, at)) = self.waiting.pop() {
            let first = self.waiting.len();
            let schema = self.read(&at, problems);
            // In the document's order, so that problems are in it too.
            self.waiting.get_mut(first..).unwrap_or_default().reverse();
            if !self.held.take(schema.held_bytes()) {
                problems.broken(
                    &at.pointer,
                    format!("the document comes to more than {MAX_HELD_BYTES} bytes in memory; this schema checks nothing."),
                );
                continue;
            }
            if let Some(place) = usize::try_from(id.0)
                .ok()
                .and_then(|place| self.schemas.all.get_mut(place))
            {
                *place = schema;
            }
        }
        id
    }

    /// The number of the schema at this place, which is read when its turn comes.
    fn number(&mut self, at: &Placed<'d>, problems: &mut Problems) -> SchemaId {
        let place = std::ptr::from_ref(at.json);
        if let Some(id) = self.known.get(&place) {
            return *id;
        }
        let id = SchemaId(u32::try_from(self.schemas.all.len()).unwrap_or(u32::MAX));
        self.known.insert(place, id);
        self.schemas.all.push(Schema::default());
        if self.schemas.all.len() > MAX_SCHEMAS {
            problems.broken(
                &at.pointer,
                format!("there are more than {MAX_SCHEMAS} schemas; the others check nothing."),
            );
        } else {
            self.waiting.push((id, at.clone()));
        }
        id
    }

    fn read(&mut self, at: &Placed<'d>, problems: &mut Problems) -> Schema {
        let mut schema = Schema::default();
        match at.json {
            Json::Bool(fits) => {
                schema.is_never = !fits;
                return schema;
            }
            Json::Object(_) => {}
            Json::Null | Json::Number(_) | Json::String(_) | Json::Array(_) => {
                problems.broken(&at.pointer, "a schema is an object; this one checks nothing.");
                return schema;
            }
        }
        if let Some(reference) = at.json.get("$ref") {
            schema.reference = self.follow(at, reference, problems);
            if self.is_3_0 || schema.reference.is_none() {
                return schema;
            }
        }
        for word in NOT_CHECKED {
            if at.json.get(word).is_some() {
                problems.odd(&at.pointer, format!("{word} is not checked here."));
            }
        }
        schema.types = self.types(at, problems);
        schema.is_nullable = self.is_3_0 && at.flag("nullable");
        schema.is_read_only = at.flag("readOnly");
        schema.is_write_only = at.flag("writeOnly");
        schema.choices = self
            .choices(at, problems)
            .map(|choices| of_types(choices, schema.types, at, problems))
            .map(Choices::of);
        schema.samples = samples(at);
        schema.number = self.number_rules(at, problems);
        schema.text = self.text_rules(at, problems);
        schema.array = self.array_rules(at, problems);
        schema.object = self.object_rules(at, problems);
        schema.all_of = self.several(at, "allOf", problems);
        schema.any_of = self.several(at, "anyOf", problems);
        schema.one_of = self.several(at, "oneOf", problems);
        schema.not = self.one(at, "not", problems);
        if let Some(when) = self.one(at, "if", problems) {
            schema.condition = Some(Box::new(Condition {
                when,
                then: self.one(at, "then", problems),
                otherwise: self.one(at, "else", problems),
            }));
        }
        schema
    }

    /// What `$ref` leads to. Where it leads around in a circle, nothing is demanded.
    fn follow(&mut self, at: &Placed<'d>, reference: &Json, problems: &mut Problems) -> Option<SchemaId> {
        let Some(mut text) = reference.as_str() else {
            problems.broken(&at.pointer, "$ref is not a text; this schema checks nothing.");
            return None;
        };
        for _ in 0..MAX_REFERENCES {
            let found = target(self.root, text, &at.pointer, problems)?;
            match self.root.member(found.json, "$ref").and_then(Json::as_str) {
                Some(next) if self.is_3_0 => text = next,
                Some(_) | None => return Some(self.number(&found, problems)),
            }
        }
        problems.broken(
            &at.pointer,
            "$ref leads around in a circle; this schema checks nothing.",
        );
        None
    }

    fn one(&mut self, at: &Placed<'d>, key: &str, problems: &mut Problems) -> Option<SchemaId> {
        let inside = at.get(key)?;
        Some(self.number(&inside, problems))
    }

    fn several(&mut self, at: &Placed<'d>, key: &str, problems: &mut Problems) -> Vec<SchemaId> {
        let Some(list) = at.get(key) else {
            return Vec::new();
        };
        if list.json.as_array().is_none_or(<[Json]>::is_empty) {
            problems.broken(
                &list.pointer,
                format!("{key} is a list of schemas; it checks nothing."),
            );
        }
        let items = list.items();
        items.iter().map(|item| self.number(item, problems)).collect()
    }
}

impl Choices {
    fn of(values: Vec<Json>) -> Self {
        Self {
            bytes: values.iter().map(Json::weight).sum(),
            words: listed(&values).into(),
            values,
        }
    }
}

/// The choices as values of the types that are said beside them. `enum: [1, 2]` of texts is a common slip of YAML: nothing would
/// ever fit.
fn of_types(choices: Vec<Json>, types: Option<Types>, at: &Placed<'_>, problems: &mut Problems) -> Vec<Json> {
    let fits = |choice: &Json| types.is_none_or(|types| types.has(kinds(choice)));
    let is_text = types.is_some_and(|types| types.has(Types::STRING));
    if !is_text || choices.iter().any(fits) {
        return choices;
    }
    let words = "none of these values is a text, as the type says; they are taken as texts.";
    problems.broken(&at.pointer, words);
    choices
        .into_iter()
        .map(|choice| match choice {
            Json::Number(_) | Json::Bool(_) => Json::string(choice.to_text()),
            Json::Null | Json::String(_) | Json::Array(_) | Json::Object(_) => choice,
        })
        .collect()
}

fn samples(at: &Placed<'_>) -> Vec<Json> {
    let listed = at
        .json
        .get("examples")
        .and_then(Json::as_array)
        .unwrap_or_default();
    at.json
        .get("example")
        .into_iter()
        .chain(listed)
        .chain(at.json.get("default"))
        .cloned()
        .collect()
}
