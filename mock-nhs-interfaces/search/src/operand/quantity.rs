//! Conditions on quantities. Source: <https://hl7.org/fhir/R4/search.html#quantity>.

use super::NumberTest;
use crate::key::{CANONICAL, CANONICAL_HIGH, KeyRange, LOW, canonical_row, split_number, split_text};
use crate::unit::UCUM;
use crate::value::{Canonical, Quantity};

/// What is asked of a quantity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuantityTest {
    /// What is asked of the number.
    pub number: NumberTest,
    /// The system of the unit, where one is asked for; then only the code counts as the unit.
    pub system: Option<Box<str>>,
    /// The unit: its code, or without a system also what people write.
    pub unit: Option<Box<str>>,
    /// The same in base units, where the unit is one of UCUM that can be converted. Then only this counts.
    pub canonical: Option<CanonicalTest>,
}

/// What is asked of a quantity in base units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CanonicalTest {
    /// The base units: [`crate::unit::Unit::dimension`].
    pub dimension: Box<str>,
    /// What is asked of the number in them.
    pub number: NumberTest,
}

impl QuantityTest {
    pub(super) fn matches(&self, own: &Quantity) -> bool {
        if let Some(canonical) = &self.canonical {
            return own.canonical().is_some_and(|own| canonical.matches(&own));
        }
        let text = |text: &Option<Box<str>>| text.as_deref().unwrap_or_default().to_owned();
        self.number.matches(&own.range)
            && self.is_unit(
                text(&own.code).as_bytes(),
                text(&own.system).as_bytes(),
                text(&own.unit).as_bytes(),
            )
    }

    fn is_unit(&self, code: &[u8], system: &[u8], unit: &[u8]) -> bool {
        let wanted = self.unit.as_ref().map(|unit| unit.as_bytes());
        match &self.system {
            Some(wanted_system) => {
                system == wanted_system.as_bytes() && wanted.is_none_or(|wanted| code == wanted)
            }
            None => wanted.is_none_or(|wanted| code == wanted || unit == wanted),
        }
    }

    pub(super) fn ranges(&self) -> Vec<KeyRange> {
        match &self.canonical {
            Some(CanonicalTest { dimension, number }) => number.ranges_in(
                &canonical_row(CANONICAL, dimension),
                &canonical_row(CANONICAL_HIGH, dimension),
            ),
            None => self.number.ranges(),
        }
    }

    pub(super) fn accepts(&self, key: &[u8]) -> bool {
        if let Some(canonical) = &self.canonical {
            return canonical.accepts(key);
        }
        let Some(rest) = self.number.accepts_with_rest(key) else {
            return false;
        };
        let (code, rest) = split_text(rest);
        let (system, unit) = split_text(rest);
        self.is_unit(code, system, unit)
    }
}

impl CanonicalTest {
    fn matches(&self, own: &Canonical) -> bool {
        own.dimension == self.dimension && self.number.matches(&own.range)
    }

    fn accepts(&self, key: &[u8]) -> bool {
        let Some((row, rest)) = key.split_first() else {
            return false;
        };
        let ends = |rest| {
            let (first, rest) = split_number(rest);
            let (second, rest) = split_number(rest);
            (first, second, rest)
        };
        match *row {
            CANONICAL | CANONICAL_HIGH => {
                let (dimension, rest) = split_text(rest);
                let (first, second, _) = ends(rest);
                dimension == self.dimension.as_bytes()
                    && if *row == CANONICAL {
                        self.number.holds(first, second)
                    } else {
                        self.number.holds(second, first)
                    }
            }
            // Within a composite there is only the main row.
            LOW => {
                let (low, high, rest) = ends(rest);
                let (code, rest) = split_text(rest);
                let (system, _) = split_text(rest);
                let own = std::str::from_utf8(code)
                    .ok()
                    .filter(|_| system == UCUM.as_bytes())
                    .and_then(|code| Canonical::of(code, low, high));
                own.is_some_and(|own| self.matches(&own))
            }
            _ => false,
        }
    }
}
