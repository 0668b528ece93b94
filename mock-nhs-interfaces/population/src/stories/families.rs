//! Children, and a mother to be.

use fhir_types::authored::{Concept, When};
use fhir_types::clinical::ActivityStatus;
use fhir_types::patient::AdministrativeGender::{Female, Male};
use time::Duration;
use time::macros::{date, datetime};

use crate::chart::{By, Chart, HBA1C, Letter, Repeat, Visit};
use crate::codes::{fhir, finding, measure, medicine, vaccine};
use crate::course::{expect, grow_up, vaccinate, who_asks_after_allergies};

/// Weeks after birth, weight, length, head.
const AISHA: &[(i64, &str, f64, f64, f64)] = &[
    (2, "New birth visit", 2.7, 47.2, 33.0),
    (7, "Six to eight week review", 3.9, 52.8, 36.3),
    (16, "Weight check", 5.3, 58.9, 39.4),
    (26, "Weight check", 6.4, 63.4, 41.3),
    (39, "Weight check", 7.2, 67.5, 43.0),
    (53, "One year review", 7.9, 71.4, 44.1),
    (78, "Weight check", 9.0, 77.6, 45.6),
];

/// Aisha Begum-Farrow.
pub(super) fn toddler(chart: &mut Chart<'_>) {
    chart.cover();
    chart.relative(
        &[fhir::MOTHER, fhir::NEXT_OF_KIN],
        ("Rukhsana", "Begum"),
        Female,
        "07700900104",
    );
    chart.relative(&[fhir::FATHER], ("Daniel", "Farrow"), Male, "07700900204");
    who_asks_after_allergies(chart, 200);
    for (weeks, words, weight, length, head) in AISHA {
        let day = chart.who.born.saturating_add(Duration::weeks(*weeks));
        let at = chart.in_hours(day);
        let visit = if *weeks == 2 { Visit::Home } else { Visit::Review };
        let encounter = chart.visit(visit, at, By::HealthVisitor, Concept::words(words));
        chart.growth((*weight, *length, Some(*head)), at, &encounter, By::HealthVisitor);
    }
    let given: &[(_, u32, _)] = &[
        (&vaccine::SIX_IN_ONE, 1, datetime!(2025-05-15 10:00 UTC)),
        (&vaccine::MEN_B, 1, datetime!(2025-05-15 10:02 UTC)),
        (&vaccine::ROTA, 1, datetime!(2025-05-15 10:04 UTC)),
        (&vaccine::SIX_IN_ONE, 2, datetime!(2025-06-12 10:00 UTC)),
        (&vaccine::MEN_B, 2, datetime!(2025-06-12 10:02 UTC)),
        (&vaccine::ROTA, 2, datetime!(2025-06-12 10:04 UTC)),
        (&vaccine::SIX_IN_ONE, 3, datetime!(2025-07-10 10:00 UTC)),
        (&vaccine::PCV, 1, datetime!(2025-07-10 10:02 UTC)),
        // Seven weeks late: she had a fever on the day she was due.
        (&vaccine::PCV, 2, datetime!(2026-05-14 10:00 UTC)),
        (&vaccine::MEN_B, 3, datetime!(2026-05-14 10:02 UTC)),
        (&vaccine::MMRV, 1, datetime!(2026-05-14 10:04 UTC)),
    ];
    for (vaccine, dose, at) in given {
        chart.immunise(vaccine, *dose, *at, By::Nurse);
    }
    let at = datetime!(2026-03-26 11:10 UTC);
    let visit = chart.visit(Visit::Surgery, at, By::Gp, Concept::of(&finding::OTITIS_MEDIA));
    chart.warmth(386, 142, at, &visit, By::Gp);
    let ear = chart.diagnosis(finding::OTITIS_MEDIA, at, &visit, 8, By::Gp);
    chart.acute(&medicine::AMOXICILLIN, at, &visit, &ear);
    let to_do = [
        (
            "6-in-1, fourth dose: due from 18 months",
            ActivityStatus::NotStarted,
        ),
        (
            "MMRV, second dose: due from 18 months",
            ActivityStatus::NotStarted,
        ),
        ("Review at two to two and a half years", ActivityStatus::Scheduled),
    ];
    let from = date!(2026 - 09 - 20);
    chart.plan(
        "What comes next for Aisha",
        (from, None),
        (By::HealthVisitor, ""),
        &[],
        &to_do,
    );
}

/// Chidinma Okwuosa-Reed.
pub(super) fn pregnancy(chart: &mut Chart<'_>) {
    chart.cover();
    chart.relative(
        &[fhir::SPOUSE, fhir::NEXT_OF_KIN],
        ("Thomas", "Reed"),
        Male,
        "07700900205",
    );
    who_asks_after_allergies(chart, 150);
    chart.noted_problem(
        finding::GESTATIONAL_DIABETES,
        date!(2023 - 02 - 14),
        Some(date!(2023 - 06 - 01)),
        "In the first pregnancy; diet and metformin.",
    );
    chart.procedure(
        finding::CAESAREAN,
        When::Day(date!(2023 - 05 - 09)),
        By::Physician,
        ("", ""),
        "A girl, 3.9 kg. Labour did not progress.",
    );
    let pregnancy = expect(chart, 30);
    let again = chart.noted_problem(
        finding::GESTATIONAL_DIABETES,
        date!(2026 - 09 - 15),
        None,
        "Found at 23 weeks.",
    );
    let at = datetime!(2026-09-15 09:00 UTC);
    chart.result(&HBA1C, 43.0, at, "");
    chart.repeat(Repeat {
        medicine: &medicine::METFORMIN,
        since: date!(2026 - 09 - 22),
        stopped: None,
        reason: &again,
        issues: 1,
    });
    let text = "Growth scan at 29 weeks: baby on the upper line, fluid normal.\n\nDiabetes of pregnancy on metformin, fasting \
                sugars below 5.3 on most days.\n\nPlan: scan again at 32 and 36 weeks; talk about how to give birth at 36 \
                weeks, after one caesarean section.";
    let at = datetime!(2026-10-27 11:00 UTC);
    let clinic = chart.visit(
        Visit::Clinic,
        at,
        By::Physician,
        Concept::of(&finding::GESTATIONAL_DIABETES),
    );
    chart.letter(
        Letter::Clinic,
        "Letter from the diabetes in pregnancy clinic",
        text,
        at,
        &clinic,
    );
    chart.weight(84.5, at, &clinic, By::Midwife);
    chart.goal(
        "Fasting sugar below 5.3",
        date!(2026 - 09 - 22),
        fhir::IMPROVING,
        None,
        &pregnancy,
    );
}

/// Kofi Asante-Bell.
pub(super) fn child_with_asthma(chart: &mut Chart<'_>) {
    chart.cover();
    chart.relative(
        &[fhir::MOTHER, fhir::NEXT_OF_KIN],
        ("Abena", "Asante"),
        Female,
        "07700900111",
    );
    who_asks_after_allergies(chart, 500);
    vaccinate(chart);
    grow_up(chart);
    let asthma = chart.problem(finding::ASTHMA, date!(2021 - 10 - 19));
    for (medicine, issues) in [(&medicine::SALBUTAMOL, 7), (&medicine::BECLOMETASONE, 2)] {
        chart.repeat(Repeat {
            medicine,
            since: date!(2021 - 11 - 01),
            stopped: None,
            reason: &asthma,
            issues,
        });
    }
    for (at, flow) in [
        (datetime!(2026-02-07 19:40 UTC), 120.0),
        (datetime!(2026-09-19 22:15 UTC), 110.0),
    ] {
        let visit = chart.visit(Visit::Emergency, at, By::Physician, Concept::of(&finding::ASTHMA));
        chart.measure(
            measure::PEAK_FLOW,
            (flow, "L/min", "L/min"),
            at,
            &visit,
            By::WardNurse,
        );
        chart.warmth(371, 128, at, &visit, By::WardNurse);
        chart.acute(&medicine::PREDNISOLONE, at, &visit, &asthma);
        let text = "Brought in wheezy, better after salbutamol and prednisolone, home after four hours. Please review within two \
                    working days and check how he uses his inhalers.";
        chart.letter(
            Letter::Discharge,
            "Letter from the emergency department",
            text,
            at,
            &visit,
        );
    }
    let to_do = [
        (
            "Brown inhaler twice a day, also when well",
            ActivityStatus::InProgress,
        ),
        ("Check of inhaler technique", ActivityStatus::NotStarted),
    ];
    chart.plan(
        "Asthma action plan",
        (date!(2025 - 11 - 11), None),
        (By::Nurse, &asthma),
        &[],
        &to_do,
    );
}
