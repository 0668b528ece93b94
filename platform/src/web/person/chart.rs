//! Values over time as a picture: SVG made on the server, with words for whoever does not see it; the table is beside it.

use std::fmt::Write as _;

use time::Date;

use crate::web::summary::say;

/// The picture's measures, in its own units: little more than a phone is wide, so that words stay readable there.
const WIDTH: f64 = 400.0;
const HEIGHT: f64 = 200.0;
const LEFT: f64 = 58.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 16.0;
const BOTTOM: f64 = 34.0;

/// Values that belong together.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    /// What it is, where there are several.
    pub(super) title: String,
    pub(super) unit: String,
    /// The oldest first.
    pub(super) points: Vec<Point>,
}

/// One value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    pub(super) day: Date,
    pub(super) value: f64,
}

/// How days and values become places.
struct Scale {
    first: f64,
    days: f64,
    low: f64,
    span: f64,
}

impl Scale {
    fn x(&self, day: Date) -> f64 {
        let at = if self.days > 0.0 {
            (number(day) - self.first) / self.days
        } else {
            0.5
        };
        LEFT + at * (WIDTH - LEFT - RIGHT)
    }

    fn y(&self, value: f64) -> f64 {
        TOP + (1.0 - (value - self.low) / self.span) * (HEIGHT - TOP - BOTTOM)
    }
}

fn number(day: Date) -> f64 {
    f64::from(day.to_julian_day())
}

fn words(day: Date) -> String {
    say::date(&serde_json::Value::String(day.to_string())).unwrap_or_default()
}

/// Round values to draw lines at, two to four of them.
fn marks(low: f64, high: f64) -> impl Iterator<Item = f64> {
    let rough = ((high - low) / 3.0).max(f64::MIN_POSITIVE);
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0]
        .map(|times| times * power)
        .into_iter()
        .find(|step| *step >= rough)
        .unwrap_or(10.0 * power);
    let first = (low / step).ceil();
    (0_u8..5)
        .map(move |further| (first + f64::from(further)) * step)
        .take_while(move |mark| *mark <= high)
}

/// As few digits as tell it.
fn short(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// The picture; nothing where no line has two values.
pub(super) fn chart(id: &str, title: &str, lines: &[Line], band: Option<(f64, f64)>) -> String {
    let lines: Vec<&Line> = lines
        .iter()
        .filter(|line| line.points.len() > 1)
        .take(3)
        .collect();
    let points = || lines.iter().flat_map(|line| &line.points);
    let (Some(first), Some(last)) = (
        points().map(|point| point.day).min(),
        points().map(|point| point.day).max(),
    ) else {
        return String::new();
    };
    let ends = band.into_iter().flat_map(|(low, high)| [low, high]);
    let values = || points().map(|point| point.value);
    let (mut low, mut high) = values()
        .chain(ends)
        .fold((f64::MAX, f64::MIN), |(low, high), value| {
            (low.min(value), high.max(value))
        });
    let room = ((high - low) * 0.1).max(high.abs() * 0.01).max(0.5);
    low = if low >= 0.0 {
        (low - room).max(0.0)
    } else {
        low - room
    };
    high += room;
    let scale = Scale {
        first: number(first),
        days: number(last) - number(first),
        low,
        span: (high - low).max(f64::MIN_POSITIVE),
    };
    let mut svg = String::new();
    let told = told(title, &lines, first, last);
    let _ = write!(
        svg,
        r#"<svg class="c4h-chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="{id}" focusable="false"><title id="{id}">{}</title>"#,
        crate::web::explorer::escaped(&told)
    );
    frame(&mut svg, &scale, band, (low, high), (first, last));
    for (place, line) in lines.iter().enumerate() {
        draw(&mut svg, &scale, place, line);
    }
    svg.push_str("</svg>");
    svg
}

fn told(title: &str, lines: &[&Line], first: Date, last: Date) -> String {
    let mut told = format!("{title}, {} to {}.", words(first), words(last));
    for line in lines {
        let values = || line.points.iter().map(|point| point.value);
        let name = if line.title.is_empty() {
            "Values"
        } else {
            &line.title
        };
        let (low, high) = (
            values().fold(f64::MAX, f64::min),
            values().fold(f64::MIN, f64::max),
        );
        let _ = write!(
            told,
            " {name}: {} of them, lowest {}, highest {} {}.",
            line.points.len(),
            short(low),
            short(high),
            line.unit
        );
    }
    told
}

fn frame(
    svg: &mut String,
    scale: &Scale,
    band: Option<(f64, f64)>,
    (low, high): (f64, f64),
    (first, last): (Date, Date),
) {
    let right = WIDTH - RIGHT;
    if let Some((from, to)) = band {
        let (top, bottom) = (scale.y(to), scale.y(from));
        let _ = write!(
            svg,
            r#"<rect class="c4h-chart__band" x="{LEFT}" y="{top:.1}" width="{}" height="{:.1}"/>"#,
            right - LEFT,
            bottom - top
        );
    }
    for value in marks(low, high) {
        let y = scale.y(value);
        let _ = write!(
            svg,
            r#"<path class="c4h-chart__grid" d="M{LEFT} {y:.1}H{right}"/>"#
        );
        let _ = write!(
            svg,
            r#"<text class="c4h-chart__label" x="{}" y="{:.1}" text-anchor="end">{}</text>"#,
            LEFT - 8.0,
            y + 5.0,
            short(value)
        );
    }
    let foot = HEIGHT - 8.0;
    let _ = write!(
        svg,
        r#"<text class="c4h-chart__label" x="{LEFT}" y="{foot}">{}</text>"#,
        words(first)
    );
    if last != first {
        let _ = write!(
            svg,
            r#"<text class="c4h-chart__label" x="{right}" y="{foot}" text-anchor="end">{}</text>"#,
            words(last)
        );
    }
}

/// Lines differ by their dashes and their marks, not by colour alone.
fn draw(svg: &mut String, scale: &Scale, place: usize, line: &Line) {
    let mut path = String::new();
    for (index, point) in line.points.iter().enumerate() {
        let letter = if index == 0 { 'M' } else { 'L' };
        let _ = write!(
            path,
            "{letter}{:.1} {:.1}",
            scale.x(point.day),
            scale.y(point.value)
        );
    }
    let _ = write!(
        svg,
        r#"<path class="c4h-chart__line c4h-chart__line--{place}" d="{path}"/>"#
    );
    for point in &line.points {
        let (x, y) = (scale.x(point.day), scale.y(point.value));
        if place == 0 {
            let _ = write!(
                svg,
                r#"<circle class="c4h-chart__mark c4h-chart__mark--{place}" cx="{x:.1}" cy="{y:.1}" r="4"/>"#
            );
        } else {
            let _ = write!(
                svg,
                r#"<rect class="c4h-chart__mark c4h-chart__mark--{place}" x="{:.1}" y="{:.1}" width="8" height="8"/>"#,
                x - 4.0,
                y - 4.0
            );
        }
    }
    if let (false, Some(last)) = (line.title.is_empty(), line.points.last()) {
        let title = crate::web::explorer::escaped(&crate::web::words::shorten(&line.title, 30));
        let _ = write!(
            svg,
            r#"<text class="c4h-chart__name" x="{:.1}" y="{:.1}" text-anchor="end">{title}</text>"#,
            scale.x(last.day),
            (scale.y(last.value) - 10.0).max(14.0)
        );
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    fn line(values: &[f64]) -> Line {
        let days = (1_u8..).map(|day| Date::from_calendar_date(2026, time::Month::May, day).unwrap());
        Line {
            title: "A <b>".to_owned(),
            unit: "kg".to_owned(),
            points: days
                .zip(values)
                .map(|(day, value)| Point { day, value: *value })
                .collect(),
        }
    }

    #[test]
    fn a_picture_stays_inside_of_its_frame_and_says_what_it_shows() {
        for values in [&[70.0, 72.5, 71.0][..], &[5.0, 5.0], &[-3.0, 40.0], &[0.0, 1e8]] {
            let svg = chart("c", "Weight", &[line(values)], Some((60.0, 80.0)));
            assert!(
                svg.contains("A &lt;b&gt;") && !svg.contains("NaN") && !svg.contains("inf"),
                "{svg}"
            );
            for y in svg.split("cy=\"").skip(1) {
                let y: f64 = y.split('"').next().unwrap().parse().unwrap();
                assert!((0.0..=HEIGHT).contains(&y), "{svg}");
            }
        }
        let told = chart("c", "Weight", &[line(&[70.0, 72.5])], None);
        assert!(told.contains("Weight, 1 May 2026 to 2 May 2026."), "{told}");
        assert!(told.contains("2 of them, lowest 70, highest 72.5 kg."), "{told}");
    }

    #[test]
    fn lines_are_drawn_at_round_values() {
        let of = |low, high| marks(low, high).collect::<Vec<_>>();
        assert_eq!(of(53.4, 156.6), [100.0, 150.0]);
        assert_eq!(of(35.2, 38.9), [36.0, 38.0]);
        assert_eq!(of(0.0, 10.0), [0.0, 5.0, 10.0]);
        assert_eq!(of(11.0, 13.0), [11.0, 12.0, 13.0]);
        for (low, high) in [
            (0.0, 1.0),
            (-7.3, 44.0),
            (4.95, 5.95),
            (0.0, 1.1e8),
            (99.0, 101.0),
        ] {
            let count = of(low, high).len();
            assert!((2..=4).contains(&count), "{low} {high}: {:?}", of(low, high));
        }
    }

    #[test]
    fn one_value_is_no_line_and_one_day_is_no_division_by_nothing() {
        assert!(chart("c", "x", &[line(&[1.0])], None).is_empty());
        let mut same = line(&[1.0, 2.0]);
        same.points
            .iter_mut()
            .for_each(|point| point.day = date!(2026 - 01 - 01));
        assert!(!chart("c", "x", &[same], None).contains("NaN"));
    }
}
