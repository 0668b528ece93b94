//! People whose records are unlike the others.

use fhir_types::authored::Concept;
use fhir_types::clinical::AllergyCategory;
use time::Duration;
use time::macros::{date, datetime};

use crate::chart::{Allergic, Allergies, By, Chart, Letter, Repeat, Visit};
use crate::codes::{fhir, finding, medicine};
use crate::course::{Illness, live_with, who_asks_after_allergies};

/// Tobias Fenwick.
pub(super) fn resolved_allergy(chart: &mut Chart<'_>) {
    chart.cover();
    let allergy = chart.allergy(&Allergic {
        to: finding::PENICILLIN_ALLERGY,
        category: AllergyCategory::Medication,
        reaction: finding::RASH,
        is_severe: false,
        since: date!(1991 - 02 - 02),
        is_resolved: true,
        note: "Tested by the allergy clinic on 4 March 2025: tolerates amoxicillin. Not allergic.",
    });
    chart.allergy_list(Allergies::Known, vec![allergy], date!(2025 - 03 - 11));
    let at = datetime!(2025-03-04 10:30 UTC);
    let visit = chart.visit(Visit::Clinic, at, By::Physician, Concept::words("Allergy clinic"));
    let text = "Oral challenge with amoxicillin: no reaction within two hours, none at home over three days. The label may go.";
    chart.letter(Letter::Clinic, "Letter from the allergy clinic", text, at, &visit);
    let at = datetime!(2026-01-22 16:20 UTC);
    let visit = chart.visit(Visit::Surgery, at, By::Gp, Concept::of(&finding::PNEUMONIA));
    let pneumonia = chart.diagnosis(finding::PNEUMONIA, at, &visit, 20, By::Gp);
    chart.acute(&medicine::AMOXICILLIN, at, &visit, &pneumonia);
}

/// Bernard Longfellow-Pages.
pub(super) fn two_pages(chart: &mut Chart<'_>) {
    chart.cover();
    who_asks_after_allergies(chart, 365);
    let pressure = chart.problem(finding::HYPERTENSION, date!(2011 - 01 - 17));
    chart.repeat(Repeat {
        medicine: &medicine::AMLODIPINE,
        since: date!(2011 - 02 - 01),
        stopped: None,
        reason: &pressure,
        issues: 60,
    });
    for days in (0..120_i64).rev() {
        let day = chart.who.ago(days);
        let at = chart.who.at(day, 7, 30);
        let wave = u8::try_from(days % 17).unwrap_or_default();
        chart.blood_pressure(128 + wave, 74 + wave / 3, at, "", By::Nurse);
    }
    for week in (0..60_i64).rev() {
        let day = chart.who.last.saturating_sub(Duration::weeks(week));
        let at = chart.in_hours(day);
        let visit = chart.visit(Visit::Surgery, at, By::Nurse, Concept::of(&finding::HYPERTENSION));
        if week % 2 == 0 {
            chart.letter(
                Letter::Clinic,
                "Blood pressure diary",
                "Copied from his diary; see the readings.",
                at,
                &visit,
            );
        }
    }
}

/// Yonas Tesfaye.
pub(super) fn only_birth_year(chart: &mut Chart<'_>) {
    chart.cover();
    chart.flag(
        fhir::ADMINISTRATIVE_FLAG,
        "Needs a Tigrinya interpreter",
        date!(2024 - 06 - 03),
    );
    chart.allergy_list(Allergies::NotRecorded, Vec::new(), date!(2024 - 06 - 03));
    live_with(chart, Illness::Depression);
    let at = datetime!(2024-06-03 10:00 UTC);
    let visit = chart.visit(Visit::Review, at, By::Nurse, Concept::words("New patient check"));
    chart.body(64.0, 171.0, at, &visit, By::Nurse);
    chart.blood_pressure(132, 84, at, &visit, By::Nurse);
}

/// Robin Newcombe.
pub(super) fn nothing_recorded(chart: &mut Chart<'_>) {
    let last = chart.who.last;
    chart.allergy_list(Allergies::NotRecorded, Vec::new(), last);
}

/// Sorcha Ní Dhomhnaill.
pub(super) fn refuses_sharing(chart: &mut Chart<'_>) {
    chart.cover();
    chart.consent(
        "Sharing of her record with anybody outside her practice",
        false,
        date!(2024 - 02 - 29),
    );
    let words = "Has opted out of sharing: this record is for her practice alone";
    chart.flag(fhir::SAFETY_FLAG, words, date!(2024 - 02 - 29));
    who_asks_after_allergies(chart, 800);
    live_with(chart, Illness::Anxiety);
    live_with(chart, Illness::Migraine);
    let at = datetime!(2026-09-02 09:40 UTC);
    let visit = chart.visit(Visit::Surgery, at, By::Gp, Concept::of(&finding::ANXIETY));
    chart.blood_pressure(118, 72, at, &visit, By::Gp);
}
