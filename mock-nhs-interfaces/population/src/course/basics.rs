//! What every record has, or says that it has not: family, wishes, allergies, the next appointment.

use fhir_types::authored::Concept;
use fhir_types::clinical::{AllergyCategory, AppointmentStatus, RequestStatus};
use fhir_types::patient::AdministrativeGender::{Female, Male};
use time::{Duration, Time};

use crate::chart::{Allergic, Allergies, By, Chart};
use crate::codes::{fhir, finding, service};
use crate::names::BACKGROUNDS;

/// A record of somebody of whom not even the date of birth is known.
pub(super) fn nothing_is_known(chart: &mut Chart<'_>) {
    let last = chart.who.last;
    chart.allergy_list(Allergies::NotRecorded, Vec::new(), last);
}

/// A parent of a child; somebody close to an adult.
pub(super) fn family(chart: &mut Chart<'_>) {
    let record = &chart.who.draft.record;
    let family = record
        .names
        .first()
        .and_then(|name| name.family.clone())
        .unwrap_or_default();
    if family.is_empty() {
        return;
    }
    let background = BACKGROUNDS
        .iter()
        .find(|names| names.families.contains(&family.as_str()));
    let names = background.or_else(|| BACKGROUNDS.first());
    let (women, men) = names.map_or((&[][..], &[][..]), |names| (names.women, names.men));
    let phone = format!("07700900{:03}", chart.random.below(1_000));
    let (is_child, is_old) = (chart.who.age() < 16, chart.who.age() > 70);
    let is_woman = chart.random.happens(if is_child { 80 } else { 50 });
    let given = chart.random.pick(if is_woman { women } else { men });
    let gender = if is_woman { Female } else { Male };
    let relationship = match (is_child, is_old, is_woman) {
        (true, _, true) => fhir::MOTHER,
        (true, _, false) => fhir::FATHER,
        (false, true, true) => fhir::DAUGHTER,
        (false, true, false) => fhir::SON,
        (false, false, _) if chart.random.happens(70) => fhir::SPOUSE,
        (false, false, _) => fhir::FRIEND,
    };
    if is_child || chart.random.happens(65) {
        let roles = [relationship, fhir::NEXT_OF_KIN];
        chart.relative(&roles, (given, &family), gender, &phone);
    }
}

/// What they allow to be shared, what everybody should know, and that the NHS pays.
pub(super) fn wishes(chart: &mut Chart<'_>) {
    chart.cover();
    if chart.random.happens(25) {
        let on = chart.who.ago(900);
        let permit = chart.random.happens(75);
        let words = "Sharing of the summary care record with additional information";
        chart.consent(words, permit, on);
    }
    let record = &chart.who.draft.record;
    let since = chart.who.ago(400);
    if record
        .communication
        .as_ref()
        .is_some_and(|communication| communication.interpreter_required)
    {
        chart.flag(fhir::ADMINISTRATIVE_FLAG, "Needs an interpreter", since);
    }
    if record.restricted {
        let words = "Restricted record: do not tell anybody where this person is";
        chart.flag(fhir::SAFETY_FLAG, words, since);
    }
    if chart.who.age() > 84 && chart.random.happens(40) {
        chart.flag(fhir::CLINICAL_FLAG, "At risk of falls", since);
    }
}

/// Allergies as they are usually recorded: most people have none that is known, some were never asked.
pub(super) fn allergies(chart: &mut Chart<'_>) {
    let asked = chart.who.ago(1_200);
    // Small children have no allergies that anybody knows of yet.
    let turns = if chart.who.age() < 3 { 80 } else { 100 };
    match chart.random.below(turns) {
        0..=64 => {
            chart.allergy_list(Allergies::NoneKnown, Vec::new(), asked);
        }
        65..=79 => {
            chart.allergy_list(Allergies::NotRecorded, Vec::new(), asked);
        }
        turn => {
            let (to, category, reaction, is_severe) = match turn {
                80..=87 => (
                    finding::PENICILLIN_ALLERGY,
                    AllergyCategory::Medication,
                    finding::RASH,
                    false,
                ),
                88..=89 => (
                    finding::PENICILLIN_ALLERGY,
                    AllergyCategory::Medication,
                    finding::ANAPHYLAXIS,
                    true,
                ),
                90..=92 => (
                    finding::ASPIRIN_ALLERGY,
                    AllergyCategory::Medication,
                    finding::ANGIOEDEMA,
                    true,
                ),
                93..=95 => (
                    finding::PEANUT_ALLERGY,
                    AllergyCategory::Food,
                    finding::URTICARIA,
                    true,
                ),
                _ => (
                    finding::GRASS_POLLEN_ALLERGY,
                    AllergyCategory::Environment,
                    finding::URTICARIA,
                    false,
                ),
            };
            let since = chart.random.date(chart.who.born, asked);
            let allergy = chart.allergy(&Allergic {
                to,
                category,
                reaction,
                is_severe,
                since,
                is_resolved: false,
                note: "",
            });
            chart.allergy_list(Allergies::Known, vec![allergy], asked);
        }
    }
}

/// The statement that somebody asked after allergies and there are none.
pub(crate) fn who_asks_after_allergies(chart: &mut Chart<'_>, days_ago: i64) {
    let asked = chart.who.ago(days_ago);
    chart.allergy_list(Allergies::NoneKnown, Vec::new(), asked);
}

/// An appointment in the coming weeks, a missed one, or a referral that waits.
pub(super) fn what_is_next(chart: &mut Chart<'_>) {
    if !chart.who.is_alive() {
        return;
    }
    let chance = chart.random.below(100);
    let days = 3 + i64::from(chart.random.below(60));
    let hour = 8 + chart.random.small(9);
    let time = Time::from_hms(hour, 40, 0).unwrap_or(Time::MIDNIGHT);
    let start = |days: i64| {
        chart
            .who
            .last
            .saturating_add(Duration::days(days))
            .with_time(time)
            .assume_utc()
    };
    match chance {
        0..=29 => {
            let start = start(days);
            chart.appointment("Routine appointment", start, By::Gp, ("", ""));
        }
        // Nobody misses an appointment before birth.
        30..=39 if start(-days).date() > chart.who.born => {
            let start = start(-days);
            chart.appointment_that(
                AppointmentStatus::Noshow,
                "Routine appointment",
                start,
                By::Nurse,
                ("", ""),
            );
        }
        40..=45 => {
            let start = start(days);
            let status = AppointmentStatus::Cancelled;
            chart.appointment_that(status, "Routine appointment", start, By::Gp, ("", ""));
        }
        46..=53 if chart.who.age() > 17 => {
            let on = chart.who.ago(days);
            let service = if chart.random.happens(50) {
                service::ORTHOPAEDICS
            } else {
                service::CARDIOLOGY
            };
            let start = start(days + 20);
            let request = chart.referral(
                Concept::of(&service),
                on,
                RequestStatus::Active,
                "",
                "Please see and advise.",
            );
            chart.appointment(
                "First outpatient appointment",
                start,
                By::Physician,
                ("", &request),
            );
        }
        _ => {}
    }
}
