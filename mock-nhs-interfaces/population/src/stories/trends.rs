//! People whose numbers tell a story over months and years.

use fhir_types::authored::{Amount, Concept, When};
use fhir_types::clinical::ActivityStatus;
use fhir_types::patient::AdministrativeGender::Female;
use time::macros::{date, datetime};
use time::{Date, OffsetDateTime};

use crate::chart::{By, CHOLESTEROL, CREATININE, Chart, EGFR, HBA1C, POTASSIUM, Repeat, Visit};
use crate::codes::medicine::{self, Medicine};
use crate::codes::{fhir, finding, measure};
use crate::course::{vaccinate, who_asks_after_allergies};
use crate::shared;

pub(super) fn repeat(
    chart: &mut Chart<'_>,
    medicine: &Medicine,
    since: Date,
    reason: &str,
    issues: u8,
) -> String {
    chart.repeat(Repeat {
        medicine,
        since,
        stopped: None,
        reason,
        issues,
    })
}

pub(super) fn stopped(
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
