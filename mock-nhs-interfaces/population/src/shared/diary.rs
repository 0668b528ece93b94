//! Diaries of practices and the slots in them: thirteen weeks from the day after the seed day.

use fhir_types::authored::{Concept, Span, When};
use fhir_types::directory::{Schedule, Slot, SlotStatus};
use time::{Date, Duration, OffsetDateTime, Time, Weekday};

use super::places::PRACTICES;
use super::{All, add, head};
use crate::SEED_DAY;
use crate::codes::{fhir, service};

/// Whose diaries can be booked.
const POSTS: [&str; 2] = ["gp1", "nurse"];
/// Days that diaries are open for.
const DAYS: u16 = 91;
/// When slots start, as hour and minute: the last two are one after the other, for whoever needs more time.
const TIMES: [(u8, u8); 4] = [(9, 0), (11, 0), (14, 0), (14, 20)];
/// Length of a slot.
const SLOT: Duration = Duration::minutes(20);

/// When a slot of the diaries begins.
pub(crate) fn slot_time(day: u16, hour: u8) -> OffsetDateTime {
    at(day, (hour, 0))
}

fn at(day: u16, (hour, minute): (u8, u8)) -> OffsetDateTime {
    let time = Time::from_hms(hour, minute, 0).unwrap_or(Time::MIDNIGHT);
    date(day).with_time(time).assume_utc()
}

/// Reference to the slot of a practice on a day after the seed day.
pub(crate) fn free_slot(ods_code: &str, post: &str, day: u16, hour: u8) -> String {
    format!("Slot/{}", slot_id(ods_code, post, day, (hour, 0)))
}

fn slot_id(ods_code: &str, post: &str, day: u16, (hour, minute): (u8, u8)) -> String {
    match minute {
        0 => format!("{ods_code}-{post}-{day}-{hour}"),
        _ => format!("{ods_code}-{post}-{day}-{hour}{minute:02}"),
    }
}

fn date(day: u16) -> Date {
    SEED_DAY.saturating_add(Duration::days(i64::from(day)))
}

pub(super) fn write(all: &mut All) {
    for practice in PRACTICES {
        for post in POSTS {
            let id = format!("{}-{post}", practice.ods_code);
            add(
                all,
                &Schedule {
                    head: head(&id, fhir::SCHEDULE),
                    service: Concept::of(&service::GENERAL_PRACTICE),
                    actors: &[
                        &format!("Practitioner/{id}"),
                        &format!("Location/{}", practice.ods_code),
                        &format!("HealthcareService/{}-general-practice", practice.ods_code),
                    ],
                    open: Span {
                        from: When::Day(date(1)),
                        until: Some(When::Day(date(DAYS))),
                    },
                },
            );
            for day in (1..=DAYS).filter(|day| is_open(*day)) {
                for time in TIMES {
                    add_slot(all, practice.ods_code, post, day, time);
                }
            }
        }
    }
}

fn is_open(day: u16) -> bool {
    !matches!(date(day).weekday(), Weekday::Saturday | Weekday::Sunday)
}

fn add_slot(all: &mut All, ods_code: &str, post: &str, day: u16, time: (u8, u8)) {
    let start = at(day, time);
    // The next days are nearly full, as they are in any practice; nine o'clock is always taken by somebody.
    // A story's review is at two on the ninth day with a nurse.
    let of_story = post == "nurse" && (day, time) == (9, (14, 0));
    let taken = time == (9, 0) || (day < 5 && time == (11, 0)) || of_story;
    add(
        all,
        &Slot {
            head: head(&slot_id(ods_code, post, day, time), fhir::SLOT),
            service: Concept::of(&service::GENERAL_PRACTICE),
            schedule: &format!("Schedule/{ods_code}-{post}"),
            status: if taken { SlotStatus::Busy } else { SlotStatus::Free },
            start,
            end: start.saturating_add(SLOT),
        },
    );
}
