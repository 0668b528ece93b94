//! Spans of time: dates, periods, timings.

use fhir::date::DateTime;
use fhir::json::Json;

use crate::value::{DateRange, Value};

/// `date`, `dateTime`, `instant`.
pub(super) fn date(item: &Json, each: &mut dyn FnMut(Value)) {
    if let Some(range) = range(item) {
        each(Value::Date(range));
    }
}

/// `Period`: open where an end is missing.
pub(super) fn period(item: &Json, each: &mut dyn FnMut(Value)) {
    if let Some(range) = period_range(item) {
        each(Value::Date(range));
    }
}

/// `Timing`: from the first to the last of its events and bounds. What it says of repetition does not count:
/// <https://hl7.org/fhir/R4/search.html#date>.
pub(super) fn timing(item: &Json, each: &mut dyn FnMut(Value)) {
    let events = item
        .get("event")
        .map(Json::items)
        .into_iter()
        .flatten()
        .filter_map(range);
    let bounds = item.at(&["repeat", "boundsPeriod"]).and_then(period_range);
    let outer = events.chain(bounds).reduce(|one, other| DateRange {
        low: one.low.min(other.low),
        high: one.high.max(other.high),
    });
    if let Some(range) = outer {
        each(Value::Date(range));
    }
}

fn period_range(item: &Json) -> Option<DateRange> {
    let start = item.get("start").and_then(range);
    let end = item.get("end").and_then(range);
    if start.is_none() && end.is_none() {
        return None;
    }
    let low = start.map_or(i64::MIN, |start| start.low);
    let high = end.map_or(i64::MAX, |end| end.high);
    // A period that ends before it starts is none.
    (low < high).then_some(DateRange { low, high })
}

fn range(item: &Json) -> Option<DateRange> {
    let interval = DateTime::parse_query(item.as_str()?).ok()?.interval();
    Some(DateRange {
        low: interval.low,
        high: interval.high,
    })
}
