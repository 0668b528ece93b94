//! A hip fracture, an operation, and the way home.

use fhir_types::authored::{Amount, Concept, When};
use fhir_types::clinical::{ActivityStatus, Answer, RequestStatus};
use fhir_types::patient::AdministrativeGender::Male;
use time::macros::{date, datetime};

use crate::chart::{Allergic, Allergies, By, CRP, Chart, Function, HAEMOGLOBIN, Letter, Visit, Vitals};
use crate::codes::{fhir, finding, measure, medicine};
use crate::course::vaccinate;
use crate::shared::FALLS_QUESTIONNAIRE;

use super::{WELL, answered, repeat};

/// Margaret Holroyd: hip fracture, hemiarthroplasty, rehabilitation, home.
pub(in crate::stories) fn hip_fracture(chart: &mut Chart<'_>) {
    chart.cover();
    chart.relative(
        &[fhir::SON, fhir::NEXT_OF_KIN],
        ("Peter", "Holroyd"),
        Male,
        "07700900201",
    );
    let allergy = chart.allergy(&Allergic {
        to: finding::PENICILLIN_ALLERGY,
        category: fhir_types::clinical::AllergyCategory::Medication,
        reaction: finding::RASH,
        is_severe: false,
        since: date!(1971 - 05 - 10),
        is_resolved: false,
        note: "Rash all over after three days of tablets, as she remembers it.",
    });
    chart.allergy_list(Allergies::Known, vec![allergy], date!(2026 - 06 - 03));
    vaccinate(chart);
    let pressure = chart.problem(finding::HYPERTENSION, date!(2004 - 10 - 12));
    let bones = chart.problem(finding::OSTEOPOROSIS, date!(2026 - 06 - 15));
    let frailty = chart.noted_problem(
        finding::FRAILTY,
        date!(2026 - 07 - 20),
        None,
        "Moderate, after the fracture.",
    );
    chart.noted_problem(
        finding::FALLS,
        date!(2025 - 11 - 02),
        None,
        "Two in the year before the fracture.",
    );
    repeat(chart, &medicine::AMLODIPINE, date!(2012 - 02 - 01), &pressure, 3);
    repeat(
        chart,
        &medicine::ALENDRONIC_ACID,
        date!(2026 - 06 - 24),
        &bones,
        3,
    );
    repeat(chart, &medicine::COLECALCIFEROL, date!(2026 - 06 - 24), &bones, 3);
    let fracture = fracture(chart);
    home_again(chart, &fracture, &frailty);
}

#[expect(clippy::too_many_lines, reason = "a story is read from top to bottom")]
fn fracture(chart: &mut Chart<'_>) -> String {
    let arrived = datetime!(2026-06-03 08:40 UTC);
    let found = Concept {
        codes: &[finding::FALLS],
        text: "Fell in the kitchen, found by her neighbour after two hours",
    };
    chart.visit(Visit::Emergency, arrived, By::Physician, found);
    let fracture = chart.noted_problem(
        finding::HIP_FRACTURE,
        date!(2026 - 06 - 03),
        Some(date!(2026 - 09 - 15)),
        "Left, displaced, within the capsule.",
    );
    let home = datetime!(2026-06-24 11:00 UTC);
    let stay = chart.stay(
        (datetime!(2026-06-03 12:15 UTC), Some(home)),
        By::Surgeon,
        &fracture,
        Concept::of(&finding::HIP_FRACTURE),
        fhir::TO_REHABILITATION,
    );
    let operated = When::At(datetime!(2026-06-04 10:30 UTC));
    let words = "Left hemiarthroplasty, cemented. Spinal anaesthetic. May put full weight on the leg.";
    chart.procedure(
        finding::HIP_ARTHROPLASTY,
        operated,
        By::Surgeon,
        (&stay, &fracture),
        words,
    );
    let days: [(_, Vitals); 4] = [
        (
            datetime!(2026-06-03 13:00 UTC),
            Vitals {
                pulse: 96,
                systolic: 148,
                ..WELL
            },
        ),
        (
            datetime!(2026-06-05 06:00 UTC),
            Vitals {
                breaths: 21,
                saturation: 94,
                oxygen: 2,
                pulse: 104,
                systolic: 108,
                diastolic: 62,
                temperature: 378,
                is_confused: true,
                ..WELL
            },
        ),
        (
            datetime!(2026-06-07 06:00 UTC),
            Vitals {
                saturation: 95,
                pulse: 92,
                ..WELL
            },
        ),
        (datetime!(2026-06-12 06:00 UTC), WELL),
    ];
    for (at, vitals) in days {
        chart.vitals(&vitals, at, &stay, By::WardNurse);
    }
    for (at, haemoglobin, crp) in [
        (datetime!(2026-06-03 10:00 UTC), 118.0, 12.0),
        (datetime!(2026-06-05 08:00 UTC), 91.0, 164.0),
        (datetime!(2026-06-12 08:00 UTC), 104.0, 38.0),
    ] {
        chart.result(&HAEMOGLOBIN, haemoglobin, at, &stay);
        chart.result(&CRP, crp, at, &stay);
    }
    chart.letter(
        Letter::Discharge,
        "Discharge summary, orthopaedic ward",
        "Diagnosis: fracture of the left neck of femur after a fall at home.\n\nOperation: cemented hemiarthroplasty on 4 \
         June 2026. Confused for two days afterwards, which cleared. Haemoglobin 91 after the operation, 104 when she \
         left; not transfused.\n\nMobility: with a frame and one person; Timed Up and Go 48 seconds.\n\nMedicines started: \
         alendronic acid once a week, calcium with vitamin D. Unchanged: amlodipine. Stopped: none.\n\nPlease: check \
         haemoglobin in two weeks and blood pressure lying and standing. Physiotherapy at home is arranged.",
        home,
        &stay,
    );
    chart.take_home(&medicine::PARACETAMOL, home, &stay, &fracture);
    fracture
}

/// Weeks of therapy at home: Timed Up and Go, ten metres, sit to stand.
const PROGRESS: &[(time::OffsetDateTime, f64, f64, f64)] = &[
    (datetime!(2026-06-22 10:00 UTC), 48.0, 31.0, 1.0),
    (datetime!(2026-07-01 14:00 UTC), 41.5, 27.4, 3.0),
    (datetime!(2026-07-15 14:00 UTC), 33.2, 22.1, 4.0),
    (datetime!(2026-07-29 14:00 UTC), 27.8, 18.6, 6.0),
    (datetime!(2026-08-19 14:00 UTC), 22.4, 15.2, 8.0),
    (datetime!(2026-09-16 14:00 UTC), 18.1, 12.9, 9.0),
    (datetime!(2026-10-14 14:00 UTC), 16.0, 11.3, 10.0),
];

#[expect(clippy::too_many_lines, reason = "a story is read from top to bottom")]
fn home_again(chart: &mut Chart<'_>, fracture: &str, frailty: &str) {
    let since = date!(2026 - 06 - 24);
    chart.episode(
        "Rehabilitation at home",
        (since, None),
        By::Physiotherapist,
        fracture,
    );
    let asked = Concept::words("Physiotherapy at home after hip fracture");
    chart.referral(
        asked,
        since,
        RequestStatus::Completed,
        fracture,
        "Full weight bearing. Lives alone, twelve stairs.",
    );
    let target = Amount {
        value: 14.0,
        unit: "s",
        ucum: "s",
    };
    let due = date!(2026 - 12 - 15);
    let walk = chart.goal(
        "Walk to the corner shop and back alone, 400 metres",
        since,
        fhir::IMPROVING,
        None,
        fracture,
    );
    let fast = chart.goal(
        "Timed Up and Go of 14 seconds or less",
        since,
        fhir::IMPROVING,
        Some((measure::TIMED_UP_AND_GO, target, due)),
        frailty,
    );
    let stairs = chart.goal(
        "Climb the stairs to bed every night",
        since,
        fhir::ACHIEVED,
        None,
        fracture,
    );
    let to_do = [
        (
            "Strength and balance exercises three times a week",
            ActivityStatus::InProgress,
        ),
        (
            "Rails by the back door and in the bathroom",
            ActivityStatus::Completed,
        ),
        ("Walk outside with a stick", ActivityStatus::InProgress),
        ("Falls class at the community centre", ActivityStatus::Scheduled),
    ];
    chart.plan(
        "Back to walking",
        (since, Some(date!(2026 - 12 - 31))),
        (By::Physiotherapist, fracture),
        &[&walk, &fast, &stairs],
        &to_do,
    );
    for (at, up_and_go, ten_metres, stands) in PROGRESS {
        let place = if at.date() < since {
            Visit::Clinic
        } else {
            Visit::Home
        };
        let about = Concept::of(&finding::PHYSIOTHERAPY);
        let visit = chart.visit(place, *at, By::Physiotherapist, about);
        chart.function(Function::TimedUpAndGo, *up_and_go, *at, &visit);
        chart.function(Function::TenMetreWalk, *ten_metres, *at, &visit);
        chart.function(Function::SitToStand, *stands, *at, &visit);
    }
    let answers = [
        answered(
            "falls",
            "How often have you fallen in the last twelve months?",
            Answer::Whole(3),
        ),
        answered("afraid", "Are you afraid of falling?", Answer::Boolean(true)),
        answered(
            "alone",
            "Can you get up from the floor alone?",
            Answer::Boolean(false),
        ),
        answered(
            "wish",
            "What would you like to be able to do again?",
            Answer::Words("Fetch my own newspaper"),
        ),
    ];
    let at = datetime!(2026-07-01 14:20 UTC);
    chart.answers(FALLS_QUESTIONNAIRE, &answers, at, "", By::Physiotherapist);
    chart.flag(fhir::CLINICAL_FLAG, "At risk of falls", since);
    let gp = chart.visit(
        Visit::Home,
        datetime!(2026-07-08 12:10 UTC),
        By::Gp,
        Concept::words("Check after discharge"),
    );
    chart.blood_pressure(138, 74, datetime!(2026-07-08 12:15 UTC), &gp, By::Gp);
    chart.result(&HAEMOGLOBIN, 112.0, datetime!(2026-07-08 12:20 UTC), &gp);
    chart.appointment(
        "Physiotherapy at home",
        datetime!(2026-11-11 14:00 UTC),
        By::Physiotherapist,
        ("", ""),
    );
}
