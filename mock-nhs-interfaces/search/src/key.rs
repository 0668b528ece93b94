//! Values as bytes, in the order of the values: what the index is a sorted dictionary of.
//!
//! A key belongs to one [`crate::query::ParameterId`]; its first byte is its *row*, which says how the rest is to be read. Text within a
//! key never holds a NUL (JSON with one is refused; what is left of it is dropped), so NUL ends a text.
//!
//! | row | of | rest |
//! |---|---|---|
//! | [`PRESENT`] | every value | nothing: the parameter has a value |
//! | [`TOKEN`] | token | code in lower case, NUL, system or nothing |
//! | [`SYSTEM`] | token | system |
//! | [`TEXT`] | token, reference | folded text |
//! | [`OF_TYPE`] | token | type's system, NUL, type's code in lower case, NUL, code in lower case |
//! | [`STRING`] | string | folded text, NUL, the text as written if that differs |
//! | [`REFERENCE`] | reference | id, NUL, one byte of type |
//! | [`URL`] | reference, uri | URL, NUL, version or nothing |
//! | [`IDENTIFIER`] | reference | identifier's value in lower case, NUL, system or nothing |
//! | [`LOW`] | date, number, quantity | low end, high end; for a quantity also code, NUL, system, NUL, unit |
//! | [`HIGH`] | the same, where the span is wide | high end, low end; then as above |
//! | [`CANONICAL`] | quantity in a unit of UCUM | base units, NUL, low end, high end in those |
//! | [`CANONICAL_HIGH`] | the same, where it is wide | base units, NUL, high end, low end |
//! | [`POSITION`] | position | latitude, longitude |
//! | [`COMPOSITE`] | composite | each component's main key, escaped and ended |

mod parts;

pub(crate) use self::parts::{Key, parts, push_escaped, push_part, split_number, split_text};
use crate::fold::cut;
use crate::value::{DateRange, Number, NumberRange, Quantity, Reference, Token, Value};

/// The parameter has a value: one key, of this byte alone, for each resource that has any.
pub const PRESENT: u8 = b'p';
/// A code with its system; main row of tokens.
pub const TOKEN: u8 = b't';
/// A system.
pub const SYSTEM: u8 = b's';
/// A display text.
pub const TEXT: u8 = b'x';
/// An identifier with its type.
pub const OF_TYPE: u8 = b'o';
/// A text; main row of strings.
pub const STRING: u8 = b'f';
/// A link within the server; main row of references.
pub const REFERENCE: u8 = b'r';
/// A URL; main row of URIs.
pub const URL: u8 = b'u';
/// The identifier in a reference.
pub const IDENTIFIER: u8 = b'i';
/// A span by its low end; main row of dates, numbers and quantities. Every one of them has it.
pub const LOW: u8 = b'l';
/// A span by its high end. Only spans that are wide ([`NARROW_MICROSECONDS`], or more than a point) have it: narrow ones are found by their low end.
pub const HIGH: u8 = b'h';
/// A quantity in base units by its low end, so that it is found by any unit of its kind.
pub const CANONICAL: u8 = b'c';
/// A quantity in base units by its high end. Only ranges have it.
pub const CANONICAL_HIGH: u8 = b'd';
/// A place by its latitude.
pub const POSITION: u8 = b'g';
/// Several values that belong together.
pub const COMPOSITE: u8 = b'k';

/// A span of time up to this length (one day, in microseconds) needs no [`HIGH`] row: whoever looks for a high end looks this much earlier among the low ends.
pub const NARROW_MICROSECONDS: i64 = 86_400_000_000;

/// A half-open range of keys of one parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRange {
    /// The least key within.
    pub low: Box<[u8]>,
    /// The least key beyond. Rows are letters, so there always is one.
    pub high: Box<[u8]>,
}

impl KeyRange {
    /// One key.
    #[must_use]
    pub fn exact(key: &[u8]) -> Self {
        let mut high = key.to_vec();
        high.push(0);
        Self {
            low: key.into(),
            high: high.into(),
        }
    }

    /// Every key that begins so. The beginning must not be empty nor all 0xff, which rows guarantee.
    #[must_use]
    pub fn prefix(beginning: &[u8]) -> Self {
        Self {
            low: beginning.into(),
            high: successor(beginning).into(),
        }
    }

    /// From one key up to, and without, another.
    #[must_use]
    pub fn between(low: &[u8], high: &[u8]) -> Self {
        Self {
            low: low.into(),
            high: high.into(),
        }
    }

    /// Whether a key is within.
    #[must_use]
    pub fn contains(&self, key: &[u8]) -> bool {
        *self.low <= *key && key < &*self.high
    }

    /// The key, if the range holds no other. Lets an index look up instead of scan.
    #[must_use]
    pub fn single(&self) -> Option<&[u8]> {
        match self.high.split_last() {
            Some((0, key)) if *key == *self.low => Some(&self.low),
            _ => None,
        }
    }
}

/// The least bytes beyond everything that begins so.
pub(crate) fn successor(beginning: &[u8]) -> Vec<u8> {
    let mut next = beginning.to_vec();
    while let Some(last) = next.pop() {
        if last < 0xff {
            next.push(last + 1);
            break;
        }
    }
    next
}

/// The row whose order is the parameter's order for `_sort`: pass any main key's first byte of the parameter's kind.
///
/// Main rows sort as values do: tokens by code, strings folded, dates and numbers by their low end. A composite has no order worth
/// the name; it sorts by its bytes.
#[must_use]
pub fn is_sort_row(row: u8) -> bool {
    matches!(row, TOKEN | STRING | REFERENCE | URL | LOW | COMPOSITE)
}

/// Calls `each` with every key of a value, [`PRESENT`] included: it comes again with every value of a parameter, as may others, and
/// whoever collects keys keeps them once.
pub fn keys(value: &Value, each: &mut impl FnMut(&[u8])) {
    each(&[PRESENT]);
    if let Some(key) = main_key(value) {
        each(&key);
    }
    match value {
        Value::Token(token) => token_keys(token, each),
        Value::Reference(reference) => reference_keys(reference, each),
        Value::Date(range) if is_wide(range) => each(&date_key(HIGH, range.high, range.low)),
        Value::Number(range) if range.low != range.high => each(&number_key(HIGH, &range.high, &range.low)),
        Value::Quantity(quantity) => quantity_keys(quantity, each),
        Value::Date(_)
        | Value::Number(_)
        | Value::Text(_)
        | Value::Uri(_)
        | Value::Position(_)
        | Value::Composite(_) => {}
    }
}

/// The key in the main row of the value's kind; `None` for a token that has only texts, and for what is in a reference beside its link.
#[must_use]
pub fn main_key(value: &Value) -> Option<Vec<u8>> {
    Some(match value {
        Value::Token(token) => {
            Key::new(TOKEN)
                .ended(&lower(token.code.as_deref()?))
                .text(token.system.as_deref().unwrap_or_default())
                .bytes
        }
        Value::Text(text) => {
            let written = if text.written == text.folded {
                ""
            } else {
                &*text.written
            };
            Key::new(STRING).ended(&text.folded).text(written).bytes
        }
        Value::Reference(Reference::Local { resource_type, id }) => {
            let mut key = Key::new(REFERENCE).ended(id);
            key.bytes.push(resource_type.0);
            key.bytes
        }
        Value::Reference(Reference::Url { url, version }) => {
            Key::new(URL)
                .ended(url)
                .text(version.as_deref().unwrap_or_default())
                .bytes
        }
        Value::Reference(Reference::Identifier { .. } | Reference::Display(_)) => return None,
        Value::Date(range) => date_key(LOW, range.low, range.high).to_vec(),
        Value::Number(range) => number_key(LOW, &range.low, &range.high),
        Value::Quantity(quantity) => quantity_key(LOW, quantity),
        Value::Uri(uri) => {
            let (url, version) = split_version(uri);
            Key::new(URL).ended(url).text(version.unwrap_or_default()).bytes
        }
        Value::Position(place) => {
            date_key(POSITION, i64::from(place.latitude), i64::from(place.longitude)).to_vec()
        }
        Value::Composite(parts) => {
            let mut bytes = vec![COMPOSITE];
            for part in parts {
                push_part(&mut bytes, &main_key(part).unwrap_or_default());
            }
            bytes
        }
    })
}

/// Whether a value has a key in the main row of its kind.
pub(crate) fn has_main_key(value: &Value) -> bool {
    match value {
        Value::Token(token) => token.code.is_some(),
        Value::Reference(Reference::Identifier { .. } | Reference::Display(_)) => false,
        Value::Reference(Reference::Local { .. } | Reference::Url { .. })
        | Value::Text(_)
        | Value::Date(_)
        | Value::Number(_)
        | Value::Quantity(_)
        | Value::Uri(_)
        | Value::Position(_)
        | Value::Composite(_) => true,
    }
}

/// A canonical's URL and its version.
pub(crate) fn split_version(canonical: &str) -> (&str, Option<&str>) {
    match canonical.split_once('|') {
        Some((url, version)) => (url, Some(version)),
        None => (canonical, None),
    }
}

/// What is compared of a code: lower case, cut. Source: <https://hl7.org/fhir/R4/search.html#token>, "when in doubt, servers SHOULD treat tokens in a case-insensitive manner".
pub(crate) fn lower(code: &str) -> String {
    cut(code).to_lowercase()
}

pub(crate) fn is_wide(range: &DateRange) -> bool {
    range.high.saturating_sub(range.low) > NARROW_MICROSECONDS
}

fn token_keys(token: &Token, each: &mut impl FnMut(&[u8])) {
    if let Some(system) = &token.system {
        each(&Key::new(SYSTEM).text(system).bytes);
    }
    for text in &token.texts {
        each(&Key::new(TEXT).text(text).bytes);
    }
    if let Some(code) = &token.code {
        for kind in &token.identifier_types {
            each(&of_type_key(
                kind.system.as_deref().unwrap_or_default(),
                &kind.code,
                code,
            ));
        }
    }
}

pub(crate) fn of_type_key(system: &str, kind: &str, code: &str) -> Vec<u8> {
    Key::new(OF_TYPE)
        .ended(system)
        .ended(&lower(kind))
        .text(&lower(code))
        .bytes
}

fn reference_keys(reference: &Reference, each: &mut impl FnMut(&[u8])) {
    match reference {
        Reference::Identifier { system, value } => {
            each(
                &Key::new(IDENTIFIER)
                    .ended(&lower(value))
                    .text(system.as_deref().unwrap_or_default())
                    .bytes,
            );
            if let Some(system) = system {
                each(&Key::new(SYSTEM).text(system).bytes);
            }
        }
        Reference::Display(text) => each(&Key::new(TEXT).text(text).bytes),
        Reference::Local { .. } | Reference::Url { .. } => {}
    }
}

pub(crate) fn date_key(row: u8, first: i64, second: i64) -> [u8; 17] {
    let mut key = [0; 17];
    let bytes = std::iter::once(row).chain(ordered(first)).chain(ordered(second));
    for (place, byte) in key.iter_mut().zip(bytes) {
        *place = byte;
    }
    key
}

/// An integer so that its bytes are ordered as it is.
pub(crate) fn ordered(instant: i64) -> [u8; 8] {
    (instant.cast_unsigned() ^ (1 << 63)).to_be_bytes()
}

/// The two ends in a date's key, after its row.
pub(crate) fn date_ends(rest: &[u8]) -> Option<(i64, i64)> {
    let (first, second) = rest.split_first_chunk::<8>()?;
    let read = |bytes: &[u8; 8]| (u64::from_be_bytes(*bytes) ^ (1 << 63)).cast_signed();
    Some((read(first), read(second.first_chunk()?)))
}

fn number_key(row: u8, first: &Number, second: &Number) -> Vec<u8> {
    [&[row], first.ordered_bytes(), second.ordered_bytes()].concat()
}

fn quantity_key(row: u8, quantity: &Quantity) -> Vec<u8> {
    let range = &quantity.range;
    let (first, second) = if row == LOW {
        (&range.low, &range.high)
    } else {
        (&range.high, &range.low)
    };
    Key {
        bytes: number_key(row, first, second),
    }
    .ended(quantity.code.as_deref().unwrap_or_default())
    .ended(quantity.system.as_deref().unwrap_or_default())
    .text(quantity.unit.as_deref().unwrap_or_default())
    .bytes
}

/// The keys of a quantity beside its main one.
fn quantity_keys(quantity: &Quantity, each: &mut impl FnMut(&[u8])) {
    let is_wide = quantity.range.low != quantity.range.high;
    if is_wide {
        each(&quantity_key(HIGH, quantity));
    }
    if let Some(canonical) = quantity.canonical() {
        let NumberRange { low, high } = &canonical.range;
        let key = |row: u8, first: &Number, second: &Number| {
            let ends = [first.ordered_bytes(), second.ordered_bytes()].concat();
            [canonical_row(row, &canonical.dimension), ends].concat()
        };
        each(&key(CANONICAL, low, high));
        if is_wide {
            each(&key(CANONICAL_HIGH, high, low));
        }
    }
}

/// What the keys of quantities in the same base units begin with.
pub(crate) fn canonical_row(row: u8, dimension: &str) -> Vec<u8> {
    Key::new(row).ended(dimension).bytes
}
