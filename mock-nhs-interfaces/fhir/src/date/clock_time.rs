//! FHIR's `time`: a time of day without a day.

use super::{DateError, HOUR_US, MINUTE_US, Precision, SECOND_US, parse};

/// <https://hl7.org/fhir/R4/datatypes.html#time>. Invariant: at most 23:59:60.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClockTime {
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
    pub micros: u32,
    /// From [`Precision::Hour`] on.
    pub precision: Precision,
}

impl ClockTime {
    /// A FHIR `time`, with seconds.
    ///
    /// # Errors
    /// The text is no time of day, or has no seconds.
    pub fn parse(text: &str) -> Result<ClockTime, DateError> {
        let time = Self::parse_literal(text)?;
        if time.precision < Precision::Second {
            Err(DateError::Incomplete)
        } else {
            Ok(time)
        }
    }

    /// A time of a `FHIRPath` literal, without its `@T`: `09`, `09:30`, `09:30:00.5`.
    ///
    /// # Errors
    /// The text is no time of day.
    pub fn parse_literal(text: &str) -> Result<ClockTime, DateError> {
        parse::time(text)
    }

    /// Microseconds since midnight.
    #[must_use]
    pub fn micros_of_day(&self) -> i64 {
        i64::from(self.hour) * HOUR_US
            + i64::from(self.minute) * MINUTE_US
            + i64::from(self.second) * SECOND_US
            + i64::from(self.micros)
    }
}

impl std::fmt::Display for ClockTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02}", self.hour)?;
        if self.precision >= Precision::Minute {
            write!(f, ":{:02}", self.minute)?;
        }
        if self.precision >= Precision::Second {
            write!(f, ":{:02}", self.second)?;
        }
        if let Precision::Fraction(digits) = self.precision {
            let digits = digits.clamp(1, 6);
            let shown = self.micros / 10_u32.pow(6 - u32::from(digits));
            write!(f, ".{shown:0width$}", width = usize::from(digits))?;
        }
        Ok(())
    }
}
