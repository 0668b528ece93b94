//! A moment in milliseconds, and how FHIR and HTTP write it.

use std::fmt;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

/// A moment in UTC, to the millisecond: finer than any client compares, and what FHIR's examples write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Instant(i64);

const MICROS_PER_MILLI: i64 = 1_000;
/// 0001-01-01 and 9999-12-31T23:59:59.999: the years that FHIR can write.
const EARLIEST_MILLIS: i64 = -62_135_596_800_000;
const LATEST_MILLIS: i64 = 253_402_300_799_999;

impl Instant {
    /// This many milliseconds after 1970 began, held to the years that FHIR can write.
    #[must_use]
    pub fn from_millis(millis: i64) -> Self {
        Self(millis.clamp(EARLIEST_MILLIS, LATEST_MILLIS))
    }

    /// The first millisecond that is not before this many microseconds after 1970 began.
    pub(crate) fn from_micros_up(micros: i64) -> Self {
        let whole = micros.div_euclid(MICROS_PER_MILLI);
        let begun = i64::from(micros.rem_euclid(MICROS_PER_MILLI) > 0);
        Self::from_millis(whole.saturating_add(begun))
    }

    /// Milliseconds after 1970 began.
    #[must_use]
    pub fn millis(self) -> i64 {
        self.0
    }

    /// Microseconds after 1970 began.
    #[must_use]
    pub fn micros(self) -> i64 {
        self.0.saturating_mul(MICROS_PER_MILLI)
    }

    /// The moment that a resource's `meta.lastUpdated` names, such as `2026-01-01T10:00:00.000+01:00`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339)
            .ok()
            .map(Self::from)
    }

    /// The moment that a header such as `If-Modified-Since` names. <https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7>
    #[must_use]
    pub fn parse_http(text: &str) -> Option<Self> {
        // The one form that senders write, `Sun, 06 Nov 1994 08:49:37 GMT`, is RFC 2822's with its zone named.
        let numeric = text.trim().strip_suffix("GMT")?;
        OffsetDateTime::parse(&format!("{numeric}+0000"), &Rfc2822)
            .ok()
            .map(Self::from)
    }

    /// As HTTP writes it: `Sun, 06 Nov 1994 08:49:37 GMT`. The milliseconds are cut off.
    #[must_use]
    pub fn to_http(self) -> String {
        let at = self.to_time();
        let day = at.weekday().to_string();
        let month = at.month().to_string();
        format!(
            "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
            day.get(..3).unwrap_or_default(),
            at.day(),
            month.get(..3).unwrap_or_default(),
            at.year(),
            at.hour(),
            at.minute(),
            at.second()
        )
    }

    /// The same moment for calculating with.
    #[must_use]
    pub fn to_time(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000)
            .unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
}

impl From<OffsetDateTime> for Instant {
    fn from(at: OffsetDateTime) -> Self {
        let millis = at.unix_timestamp_nanos().div_euclid(1_000_000);
        Self::from_millis(i64::try_from(millis).unwrap_or(LATEST_MILLIS))
    }
}

impl fmt::Display for Instant {
    /// As FHIR writes it: `2026-01-01T10:00:00.000Z`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.to_time();
        write!(
            formatter,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
            at.year(),
            u8::from(at.month()),
            at.day(),
            at.hour(),
            at.minute(),
            at.second(),
            at.millisecond()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Instant;

    #[test]
    fn written_and_read_back() {
        let check = |fhir: &str, millis: i64, http: &str| {
            let instant = Instant::parse(fhir).unwrap();
            assert_eq!(instant.millis(), millis, "{fhir}");
            assert_eq!(instant.to_http(), http, "{fhir}");
            assert_eq!(
                Instant::parse_http(http).unwrap().millis(),
                millis.div_euclid(1000) * 1000
            );
            assert_eq!(Instant::parse(&instant.to_string()), Some(instant));
        };
        check("1970-01-01T00:00:00Z", 0, "Thu, 01 Jan 1970 00:00:00 GMT");
        check(
            "1994-11-06T09:49:37.125+01:00",
            784_111_777_125,
            "Sun, 06 Nov 1994 08:49:37 GMT",
        );
        check(
            "2026-01-01T00:00:00.0004Z",
            1_767_225_600_000,
            "Thu, 01 Jan 2026 00:00:00 GMT",
        );
    }

    #[test]
    fn the_clock_can_stand_anywhere() {
        assert_eq!(
            Instant::from_millis(i64::MIN).to_string(),
            "0001-01-01T00:00:00.000Z"
        );
        assert_eq!(
            Instant::from_millis(i64::MAX).to_string(),
            "9999-12-31T23:59:59.999Z"
        );
    }
}
