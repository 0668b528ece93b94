//! What the codes of the seed mean: code systems of our own, words for the few national codes, sets of codes, medicines,
//! a questionnaire.

use fhir_types::authored::{Code, Concept};
use fhir_types::directory::{CodeSystem, Medication, Question, QuestionKind, Questionnaire, ValueSet};

use super::{All, add, head};
use crate::codes::{
    self, LOINC, OUR_MEASURES, OUR_MEDICINES, OUR_VACCINES, SNOMED, fhir, finding, measure, medicine,
    service, vaccine,
};

/// Address of the questionnaire about falls.
pub(crate) const FALLS_QUESTIONNAIRE: &str = "https://code4health.example/Questionnaire/falls";

pub(super) fn write(all: &mut All) {
    write_systems(all);
    write_sets(all);
    for medicine in medicine::ALL {
        // Ours is the last code of every medicine.
        if let Some(ours) = medicine.codes.last() {
            add(
                all,
                &Medication {
                    head: head(ours.code, fhir::MEDICATION),
                    code: Concept {
                        codes: medicine.codes,
                        text: medicine.name,
                    },
                },
            );
        }
    }
    add(
        all,
        &Questionnaire {
            head: head("falls", fhir::NO_PROFILE),
            url: FALLS_QUESTIONNAIRE,
            name: "Falls",
            title: "Questions about falls",
            questions: &[
                question(
                    "falls",
                    "How often have you fallen in the last twelve months?",
                    QuestionKind::Whole,
                ),
                question("afraid", "Are you afraid of falling?", QuestionKind::Boolean),
                question(
                    "alone",
                    "Can you get up from the floor alone?",
                    QuestionKind::Boolean,
                ),
                question(
                    "wish",
                    "What would you like to be able to do again?",
                    QuestionKind::Words,
                ),
            ],
        },
    );
}

const fn question(link_id: &'static str, text: &'static str, kind: QuestionKind) -> Question<'static> {
    Question { link_id, text, kind }
}

fn write_systems(all: &mut All) {
    for (id, name, title, supplements, codes) in [
        (
            "snomed-words",
            "SnomedWords",
            "Words for the SNOMED CT codes of the seed",
            SNOMED,
            codes::snomed(),
        ),
        (
            "loinc-words",
            "LoincWords",
            "Words for the LOINC codes of the seed",
            LOINC,
            codes::loinc(),
        ),
    ] {
        let url = format!("https://code4health.example/CodeSystem/{id}");
        add_system(all, (id, &url), (name, title), supplements, &codes);
    }
    let categories = "https://code4health.example/CodeSystem/category";
    for (id, url, name, title, codes) in [
        (
            "measure",
            OUR_MEASURES,
            "Measures",
            "Measures without a national code",
            codes::of_system(OUR_MEASURES),
        ),
        (
            "medicine",
            OUR_MEDICINES,
            "Medicines",
            "Medicines by name and form",
            codes::of_system(OUR_MEDICINES),
        ),
        (
            "vaccine",
            OUR_VACCINES,
            "Vaccines",
            "Vaccines of the UK schedule",
            codes::of_system(OUR_VACCINES),
        ),
        (
            "category",
            categories,
            "Categories",
            "Kinds of letters and requests",
            service::CATEGORIES.to_vec(),
        ),
    ] {
        add_system(all, (id, url), (name, title), "", &codes);
    }
}

fn add_system(
    all: &mut All,
    (id, url): (&str, &str),
    (name, title): (&str, &str),
    supplements: &str,
    codes: &[Code],
) {
    add(
        all,
        &CodeSystem {
            head: head(id, fhir::NO_PROFILE),
            url,
            name,
            title,
            description: "Only what the made-up people of this sandbox need.",
            supplements,
            codes,
        },
    );
}

fn write_sets(all: &mut All) {
    let medicines: Vec<Code> = codes::of_system(OUR_MEDICINES);
    let vaccines: Vec<Code> = codes::of_system(OUR_VACCINES);
    let measures: Vec<Code> = [
        measure::LOINC_MEASURES,
        measure::SNOMED_MEASURES,
        measure::OUR_MEASURES,
    ]
    .concat();
    let allergies = [finding::SUBSTANCES].concat();
    let problems = finding::PROBLEMS.to_vec();
    let procedures = finding::PROCEDURES.to_vec();
    let diseases = vaccine::DISEASES.to_vec();
    for (id, name, title, codes) in [
        ("problems", "SeedProblems", "Problems of the seed", problems),
        ("allergies", "SeedAllergies", "Allergies of the seed", allergies),
        (
            "procedures",
            "SeedProcedures",
            "Procedures of the seed",
            procedures,
        ),
        ("measures", "SeedMeasures", "Measures of the seed", measures),
        ("medicines", "SeedMedicines", "Medicines of the seed", medicines),
        ("vaccines", "SeedVaccines", "Vaccines of the seed", vaccines),
        (
            "vaccine-diseases",
            "SeedVaccineDiseases",
            "Diseases that vaccines protect from",
            diseases,
        ),
    ] {
        add(
            all,
            &ValueSet {
                head: head(id, fhir::NO_PROFILE),
                url: &format!("https://code4health.example/ValueSet/{id}"),
                name,
                title,
                description: "The codes that the made-up people of this sandbox have.",
                codes: &codes,
            },
        );
    }
}
