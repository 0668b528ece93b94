//! Conditions on values that belong together. Source: <https://hl7.org/fhir/R4/search.html#combining>.

use super::Operand;
use crate::key::{COMPOSITE, KeyRange, parts, push_escaped};
use crate::value::Value;

/// One condition for each component, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompositeTest(pub Vec<Operand>);

impl CompositeTest {
    pub(super) fn matches(&self, values: &[Value]) -> bool {
        self.0.len() == values.len() && self.0.iter().zip(values).all(|(test, value)| test.matches(value))
    }

    pub(super) fn ranges(&self) -> Vec<KeyRange> {
        let narrowing = match self.0.first() {
            // Their ranges are of the main row alone, which is what a composite holds.
            Some(Operand::Token(super::TokenTest::Code { .. }) | Operand::String(_) | Operand::Uri(_)) => {
                self.0.first()
            }
            _ => None,
        };
        let Some(first) = narrowing else {
            return vec![KeyRange::prefix(&[COMPOSITE])];
        };
        let escaped = |bound: &[u8]| {
            let mut bytes = vec![COMPOSITE];
            push_escaped(&mut bytes, bound);
            bytes
        };
        first
            .ranges()
            .iter()
            .map(|range| match range.single() {
                // What begins with the escaped key and its end; the next possible byte after NUL is larger.
                Some(key) => KeyRange::prefix(&[escaped(key), vec![0, 1]].concat()),
                None => KeyRange::between(&escaped(&range.low), &escaped(&range.high)),
            })
            .collect()
    }

    pub(super) fn accepts(&self, key: &[u8]) -> bool {
        let Some((&COMPOSITE, rest)) = key.split_first() else {
            return false;
        };
        let parts = parts(rest);
        parts.len() == self.0.len() && self.0.iter().zip(&parts).all(|(test, part)| test.accepts(part))
    }
}
