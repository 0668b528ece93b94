//! The codes of the value sets that R4 binds elements to, listed when the program was built, so that a check costs no look-up elsewhere.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use crate::columns::{fields, items};

static TABLE: &str = include_str!(concat!(env!("OUT_DIR"), "/tables/out/bindings.tsv"));

/// All codes of one value set.
#[derive(Debug)]
pub struct BoundCodes {
    systems: Vec<(&'static str, HashSet<&'static str>)>,
}

impl BoundCodes {
    /// Whether `code` is in the set, whatever its system: what an element of type `code` needs.
    pub fn has_code(&self, code: &str) -> bool {
        self.systems.iter().any(|(_, codes)| codes.contains(code))
    }

    /// Whether `code` of `system` is in the set.
    pub fn has(&self, system: &str, code: &str) -> bool {
        self.systems
            .iter()
            .any(|(one, codes)| *one == system && codes.contains(code))
    }

    /// The systems that the codes come from.
    pub fn systems(&self) -> impl Iterator<Item = &'static str> {
        self.systems.iter().map(|(system, _)| *system)
    }

    /// Every code, in no particular order.
    pub fn codes(&self) -> impl Iterator<Item = &'static str> {
        self.systems.iter().flat_map(|(_, codes)| codes.iter().copied())
    }
}

/// One value set's columns, and what they say once they are read.
struct Slot {
    columns: &'static str,
    read: OnceLock<BoundCodes>,
}

/// The codes of a value set that some element of R4 is bound to as required; a version after `|` is ignored.
///
/// `None` for every other value set, and for the few that cannot be listed: media types, currencies and units.
pub fn bound_codes(value_set: &str) -> Option<&'static BoundCodes> {
    static SLOTS: OnceLock<HashMap<&'static str, Slot>> = OnceLock::new();
    let slots = SLOTS.get_or_init(|| {
        let parse = |line: &'static str| {
            let (url, columns) = line.split_once('\t')?;
            let read = OnceLock::new();
            Some((url, Slot { columns, read }))
        };
        TABLE.lines().filter_map(parse).collect()
    });
    let url = value_set.split('|').next().unwrap_or(value_set);
    slots
        .get(url)
        .map(|slot| slot.read.get_or_init(|| read(slot.columns)))
}

fn read(columns: &'static str) -> BoundCodes {
    let system = |column| {
        let [system, codes] = fields(column);
        (system, items(codes).into_iter().collect())
    };
    BoundCodes {
        systems: columns.split('\t').map(system).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::bound_codes;
    use crate::{BindingStrength, type_definition, type_names};

    #[test]
    fn a_code_is_in_its_value_set_and_no_other() {
        let genders = bound_codes("http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1").unwrap();
        assert!(
            genders.has_code("female") && genders.has("http://hl7.org/fhir/administrative-gender", "other")
        );
        assert!(!genders.has_code("Female") && !genders.has("http://example.org", "female"));
        assert_eq!(
            genders.systems().collect::<Vec<_>>(),
            ["http://hl7.org/fhir/administrative-gender"]
        );
        assert_eq!(genders.codes().count(), 4);
        assert!(bound_codes("http://example.org/nothing").is_none());
    }

    #[test]
    fn only_three_required_value_sets_cannot_be_listed() {
        let mut missing: Vec<&str> = type_names()
            .iter()
            .flat_map(|name| &type_definition(name).unwrap().elements)
            .filter_map(|element| element.binding.as_ref())
            .filter(|binding| binding.strength == BindingStrength::Required)
            .filter_map(|binding| binding.value_set)
            .filter(|url| bound_codes(url).is_none())
            .collect();
        missing.sort_unstable();
        missing.dedup();
        let expected = [
            "http://hl7.org/fhir/ValueSet/currencies|4.0.1",
            "http://hl7.org/fhir/ValueSet/mimetypes|4.0.1",
            "http://hl7.org/fhir/ValueSet/ucum-units|4.0.1",
        ];
        let unexpected: Vec<&&str> = missing.iter().filter(|url| !expected.contains(*url)).collect();
        assert_eq!(unexpected, [&"http://loinc.org/vs/LL379-9|4.0.1"]);
    }
}
