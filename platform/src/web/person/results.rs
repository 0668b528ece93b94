//! Results by what was measured: the newest value first, and a picture with a table where there are several.

use serde_json::Value;

use super::chart::{Line, Point, chart};
use crate::web::summary::{clinical, kinds, say};
use crate::web::words;

/// Measures on the page.
const MOST: usize = 40;
/// Values of one measure in picture and table.
const MOST_VALUES: usize = 30;

/// Everything about one measure.
#[derive(Debug)]
pub(super) struct Result {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) newest: String,
    pub(super) when: String,
    pub(super) range: Option<String>,
    /// The picture, where there are several numbers.
    pub(super) picture: String,
    pub(super) rows: Vec<Row>,
    pub(super) left_out: usize,
    /// Type and id of the newest, to change it.
    pub(super) record: (String, String),
}

/// One value.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) when: String,
    pub(super) value: String,
    pub(super) record: (String, String),
}

/// The measures, those with the newest values first. The records come newest first.
pub(super) fn measures(observations: &[Value]) -> Vec<Result> {
    let mut groups: Vec<(String, Vec<&Value>)> = Vec::new();
    for record in observations
        .iter()
        .filter(|record| record["status"] != "entered-in-error")
    {
        let key = say::list(say::at(record, "/code/coding"))
            .iter()
            .find_map(|coding| say::text(&coding["code"]));
        let key = key.or_else(|| say::concept(&record["code"])).unwrap_or_default();
        if let Some((_, group)) = groups.iter_mut().find(|(known, _)| *known == key) {
            group.push(record);
        } else if groups.len() < MOST {
            groups.push((key, vec![record]));
        }
    }
    let measures = groups.iter().enumerate();
    measures
        .filter_map(|(place, (_, group))| measure(place, group))
        .collect()
}

fn measure(place: usize, group: &[&Value]) -> Option<Result> {
    let newest = group.first()?;
    let title = words::shorten(&words::visible(&kinds::title(newest)), 120);
    let shown = group.get(..group.len().min(MOST_VALUES)).unwrap_or_default();
    let rows: Vec<Row> = shown
        .iter()
        .map(|record| Row {
            when: when(record),
            value: value(record),
            record: named(record),
        })
        .collect();
    let range = say::list(&newest["referenceRange"]).first();
    Some(Result {
        id: format!("result-{place}"),
        newest: value(newest),
        when: when(newest),
        range: range.and_then(clinical::range),
        picture: chart(
            &format!("chart-{place}"),
            &title,
            &lines(shown),
            range.and_then(band),
        ),
        left_out: group.len().saturating_sub(rows.len()),
        rows,
        record: named(newest),
        title,
    })
}

fn named(record: &Value) -> (String, String) {
    let text = |member: &str| record[member].as_str().unwrap_or_default().to_owned();
    (text("resourceType"), text("id"))
}

fn when(record: &Value) -> String {
    say::date(&record["effectiveDateTime"])
        .or_else(|| say::period(&record["effectivePeriod"]))
        .unwrap_or_else(|| "Date not known".to_owned())
}

fn value(record: &Value) -> String {
    let whole = say::observed(record);
    let parts: Vec<String> = say::list(&record["component"])
        .iter()
        .filter_map(|part| {
            Some(format!(
                "{} {}",
                say::concept(&part["code"])?,
                say::observed(part)?
            ))
        })
        .collect();
    let told = whole.or_else(|| (!parts.is_empty()).then(|| parts.join(", ")));
    let told =
        told.or_else(|| say::concept(&record["dataAbsentReason"]).map(|why| format!("No value: {why}")));
    words::shorten(
        &words::visible(&told.unwrap_or_else(|| "No value recorded".to_owned())),
        200,
    )
}

/// Lower and upper end of what is usual.
fn band(range: &Value) -> Option<(f64, f64)> {
    let (low, high) = (
        say::at(range, "/low/value").as_f64()?,
        say::at(range, "/high/value").as_f64()?,
    );
    (low < high).then_some((low, high))
}

/// A line for each number that the records have: one, or one for each part.
fn lines(group: &[&Value]) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut add = |title: String, unit: Option<String>, point: Point| {
        match lines.iter_mut().find(|line| line.title == title) {
            // A line in two units would lie.
            Some(line) if line.unit == unit.clone().unwrap_or_default() => line.points.push(point),
            Some(_) => {}
            None => lines.push(Line {
                title,
                unit: unit.unwrap_or_default(),
                points: vec![point],
            }),
        }
    };
    for record in group.iter().rev() {
        let Some(day) = record["effectiveDateTime"].as_str().and_then(say::day) else {
            continue;
        };
        let point = |quantity: &Value| {
            Some(Point {
                day,
                value: quantity["value"]
                    .as_f64()
                    .filter(|value| value.is_finite() && value.abs() < 1e9)?,
            })
        };
        if let Some(point) = point(&record["valueQuantity"]) {
            add(
                String::new(),
                say::text(say::at(record, "/valueQuantity/unit")),
                point,
            );
        }
        for part in say::list(&record["component"]) {
            if let (Some(title), Some(point)) = (say::concept(&part["code"]), point(&part["valueQuantity"])) {
                add(title, say::text(say::at(part, "/valueQuantity/unit")), point);
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pressure(day: &str, upper: f64, lower: f64) -> Value {
        json!({"resourceType":"Observation","id":day,"code":{"coding":[{"code":"85354-9","display":"Blood pressure"}]},
            "effectiveDateTime":day,"component":[
            {"code":{"text":"Systolic"},"valueQuantity":{"value":upper,"unit":"mmHg"}},
            {"code":{"text":"Diastolic"},"valueQuantity":{"value":lower,"unit":"mmHg"}}]})
    }

    #[test]
    fn several_values_make_a_picture_and_one_does_not() {
        let records = [
            pressure("2026-10-01", 140.0, 90.0),
            pressure("2026-01-01", 150.0, 95.0),
            json!({"resourceType":"Observation","id":"x","code":{"text":"Smoking"},"valueCodeableConcept":{"text":"Never smoked"}}),
            json!({"resourceType":"Observation","id":"y","status":"entered-in-error","code":{"text":"Weight"}}),
        ];
        let told = measures(&records);
        assert_eq!(told.len(), 2);
        assert_eq!(told[0].newest, "Systolic 140.0 mmHg, Diastolic 90.0 mmHg");
        assert!(
            told[0].picture.contains("Systolic") && told[0].picture.matches("c4h-chart__line--").count() == 2
        );
        assert_eq!(
            (told[1].newest.as_str(), told[1].when.as_str()),
            ("Never smoked", "Date not known")
        );
        assert!(told[1].picture.is_empty());
    }
}
