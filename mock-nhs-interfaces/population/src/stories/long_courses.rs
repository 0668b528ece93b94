//! People with many medicines, a long illness, a long treatment.

use fhir_types::authored::{Concept, When};
use fhir_types::clinical::{ActivityStatus, AllergyCategory, RequestStatus};
use fhir_types::patient::AdministrativeGender::{Female, Male};
use time::macros::{date, datetime};

use super::trends::{repeat, stopped};
use crate::chart::{Allergic, Allergies, By, Chart, EGFR, HAEMOGLOBIN, Letter, SODIUM, Visit};
use crate::codes::{fhir, finding, medicine, service};
use crate::course::{vaccinate, who_asks_after_allergies};

/// Dorothy Wainscott.
#[expect(clippy::too_many_lines, reason = "a story is read from top to bottom")]
pub(super) fn polypharmacy(chart: &mut Chart<'_>) {
    chart.cover();
    chart.relative(
        &[fhir::SON, fhir::NEXT_OF_KIN],
        ("Alan", "Wainscott"),
        Male,
        "07700900206",
    );
    let allergies = [
        (
            finding::PENICILLIN_ALLERGY,
            finding::RASH,
            false,
            date!(1946 - 03 - 01),
            "As a child, as her mother told her.",
        ),
        (
            finding::ASPIRIN_ALLERGY,
            finding::ANGIOEDEMA,
            true,
            date!(1999 - 07 - 19),
            "Face swelled within the hour; emergency department.",
        ),
    ];
    let allergies = allergies.map(|(to, reaction, is_severe, since, note)| {
        chart.allergy(&Allergic {
            to,
            category: AllergyCategory::Medication,
            reaction,
            is_severe,
            since,
            is_resolved: false,
            note,
        })
    });
    chart.allergy_list(Allergies::Known, allergies.to_vec(), date!(2026 - 02 - 11));
    vaccinate(chart);
    let pressure = chart.problem(finding::HYPERTENSION, date!(1994 - 05 - 02));
    let fibrillation = chart.problem(finding::ATRIAL_FIBRILLATION, date!(2014 - 09 - 30));
    let joints = chart.problem(finding::OSTEOARTHRITIS, date!(2003 - 04 - 17));
    let thyroid = chart.problem(finding::HYPOTHYROIDISM, date!(2001 - 11 - 08));
    let kidneys = chart.problem(finding::CKD_3, date!(2018 - 06 - 20));
    let gout = chart.problem(finding::GOUT, date!(2019 - 03 - 12));
    let mood = chart.problem(finding::DEPRESSION, date!(2020 - 12 - 01));
    let bones = chart.problem(finding::OSTEOPOROSIS, date!(2016 - 08 - 23));
    let reflux = chart.problem(finding::REFLUX, date!(2010 - 10 - 10));
    let mut taken = Vec::new();
    for (medicine, since, reason) in [
        (&medicine::AMLODIPINE, date!(1999 - 01 - 11), &pressure),
        (&medicine::RAMIPRIL, date!(2008 - 05 - 15), &pressure),
        (&medicine::APIXABAN, date!(2021 - 02 - 04), &fibrillation),
        (&medicine::BISOPROLOL, date!(2014 - 10 - 02), &fibrillation),
        (&medicine::LEVOTHYROXINE, date!(2001 - 11 - 20), &thyroid),
        (&medicine::ALLOPURINOL, date!(2019 - 04 - 02), &gout),
        (&medicine::SERTRALINE, date!(2020 - 12 - 08), &mood),
        (&medicine::COLECALCIFEROL, date!(2016 - 09 - 01), &bones),
        (&medicine::OMEPRAZOLE, date!(2010 - 10 - 17), &reflux),
        (&medicine::PARACETAMOL, date!(2003 - 05 - 01), &joints),
        (&medicine::LAXIDO, date!(2022 - 01 - 19), &joints),
    ] {
        taken.push(repeat(chart, medicine, since, reason, 3));
    }
    stopped(
        chart,
        &medicine::WARFARIN,
        (date!(2014 - 10 - 02), date!(2021 - 01 - 28)),
        &fibrillation,
        "INR unstable; changed to apixaban",
    );
    stopped(
        chart,
        &medicine::NAPROXEN,
        (date!(2009 - 02 - 01), date!(2014 - 10 - 02)),
        &joints,
        "Bled from the stomach",
    );
    taken.push(chart.taken_from_elsewhere(
        &medicine::ALENDRONIC_ACID,
        date!(2024 - 03 - 05),
        "Given by the hospital's bone clinic; not on the practice's repeats.",
    ));
    taken.push(chart.taken_from_elsewhere(
        &medicine::EMOLLIENT,
        date!(2025 - 08 - 01),
        "Bought at the pharmacy.",
    ));
    chart.medicine_list(&taken, date!(2026 - 02 - 11));
    for (at, egfr, sodium) in [
        (datetime!(2025-02-05 09:30 UTC), 47.0, 136.0),
        (datetime!(2026-02-11 09:30 UTC), 43.0, 131.0),
    ] {
        let visit = chart.visit(Visit::Review, at, By::Nurse, Concept::of(&finding::CKD_3));
        chart.result(&EGFR, egfr, at, &visit);
        chart.result(&SODIUM, sodium, at, &visit);
        chart.blood_pressure(128, 66, at, &visit, By::Nurse);
        chart.body(58.5, 154.0, at, &visit, By::Nurse);
    }
    let at = datetime!(2026-02-11 15:00 UTC);
    let review = chart.visit(
        Visit::Telephone,
        at,
        By::Pharmacist,
        Concept::words("Yearly review of medicines"),
    );
    chart.procedure(
        finding::MEDICATION_REVIEW,
        When::At(at),
        By::Pharmacist,
        (&review, &kidneys),
        "Sodium low: consider another medicine than sertraline. To be discussed with her and her son.",
    );
}

/// Irene Sugden.
pub(super) fn dementia(chart: &mut Chart<'_>) {
    chart.cover();
    let roles = [fhir::DAUGHTER, fhir::NEXT_OF_KIN, fhir::EMERGENCY_CONTACT];
    chart.relative(&roles, ("Carol", "Sugden-Pike"), Female, "07700900210");
    chart.consent(
        "Sharing with her daughter, who holds the power of attorney",
        true,
        date!(2022 - 11 - 14),
    );
    chart.flag(
        fhir::CLINICAL_FLAG,
        "Call her daughter first: she forgets what is agreed",
        date!(2023 - 01 - 10),
    );
    who_asks_after_allergies(chart, 1_000);
    vaccinate(chart);
    let alzheimers = chart.problem(finding::ALZHEIMERS, date!(2022 - 10 - 03));
    repeat(chart, &medicine::DONEPEZIL, date!(2022 - 11 - 01), &alzheimers, 4);
    let calm = chart.goal(
        "Stay in her own home with her garden",
        date!(2023 - 01 - 10),
        fhir::IN_PROGRESS,
        None,
        &alzheimers,
    );
    let to_do = [
        (
            "Talk about the garden when she is upset; she ran a nursery for thirty years",
            ActivityStatus::InProgress,
        ),
        ("Day centre on Tuesdays and Thursdays", ActivityStatus::InProgress),
        (
            "Break for her daughter: one week in spring and autumn",
            ActivityStatus::Scheduled,
        ),
    ];
    chart.plan(
        "What matters to Irene",
        (date!(2023 - 01 - 10), None),
        (By::Nurse, &alzheimers),
        &[&calm],
        &to_do,
    );
    for (at, weight) in [
        (datetime!(2024-01-16 11:00 UTC), 61.2),
        (datetime!(2025-01-14 11:00 UTC), 58.4),
        (datetime!(2026-01-20 11:00 UTC), 54.9),
        (datetime!(2026-09-08 11:00 UTC), 51.6),
    ] {
        let visit = chart.visit(Visit::Home, at, By::Nurse, Concept::of(&finding::ALZHEIMERS));
        chart.body(weight, 158.0, at, &visit, By::Nurse);
        chart.blood_pressure(124, 70, at, &visit, By::Nurse);
    }
    let at = datetime!(2026-05-26 13:30 UTC);
    let visit = chart.visit(Visit::Home, at, By::Gp, Concept::of(&finding::URINARY_INFECTION));
    let infection = chart.diagnosis(finding::URINARY_INFECTION, at, &visit, 6, By::Gp);
    chart.acute(&medicine::NITROFURANTOIN, at, &visit, &infection);
}

/// Helen Thornbury.
pub(super) fn breast_cancer(chart: &mut Chart<'_>) {
    chart.cover();
    chart.relative(
        &[fhir::SPOUSE, fhir::NEXT_OF_KIN],
        ("James", "Thornbury"),
        Male,
        "07700900212",
    );
    who_asks_after_allergies(chart, 1_800);
    let cancer = chart.noted_problem(
        finding::BREAST_CANCER,
        date!(2021 - 09 - 22),
        None,
        "Right, 14 mm, hormone receptors positive, nodes clear.",
    );
    chart.procedure(
        finding::LUMPECTOMY,
        When::Day(date!(2021 - 10 - 19)),
        By::Surgeon,
        ("", &cancer),
        "Margins clear.",
    );
    repeat(chart, &medicine::LETROZOLE, date!(2021 - 12 - 01), &cancer, 4);
    repeat(
        chart,
        &medicine::COLECALCIFEROL,
        date!(2022 - 02 - 01),
        &cancer,
        2,
    );
    for at in [
        datetime!(2022-10-11 10:00 UTC),
        datetime!(2023-10-10 10:00 UTC),
        datetime!(2024-10-08 10:00 UTC),
        datetime!(2025-10-14 10:00 UTC),
    ] {
        let visit = chart.visit(
            Visit::Clinic,
            at,
            By::Physician,
            Concept::words("Yearly follow-up after breast cancer"),
        );
        let text = "No sign of recurrence. Mammogram clear. Continue letrozole; joints ache but she manages.";
        chart.letter(Letter::Clinic, "Breast clinic letter", text, at, &visit);
        chart.result(&HAEMOGLOBIN, 134.0, at, &visit);
    }
    let request = chart.referral(
        Concept::words("Breast clinic: end of five years of letrozole"),
        date!(2026 - 10 - 05),
        RequestStatus::Active,
        &cancer,
        "Five years in December. Continue, stop, or change? She would rather stop.",
    );
    chart.appointment(
        "Breast clinic",
        datetime!(2026-11-24 10:20 UTC),
        By::Physician,
        ("", &request),
    );
    let to_do = [
        ("Mammogram every year", ActivityStatus::Completed),
        ("Bone density scan before the decision", ActivityStatus::Scheduled),
    ];
    chart.plan(
        "After five years",
        (date!(2026 - 10 - 05), None),
        (By::Gp, &cancer),
        &[],
        &to_do,
    );
    let at = datetime!(2026-10-05 09:10 UTC);
    let visit = chart.visit(Visit::Surgery, at, By::Gp, Concept::of(&service::FOLLOW_UP));
    chart.blood_pressure(126, 78, at, &visit, By::Gp);
}
