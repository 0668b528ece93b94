//! Numbers, quantities and places.

use fhir::decimal::Decimal;

use crate::extract::{number as encoded, position};
use crate::operand::{CanonicalTest, NearTest, NumberTest, Prefix, QuantityTest};
use crate::parse::error::{Problem, shown};
use crate::parse::escape;
use crate::unit::{UCUM, Unit};

/// How far `near` looks when no distance is given: <https://hl7.org/fhir/R4/location.html#search> leaves it to the server.
const NEAR_METRES: u32 = 10_000;
/// The units of a distance, in metres.
const UNITS: [(&str, &str); 5] = [
    ("", "1000"),
    ("km", "1000"),
    ("m", "1"),
    ("[mi_i]", "1609.344"),
    ("[mi_us]", "1609.347"),
];

/// A number with a prefix.
pub(super) fn number(value: &str) -> Result<NumberTest, Problem> {
    Ok(Bounds::of(value)?.test())
}

/// What a number with a prefix means, before it becomes a test.
struct Bounds {
    prefix: Prefix,
    low: Decimal,
    high: Decimal,
}

impl Bounds {
    fn of(value: &str) -> Result<Self, Problem> {
        let (prefix, text) = Prefix::split(value);
        let value = decimal(text)?;
        let (low, high) = match prefix {
            Prefix::Eq | Prefix::Ne => value.implicit_range(),
            Prefix::Ap => about(&value).ok_or_else(|| Problem::value("it is too large a number"))?,
            Prefix::Gt | Prefix::Lt | Prefix::Ge | Prefix::Le | Prefix::Sa | Prefix::Eb => {
                (value.clone(), value)
            }
        };
        Ok(Self { prefix, low, high })
    }

    fn test(&self) -> NumberTest {
        NumberTest {
            prefix: self.prefix,
            low: encoded(&self.low),
            high: encoded(&self.high),
        }
    }

    /// The same of a unit, in its base units.
    fn canonical(&self, code: &str) -> Option<CanonicalTest> {
        let unit = Unit::parse(code)?;
        let number = Self {
            prefix: self.prefix,
            low: unit.in_base_units(&self.low)?,
            high: unit.in_base_units(&self.high)?,
        };
        Some(CanonicalTest {
            dimension: unit.dimension().into(),
            number: number.test(),
        })
    }
}

/// A tenth of the number on both sides. Source: <https://hl7.org/fhir/R4/search.html#prefix>.
fn about(value: &Decimal) -> Option<(Decimal, Decimal)> {
    let size = if value.is_negative() {
        value.negated()
    } else {
        value.clone()
    };
    let tenth = size.checked_mul(&Decimal::parse("0.1").ok()?)?;
    Some((value.checked_sub(&tenth)?, value.checked_add(&tenth)?))
}

/// `number`, `number|system|code`, `number||unit`.
pub(super) fn quantity(value: &str) -> Result<QuantityTest, Problem> {
    let pieces: Vec<String> = escape::split(value, '|').into_iter().map(escape::plain).collect();
    let (text, system, unit) = match pieces.as_slice() {
        [text] => (text, "", ""),
        [text, system, unit] => (text, system.as_str(), unit.as_str()),
        _ => {
            return Err(Problem::value(
                "a quantity is written `number|system|code`, such as `5.4|http://unitsofmeasure.org|mg`",
            ));
        }
    };
    let given = |text: &str| (!text.is_empty()).then(|| crate::fold::cut(text).into());
    let bounds = Bounds::of(text)?;
    Ok(QuantityTest {
        number: bounds.test(),
        system: given(system),
        unit: given(unit),
        canonical: if system == UCUM {
            bounds.canonical(unit)
        } else {
            None
        },
    })
}

/// `latitude|longitude|distance|units`.
pub(super) fn near(value: &str) -> Result<NearTest, Problem> {
    let pieces = escape::split(value, '|');
    let (latitude, longitude, distance, unit) = match pieces.as_slice() {
        [latitude, longitude] => (latitude, longitude, "", ""),
        [latitude, longitude, distance] => (latitude, longitude, *distance, ""),
        [latitude, longitude, distance, unit] => (latitude, longitude, *distance, *unit),
        _ => {
            return Err(Problem::value(
                "a place is written `latitude|longitude|distance|units`, such as `53.8|-1.55|10|km`",
            ));
        }
    };
    let centre = position(&decimal(latitude)?, &decimal(longitude)?).ok_or_else(|| {
        Problem::value("a latitude lies between -90 and 90, a longitude between -180 and 180")
    })?;
    let (_, metres) = UNITS.into_iter().find(|(name, _)| *name == unit).ok_or_else(|| {
        Problem::value(format!(
            "`{}` is no unit of distance here; it takes `km`, `m`, `[mi_i]` and `[mi_us]`",
            shown(unit)
        ))
    })?;
    let distance_metres = if distance.is_empty() {
        NEAR_METRES
    } else {
        metres_of(distance, metres).ok_or_else(|| Problem::value("the distance is not one on Earth"))?
    };
    Ok(NearTest {
        centre,
        distance_metres,
    })
}

fn metres_of(distance: &str, metres: &str) -> Option<u32> {
    let metres = Decimal::parse(distance)
        .ok()?
        .checked_mul(&Decimal::parse(metres).ok()?)?;
    let text = metres.to_string();
    text.split('.').next()?.parse().ok()
}

fn decimal(text: &str) -> Result<Decimal, Problem> {
    Decimal::parse(text)
        .map_err(|error| Problem::value(format!("`{}` is not a number: {error}", shown(text))))
}
