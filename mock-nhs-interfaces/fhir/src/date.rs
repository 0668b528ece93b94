//! FHIR's partial dates, and the stretch of time that each of them stands for.
//!
//! <https://hl7.org/fhir/R4/datatypes.html#dateTime>, <https://hl7.org/fhir/R4/search.html#date>

mod civil;
mod clock_time;
mod parse;
mod shift;

pub use civil::{days_from_civil, days_in_month};
pub use clock_time::ClockTime;
pub use shift::Unit;

use civil::civil_from_days;

pub(crate) const SECOND_US: i64 = 1_000_000;
pub(crate) const MINUTE_US: i64 = 60 * SECOND_US;
pub(crate) const HOUR_US: i64 = 60 * MINUTE_US;
pub(crate) const DAY_US: i64 = 24 * HOUR_US;

/// How much of a date was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Precision {
    Year,
    Month,
    Day,
    /// Only in `FHIRPath` literals.
    Hour,
    /// Only in queries and `FHIRPath` literals.
    Minute,
    Second,
    /// Digits after the second's point that count: 1 to 6. Further digits are allowed and do not count.
    Fraction(u8),
}

/// A half-open stretch of time: `low` belongs to it, `high` does not. Microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Interval {
    pub low: i64,
    pub high: i64,
}

/// A `date`, `dateTime`, `instant` or a date of a query: some leading parts of a moment.
///
/// Invariant: a day that the calendar has, a year from 1 to 9999. Parts that were not written are the smallest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DateTime {
    pub year: u16,
    pub month: u8,
    pub day: u8,
    pub hour: u8,
    pub minute: u8,
    /// 0 to 60: a leap second is allowed, and is the same moment as the second after it.
    pub second: u8,
    pub micros: u32,
    pub precision: Precision,
    /// Minutes east of UTC, from -840 to 840; `None` where no zone was written.
    pub offset_minutes: Option<i16>,
}

/// Why a text is no date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DateError {
    #[error("a date looks like 2026, 2026-11, 2026-11-26 or 2026-11-26T09:30:00Z")]
    Shape,
    #[error("there is no such day in the calendar")]
    NoSuchDay,
    #[error("the time of day ends at 23:59:59")]
    NoSuchTime,
    #[error("an offset from UTC lies between -14:00 and +14:00")]
    NoSuchOffset,
    #[error("a time of day needs seconds and an offset from UTC, as in 2026-11-26T09:30:00Z")]
    Incomplete,
    #[error("a date without a time of day is expected, as in 2026-11-26")]
    UnexpectedTime,
}

impl DateTime {
    /// A FHIR `date`: year, month or day.
    ///
    /// # Errors
    /// The text is not one of these, or the calendar has no such day.
    pub fn parse_date(text: &str) -> Result<DateTime, DateError> {
        let date = parse::any(text)?;
        if date.precision > Precision::Day {
            Err(DateError::UnexpectedTime)
        } else {
            Ok(date)
        }
    }

    /// A FHIR `dateTime`: a date, or a full time with seconds and offset.
    ///
    /// # Errors
    /// As for [`parse_date`](Self::parse_date); a time of day without seconds or offset.
    pub fn parse_date_time(text: &str) -> Result<DateTime, DateError> {
        let date = parse::any(text)?;
        let timed = date.precision > Precision::Day;
        if timed && (date.precision < Precision::Second || date.offset_minutes.is_none()) {
            return Err(DateError::Incomplete);
        }
        Ok(date)
    }

    /// A FHIR `instant`: seconds and offset are obligatory.
    ///
    /// # Errors
    /// As for [`parse_date_time`](Self::parse_date_time).
    pub fn parse_instant(text: &str) -> Result<DateTime, DateError> {
        let date = Self::parse_date_time(text)?;
        if date.precision < Precision::Second {
            Err(DateError::Incomplete)
        } else {
            Ok(date)
        }
    }

    /// A date in a query: seconds and offset may be missing, hours and minutes come together.
    ///
    /// # Errors
    /// The text is no date of any precision.
    pub fn parse_query(text: &str) -> Result<DateTime, DateError> {
        let date = parse::any(text)?;
        if date.precision == Precision::Hour {
            Err(DateError::Shape)
        } else {
            Ok(date)
        }
    }

    /// A date of a `FHIRPath` literal, without its `@`: any precision, `2026T` and `2026-11-26T09` too.
    ///
    /// # Errors
    /// The text is no date of any precision.
    pub fn parse_literal(text: &str) -> Result<DateTime, DateError> {
        parse::any(text.strip_suffix('T').unwrap_or(text))
    }

    /// The moment as microseconds since 1970 in UTC, to the precision of milliseconds: what the server stamps.
    #[must_use]
    pub fn from_micros(micros: i64) -> DateTime {
        let micros = micros.clamp(-62_135_596_800 * SECOND_US, 253_402_300_800 * SECOND_US - 1);
        let (year, month, day) = civil_from_days(micros.div_euclid(DAY_US));
        let rest = micros.rem_euclid(DAY_US);
        let part = |unit: i64, size: i64| u8::try_from(rest / unit % size).unwrap_or(0);
        DateTime {
            year: u16::try_from(year).unwrap_or(1),
            month,
            day,
            hour: part(HOUR_US, 24),
            minute: part(MINUTE_US, 60),
            second: part(SECOND_US, 60),
            micros: u32::try_from(rest % SECOND_US / 1000 * 1000).unwrap_or(0),
            precision: Precision::Fraction(3),
            offset_minutes: Some(0),
        }
    }

    /// The stretch of time that these parts leave open. Where no offset was written, UTC.
    #[must_use]
    pub fn interval(&self) -> Interval {
        let low = self.low();
        let high = match self.precision {
            Precision::Year => day_us(i64::from(self.year) + 1, 1, 1),
            Precision::Month if self.month == 12 => day_us(i64::from(self.year) + 1, 1, 1),
            Precision::Month => day_us(i64::from(self.year), self.month + 1, 1),
            Precision::Day => low + DAY_US,
            Precision::Hour => low + HOUR_US,
            Precision::Minute => low + MINUTE_US,
            Precision::Second => low + SECOND_US,
            Precision::Fraction(digits) => low + 10_i64.pow(6 - u32::from(digits.min(6))),
        };
        Interval { low, high }
    }

    fn low(&self) -> i64 {
        let offset = i64::from(self.offset_minutes.unwrap_or(0)) * MINUTE_US;
        day_us(i64::from(self.year), self.month, self.day)
            + i64::from(self.hour) * HOUR_US
            + i64::from(self.minute) * MINUTE_US
            + i64::from(self.second) * SECOND_US
            + i64::from(self.micros)
            - offset
    }
}

fn day_us(year: i64, month: u8, day: u8) -> i64 {
    days_from_civil(year, month, day) * DAY_US
}

/// Written to its precision: `2026-11`, `2026-11-26T09:30:00.000Z`.
impl std::fmt::Display for DateTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}", self.year)?;
        if self.precision >= Precision::Month {
            write!(f, "-{:02}", self.month)?;
        }
        if self.precision >= Precision::Day {
            write!(f, "-{:02}", self.day)?;
        }
        if self.precision <= Precision::Day {
            return Ok(());
        }
        f.write_str("T")?;
        self.clock_time().fmt(f)?;
        match self.offset_minutes {
            None => Ok(()),
            Some(0) => f.write_str("Z"),
            Some(minutes) => {
                let sign = if minutes < 0 { '-' } else { '+' };
                write!(f, "{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
            }
        }
    }
}

impl DateTime {
    /// The part after the `T`.
    #[must_use]
    pub fn clock_time(&self) -> ClockTime {
        ClockTime {
            hour: self.hour,
            minute: self.minute,
            second: self.second,
            micros: self.micros,
            precision: self.precision.max(Precision::Hour),
        }
    }
}

/// A moment as the server writes it into `meta.lastUpdated`: UTC with milliseconds.
#[must_use]
pub fn instant_text(micros: i64) -> String {
    DateTime::from_micros(micros).to_string()
}
