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
    use super::snomed;

    /// The Verhoeff check digit that every SNOMED CT identifier ends in.
    fn is_sctid(code: &str) -> bool {
        const PERMUTED: [[u8; 10]; 8] = [
            [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
            [1, 5, 7, 6, 2, 8, 3, 0, 9, 4],
            [5, 8, 0, 3, 7, 9, 6, 1, 4, 2],
            [8, 9, 1, 6, 0, 4, 3, 5, 2, 7],
            [9, 4, 5, 3, 1, 2, 6, 8, 7, 0],
            [4, 2, 8, 6, 5, 7, 3, 9, 0, 1],
            [2, 7, 9, 3, 8, 0, 6, 4, 1, 5],
            [7, 0, 4, 6, 9, 1, 3, 2, 5, 8],
        ];
        // Multiplication in the dihedral group of ten elements.
        let times = |a: u8, b: u8| match (a < 5, b < 5) {
            (true, true) => (a + b) % 5,
            (true, false) => 5 + (a + b - 5) % 5,
            (false, true) => 5 + (a - 5 + 5 - b) % 5,
            (false, false) => (a + 5 - b) % 5,
        };
        let sum = code.bytes().rev().enumerate().fold(0, |sum, (at, byte)| {
            times(sum, PERMUTED[at % 8][usize::from(byte - b'0')])
        });
        sum == 0
    }

    #[test]
    fn every_snomed_code_ends_in_its_check_digit() {
        assert!(is_sctid("22298006") && !is_sctid("22298007"));
        for code in snomed() {
            assert!(is_sctid(code.code), "{} {}", code.code, code.display);
        }
    }

    #[test]
    fn a_code_has_one_display() {
        let codes = snomed();
        assert!(codes.len() > 100);
        assert!(codes.iter().all(|code| !code.display.is_empty()));
    }
}
