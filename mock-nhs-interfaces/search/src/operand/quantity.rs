//! Conditions on quantities. Source: <https://hl7.org/fhir/R4/search.html#quantity>.

use super::NumberTest;
use crate::key::{KeyRange, split_text};
use crate::value::Quantity;

/// What is asked of a quantity. Units are compared as they are, never converted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuantityTest {
    /// What is asked of the number.
    pub number: NumberTest,
    /// The system of the unit, where one is asked for; then only the code counts as the unit.
    pub system: Option<Box<str>>,
    /// The unit: its code, or without a system also what people write.
    pub unit: Option<Box<str>>,
}

impl QuantityTest {
    pub(super) fn matches(&self, own: &Quantity) -> bool {
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
        self.number.ranges()
    }

    pub(super) fn accepts(&self, key: &[u8]) -> bool {
        let Some(rest) = self.number.accepts_with_rest(key) else {
            return false;
        };
        let (code, rest) = split_text(rest);
        let (system, unit) = split_text(rest);
        self.is_unit(code, system, unit)
    }
}
