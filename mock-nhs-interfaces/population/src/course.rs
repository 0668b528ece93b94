//! What happens to somebody in the course of their life: for people with a story what it tells, for everybody else what
//! is plausible at their age.

mod admission;
mod adulthood;
mod basics;
mod childhood;
mod growth;
mod long_term;
mod pregnancy;
mod vaccination;

pub(crate) use admission::{Admission, admit};
pub(crate) use basics::who_asks_after_allergies;
pub(crate) use childhood::grow_up;
pub(crate) use long_term::{Illness, live_with};
pub(crate) use pregnancy::expect;
pub(crate) use vaccination::vaccinate;

use crate::chart::Chart;

/// Writes the whole record but for the `Patient`.
pub(crate) fn live(chart: &mut Chart<'_>) {
    if let Some(tale) = chart.who.draft.tale {
        tale.tell(chart);
        return;
    }
    if chart.who.draft.record.birth_date.is_none() {
        basics::nothing_is_known(chart);
        return;
    }
    basics::family(chart);
    basics::wishes(chart);
    basics::allergies(chart);
    vaccinate(chart);
    match chart.who.age() {
        ..=17 => grow_up(chart),
        _ => adulthood::live(chart),
    }
    basics::what_is_next(chart);
}
