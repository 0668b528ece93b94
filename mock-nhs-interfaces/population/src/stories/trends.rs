//! People whose numbers tell a story over months and years.

use fhir_types::authored::{Amount, Concept, When};
use fhir_types::clinical::{ActivityStatus, AllergyCategory, RequestStatus};
use fhir_types::patient::AdministrativeGender::{Female, Male};
use time::macros::{date, datetime};
use time::{Date, OffsetDateTime};

use crate::chart::{
    Allergic, Allergies, By, CHOLESTEROL, CREATININE, Chart, EGFR, HAEMOGLOBIN, HBA1C, Letter, POTASSIUM,
    Repeat, SODIUM, Visit,
};
use crate::codes::medicine::{self, Medicine};
use crate::codes::{fhir, finding, measure, service};
use crate::course::{vaccinate, who_asks_after_allergies};
use crate::shared;

fn repeat(chart: &mut Chart<'_>, medicine: &Medicine, since: Date, reason: &str, issues: u8) -> String {
    chart.repeat(Repeat {
        medicine,
        since,
        stopped: None,
        reason,
        issues,
    })
}

fn stopped(
    chart: &mut Chart<'_>,
    medicine: &Medicine,
    (since, until): (Date, Date),
    reason: &str,
    why: &str,
) {
    chart.repeat(Repeat {
        medicine,
        since,
        stopped: Some((until, why)),
        reason,
        issues: 1,
    });
}

/// When, long-term sugar, weight, systolic, cholesterol.
const DIABETES: &[(OffsetDateTime, f64, f64, u8, f64)] = &[
    (datetime!(2016-09-14 09:20 UTC), 66.0, 108.0, 152, 6.2),
    (datetime!(2017-09-20 09:20 UTC), 58.0, 106.0, 146, 5.1),
    (datetime!(2018-10-02 09:20 UTC), 61.0, 109.0, 148, 5.0),
    (datetime!(2019-09-25 09:20 UTC), 68.0, 112.0, 150, 4.9),
    (datetime!(2021-03-11 09:20 UTC), 86.0, 116.5, 156, 5.4),
    (datetime!(2021-10-06 09:20 UTC), 71.0, 113.0, 144, 4.6),
    (datetime!(2022-09-28 09:20 UTC), 64.0, 108.5, 138, 4.2),
    (datetime!(2023-09-27 09:20 UTC), 57.0, 101.0, 134, 4.0),
    (datetime!(2024-10-02 09:20 UTC), 54.0, 98.5, 132, 3.9),
    (datetime!(2025-09-24 09:20 UTC), 59.0, 100.5, 136, 4.1),
    (datetime!(2026-04-15 09:20 UTC), 63.0, 102.0, 140, 4.3),
];

/// Anil Desai-Marlow.
#[expect(clippy::too_many_lines, reason = "a story is read from top to bottom")]
pub(super) fn diabetes(chart: &mut Chart<'_>) {
    chart.cover();
    chart.relative(
        &[fhir::SPOUSE, fhir::NEXT_OF_KIN],
        ("Meera", "Desai-Marlow"),
        Female,
        "07700900202",
    );
    who_asks_after_allergies(chart, 600);
    vaccinate(chart);
    let diabetes = chart.problem(finding::TYPE_2_DIABETES, date!(2016 - 09 - 14));
    let pressure = chart.problem(finding::HYPERTENSION, date!(2016 - 11 - 02));
    chart.problem(finding::OBESITY, date!(2016 - 09 - 14));
    repeat(chart, &medicine::METFORMIN, date!(2016 - 10 - 01), &diabetes, 3);
    stopped(
        chart,
        &medicine::GLICLAZIDE,
        (date!(2021 - 03 - 18), date!(2023 - 02 - 10)),
        &diabetes,
        "Two hypos at work; he drives a bus",
    );
    repeat(
        chart,
        &medicine::DAPAGLIFLOZIN,
        date!(2022 - 03 - 01),
        &diabetes,
        3,
    );
    repeat(chart, &medicine::RAMIPRIL, date!(2016 - 11 - 02), &pressure, 3);
    repeat(
        chart,
        &medicine::ATORVASTATIN,
        date!(2017 - 01 - 15),
        &diabetes,
        3,
    );
    for (at, hba1c, weight, systolic, cholesterol) in DIABETES {
        let visit = chart.visit(
            Visit::Review,
            *at,
            By::Nurse,
            Concept::of(&finding::TYPE_2_DIABETES),
        );
        let hba1c = chart.result(&HBA1C, *hba1c, *at, &visit);
        let cholesterol = chart.result(&CHOLESTEROL, *cholesterol, *at, &visit);
        let creatinine = chart.result(&CREATININE, 88.0, *at, &visit);
        let results = [hba1c.as_str(), &cholesterol, &creatinine];
        chart.blood_report("Diabetes annual bloods", &results, "", *at, &visit);
        chart.body(*weight, 178.0, *at, &visit, By::Nurse);
        chart.blood_pressure(*systolic, 82, *at, &visit, By::Nurse);
    }
    let since = date!(2026 - 04 - 15);
    let target = Amount {
        value: 53.0,
        unit: "mmol/mol",
        ucum: "mmol/mol",
    };
    let due = date!(2027 - 04 - 15);
    let sugar = chart.goal(
        "HbA1c of 53 or less",
        since,
        fhir::IN_PROGRESS,
        Some((measure::HBA1C, target, due)),
        &diabetes,
    );
    let weight = chart.goal(
        "Keep off the weight he lost",
        since,
        fhir::IN_PROGRESS,
        None,
        &diabetes,
    );
    let to_do = [
        ("Eye screening", ActivityStatus::Completed),
        ("Foot check", ActivityStatus::Scheduled),
        ("Talk about an injectable medicine", ActivityStatus::NotStarted),
    ];
    chart.plan(
        "Diabetes care plan",
        (since, None),
        (By::Nurse, &diabetes),
        &[&sugar, &weight],
        &to_do,
    );
    let slot = shared::free_slot(chart.who.practice.ods_code, "nurse", 9, 14);
    chart.appointment(
        "Diabetes review",
        shared::slot_time(9, 14),
        By::Nurse,
        (&slot, ""),
    );
}

/// Day of October 2026, weight at home, pulse.
const WEIGHTS: &[(u8, f64, u8, u8)] = &[
    (3, 78.2, 118, 72),
    (6, 78.0, 116, 70),
    (9, 78.4, 118, 74),
    (12, 78.9, 120, 76),
    (15, 79.6, 122, 82),
    (18, 80.3, 124, 86),
    (21, 80.9, 126, 88),
    (24, 81.4, 128, 92),
    (27, 81.9, 130, 96),
    (30, 82.3, 132, 98),
];

/// Leonard Ackroyd.
#[expect(clippy::too_many_lines, reason = "a story is read from top to bottom")]
pub(super) fn heart_failure(chart: &mut Chart<'_>) {
    chart.cover();
    chart.relative(
        &[fhir::DAUGHTER, fhir::NEXT_OF_KIN],
        ("Julie", "Ackroyd"),
        Female,
        "07700900208",
    );
    who_asks_after_allergies(chart, 900);
    vaccinate(chart);
    let infarction = chart.noted_problem(
        finding::MYOCARDIAL_INFARCTION,
        date!(2015 - 02 - 08),
        Some(date!(2015 - 03 - 30)),
        "Anterior.",
    );
    let failure = chart.noted_problem(
        finding::HEART_FAILURE,
        date!(2019 - 05 - 21),
        None,
        "Ejection fraction 35 %.",
    );
    chart.problem(finding::CKD_3, date!(2022 - 08 - 03));
    chart.procedure(
        finding::CORONARY_INTERVENTION,
        When::Day(date!(2015 - 02 - 08)),
        By::Physician,
        ("", &infarction),
        "One stent.",
    );
    chart.procedure(
        finding::ECHOCARDIOGRAM,
        When::Day(date!(2025 - 06 - 17)),
        By::Physician,
        ("", &failure),
        "Ejection fraction 35 %.",
    );
    for medicine in [
        &medicine::FUROSEMIDE,
        &medicine::RAMIPRIL,
        &medicine::BISOPROLOL,
        &medicine::CLOPIDOGREL,
        &medicine::ATORVASTATIN,
    ] {
        repeat(chart, medicine, date!(2019 - 06 - 01), &failure, 3);
    }
    for (at, potassium, egfr) in [
        (datetime!(2025-06-24 09:00 UTC), 4.6, 48.0),
        (datetime!(2026-01-13 09:00 UTC), 4.8, 45.0),
        (datetime!(2026-07-07 09:00 UTC), 5.1, 42.0),
    ] {
        let visit = chart.visit(Visit::Review, at, By::Nurse, Concept::of(&finding::HEART_FAILURE));
        chart.result(&POTASSIUM, potassium, at, &visit);
        chart.result(&EGFR, egfr, at, &visit);
        chart.blood_pressure(116, 68, at, &visit, By::Nurse);
        chart.weight(78.0, at, &visit, By::Nurse);
    }
    for (day, weight, systolic, pulse) in WEIGHTS {
        let day = Date::from_calendar_date(2026, time::Month::October, *day).unwrap_or(date!(2026 - 10 - 03));
        let at = chart.who.at(day, 8, 0);
        chart.weight(*weight, at, "", By::Nurse);
        chart.blood_pressure(*systolic, 70, at, "", By::Nurse);
        chart.warmth(365, *pulse, at, "", By::Nurse);
    }
    let at = datetime!(2026-10-29 16:40 UTC);
    let call = chart.visit(
        Visit::Telephone,
        at,
        By::Gp,
        Concept::words("Sleeps in the chair since the weekend, ankles swollen"),
    );
    chart.diagnosis(finding::BREATHLESSNESS, at, &call, 30, By::Gp);
    let goal = chart.goal(
        "Weight between 77 and 79 kg",
        date!(2025 - 06 - 24),
        fhir::IN_PROGRESS,
        None,
        &failure,
    );
    let to_do = [
        (
            "Weigh every morning; call at two kilograms more in three days",
            ActivityStatus::InProgress,
        ),
        ("Bloods every six months", ActivityStatus::InProgress),
    ];
    chart.plan(
        "Heart failure plan",
        (date!(2025 - 06 - 24), None),
        (By::Nurse, &failure),
        &[&goal],
        &to_do,
    );
}

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
