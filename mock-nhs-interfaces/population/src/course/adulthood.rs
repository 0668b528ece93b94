//! An adult's record: what they live with at their age, consultations, screening, now and then a stay in hospital.

use fhir_types::authored::{Code, Concept, When};

use super::long_term::{self, Illness, live_with};
use super::{Admission, admit, expect};
use crate::chart::{By, Chart, HAEMOGLOBIN, Letter, Visit};
use crate::codes::finding;
use crate::codes::medicine::{self, Medicine};

/// How many in a hundred live with it at an age: at 18, 40, 60 and 80.
const HOW_COMMON: &[(Illness, [u32; 4])] = &[
    (Illness::Hypertension, [0, 10, 32, 55]),
    (Illness::Diabetes, [0, 4, 13, 18]),
    (Illness::Asthma, [9, 8, 7, 6]),
    (Illness::Copd, [0, 0, 6, 9]),
    (Illness::AtrialFibrillation, [0, 0, 4, 17]),
    (Illness::HeartFailure, [0, 0, 2, 9]),
    (Illness::IschaemicHeartDisease, [0, 1, 7, 16]),
    (Illness::KidneyDisease, [0, 0, 6, 26]),
    (Illness::Osteoarthritis, [0, 4, 20, 40]),
    (Illness::Osteoporosis, [0, 0, 6, 22]),
    (Illness::Depression, [12, 14, 11, 8]),
    (Illness::Anxiety, [10, 9, 6, 4]),
    (Illness::Hypothyroidism, [1, 3, 6, 9]),
    (Illness::Dementia, [0, 0, 1, 13]),
    (Illness::Hyperlipidaemia, [0, 8, 18, 14]),
    (Illness::Reflux, [2, 8, 13, 14]),
    (Illness::Gout, [0, 2, 4, 6]),
    (Illness::Migraine, [8, 9, 4, 1]),
    (Illness::Epilepsy, [1, 1, 1, 1]),
    (Illness::Obesity, [8, 16, 18, 9]),
];

/// What people come to the practice with, how many days it lasts, and how often of a hundred.
const COMPLAINTS: &[(Code, i64, u32)] = &[
    (finding::UPPER_RESPIRATORY_INFECTION, 7, 22),
    (finding::LOW_BACK_PAIN, 30, 20),
    (finding::COUGH, 21, 20),
    (finding::HEADACHE, 10, 14),
    (finding::ABDOMINAL_PAIN, 12, 12),
    (finding::URINARY_INFECTION, 6, 8),
    (finding::IRON_DEFICIENCY, 120, 4),
];

/// Operations of a life, with the age from which they happen and how many in a hundred had them.
const OPERATIONS: &[(Code, i32, u32)] = &[
    (finding::APPENDICECTOMY, 12, 7),
    (finding::CHOLECYSTECTOMY, 40, 8),
    (finding::KNEE_REPLACEMENT, 62, 9),
    (finding::CATARACT_EXTRACTION, 70, 25),
    (finding::COLONOSCOPY, 54, 14),
];

/// Writes an adult's record.
pub(super) fn live(chart: &mut Chart<'_>) {
    let age = chart.who.age();
    let band = match age {
        ..=34 => 0,
        35..=52 => 1,
        53..=70 => 2,
        _ => 3,
    };
    let mut problems = 0;
    for (illness, shares) in HOW_COMMON {
        let share = shares.get(band).copied().unwrap_or_default();
        if chart.random.happens(share) {
            live_with(chart, *illness);
            problems += 1;
        }
    }
    if chart.who.is_woman && (20..=42).contains(&age) && chart.who.is_alive() && chart.random.happens(5) {
        let weeks = 8 + i64::from(chart.random.below(30));
        expect(chart, weeks);
    }
    operations(chart, age);
    let visits = 1 + problems / 2 + chart.random.below(4);
    for _ in 0..visits {
        consult(chart);
    }
    // The NHS Health Check is for people of 40 to 74.
    if (41..=74).contains(&age) && chart.random.happens(55) {
        health_check(chart);
    }
    if problems >= 3 {
        let ago = i64::from(chart.random.below(300)) + 10;
        long_term::medicines_reviewed(chart, ago);
    }
    if age >= 65 && chart.random.happens(14) {
        let ago = i64::from(chart.random.below(700)) + 20;
        admit(chart, Admission::Pneumonia, ago);
    }
    if problems > 0 && chart.random.happens(15) {
        clinic(chart);
    }
}

fn operations(chart: &mut Chart<'_>, age: i32) {
    for (code, from, share) in OPERATIONS {
        if age > from + 1 && chart.random.happens(*share) {
            let latest = chart.who.ago(200);
            let earliest = chart.who.lived(chart.who.day_at(*from, 0)).min(latest);
            let day = chart.random.date(earliest, latest);
            chart.procedure(*code, When::Day(day), By::Surgeon, ("", ""), "");
        }
    }
}

fn consult(chart: &mut Chart<'_>) {
    let ago = i64::from(chart.random.below(1_100)) + 3;
    let day = chart.who.ago(ago);
    let at = chart.in_hours(day);
    let visit = if chart.random.happens(35) {
        Visit::Telephone
    } else {
        Visit::Surgery
    };
    let (code, days) = complaint(chart);
    let encounter = chart.visit(visit, at, By::Gp, Concept::of(&code));
    let diagnosis = chart.diagnosis(code, at, &encounter, days, By::Gp);
    if visit == Visit::Surgery {
        let systolic = 112 + chart.random.small(36);
        let diastolic = 64 + chart.random.small(24);
        chart.blood_pressure(systolic, diastolic, at, &encounter, By::Gp);
        if chart.random.happens(40) {
            let fever = if days < 8 { 16 } else { 1 };
            let temperature = 362 + u16::from(chart.random.small(10)) + u16::from(chart.random.small(fever));
            let pulse = 62 + chart.random.small(34);
            chart.warmth(temperature, pulse, at, &encounter, By::Gp);
        }
    }
    if code == finding::IRON_DEFICIENCY {
        let haemoglobin = chart.random.between(86.0, 112.0).round();
        chart.result(&HAEMOGLOBIN, haemoglobin, at, &encounter);
    }
    if let Some(medicine) = treatment(chart, code) {
        chart.acute(medicine, at, &encounter, &diagnosis);
    }
}

fn complaint(chart: &mut Chart<'_>) -> (Code, i64) {
    let mut turn = chart.random.below(100);
    for (code, days, share) in COMPLAINTS {
        if turn < *share {
            return (*code, *days);
        }
        turn -= share;
    }
    (finding::COUGH, 21)
}

/// What is given for it, to somebody whom it does no harm.
fn treatment(chart: &Chart<'_>, code: Code) -> Option<&'static Medicine> {
    if code == finding::LOW_BACK_PAIN && chart.is_safe_with_nsaids() {
        Some(&medicine::NAPROXEN)
    } else if code == finding::LOW_BACK_PAIN || code == finding::HEADACHE {
        Some(&medicine::PARACETAMOL)
    } else if code == finding::URINARY_INFECTION && chart.who.age() < 75 {
        Some(&medicine::NITROFURANTOIN)
    } else if code == finding::IRON_DEFICIENCY {
        Some(&medicine::FERROUS_FUMARATE)
    } else {
        None
    }
}

fn health_check(chart: &mut Chart<'_>) {
    let ago = i64::from(chart.random.below(330)) + 20;
    let day = chart.who.ago(ago);
    let at = chart.in_hours(day);
    let encounter = chart.visit(Visit::Review, at, By::Nurse, Concept::words("NHS Health Check"));
    let systolic = 114 + chart.random.small(34);
    let diastolic = 66 + chart.random.small(22);
    chart.blood_pressure(systolic, diastolic, at, &encounter, By::Nurse);
    long_term::body(chart, at, &encounter);
    long_term::smoking(chart, at, &encounter, false);
}

fn clinic(chart: &mut Chart<'_>) {
    let ago = i64::from(chart.random.below(500)) + 15;
    let day = chart.who.ago(ago);
    let at = chart.in_hours(day);
    let encounter = chart.visit(
        Visit::Clinic,
        at,
        By::Physician,
        Concept::words("Outpatient follow-up"),
    );
    chart.letter(
        Letter::Clinic,
        "Letter from the outpatient clinic",
        "Dear Colleague,\n\nI saw your patient in clinic today. They are stable and I have made no changes to their \
         medicines. Please repeat the blood tests in six months; I have not made another appointment.\n\nYours \
         sincerely",
        at,
        &encounter,
    );
}
