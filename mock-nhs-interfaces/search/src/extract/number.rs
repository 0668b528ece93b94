//! Numbers, quantities and places.

use fhir::decimal::Decimal;
use fhir::json::Json;

use super::text_of;
use crate::value::{Number, NumberRange, Position, Quantity, Value};

/// The system of currencies. Source: <https://hl7.org/fhir/R4/search.html#quantity>.
const CURRENCIES: &str = "urn:iso:std:iso:4217";
/// The most samples that are looked at to find the least and the greatest.
const SAMPLES: usize = 10_000;

/// A decimal as a key's number.
pub(crate) fn number(value: &Decimal) -> Number {
    Number::from_ordered_bytes(&value.to_bytes())
}

/// `integer`, `decimal`.
pub(super) fn plain(item: &Json, each: &mut dyn FnMut(Value)) {
    if let Some(value) = decimal(item) {
        each(Value::Number(point(&value)));
    }
}

/// `Quantity` and its profiles; a comparator opens one end.
pub(super) fn quantity(item: &Json, each: &mut dyn FnMut(Value)) {
    let Some(value) = item.get("value").and_then(decimal) else {
        return;
    };
    let mut range = point(&value);
    match item.get("comparator").and_then(Json::as_str) {
        Some("<" | "<=") => range.low = Number::negative_infinity(),
        Some(">" | ">=") => range.high = Number::positive_infinity(),
        _ => {}
    }
    each(Value::Quantity(with_unit(range, item)));
}

/// `Money`: the currency is its unit.
pub(super) fn money(item: &Json, each: &mut dyn FnMut(Value)) {
    let Some(value) = item.get("value").and_then(decimal) else {
        return;
    };
    let code = text_of(item, "currency");
    let system = code.is_some().then(|| CURRENCIES.into());
    each(Value::Quantity(Quantity {
        range: point(&value),
        system,
        code,
        unit: None,
    }));
}

/// `Range`: open where an end is missing; the unit of whichever end has one.
pub(super) fn range(item: &Json, each: &mut dyn FnMut(Value)) {
    let end = |key: &str| item.at(&[key, "value"]).and_then(decimal);
    let (low, high) = (end("low"), end("high"));
    let Some(unit) = [("low", &low), ("high", &high)]
        .into_iter()
        .find_map(|(key, end)| end.as_ref().and(item.get(key)))
    else {
        return;
    };
    let range = NumberRange {
        low: low.as_ref().map_or_else(Number::negative_infinity, number),
        high: high.as_ref().map_or_else(Number::positive_infinity, number),
    };
    if range.low <= range.high {
        each(Value::Quantity(with_unit(range, unit)));
    }
}

/// `SampledData`: from its least to its greatest sample, in the unit of its origin.
pub(super) fn sampled_data(item: &Json, each: &mut dyn FnMut(Value)) {
    let Some(origin) = item.get("origin") else { return };
    let Some(zero) = origin.get("value").and_then(decimal) else {
        return;
    };
    let factor = item
        .get("factor")
        .and_then(decimal)
        .unwrap_or_else(|| Decimal::from(1));
    let real = |sample: &Decimal| sample.checked_mul(&factor)?.checked_add(&zero);
    let samples = item.get("data").and_then(Json::as_str).unwrap_or_default();
    let ends = samples
        .split_ascii_whitespace()
        .take(SAMPLES)
        // E, L and U stand for errors and for values beyond the limits.
        .filter_map(|sample| real(&Decimal::parse(sample).ok()?))
        .map(|sample| (sample.clone(), sample))
        .reduce(|(low, high), (sample, _)| (low.min(sample.clone()), high.max(sample)));
    if let Some((low, high)) = ends {
        let range = NumberRange {
            low: number(&low),
            high: number(&high),
        };
        each(Value::Quantity(with_unit(range, origin)));
    }
}

/// `Location.position`.
pub(super) fn place(item: &Json, each: &mut dyn FnMut(Value)) {
    let degrees = |key: &str| item.get(key).and_then(decimal);
    if let (Some(latitude), Some(longitude)) = (degrees("latitude"), degrees("longitude"))
        && let Some(position) = position(&latitude, &longitude)
    {
        each(Value::Position(position));
    }
}

/// A place by its degrees, if they are on Earth.
pub(crate) fn position(latitude: &Decimal, longitude: &Decimal) -> Option<Position> {
    Some(Position {
        latitude: millionths(latitude, 90)?,
        longitude: millionths(longitude, 180)?,
    })
}

fn millionths(degrees: &Decimal, most: i64) -> Option<i32> {
    if *degrees > Decimal::from(most) || *degrees < Decimal::from(-most) {
        return None;
    }
    // Rounded towards zero: what is beyond a millionth is a tenth of a metre.
    let text = degrees.to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let digits: String = fraction.chars().chain("000000".chars()).take(6).collect();
    format!("{whole}{digits}").parse().ok()
}

fn with_unit(range: NumberRange, item: &Json) -> Quantity {
    Quantity {
        range,
        system: text_of(item, "system"),
        code: text_of(item, "code"),
        unit: text_of(item, "unit"),
    }
}

fn point(value: &Decimal) -> NumberRange {
    let number = number(value);
    NumberRange {
        low: number.clone(),
        high: number,
    }
}

fn decimal(item: &Json) -> Option<Decimal> {
    Decimal::parse(item.as_number()?).ok()
}
