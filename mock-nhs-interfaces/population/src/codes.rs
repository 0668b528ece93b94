//! The codes that the seed uses: few, and each one looked up. Where no code was certain, there are words or a code of
//! our own. Displays are the UK's preferred words.

pub(crate) mod fhir;
pub(crate) mod finding;
pub(crate) mod measure;
pub(crate) mod medicine;
pub mod ods;
pub(crate) mod service;
pub(crate) mod vaccine;

use fhir_types::authored::Code;

pub(crate) const SNOMED: &str = "http://snomed.info/sct";
pub(crate) const LOINC: &str = "http://loinc.org";
/// Measures that no national code was certain for.
pub(crate) const OUR_MEASURES: &str = "https://code4health.example/CodeSystem/measure";
/// Medicines by name and form.
pub(crate) const OUR_MEDICINES: &str = "https://code4health.example/CodeSystem/medicine";
/// Vaccines by the name that the schedule gives them.
pub(crate) const OUR_VACCINES: &str = "https://code4health.example/CodeSystem/vaccine";

/// Constants of one code system, and the list of them all.
macro_rules! code_table {
    ($all:ident, $system:expr; $($name:ident = $code:literal, $display:literal;)+) => {
        $(pub(crate) const $name: fhir_types::authored::Code = fhir_types::authored::Code {
            system: $system,
            code: $code,
            display: $display,
        };)+
        /// Every code above.
        pub(crate) const $all: &[fhir_types::authored::Code] = &[$($name),+];
    };
}
pub(crate) use code_table;

/// Every SNOMED CT code of the seed, for the words that go with them.
pub(crate) fn snomed() -> Vec<Code> {
    of_system(SNOMED)
}

/// Every LOINC code of the seed.
pub(crate) fn loinc() -> Vec<Code> {
    of_system(LOINC)
}

/// Every code of the seed in this system, in order, each once.
pub(crate) fn of_system(system: &str) -> Vec<Code> {
    let mut codes: Vec<Code> = finding::PROBLEMS
        .iter()
        .chain(finding::SUBSTANCES)
        .chain(finding::MANIFESTATIONS)
        .chain(finding::PROCEDURES)
        .chain(finding::LIFE)
        .chain(service::SERVICES)
        .chain(service::ROLES)
        .chain(service::DOCUMENTS)
        .chain(measure::LOINC_MEASURES)
        .chain(measure::SNOMED_MEASURES)
        .chain(measure::OUR_MEASURES)
        .chain(measure::CONSCIOUSNESS)
        .chain(vaccine::DISEASES)
        .chain(vaccine::SITES)
        .chain(vaccine::PROCEDURES)
        .copied()
        .chain(
            medicine::ALL
                .iter()
                .flat_map(|medicine| medicine.codes.iter().copied()),
        )
        .chain(vaccine::ALL.iter().map(|vaccine| vaccine.code))
        .filter(|code| code.system == system)
        .collect();
    codes.sort_unstable_by_key(|code| code.code);
    codes.dedup_by_key(|code| code.code);
    codes
}

#[cfg(test)]
mod tests {
    use value::snomed::is_concept;

    use super::snomed;

    #[test]
    fn every_snomed_code_is_the_identifier_of_a_concept() {
        for code in snomed() {
            assert!(is_concept(code.code), "{} {}", code.code, code.display);
        }
    }

    #[test]
    fn a_code_has_one_display() {
        let codes = snomed();
        assert!(codes.len() > 100);
        assert!(codes.iter().all(|code| !code.display.is_empty()));
    }
}
