//! What a search parameter finds in a resource: one [`Value`] for each thing that a query can match.

use fhir::decimal::Decimal;

use crate::key::{parts, push_part};
use crate::query::ResourceType;
use crate::unit::{UCUM, Unit};

/// The longest text that is kept of one value, in bytes: a value is a key of the index, and a hostile narrative must not be.
///
/// A longer text is cut at a character; queries are cut alike, so that what is compared is always comparable.
pub const TEXT_BYTES: usize = 1_024;

/// One value of one search parameter in one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A code, identifier, boolean, contact, or id: parameters of kind token.
    Token(Token),
    /// A text: parameters of kind string. Names and addresses give one value for each of their parts.
    Text(Text),
    /// A link to another resource: parameters of kind reference.
    Reference(Reference),
    /// A time span: parameters of kind date.
    Date(DateRange),
    /// A number without a unit: parameters of kind number.
    Number(NumberRange),
    /// A number with a unit: parameters of kind quantity.
    Quantity(Quantity),
    /// A URI, canonical or not: parameters of kind uri.
    Uri(Box<str>),
    /// A place on Earth: the parameter `near`.
    Position(Position),
    /// One value for each component, all from the same occurrence: parameters of kind composite.
    Composite(Box<[Value]>),
}

/// A code within a system.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Token {
    /// The system's URI. `None` where the element has none: also for `code`, `boolean` and `string` elements, whose system is implied.
    pub system: Option<Box<str>>,
    /// As written in the resource; compared without regard to case. `None` for an element that has only a text.
    pub code: Option<Box<str>>,
    /// Folded ([`crate::fold::fold`]) display texts: `Coding.display`, `CodeableConcept.text`, `Identifier.type.text`. For `:text`.
    pub texts: Box<[Box<str>]>,
    /// `Identifier.type.coding` as (system, code). For `:of-type`.
    pub identifier_types: Box<[IdentifierType]>,
}

/// A code that says what kind of identifier something is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentifierType {
    /// The code's system.
    pub system: Option<Box<str>>,
    /// The code.
    pub code: Box<str>,
}

/// A text, as written and folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// What `:exact` compares.
    pub written: Box<str>,
    /// What everything else compares ([`crate::fold::fold`]).
    pub folded: Box<str>,
}

/// A link to another resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// `Patient/1`, with `/_history/…` left out: a resource of this server.
    Local {
        /// The type before the slash.
        resource_type: ResourceType,
        /// The id after the slash.
        id: Box<str>,
    },
    /// An absolute URL, a `urn:`, or a canonical URL with its version after `|`.
    Url {
        /// Without the version.
        url: Box<str>,
        /// What stands after `|` in a canonical.
        version: Option<Box<str>>,
    },
    /// `Reference.identifier`. A reference that has both a link and an identifier gives two values.
    Identifier {
        /// The identifier's system.
        system: Option<Box<str>>,
        /// The identifier's value.
        value: Box<str>,
    },
    /// `Reference.display`, folded. For `:text`.
    Display(Box<str>),
}

/// A half-open span of time, in microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DateRange {
    /// The first instant within. [`i64::MIN`] where a period has no start.
    pub low: i64,
    /// The first instant after. [`i64::MAX`] where a period has no end.
    pub high: i64,
}

/// An exact decimal as bytes that end by themselves, so encoded that comparing the bytes compares the numbers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Number(Box<[u8]>);

impl Number {
    /// Takes bytes that are ordered as numbers are; the first must be neither 0 nor 0xff, which leaves room for the infinities.
    #[must_use]
    pub fn from_ordered_bytes(ordered: &[u8]) -> Self {
        let zeros = ordered.iter().filter(|byte| **byte == 0).count();
        let mut bytes = Vec::with_capacity(ordered.len() + zeros + 2);
        push_part(&mut bytes, ordered);
        Self(bytes.into())
    }

    /// Less than every number: the low end of a range without one.
    #[must_use]
    pub fn negative_infinity() -> Self {
        Self::from_ordered_bytes(&[])
    }

    /// More than every number: the high end of a range without one.
    #[must_use]
    pub fn positive_infinity() -> Self {
        Self::from_ordered_bytes(&[0xff])
    }

    /// The number itself; `None` for the infinities.
    pub(crate) fn decimal(bytes: &[u8]) -> Option<Decimal> {
        Decimal::decode(parts(bytes).first()?)
    }

    /// The bytes, in the order of the numbers.
    #[must_use]
    pub fn ordered_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// A closed range of numbers; a plain number is a range with equal ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberRange {
    /// The least number within.
    pub low: Number,
    /// The greatest number within.
    pub high: Number,
}

/// A closed range of numbers with a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quantity {
    /// The value; a range for `Range`, and open at one end for a `Quantity` with a comparator.
    pub range: NumberRange,
    /// The system of the code.
    pub system: Option<Box<str>>,
    /// The unit's code, compared with regard to case (UCUM is case sensitive).
    pub code: Option<Box<str>>,
    /// The unit as people write it.
    pub unit: Option<Box<str>>,
}

/// A quantity in base units of UCUM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Canonical {
    /// The base units: [`crate::unit::Unit::dimension`].
    pub dimension: Box<str>,
    /// The value in them.
    pub range: NumberRange,
}

impl Quantity {
    /// The same in base units, if its unit is one that [`crate::unit`] knows.
    #[must_use]
    pub fn canonical(&self) -> Option<Canonical> {
        if self.system.as_deref() != Some(UCUM) {
            return None;
        }
        Canonical::of(
            self.code.as_deref()?,
            self.range.low.ordered_bytes(),
            self.range.high.ordered_bytes(),
        )
    }
}

impl Canonical {
    /// A range of numbers of a unit, in base units. Open ends stay open.
    pub(crate) fn of(code: &str, low: &[u8], high: &[u8]) -> Option<Self> {
        let unit = Unit::parse(code)?;
        let end = |bytes: &[u8], open: fn() -> Number| match Number::decimal(bytes) {
            Some(number) => Some(Number::from_ordered_bytes(
                &unit.in_base_units(&number)?.to_bytes(),
            )),
            None => Some(open()),
        };
        let low = end(low, Number::negative_infinity)?;
        let high = end(high, Number::positive_infinity)?;
        Some(Self {
            dimension: unit.dimension().into(),
            range: NumberRange { low, high },
        })
    }
}

/// A place on Earth, in millionths of a degree (a tenth of a metre).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// North of the equator, from -90 to 90 degrees.
    pub latitude: i32,
    /// East of Greenwich, from -180 to 180 degrees.
    pub longitude: i32,
}
