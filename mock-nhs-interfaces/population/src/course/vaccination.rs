//! The UK's routine immunisations as they were given to each year of birth.
//! Source: <https://www.gov.uk/government/publications/the-complete-routine-immunisation-schedule>

use time::macros::date;
use time::{Date, Duration, Month};

use crate::chart::{By, Chart};
use crate::codes::vaccine::{self, Vaccine};

/// A vaccine due to children.
struct Due {
    vaccine: &'static Vaccine,
    dose: u32,
    /// Age in years and days.
    age: (i32, i64),
    /// Dates of birth of those who get it, both ends included; `None` is open.
    born: (Option<Date>, Option<Date>),
}

const fn due(vaccine: &'static Vaccine, dose: u32, age: (i32, i64)) -> Due {
    Due {
        vaccine,
        dose,
        age,
        born: (None, None),
    }
}

const fn born_from(day: Date, due: Due) -> Due {
    Due {
        born: (Some(day), due.born.1),
        ..due
    }
}

const fn born_until(day: Date, due: Due) -> Due {
    Due {
        born: (due.born.0, Some(day)),
        ..due
    }
}

/// From this date of birth on the pneumococcal vaccine is given at 16 weeks and the second against meningococci B at 12,
/// which was the other way round, and there is an appointment at 18 months.
const NEW_SCHEDULE: Date = date!(2024 - 07 - 01);
const BEFORE_NEW_SCHEDULE: Date = date!(2024 - 06 - 30);
/// Born then or later: MMRV at one year, which replaced MMR in January 2026.
const MMRV_AT_ONE: Date = date!(2025 - 01 - 01);
const MMR_AT_ONE: Date = date!(2024 - 12 - 31);
/// Vaccines that are younger than people here: against meningococci B since 2015, rotavirus since 2013.
const SINCE_2015: Date = date!(2015 - 05 - 01);
const SINCE_2013: Date = date!(2013 - 05 - 01);

const CHILDREN: &[Due] = &[
    due(&vaccine::SIX_IN_ONE, 1, (0, 56)),
    born_from(SINCE_2015, due(&vaccine::MEN_B, 1, (0, 56))),
    born_from(SINCE_2013, due(&vaccine::ROTA, 1, (0, 56))),
    due(&vaccine::SIX_IN_ONE, 2, (0, 84)),
    born_from(NEW_SCHEDULE, due(&vaccine::MEN_B, 2, (0, 84))),
    born_until(BEFORE_NEW_SCHEDULE, due(&vaccine::PCV, 1, (0, 84))),
    born_from(SINCE_2013, due(&vaccine::ROTA, 2, (0, 84))),
    due(&vaccine::SIX_IN_ONE, 3, (0, 112)),
    born_from(NEW_SCHEDULE, due(&vaccine::PCV, 1, (0, 112))),
    born_until(
        BEFORE_NEW_SCHEDULE,
        born_from(SINCE_2015, due(&vaccine::MEN_B, 2, (0, 112))),
    ),
    born_until(BEFORE_NEW_SCHEDULE, due(&vaccine::HIB_MEN_C, 1, (1, 7))),
    due(&vaccine::PCV, 2, (1, 7)),
    born_from(SINCE_2015, due(&vaccine::MEN_B, 3, (1, 7))),
    born_until(MMR_AT_ONE, due(&vaccine::MMR, 1, (1, 7))),
    born_from(MMRV_AT_ONE, due(&vaccine::MMRV, 1, (1, 7))),
    born_from(NEW_SCHEDULE, due(&vaccine::SIX_IN_ONE, 4, (1, 190))),
    born_from(NEW_SCHEDULE, due(&vaccine::MMRV, 2, (1, 190))),
    due(&vaccine::FOUR_IN_ONE, 1, (3, 125)),
    born_until(date!(2022 - 08 - 31), due(&vaccine::MMR, 2, (3, 125))),
    born_from(
        date!(2022 - 09 - 01),
        born_until(BEFORE_NEW_SCHEDULE, due(&vaccine::MMRV, 1, (3, 125))),
    ),
    due(&vaccine::HPV_VACCINE, 1, (12, 200)),
    due(&vaccine::THREE_IN_ONE, 1, (14, 60)),
    born_from(date!(2001 - 09 - 01), due(&vaccine::MEN_ACWY, 1, (14, 60))),
];

/// People born earlier had other vaccines, whose records are on paper.
const ON_PAPER_BEFORE: Date = date!(2005 - 09 - 01);

/// Every vaccine that they were due and got.
pub(crate) fn vaccinate(chart: &mut Chart<'_>) {
    if chart.who.born >= ON_PAPER_BEFORE {
        // A few families decline everything, a few come late.
        if chart.random.happens(4) {
            let on = chart.who.day_at(0, 56);
            if chart.who.is_lived(on) {
                chart.declined(
                    &vaccine::SIX_IN_ONE,
                    on,
                    "Declined by the parents after discussion.",
                );
            }
        } else {
            children(chart, 6);
        }
    }
    let age = chart.who.age();
    if age >= 65 {
        pensioners(chart);
    } else if (3..=11).contains(&age) && chart.random.happens(55) {
        autumn(chart, &vaccine::FLU_SPRAY, 2);
    }
}

/// The schedule of children; a dose is missed `missed` times in a hundred.
pub(crate) fn children(chart: &mut Chart<'_>, missed: u32) {
    let mut appointment = None;
    for due in CHILDREN {
        let (from, until) = due.born;
        let born = chart.who.born;
        if from.is_some_and(|from| born < from) || until.is_some_and(|until| born > until) {
            continue;
        }
        // What is due at one age is given in one appointment: never early, and now and then a little late.
        let (day, at) = match appointment {
            Some((age, day, at)) if age == due.age => (day, at),
            _ => {
                let late = 2 + i64::from(chart.random.below(11));
                let day = chart.who.day_at(due.age.0, due.age.1 + late);
                let at = chart.in_hours(day);
                appointment = Some((due.age, day, at));
                (day, at)
            }
        };
        if !chart.who.is_lived(day) || chart.random.happens(missed) {
            continue;
        }
        chart.immunise(due.vaccine, due.dose, at, By::Nurse);
    }
}

fn pensioners(chart: &mut Chart<'_>) {
    if chart.random.happens(80) {
        autumn(chart, &vaccine::FLU, 4);
    } else {
        let on = chart.who.ago(20);
        chart.declined(&vaccine::FLU, on, "Declined; offered again every autumn.");
    }
    once(chart, &vaccine::PPV, 65, 40, None);
    // Since September 2023 from 65, before from 70; since September 2024 RSV from 75.
    once(chart, &vaccine::SHINGLES, 70, 90, Some(date!(2013 - 09 - 01)));
    once(chart, &vaccine::RSV_VACCINE, 75, 30, Some(date!(2024 - 09 - 01)));
    if chart.who.age() >= 75 && chart.random.happens(60) {
        autumn(chart, &vaccine::COVID_VACCINE, 2);
    }
}

/// One dose at an age, if the vaccine was there by then.
fn once(chart: &mut Chart<'_>, vaccine: &Vaccine, age: i32, days: i64, since: Option<Date>) {
    let day = chart.who.day_at(age, days);
    let is_offered = since.is_none_or(|since| day >= since);
    if is_offered && chart.who.is_lived(day) && chart.random.happens(70) {
        let at = chart.in_hours(day);
        chart.immunise(vaccine, 1, at, By::Nurse);
    }
}

/// One dose in each of the last autumns.
pub(crate) fn autumn(chart: &mut Chart<'_>, vaccine: &Vaccine, autumns: i32) {
    let last = chart.who.last.year();
    // Against COVID-19 there is a vaccine for the autumn since 2021.
    let first_year = if vaccine.code == vaccine::COVID_VACCINE.code {
        (last - autumns + 1).max(2021)
    } else {
        last - autumns + 1
    };
    for (dose, year) in (first_year..=last).enumerate() {
        let Ok(first) = Date::from_calendar_date(year, Month::September, 28) else {
            continue;
        };
        let day = first.saturating_add(Duration::days(i64::from(chart.random.below(30))));
        if chart.who.is_lived(day) && chart.who.is_lived(first) {
            let at = chart.in_hours(day);
            let dose = u32::try_from(dose).unwrap_or_default() + 1;
            chart.immunise(vaccine, dose, at, By::Nurse);
        }
    }
}
