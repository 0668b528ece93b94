//! A childhood: reviews by the health visitor with growth, colds and ears, eczema, asthma.

use fhir_types::authored::Concept;

use super::growth;
use super::long_term::{Illness, live_with};
use crate::chart::{By, Chart, Visit, tenths};
use crate::codes::{finding, medicine};

/// Reviews of the healthy child programme, as months of age and words, then a measure every two years.
/// Source: <https://www.gov.uk/government/publications/healthy-child-programme-schedule-of-interventions>
const REVIEWS: &[(i64, &str)] = &[
    (0, "New birth visit"),
    (2, "Six to eight week review"),
    (12, "One year review"),
    (27, "Two to two and a half year review"),
    (60, "School entry measurement"),
    (126, "Year 6 measurement"),
    (168, "Height and weight"),
    (204, "Height and weight"),
];

/// Days in a month, on average.
const DAYS: i64 = 30;

/// Growth and small illnesses up to the age of 17.
pub(crate) fn grow_up(chart: &mut Chart<'_>) {
    let share = chart.random.between(0.88, 1.14);
    reviews(chart, share);
    let age = chart.who.age();
    let visits = if age < 5 { 3 } else { 2 };
    for _ in 0..visits {
        let ago = i64::from(chart.random.below(900));
        let day = chart.who.ago(ago);
        if chart.who.age_on(day) >= 1 || day > chart.who.day_at(0, 90) {
            fall_ill(chart, ago);
        }
    }
    if age >= 1 && chart.random.happens(15) {
        let since = chart.who.day_at(0, 200);
        let eczema = chart.problem(finding::ECZEMA, since);
        let at = chart.in_hours(since);
        chart.acute(&medicine::EMOLLIENT, at, "", &eczema);
    }
    if age >= 5 && chart.random.happens(12) {
        live_with(chart, Illness::Asthma);
    }
}

/// Every review so far, for a child who is this share of the average weight.
pub(crate) fn reviews(chart: &mut Chart<'_>, share: f64) {
    for (months, words) in REVIEWS {
        let day = chart.who.day_at(0, months * DAYS + 12);
        if !chart.who.is_lived(day) {
            continue;
        }
        let at = chart.in_hours(day);
        let by = if *months < 36 {
            By::HealthVisitor
        } else {
            By::Nurse
        };
        let visit = if *months == 0 { Visit::Home } else { Visit::Review };
        let encounter = chart.visit(visit, at, by, Concept::words(words));
        let age = f64::from(i32::try_from(*months).unwrap_or_default()) + 0.4;
        let [weight, length, head] = growth::at(age, chart.who.is_woman);
        // Length strays less than weight, and heads hardly at all.
        let (tall, wide) = (1.0 + (share - 1.0) / 3.0, 1.0 + (share - 1.0) / 5.0);
        let head = (*months < 36).then_some(tenths(head * wide));
        chart.growth(
            (tenths(weight * share), tenths(length * tall), head),
            at,
            &encounter,
            by,
        );
    }
}

fn fall_ill(chart: &mut Chart<'_>, days_ago: i64) {
    let day = chart.who.ago(days_ago);
    let at = chart.in_hours(day);
    let is_ear = chart.random.happens(40);
    let code = if is_ear {
        finding::OTITIS_MEDIA
    } else {
        finding::UPPER_RESPIRATORY_INFECTION
    };
    let encounter = chart.visit(Visit::Surgery, at, By::Gp, Concept::of(&code));
    let temperature = 370 + u16::from(chart.random.small(20));
    let pulse = 90 + chart.random.small(40);
    chart.warmth(temperature, pulse, at, &encounter, By::Gp);
    let diagnosis = chart.diagnosis(code, at, &encounter, 7, By::Gp);
    if is_ear && chart.random.happens(50) && chart.is_safe_with_penicillin() {
        chart.acute(&medicine::AMOXICILLIN, at, &encounter, &diagnosis);
    }
}
