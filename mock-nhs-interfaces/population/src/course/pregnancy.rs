//! A pregnancy: booking, scans, visits to the midwife, and the vaccines that go with it.

use fhir_types::authored::{Concept, When};
use fhir_types::clinical::ActivityStatus;
use time::Duration;

use crate::chart::{By, Chart, HAEMOGLOBIN, Visit};
use crate::codes::{finding, measure, medicine, vaccine};

/// Weeks at which the midwife sees somebody.
const VISITS: &[i64] = &[9, 16, 25, 28, 31, 34, 36, 38];

/// A pregnancy that is in this week on the last day. Answers with a reference to it.
pub(crate) fn expect(chart: &mut Chart<'_>, week_now: i64) -> String {
    let began = chart.who.last.saturating_sub(Duration::weeks(week_now));
    let known = chart.who.lived(began.saturating_add(Duration::weeks(6)));
    let due = began.saturating_add(Duration::weeks(40));
    let note = format!("Due on {due}, by the scan at twelve weeks.");
    let pregnancy = chart.noted_problem(finding::PREGNANT, known, None, &note);
    chart.episode("Maternity care", (known, None), By::Midwife, &pregnancy);
    let at = chart.in_hours(known);
    chart.acute(&medicine::FOLIC_ACID, at, "", &pregnancy);
    for week in VISITS.iter().copied().filter(|week| *week <= week_now) {
        visit(chart, began, week);
    }
    for (week, words) in [
        (12, "Dating scan: one baby, heartbeat seen."),
        (20, "Anomaly scan: nothing unusual seen."),
    ] {
        if week <= week_now {
            let day = began.saturating_add(Duration::weeks(week));
            let at = chart.in_hours(day);
            chart.procedure(
                finding::OBSTETRIC_SCAN,
                When::At(at),
                By::Midwife,
                ("", &pregnancy),
                words,
            );
            chart.picture_report(finding::OBSTETRIC_SCAN, words, at, "");
        }
    }
    if week_now >= 18 {
        let at = chart.in_hours(began.saturating_add(Duration::weeks(17)));
        chart.immunise(&vaccine::PERTUSSIS_IN_PREGNANCY, 1, at, By::Midwife);
    }
    if week_now >= 29 {
        let at = chart.in_hours(began.saturating_add(Duration::weeks(28)));
        chart.immunise(&vaccine::RSV_VACCINE, 1, at, By::Midwife);
    }
    let to_do = [
        ("Book the hospital tour", ActivityStatus::InProgress),
        ("Talk about feeding the baby", ActivityStatus::NotStarted),
        ("Birth plan at 34 weeks", ActivityStatus::NotStarted),
    ];
    chart.plan(
        "Maternity care plan",
        (known, Some(due)),
        (By::Midwife, &pregnancy),
        &[],
        &to_do,
    );
    if let Some(next) = VISITS.iter().find(|week| **week > week_now) {
        let day = began.saturating_add(Duration::weeks(*next));
        let start = day.with_hms(10, 40, 0).unwrap_or(day.midnight()).assume_utc();
        chart.appointment(&format!("Midwife, week {next}"), start, By::Midwife, ("", ""));
    }
    pregnancy
}

fn visit(chart: &mut Chart<'_>, began: time::Date, week: i64) {
    let at = chart.in_hours(began.saturating_add(Duration::weeks(week)));
    let words = format!("Antenatal visit, week {week}");
    let encounter = chart.visit(Visit::Clinic, at, By::Midwife, Concept::words(&words));
    let systolic = 104 + chart.random.small(18);
    let diastolic = 60 + chart.random.small(14);
    chart.blood_pressure(systolic, diastolic, at, &encounter, By::Midwife);
    if week >= 25 {
        // About as many centimetres as weeks.
        let height =
            f64::from(i32::try_from(week).unwrap_or_default()) + chart.random.between(-1.5, 1.5).round();
        let height = (height, "cm", "cm");
        chart.measure(measure::FUNDAL_HEIGHT, height, at, &encounter, By::Midwife);
    }
    if week == 9 || week == 28 {
        let haemoglobin = chart.random.between(103.0, 132.0).round();
        chart.result(&HAEMOGLOBIN, haemoglobin, at, &encounter);
    }
}
