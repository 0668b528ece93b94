//! R4's definitions as the evaluator of `FHIRPath` asks for them.

use definitions::Node;
use fhir::fhirpath::{Model, Shape};

/// The types of R4: for evaluating expressions and for patches.
#[derive(Clone, Copy, Debug, Default)]
pub struct R4Model;

impl Model for R4Model {
    fn child(&self, holder: &str, key: &str) -> Option<Shape> {
        let child = Node::at_path(holder)?.child(key)?;
        let type_name = child.type_name();
        let holder = child
            .node()
            .and_then(Node::element)
            .map_or(type_name, |element| element.path);
        Some(Shape {
            type_name,
            holder,
            repeats: child.element.is_list(),
        })
    }
}

#[cfg(test)]
mod tests {
    use fhir::fhirpath::{Model, Shape};

    use super::R4Model;

    #[test]
    fn children_have_types_and_holders() {
        let cases = [
            (
                "Patient",
                "contact",
                Some(("BackboneElement", "Patient.contact", true)),
            ),
            ("Patient.contact", "name", Some(("HumanName", "HumanName", false))),
            (
                "Observation",
                "valueQuantity",
                Some(("Quantity", "Quantity", false)),
            ),
            (
                "Bundle.entry",
                "link",
                Some(("BackboneElement", "Bundle.link", true)),
            ),
            ("Bundle.entry", "resource", Some(("Resource", "Resource", false))),
            ("Patient", "birthDate", Some(("date", "date", false))),
            ("Patient", "value", None),
        ];
        for (holder, key, expected) in cases {
            let expected = expected.map(|(type_name, holder, repeats)| Shape {
                type_name,
                holder,
                repeats,
            });
            assert_eq!(R4Model.child(holder, key), expected, "{holder} {key}");
        }
    }
}
