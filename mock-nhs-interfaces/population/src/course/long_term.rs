//! Illnesses that people live with: since when, what they take, and the yearly reviews with their numbers.

use fhir_types::authored::{Amount, Concept, When};
use fhir_types::clinical::ActivityStatus;
use time::{Date, Duration};

use crate::chart::{
    By, CHOLESTEROL, CREATININE, Chart, EGFR, HAEMOGLOBIN, HBA1C, POTASSIUM, Repeat, Visit, tenths,
};
use crate::codes::medicine::{self, Medicine};
use crate::codes::{fhir, finding, measure};

/// An illness that people live with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Illness {
    Hypertension,
    Diabetes,
    Asthma,
    Copd,
    AtrialFibrillation,
    HeartFailure,
    IschaemicHeartDisease,
    KidneyDisease,
    Osteoarthritis,
    Osteoporosis,
    Depression,
    Anxiety,
    Hypothyroidism,
    Dementia,
    Hyperlipidaemia,
    Reflux,
    Gout,
    Migraine,
    Epilepsy,
    Obesity,
}

impl Illness {
    fn code(self) -> fhir_types::authored::Code {
        match self {
            Self::Hypertension => finding::HYPERTENSION,
            Self::Diabetes => finding::TYPE_2_DIABETES,
            Self::Asthma => finding::ASTHMA,
            Self::Copd => finding::COPD,
            Self::AtrialFibrillation => finding::ATRIAL_FIBRILLATION,
            Self::HeartFailure => finding::HEART_FAILURE,
            Self::IschaemicHeartDisease => finding::ISCHAEMIC_HEART_DISEASE,
            Self::KidneyDisease => finding::CKD_3,
            Self::Osteoarthritis => finding::OSTEOARTHRITIS,
            Self::Osteoporosis => finding::OSTEOPOROSIS,
            Self::Depression => finding::DEPRESSION,
            Self::Anxiety => finding::ANXIETY,
            Self::Hypothyroidism => finding::HYPOTHYROIDISM,
            Self::Dementia => finding::DEMENTIA,
            Self::Hyperlipidaemia => finding::HYPERLIPIDAEMIA,
            Self::Reflux => finding::REFLUX,
            Self::Gout => finding::GOUT,
            Self::Migraine => finding::MIGRAINE,
            Self::Epilepsy => finding::EPILEPSY,
            Self::Obesity => finding::OBESITY,
        }
    }

    fn medicines(self) -> &'static [&'static Medicine] {
        match self {
            Self::Hypertension => &[&medicine::AMLODIPINE],
            Self::Diabetes => &[&medicine::METFORMIN],
            Self::Asthma => &[&medicine::BECLOMETASONE, &medicine::SALBUTAMOL],
            Self::Copd => &[&medicine::TIOTROPIUM, &medicine::SALBUTAMOL],
            Self::AtrialFibrillation => &[&medicine::APIXABAN, &medicine::BISOPROLOL],
            Self::HeartFailure => &[&medicine::FUROSEMIDE, &medicine::RAMIPRIL],
            Self::IschaemicHeartDisease => &[&medicine::CLOPIDOGREL, &medicine::ATORVASTATIN],
            Self::KidneyDisease | Self::Anxiety | Self::Obesity => &[],
            Self::Osteoarthritis => &[&medicine::PARACETAMOL],
            Self::Osteoporosis => &[&medicine::ALENDRONIC_ACID, &medicine::COLECALCIFEROL],
            Self::Depression => &[&medicine::SERTRALINE],
            Self::Hypothyroidism => &[&medicine::LEVOTHYROXINE],
            Self::Dementia => &[&medicine::DONEPEZIL],
            Self::Hyperlipidaemia => &[&medicine::ATORVASTATIN],
            Self::Reflux => &[&medicine::OMEPRAZOLE],
            Self::Gout => &[&medicine::ALLOPURINOL],
            Self::Migraine => &[&medicine::AMITRIPTYLINE],
            Self::Epilepsy => &[&medicine::LEVETIRACETAM],
        }
    }

    /// Whether it is looked at once a year.
    fn is_reviewed(self) -> bool {
        matches!(
            self,
            Self::Hypertension
                | Self::Diabetes
                | Self::Asthma
                | Self::Copd
                | Self::AtrialFibrillation
                | Self::HeartFailure
                | Self::IschaemicHeartDisease
                | Self::KidneyDisease
                | Self::Hypothyroidism
        )
    }
}

/// The problem, its medicines with their issues, and the latest reviews. Answers with a reference to the problem.
pub(crate) fn live_with(chart: &mut Chart<'_>, illness: Illness) -> String {
    let latest = chart.who.ago(120);
    let earliest = chart
        .who
        .lived(chart.who.day_at(earliest_age(chart.who.age()), 0))
        .min(latest);
    let since = chart.random.date(earliest, latest);
    let problem = chart.problem(illness.code(), since);
    for medicine in illness.medicines() {
        chart.repeat(Repeat {
            medicine,
            since,
            stopped: None,
            reason: &problem,
            issues: 2,
        });
    }
    if illness.is_reviewed() {
        let years = chart.random.below(3) + 1;
        for year in (0..i64::from(years)).rev() {
            let day = chart.who.last.saturating_sub(Duration::days(365 * year + 40));
            if day > since && chart.who.is_lived(day) {
                review(chart, illness, day, year);
            }
        }
    }
    if illness == Illness::Diabetes {
        plan_for_diabetes(chart, &problem);
    }
    problem
}

/// Nobody here has had an illness for more than half of a life or twenty years.
fn earliest_age(age: i32) -> i32 {
    (age / 2).max(age - 20)
}

fn review(chart: &mut Chart<'_>, illness: Illness, day: Date, years_ago: i64) {
    let at = chart.in_hours(day);
    let encounter = chart.visit(Visit::Review, at, By::Nurse, Concept::of(&illness.code()));
    let systolic = 122 + chart.random.small(32);
    let diastolic = 68 + chart.random.small(22);
    chart.blood_pressure(systolic, diastolic, at, &encounter, By::Nurse);
    match illness {
        Illness::Diabetes => {
            let drift = f64::from(i32::try_from(years_ago).unwrap_or_default());
            let hba1c = (50.0 + 2.0 * drift + chart.random.between(0.0, 22.0)).round();
            let hba1c = chart.result(&HBA1C, hba1c, at, &encounter);
            let cholesterol = chart.random.between(3.4, 6.1);
            let cholesterol = chart.result(&CHOLESTEROL, cholesterol, at, &encounter);
            let creatinine = chart.random.between(62.0, 118.0).round();
            let creatinine = chart.result(&CREATININE, creatinine, at, &encounter);
            let results = [hba1c.as_str(), &cholesterol, &creatinine];
            chart.blood_report("Diabetes annual bloods", &results, "", at, &encounter);
            body(chart, at, &encounter);
        }
        Illness::KidneyDisease => {
            let egfr = chart.random.between(36.0, 58.0).round();
            chart.result(&EGFR, egfr, at, &encounter);
            let potassium = chart.random.between(3.9, 5.4);
            chart.result(&POTASSIUM, potassium, at, &encounter);
        }
        Illness::Asthma | Illness::Copd => {
            let best = if illness == Illness::Asthma { 430.0 } else { 240.0 };
            let flow = 10.0 * ((best + chart.random.between(-60.0, 60.0)) / 10.0).round();
            let code = measure::PEAK_FLOW;
            chart.measure(code, (flow, "L/min", "L/min"), at, &encounter, By::Nurse);
            smoking(chart, at, &encounter, illness == Illness::Copd);
        }
        Illness::HeartFailure | Illness::AtrialFibrillation => {
            let haemoglobin = chart.random.between(104.0, 152.0).round();
            chart.result(&HAEMOGLOBIN, haemoglobin, at, &encounter);
            body(chart, at, &encounter);
        }
        Illness::Hypertension | Illness::IschaemicHeartDisease => {
            let cholesterol = chart.random.between(3.2, 6.4);
            chart.result(&CHOLESTEROL, cholesterol, at, &encounter);
        }
        Illness::Osteoarthritis
        | Illness::Osteoporosis
        | Illness::Depression
        | Illness::Anxiety
        | Illness::Hypothyroidism
        | Illness::Dementia
        | Illness::Hyperlipidaemia
        | Illness::Reflux
        | Illness::Gout
        | Illness::Migraine
        | Illness::Epilepsy
        | Illness::Obesity => {}
    }
}

/// Weight, height and BMI of an adult who has always been about as heavy.
pub(super) fn body(chart: &mut Chart<'_>, at: time::OffsetDateTime, encounter: &str) {
    // Height must not change between visits: it follows from the date of birth.
    let height = if chart.who.is_woman { 155.0 } else { 168.0 } + f64::from(chart.who.born.ordinal() % 17);
    let bmi = 21.0 + f64::from(chart.who.born.ordinal() % 13) + chart.random.between(0.0, 2.0);
    let weight = tenths(bmi * height * height / 10_000.0);
    chart.body(weight, height, at, encounter, By::Nurse);
}

pub(super) fn smoking(chart: &mut Chart<'_>, at: time::OffsetDateTime, encounter: &str, has_smoked: bool) {
    let status = match (has_smoked, chart.who.born.ordinal() % 5) {
        (true, 0 | 1) | (false, 0) => finding::SMOKER,
        (true, _) | (false, 1) => finding::EX_SMOKER,
        (false, _) => finding::NEVER_SMOKED,
    };
    chart.smoking(status, at, encounter, By::Nurse);
}

fn plan_for_diabetes(chart: &mut Chart<'_>, problem: &str) {
    let since = chart.who.ago(300);
    let due = chart.who.last.saturating_add(Duration::days(150));
    let target = Amount {
        value: 53.0,
        unit: "mmol/mol",
        ucum: "mmol/mol",
    };
    let goal = chart.goal(
        "HbA1c of 53 mmol/mol or less",
        since,
        fhir::IN_PROGRESS,
        Some((measure::HBA1C, target, due)),
        problem,
    );
    let to_do = [
        ("Walk half an hour on most days", ActivityStatus::InProgress),
        ("Eye screening once a year", ActivityStatus::Scheduled),
        ("Foot check once a year", ActivityStatus::Completed),
    ];
    chart.plan(
        "Diabetes care plan",
        (since, None),
        (By::Nurse, problem),
        &[&goal],
        &to_do,
    );
}

/// A review of all medicines by the pharmacist.
pub(super) fn medicines_reviewed(chart: &mut Chart<'_>, days_ago: i64) {
    let day = chart.who.ago(days_ago);
    let at = chart.in_hours(day);
    let encounter = chart.visit(
        Visit::Telephone,
        at,
        By::Pharmacist,
        Concept::words("Medication review"),
    );
    chart.procedure(
        finding::MEDICATION_REVIEW,
        When::At(at),
        By::Pharmacist,
        (&encounter, ""),
        "No changes made.",
    );
}
