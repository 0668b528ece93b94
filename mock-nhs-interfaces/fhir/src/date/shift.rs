//! Moving a date by an amount of time, and comparing dates that are written to different precisions.

use std::cmp::Ordering;

use super::{
    DAY_US, DateTime, HOUR_US, MINUTE_US, Precision, SECOND_US, civil_from_days, days_from_civil,
    days_in_month,
};

/// A unit of time that a date can be moved by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Months(i64),
    Micros(i64),
}

impl Unit {
    /// A calendar duration (`year`) or a UCUM code (`mo`, `d`, `s`).
    #[must_use]
    pub fn named(name: &str) -> Option<Unit> {
        Some(match name {
            "year" | "a" => Unit::Months(12),
            "month" | "mo" => Unit::Months(1),
            "week" | "wk" => Unit::Micros(7 * DAY_US),
            "day" | "d" => Unit::Micros(DAY_US),
            "hour" | "h" => Unit::Micros(HOUR_US),
            "minute" | "min" => Unit::Micros(MINUTE_US),
            "second" | "s" => Unit::Micros(SECOND_US),
            "millisecond" | "ms" => Unit::Micros(1000),
            _ => return None,
        })
    }
}

impl DateTime {
    /// The date so many units later, as precisely as before; `None` outside the years 1 to 9999.
    ///
    /// A day that the month does not have becomes its last. What is finer than the date's precision is counted in whole units
    /// of it, a month for 30 days and a year for 12 months (<http://hl7.org/fhirpath/N1/#datetime-arithmetic>).
    #[must_use]
    pub fn plus(&self, count: i64, unit: Unit) -> Option<DateTime> {
        match (unit, self.precision) {
            (Unit::Months(size), Precision::Year) => self.plus_months(count.checked_mul(size)? / 12 * 12),
            (Unit::Months(size), _) => self.plus_months(count.checked_mul(size)?),
            (Unit::Micros(size), Precision::Year) => {
                self.plus_months(count.checked_mul(size)? / DAY_US / 365 * 12)
            }
            (Unit::Micros(size), Precision::Month) => {
                self.plus_months(count.checked_mul(size)? / DAY_US / 30)
            }
            (Unit::Micros(size), precision) => {
                let micros = count.checked_mul(size)?;
                let unit = match precision {
                    Precision::Day => DAY_US,
                    Precision::Hour => HOUR_US,
                    Precision::Minute => MINUTE_US,
                    Precision::Year | Precision::Month | Precision::Second | Precision::Fraction(_) => 1,
                };
                self.plus_micros(micros / unit * unit)
            }
        }
    }

    fn plus_months(&self, months: i64) -> Option<DateTime> {
        let total = (i64::from(self.year) * 12 + i64::from(self.month) - 1).checked_add(months)?;
        let year = u16::try_from(total.div_euclid(12))
            .ok()
            .filter(|year| (1..=9999).contains(year))?;
        let month = u8::try_from(total.rem_euclid(12) + 1).ok()?;
        let day = self.day.min(days_in_month(i64::from(year), month));
        Some(DateTime {
            year,
            month,
            day,
            ..*self
        })
    }

    fn plus_micros(&self, micros: i64) -> Option<DateTime> {
        let midnight = days_from_civil(i64::from(self.year), self.month, self.day) * DAY_US;
        let local = midnight
            .checked_add(self.clock_time().micros_of_day())?
            .checked_add(micros)?;
        let (year, month, day) = civil_from_days(local.div_euclid(DAY_US));
        let rest = local.rem_euclid(DAY_US);
        let part = |unit: i64, size: i64| u8::try_from(rest / unit % size).ok();
        Some(DateTime {
            year: u16::try_from(year)
                .ok()
                .filter(|year| (1..=9999).contains(year))?,
            month,
            day,
            hour: part(HOUR_US, 24)?,
            minute: part(MINUTE_US, 60)?,
            second: part(SECOND_US, 60)?,
            micros: u32::try_from(rest % SECOND_US).ok()?,
            ..*self
        })
    }

    /// Which of two is earlier; `None` when they are written to different precisions and one could be within the other.
    /// Fractions of a second are no precision of their own (<http://hl7.org/fhirpath/N1/#comparison>).
    #[must_use]
    pub fn order(&self, other: &DateTime) -> Option<Ordering> {
        let (mine, theirs) = (self.interval(), other.interval());
        if self.precision.min(Precision::Second) == other.precision.min(Precision::Second) {
            return Some(mine.low.cmp(&theirs.low));
        }
        if mine.high <= theirs.low {
            Some(Ordering::Less)
        } else if theirs.high <= mine.low {
            Some(Ordering::Greater)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_move_by_calendar_and_clock() {
        let check = |date: &str, count, unit: &str, expected: &str| {
            let moved = DateTime::parse_literal(date)
                .unwrap()
                .plus(count, Unit::named(unit).unwrap());
            assert_eq!(
                moved.map(|date| date.to_string()),
                Some(expected.into()),
                "{date} {count} {unit}"
            );
        };
        check("2024-02-29", 1, "year", "2025-02-28");
        check("2024-01-31", 1, "month", "2024-02-29");
        check("2024", 25, "month", "2026");
        check("2024-01", -61, "day", "2023-11");
        check("2024-03-01", -24, "hour", "2024-02-29");
        check(
            "2024-12-31T23:59:59.900+01:00",
            200,
            "ms",
            "2025-01-01T00:00:00.100+01:00",
        );
        let last = DateTime::parse_date("9999-12-31").unwrap();
        for (count, unit) in [
            (1, "day"),
            (1, "year"),
            (i64::MAX, "year"),
            (i64::MIN, "s"),
            (i64::MAX / 1_000_000, "s"),
        ] {
            assert_eq!(
                last.plus(count, Unit::named(unit).unwrap()),
                None,
                "{count} {unit}"
            );
        }
    }

    #[test]
    fn different_precisions_are_ordered_only_apart() {
        let check = |left: &str, right: &str, expected| {
            let date = |text| DateTime::parse_literal(text).unwrap();
            assert_eq!(date(left).order(&date(right)), expected, "{left} {right}");
        };
        check("2012", "2013-01", Some(Ordering::Less));
        check("2012-04-15", "2012-04-15T10:00:00", None);
        check(
            "2012-04-15T10:00:00",
            "2012-04-15T10:00:00.0",
            Some(Ordering::Equal),
        );
        check(
            "2012-04-15T10:00:00+01:00",
            "2012-04-15T09:00:00Z",
            Some(Ordering::Equal),
        );
        check(
            "2012-04-15T10:00:01Z",
            "2012-04-15T10:00:00.5Z",
            Some(Ordering::Greater),
        );
    }
}
