//! How children grow: weight, length and head at an age, near the middle of the WHO's standards, for each child a share
//! above or below. Good enough to look right on a chart, not a reference.
//! Source: <https://www.who.int/tools/child-growth-standards>

/// Months, and for boys and girls weight in kg, length in cm, head in cm.
type Row = (f64, [f64; 3], [f64; 3]);

const ROWS: [Row; 15] = [
    (0.0, [3.3, 49.9, 34.5], [3.2, 49.1, 33.9]),
    (2.0, [5.6, 58.4, 39.1], [5.1, 57.1, 38.3]),
    (4.0, [7.0, 63.9, 41.6], [6.4, 62.1, 40.6]),
    (6.0, [7.9, 67.6, 43.3], [7.3, 65.7, 42.2]),
    (9.0, [8.9, 72.0, 45.0], [8.2, 70.1, 43.8]),
    (12.0, [9.6, 75.7, 46.1], [8.9, 74.0, 44.9]),
    (24.0, [12.2, 87.1, 48.3], [11.5, 85.7, 47.2]),
    (36.0, [14.3, 96.1, 49.5], [13.9, 95.1, 48.5]),
    (48.0, [16.3, 103.3, 50.2], [16.1, 102.7, 49.3]),
    (60.0, [18.3, 110.0, 50.7], [18.2, 109.4, 49.9]),
    (84.0, [22.9, 121.7, 51.6], [22.4, 120.8, 51.0]),
    (120.0, [31.2, 137.8, 52.5], [31.9, 138.6, 52.2]),
    (144.0, [39.9, 149.1, 53.3], [41.5, 151.2, 53.2]),
    (168.0, [51.0, 163.2, 54.3], [50.0, 159.8, 54.0]),
    (216.0, [67.0, 176.1, 55.8], [56.0, 163.2, 55.0]),
];

/// Weight, length and head at this age in months.
pub(super) fn at(months: f64, is_girl: bool) -> [f64; 3] {
    let of = |row: &Row| if is_girl { row.2 } else { row.1 };
    let next = ROWS.iter().position(|row| row.0 > months);
    let (before, after) = match next {
        Some(place) => (ROWS.get(place.saturating_sub(1)), ROWS.get(place)),
        None => (ROWS.last(), ROWS.last()),
    };
    let (Some(before), Some(after)) = (before, after) else {
        return [0.0; 3];
    };
    let width = after.0 - before.0;
    let share = if width > 0.0 {
        (months - before.0) / width
    } else {
        0.0
    };
    let (low, high) = (of(before), of(after));
    let mut found = low;
    for ((found, low), high) in found.iter_mut().zip(low).zip(high) {
        *found = low + (high - low) * share;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::at;

    #[test]
    fn children_grow_from_row_to_row() {
        assert_eq!(at(0.0, false), [3.3, 49.9, 34.5]);
        assert_eq!(at(24.0, true), [11.5, 85.7, 47.2]);
        assert!(at(18.0, true)[0] > 8.9 && at(18.0, true)[0] < 11.5);
        assert_eq!(at(500.0, false), [67.0, 176.1, 55.8]);
        for is_girl in [true, false] {
            for months in 0..215 {
                let (now, later) = (at(f64::from(months), is_girl), at(f64::from(months + 1), is_girl));
                assert!(
                    now.iter().zip(later).all(|(now, later)| *now <= later),
                    "{months}"
                );
            }
        }
    }
}
