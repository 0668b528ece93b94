//! A stay in hospital: brought in, watched with NEWS2 until better, sent home with a letter.

use fhir_types::authored::Concept;
use time::Duration;

use crate::chart::{By, CRP, Chart, HAEMOGLOBIN, Letter, SODIUM, Visit, Vitals};
use crate::codes::{fhir, finding, medicine};

/// Why somebody was admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admission {
    /// An infection of the lungs.
    Pneumonia,
    /// A worsening of chronic obstructive lung disease, which is over.
    CopdExacerbation,
}

/// A stay of some days that began this many days ago. Answers with a reference to the stay.
pub(crate) fn admit(chart: &mut Chart<'_>, why: Admission, days_ago: i64) -> String {
    let day = chart.who.ago(days_ago);
    let arrived = chart.who.at(day, 14, 10);
    let days = 4 + i64::from(chart.random.below(4));
    let home = chart.who.at(day.saturating_add(Duration::days(days)), 11, 30);
    let code = match why {
        Admission::Pneumonia => finding::PNEUMONIA,
        Admission::CopdExacerbation => finding::COPD_EXACERBATION,
    };
    chart.visit(
        Visit::Emergency,
        arrived,
        By::Physician,
        Concept::of(&finding::BREATHLESSNESS),
    );
    let diagnosis = chart.diagnosis(code, arrived, "", days + 14, By::Physician);
    let from = arrived.saturating_add(Duration::hours(3));
    let stay = chart.stay(
        (from, Some(home)),
        By::Physician,
        &diagnosis,
        Concept::of(&code),
        fhir::TO_HOME,
    );
    let scale_2 = why == Admission::CopdExacerbation;
    for step in 0..days.min(5) {
        let at = arrived.saturating_add(Duration::hours(4 + 24 * step));
        if at < home {
            chart.vitals(&getting_better(step, scale_2), at, &stay, By::WardNurse);
        }
    }
    let taken = arrived.saturating_add(Duration::hours(1));
    let crp = chart.random.between(48.0, 190.0).round();
    let crp = chart.result(&CRP, crp, taken, &stay);
    let haemoglobin = chart.random.between(108.0, 146.0).round();
    let haemoglobin = chart.result(&HAEMOGLOBIN, haemoglobin, taken, &stay);
    let sodium = chart.random.between(128.0, 142.0).round();
    let sodium = chart.result(&SODIUM, sodium, taken, &stay);
    let results = [crp.as_str(), &haemoglobin, &sodium];
    chart.blood_report(
        "Bloods on admission",
        &results,
        "Raised inflammatory marker.",
        taken,
        &stay,
    );
    let shadow = "Consolidation in the right lower zone. No effusion.";
    let seen = if why == Admission::Pneumonia {
        shadow
    } else {
        "Hyperinflated lungs. No consolidation."
    };
    chart.picture_report(finding::CHEST_X_RAY, seen, taken, &stay);
    let treatment = if chart.is_safe_with_penicillin() {
        &medicine::AMOXICILLIN
    } else {
        &medicine::DOXYCYCLINE
    };
    chart.take_home(treatment, home, &stay, &diagnosis);
    let text = format!(
        "Diagnosis: {}.\n\nTreated with oxygen and antibiotics and watched on the ward for {days} days. Observations \
         back to usual before going home.\n\nMedicines: {} to finish; nothing stopped.\n\nPlease repeat the chest X-ray \
         in six weeks.",
        code.display, treatment.name,
    );
    chart.letter(Letter::Discharge, "Discharge summary", &text, home, &stay);
    stay
}

/// Observations on each day after the first.
fn getting_better(day: i64, scale_2: bool) -> Vitals {
    let left = u8::try_from((3 - day).max(0)).unwrap_or_default();
    Vitals {
        breaths: 17 + 2 * left,
        saturation: if scale_2 { 91 - left } else { 97 - left - left / 2 },
        oxygen: if left > 1 { left } else { 0 },
        systolic: 132 - 8 * left,
        diastolic: 76 - 5 * left,
        pulse: 82 + 8 * left,
        is_confused: false,
        temperature: 369 + 5 * u16::from(left),
        scale_2,
    }
}
