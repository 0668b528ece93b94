//! Which resources belong to a patient, an encounter, a practitioner, a related person or a device, and by which parameters.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::columns::Columns;

static TABLE: &str = include_str!(concat!(env!("OUT_DIR"), "/tables/out/compartments.tsv"));

/// The resource types of one compartment, each with the codes of the reference parameters that tie it to the compartment.
type Members = Vec<(&'static str, Vec<&'static str>)>;

fn compartments() -> &'static BTreeMap<&'static str, Members> {
    static COMPARTMENTS: OnceLock<BTreeMap<&'static str, Members>> = OnceLock::new();
    COMPARTMENTS.get_or_init(|| {
        let mut compartments: BTreeMap<&'static str, Members> = BTreeMap::new();
        for line in TABLE.lines() {
            let mut columns = Columns::of(line);
            let name = columns.text();
            compartments
                .entry(name)
                .or_default()
                .push((columns.text(), columns.items()));
        }
        compartments
    })
}

/// The members of the compartment `name`, and the search parameters by which they belong to it.
///
/// Empty for a name that is no compartment. That the resource of the compartment itself belongs to it goes without saying. Source: <https://hl7.org/fhir/R4/compartmentdefinition.html>.
pub fn compartment(name: &str) -> &'static [(&'static str, Vec<&'static str>)] {
    compartments().get(name).map_or(&[], Vec::as_slice)
}

/// The five compartments of R4, sorted.
pub fn compartment_names() -> impl Iterator<Item = &'static str> {
    compartments().keys().copied()
}

#[cfg(test)]
mod tests {
    use super::{compartment, compartment_names};
    use crate::search_parameters;

    #[test]
    fn five_compartments_with_their_members() {
        let counts: Vec<(&str, usize)> = compartment_names()
            .map(|name| (name, compartment(name).len()))
            .collect();
        let expected = [
            ("Device", 32),
            ("Encounter", 24),
            ("Patient", 66),
            ("Practitioner", 58),
            ("RelatedPerson", 31),
        ];
        assert_eq!(counts, expected);
        assert!(compartment("Location").is_empty());
    }

    #[test]
    fn every_parameter_of_a_compartment_exists_on_its_type() {
        for name in compartment_names() {
            for (member, codes) in compartment(name) {
                for code in codes {
                    let known = search_parameters()
                        .iter()
                        .any(|one| one.code == *code && one.base.contains(member));
                    assert!(known, "{name}: {member}.{code}");
                }
            }
        }
    }
}
