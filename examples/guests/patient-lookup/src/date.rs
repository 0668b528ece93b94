//! Dates as FHIR writes them, which may lack the day or the month, and ages.

use std::time::{SystemTime, UNIX_EPOCH};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A day of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    pub year: i32,
    pub month: u32,
    pub day: u32,
}

impl Day {
    /// Today by the app's clock, in UTC: in a British summer the new day starts here an hour late.
    pub fn today() -> Self {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self::from_days(i64::try_from(since_1970.as_secs() / 86_400).unwrap_or_default())
    }

    /// The day that many days after 1 January 1970, which must not be negative.
    fn from_days(days: i64) -> Self {
        // Years are counted from 1 March 0000, so that a leap day is the last day of its year;
        // 400 years have 146,097 days, and 719,468 of them lie before 1970.
        let days = days + 719_468;
        let (era, day_of_era) = (days / 146_097, days % 146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 {
            month_from_march + 3
        } else {
            month_from_march - 9
        };
        let year = era * 400 + year_of_era + i64::from(month <= 2);
        Self {
            year: year as i32,
            month: month as u32,
            day: day as u32,
        }
    }
}

/// A FHIR `date` or `dateTime` down to the day: a year, a month of a year, or a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartialDate {
    Year(i32),
    Month { year: i32, month: u32 },
    Day(Day),
}

impl PartialDate {
    /// Reads `2010`, `2010-10`, `2010-10-22` or `2010-10-22T00:00:00+00:00`. Anything else is not known.
    pub fn parse(text: &str) -> Option<Self> {
        let date = text.split('T').next()?;
        let mut parts = date.split('-');
        let year = number(parts.next()?, 4)? as i32;
        let Some(month) = parts.next() else {
            return Some(Self::Year(year));
        };
        let month = number(month, 2).filter(|month| (1..=12).contains(month))?;
        let Some(day) = parts.next() else {
            return Some(Self::Month { year, month });
        };
        let day = number(day, 2).filter(|day| (1..=31).contains(day))?;
        parts
            .next()
            .is_none()
            .then_some(Self::Day(Day { year, month, day }))
    }

    /// `22 October 2010`, as the NHS writes dates.
    pub fn long(self) -> String {
        match self {
            Self::Year(year) => year.to_string(),
            Self::Month { year, month } => format!("{} {year}", month_name(month)),
            Self::Day(Day { year, month, day }) => format!("{day} {} {year}", month_name(month)),
        }
    }

    /// `22-Oct-2010`, as patient banners in clinical systems write dates.
    pub fn short(self) -> String {
        match self {
            Self::Year(year) => year.to_string(),
            Self::Month { year, month } => format!("{}-{year}", &month_name(month)[..3]),
            Self::Day(Day { year, month, day }) => {
                format!("{day:02}-{}-{year}", &month_name(month)[..3])
            }
        }
    }

    fn day(self) -> Option<Day> {
        match self {
            Self::Day(day) => Some(day),
            Self::Year(_) | Self::Month { .. } => None,
        }
    }

    fn year(self) -> i32 {
        match self {
            Self::Year(year) | Self::Month { year, .. } | Self::Day(Day { year, .. }) => year,
        }
    }
}

/// How old somebody born on one date is on another, in words: days under a month, months under two years, then years.
///
/// Nothing when the second date lies before the first. When a date lacks its day, the age is said to be rough.
pub fn age(born: PartialDate, on: PartialDate) -> Option<String> {
    let (Some(from), Some(to)) = (born.day(), on.day()) else {
        let years = on.year() - born.year();
        return (years >= 0).then(|| format!("about {}", count(years, "year")));
    };
    if to < from {
        return None;
    }
    let months =
        (to.year - from.year) * 12 + to.month as i32 - from.month as i32 - i32::from(to.day < from.day);
    Some(match months {
        0 if to.month == from.month => count((to.day - from.day) as i32, "day"),
        0 => "under 1 month".to_owned(),
        1..24 => count(months, "month"),
        _ => count(months / 12, "year"),
    })
}

fn count(number: i32, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}

fn month_name(month: u32) -> &'static str {
    MONTHS[month as usize - 1]
}

fn number(text: &str, length: usize) -> Option<u32> {
    let plain = text.len() == length && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> PartialDate {
        PartialDate::parse(text).unwrap()
    }

    #[test]
    fn days_become_dates() {
        for (days, expected) in [
            (0, "1 January 1970"),
            (11_016, "29 February 2000"),
            (11_017, "1 March 2000"),
            (20_453, "31 December 2025"),
            (47_540, "28 February 2100"),
            (47_541, "1 March 2100"),
        ] {
            assert_eq!(PartialDate::Day(Day::from_days(days)).long(), expected);
        }
    }

    #[test]
    fn dates_may_lack_their_day() {
        assert_eq!(date("2010-10-22").long(), "22 October 2010");
        assert_eq!(date("2010-10-02").short(), "02-Oct-2010");
        assert_eq!(date("2010-10-22T00:00:00+00:00").short(), "22-Oct-2010");
        assert_eq!(date("2010-10").long(), "October 2010");
        assert_eq!(date("2010").long(), "2010");
        for odd in [
            "",
            "22/10/2010",
            "2010-13",
            "2010-10-32",
            "2010-10-22-1",
            "0x10",
            "20100-1",
        ] {
            assert_eq!(PartialDate::parse(odd), None, "{odd:?}");
        }
    }

    #[test]
    fn ages_are_in_words() {
        for (born, on, expected) in [
            ("2010-10-22", "2026-10-21", Some("15 years")),
            ("2010-10-22", "2026-10-22", Some("16 years")),
            ("2024-02-29", "2025-02-28", Some("11 months")),
            ("2024-12-01", "2026-11-30", Some("23 months")),
            ("2024-12-01", "2026-12-01", Some("2 years")),
            ("2026-11-20", "2026-11-21", Some("1 day")),
            ("2026-10-31", "2026-11-02", Some("under 1 month")),
            ("2010", "2026-11-02", Some("about 16 years")),
            ("2026-11-02", "2026-11-01", None),
        ] {
            assert_eq!(age(date(born), date(on)).as_deref(), expected, "{born} on {on}");
        }
    }
}
