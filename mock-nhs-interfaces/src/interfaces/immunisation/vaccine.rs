//! Which diseases a kind of vaccination protects from.
//! Source: <https://digital.nhs.uk/developer/guides-and-documentation/building-healthcare-software/vaccinations/coding-for-vaccination-disease-types>

use serde_json::{Map, Value};

/// The system of the codes of diseases.
pub(super) const SNOMED: &str = "http://snomed.info/sct";

/// The kinds by the names that callers ask for, each with the diseases it is given against, as SNOMED CT codes.
///
/// In the order in which the service lists them in an error, which its tests compare.
const KINDS: [(&str, &[&str]); 18] = [
    ("ROTAVIRUS", &["186150001"]),
    ("RSV", &["55735004"]),
    ("SHINGLES", &["4740000"]),
    (
        "6IN1",
        &[
            "398102009",
            "397430003",
            "76902006",
            "27836007",
            "709410003",
            "66071002",
        ],
    ),
    ("MMR", &["14189004", "36989005", "36653000"]),
    ("FLU", &["6142004"]),
    ("3IN1", &["398102009", "397430003", "76902006"]),
    ("PERTUSSIS", &["27836007"]),
    ("MENB", &["1354584007"]),
    ("HIB", &["709410003"]),
    ("MMRV", &["14189004", "36989005", "36653000", "38907003"]),
    ("BCG", &["56717001"]),
    ("MENACWY", &["23511006"]),
    ("4IN1", &["398102009", "397430003", "76902006", "27836007"]),
    ("COVID", &["840539006"]),
    ("PNEUMOCOCCAL", &["16814004"]),
    ("HPV", &["240532009"]),
    ("HEPB", &["66071002"]),
];

/// The names of all kinds, in the order in which an error lists them.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(|(name, _)| *name)
}

/// The name of the kind of vaccination that is given against exactly these diseases.
pub(super) fn named(diseases: &[&str]) -> Option<&'static str> {
    let is_same = |expected: &[&str]| {
        expected.len() == diseases.len() && expected.iter().all(|disease| diseases.contains(disease))
    };
    KINDS
        .iter()
        .find(|(_, expected)| is_same(expected))
        .map(|(name, _)| *name)
}

/// Whether a disease is one that a kind here is given against.
pub(super) fn is_known_disease(code: &str) -> bool {
    KINDS.iter().any(|(_, diseases)| diseases.contains(&code))
}

/// The SNOMED CT codes of the diseases that a vaccination protects from.
pub(super) fn diseases(immunization: &Map<String, Value>) -> Vec<&str> {
    let protocols = immunization.get("protocolApplied").and_then(Value::as_array);
    let diseases = protocols
        .into_iter()
        .flatten()
        .filter_map(|protocol| protocol.get("targetDisease")?.as_array())
        .flatten();
    diseases
        .filter_map(|disease| {
            let codings = disease.get("coding")?.as_array()?;
            let coding = codings
                .iter()
                .find(|coding| coding.get("system").is_some_and(|system| system == SNOMED))?;
            coding.get("code")?.as_str()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn a_kind_is_known_by_its_diseases_in_any_order() {
        assert_eq!(named(&["36653000", "14189004", "36989005"]), Some("MMR"));
        assert_eq!(
            named(&["36653000", "14189004", "36989005", "38907003"]),
            Some("MMRV")
        );
        assert_eq!(named(&["14189004"]), None);
        assert_eq!(named(&[]), None);
    }
}
