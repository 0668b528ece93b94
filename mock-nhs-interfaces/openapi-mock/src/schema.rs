//! The schemas of a document, each place compiled once and named by a number, so that cycles cost nothing.
//!
//! Own code and not a library, because a library's checks have no end of their own: see
//! `docs/decisions/`. What a check costs is counted and taken from
//! the [`Budget`](crate::budget::Budget) of the whole answer.

mod check;
mod compile;
mod expression;
mod format;
mod lookup;
mod make;
mod mend;

use std::collections::HashMap;
use std::sync::Arc;

use fhir::decimal::Decimal;
use fhir::json::Json;
use regex::Regex;

use crate::held::{ENTRY_BYTES, bytes_of};
pub(crate) use check::Direction;
pub(crate) use compile::Compiler;
use format::Format;

/// A schema of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SchemaId(u32);

/// Every schema of a document.
#[derive(Debug, Default)]
pub(crate) struct Schemas {
    all: Vec<Schema>,
}

impl Schemas {
    fn get(&self, id: SchemaId) -> Option<&Schema> {
        self.all.get(usize::try_from(id.0).ok()?)
    }
}

/// What a value must be. Everything that is not said is allowed.
#[derive(Debug, Default)]
struct Schema {
    /// `false`: nothing fits.
    is_never: bool,
    /// In OpenAPI 3.0 nothing beside a `$ref` counts, and nothing else is filled in.
    reference: Option<SchemaId>,
    types: Option<Types>,
    /// `nullable: true` of OpenAPI 3.0, which goes before everything else.
    is_nullable: bool,
    choices: Option<Choices>,
    /// Values that the schema itself names as examples, the best first.
    samples: Vec<Json>,
    number: Option<Box<NumberRules>>,
    text: Option<Box<TextRules>>,
    array: Option<Box<ArrayRules>>,
    object: Option<Box<ObjectRules>>,
    all_of: Vec<SchemaId>,
    any_of: Vec<SchemaId>,
    one_of: Vec<SchemaId>,
    not: Option<SchemaId>,
    condition: Option<Box<Condition>>,
    is_read_only: bool,
    is_write_only: bool,
}

impl Schema {
    /// About how many bytes it takes in memory, without its expressions.
    fn held_bytes(&self) -> usize {
        let values = self.choices.iter().flat_map(|choices| &choices.values);
        let values: usize = values.chain(&self.samples).map(bytes_of).sum();
        let words = self.choices.as_ref().map_or(0, |choices| choices.words.len());
        let boxes = usize::from(self.number.is_some()) * size_of::<NumberRules>()
            + usize::from(self.text.is_some()) * size_of::<TextRules>()
            + usize::from(self.condition.is_some()) * size_of::<Condition>();
        let array = self.array.as_ref().map_or(0, |array| {
            size_of::<ArrayRules>() + array.first.len() * size_of::<SchemaId>()
        });
        let object = self.object.as_ref().map_or(0, |object| object.held_bytes());
        let parts = self.all_of.len() + self.any_of.len() + self.one_of.len();
        size_of::<Self>() + values + words + boxes + array + object + parts * size_of::<SchemaId>()
    }
}

/// The only values that fit.
#[derive(Debug)]
struct Choices {
    values: Vec<Json>,
    /// About as many bytes as all of them have.
    bytes: usize,
    /// A few of them, for people.
    words: Box<str>,
}

#[derive(Debug)]
struct Condition {
    when: SchemaId,
    then: Option<SchemaId>,
    otherwise: Option<SchemaId>,
}

#[derive(Debug, Default)]
struct NumberRules {
    least: Option<Bound>,
    most: Option<Bound>,
    multiple_of: Option<Decimal>,
}

#[derive(Debug)]
struct Bound {
    value: Decimal,
    is_open: bool,
}

#[derive(Debug, Default)]
struct TextRules {
    min_length: Option<usize>,
    max_length: Option<usize>,
    expression: Option<Expression>,
    format: Option<Format>,
}

#[derive(Clone, Debug)]
struct Expression {
    /// As the document has it.
    source: Arc<str>,
    regex: Regex,
    /// Bytes of a text that one step looks at: the larger the expression, the fewer.
    bytes_in_a_step: usize,
}

impl Expression {
    /// Steps that it takes to look at a text of so many bytes.
    fn steps(&self, bytes: usize) -> usize {
        1 + bytes / self.bytes_in_a_step
    }
}

#[derive(Debug, Default)]
struct ArrayRules {
    first: Vec<SchemaId>,
    items: Option<SchemaId>,
    min_items: Option<usize>,
    max_items: Option<usize>,
    is_unique: bool,
    contains: Option<Contains>,
}

#[derive(Debug)]
struct Contains {
    schema: SchemaId,
    least: usize,
    most: Option<usize>,
}

#[derive(Debug, Default)]
struct ObjectRules {
    /// In the document's order.
    properties: Vec<(Box<str>, SchemaId)>,
    places: HashMap<Box<str>, usize>,
    patterns: Vec<(Expression, SchemaId)>,
    additional: Option<SchemaId>,
    required: Vec<Box<str>>,
    min_properties: Option<usize>,
    max_properties: Option<usize>,
    names: Option<SchemaId>,
    /// When the first is there, the others must be, or the whole must fit.
    dependent: Vec<(Box<str>, Vec<Box<str>>)>,
    dependent_schemas: Vec<(Box<str>, SchemaId)>,
}

impl ObjectRules {
    fn held_bytes(&self) -> usize {
        let name = |name: &str| ENTRY_BYTES + name.len();
        // Each property is there twice: in the document's order and by its name.
        let properties = self.properties.iter().map(|(text, _)| 2 * name(text));
        let required = self.required.iter().map(|text| name(text));
        let dependent = self.dependent.iter().flat_map(|(text, others)| {
            let others = others.iter().map(|other| name(other));
            others.chain([name(text)])
        });
        let dependent_schemas = self.dependent_schemas.iter().map(|(text, _)| name(text));
        let names = properties
            .chain(required)
            .chain(dependent)
            .chain(dependent_schemas);
        size_of::<Self>()
            + names.sum::<usize>()
            + self.patterns.len() * (size_of::<Expression>() + ENTRY_BYTES)
    }

    fn property(&self, name: &str) -> Option<SchemaId> {
        let place = self.places.get(name)?;
        self.properties.get(*place).map(|(_, id)| *id)
    }
}

/// Kinds of values, as a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct Types(u8);

impl Types {
    pub(crate) const NULL: Self = Self(1);
    pub(crate) const BOOLEAN: Self = Self(2);
    pub(crate) const INTEGER: Self = Self(4);
    pub(crate) const NUMBER: Self = Self(8);
    pub(crate) const STRING: Self = Self(16);
    pub(crate) const ARRAY: Self = Self(32);
    pub(crate) const OBJECT: Self = Self(64);

    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "null" => Self::NULL,
            "boolean" => Self::BOOLEAN,
            "integer" => Self::INTEGER,
            "number" => Self::NUMBER,
            "string" => Self::STRING,
            "array" => Self::ARRAY,
            "object" => Self::OBJECT,
            _ => return None,
        })
    }

    pub(crate) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The names of the set, for people.
    fn words(self) -> String {
        let named = [
            (Self::NULL, "null"),
            (Self::BOOLEAN, "true or false"),
            (Self::INTEGER, "a whole number"),
            (Self::NUMBER, "a number"),
            (Self::STRING, "a text"),
            (Self::ARRAY, "an array"),
            (Self::OBJECT, "an object"),
        ];
        let words: Vec<&str> = named
            .iter()
            .filter(|(kind, _)| self.has(*kind))
            .map(|(_, word)| *word)
            .collect();
        words.join(" or ")
    }
}
