//! Dates out of text, one character after the other: nothing is allocated, nothing is read twice.

use super::{ClockTime, DateError, DateTime, Precision, days_in_month};

type Parsed<T> = Result<T, DateError>;

/// Digits after a second's point; more are an attack on whoever keeps them. FHIR sets no number.
const MAX_FRACTION_DIGITS: usize = 18;

struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    fn take(&mut self, wanted: u8) -> bool {
        if let Some((first, rest)) = self.0.split_first()
            && *first == wanted
        {
            self.0 = rest;
            return true;
        }
        false
    }

    fn digit(&mut self) -> Parsed<u8> {
        let (first, rest) = self.0.split_first().ok_or(DateError::Shape)?;
        if !first.is_ascii_digit() {
            return Err(DateError::Shape);
        }
        self.0 = rest;
        Ok(first - b'0')
    }

    fn two(&mut self) -> Parsed<u8> {
        Ok(self.digit()? * 10 + self.digit()?)
    }

    fn four(&mut self) -> Parsed<u16> {
        Ok(u16::from(self.two()?) * 100 + u16::from(self.two()?))
    }

    fn end(&self) -> Parsed<()> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(DateError::Shape)
        }
    }
}

/// A date of any precision, with or without an offset.
pub(super) fn any(text: &str) -> Parsed<DateTime> {
    let mut cursor = Cursor(text.as_bytes());
    let mut date = DateTime {
        year: cursor.four()?,
        month: 1,
        day: 1,
        hour: 0,
        minute: 0,
        second: 0,
        micros: 0,
        precision: Precision::Year,
        offset_minutes: None,
    };
    if cursor.take(b'-') {
        date.month = cursor.two()?;
        date.precision = Precision::Month;
        if cursor.take(b'-') {
            date.day = cursor.two()?;
            date.precision = Precision::Day;
        }
    }
    if date.year == 0 || date.day == 0 || date.day > days_in_month(i64::from(date.year), date.month) {
        return Err(DateError::NoSuchDay);
    }
    if date.precision == Precision::Day && cursor.take(b'T') {
        let time = clock(&mut cursor)?;
        (date.hour, date.minute, date.second) = (time.hour, time.minute, time.second);
        (date.micros, date.precision) = (time.micros, time.precision);
        date.offset_minutes = offset(&mut cursor)?;
    }
    cursor.end()?;
    Ok(date)
}

pub(super) fn time(text: &str) -> Parsed<ClockTime> {
    let mut cursor = Cursor(text.as_bytes());
    let time = clock(&mut cursor)?;
    cursor.end()?;
    Ok(time)
}

fn clock(cursor: &mut Cursor<'_>) -> Parsed<ClockTime> {
    let mut time = ClockTime {
        hour: cursor.two()?,
        minute: 0,
        second: 0,
        micros: 0,
        precision: Precision::Hour,
    };
    if cursor.take(b':') {
        time.minute = cursor.two()?;
        time.precision = Precision::Minute;
        if cursor.take(b':') {
            time.second = cursor.two()?;
            time.precision = Precision::Second;
            if cursor.take(b'.') {
                (time.micros, time.precision) = fraction(cursor)?;
            }
        }
    }
    // 24:00 is refused: "The time 24:00 SHALL NOT be used" (R4 datatypes).
    if time.hour > 23 || time.minute > 59 || time.second > 60 {
        return Err(DateError::NoSuchTime);
    }
    Ok(time)
}

fn fraction(cursor: &mut Cursor<'_>) -> Parsed<(u32, Precision)> {
    let count = cursor.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if count == 0 || count > MAX_FRACTION_DIGITS {
        return Err(DateError::Shape);
    }
    let mut micros = 0;
    let mut unit = 100_000;
    for _ in 0..count {
        micros += u32::from(cursor.digit()?) * unit;
        unit /= 10;
    }
    Ok((
        micros,
        Precision::Fraction(u8::try_from(count.min(6)).unwrap_or(6)),
    ))
}

fn offset(cursor: &mut Cursor<'_>) -> Parsed<Option<i16>> {
    if cursor.take(b'Z') {
        return Ok(Some(0));
    }
    let sign = if cursor.take(b'+') {
        1
    } else if cursor.take(b'-') {
        -1
    } else {
        return Ok(None);
    };
    let hours = i16::from(cursor.two()?);
    if !cursor.take(b':') {
        return Err(DateError::Shape);
    }
    let minutes = i16::from(cursor.two()?);
    if minutes > 59 || hours * 60 + minutes > 14 * 60 {
        return Err(DateError::NoSuchOffset);
    }
    Ok(Some(sign * (hours * 60 + minutes)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::*;

    #[track_caller]
    fn stands_for(text: &str, low: &str, high: &str) {
        let of = |text| DateTime::parse_instant(text).unwrap().interval().low;
        let interval = DateTime::parse_query(text).unwrap().interval();
        assert_eq!(
            interval,
            Interval {
                low: of(low),
                high: of(high)
            },
            "{text}"
        );
        assert_eq!(DateTime::parse_query(text).unwrap().to_string(), text);
    }

    #[test]
    fn a_date_stands_for_a_stretch_of_time() {
        stands_for("2026", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z");
        stands_for("2024-02", "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z");
        stands_for("2024-12", "2024-12-01T00:00:00Z", "2025-01-01T00:00:00Z");
        stands_for("2024-02-29", "2024-02-29T00:00:00Z", "2024-03-01T00:00:00Z");
        stands_for("2024-02-29T10:30", "2024-02-29T10:30:00Z", "2024-02-29T10:31:00Z");
        stands_for(
            "2024-02-29T23:59:59+14:00",
            "2024-02-29T09:59:59Z",
            "2024-02-29T10:00:00Z",
        );
        stands_for(
            "2024-02-29T00:00:00.25-05:30",
            "2024-02-29T05:30:00.25Z",
            "2024-02-29T05:30:00.26Z",
        );
        stands_for(
            "2016-12-31T23:59:60Z",
            "2017-01-01T00:00:00Z",
            "2017-01-01T00:00:01Z",
        );
        stands_for("0001", "0001-01-01T00:00:00Z", "0002-01-01T00:00:00Z");
        assert_eq!(DateTime::parse_date("1970").unwrap().interval().low, 0);
        let last = DateTime::parse_date("9999-12-31").unwrap().interval();
        assert_eq!(last.high, 253_402_300_800_000_000);
        assert_eq!(instant_text(last.high - 1), "9999-12-31T23:59:59.999Z");
        assert_eq!(instant_text(i64::MIN), "0001-01-01T00:00:00.000Z");
        let long = DateTime::parse_instant("2024-01-01T00:00:00.123456789Z").unwrap();
        assert_eq!(long.interval().high - long.interval().low, 1);
    }

    #[test]
    fn what_is_no_date_is_refused() {
        use DateError as Error;
        let check = |text: &str, error| assert_eq!(DateTime::parse_date_time(text), Err(error), "{text}");
        for text in [
            "",
            "70-2",
            "2026-",
            "2026-1",
            "2026-11-26 10:00",
            "2026-11T10:00:00Z",
            "+2026",
            "20260101",
            "2026-11-26T",
            "２０２６",
            "2026-11-26T10:00:00.Z",
            "2026-11-26T10:00:00+1400",
        ] {
            check(text, Error::Shape);
        }
        for text in [
            "0000",
            "2026-00",
            "2026-13",
            "2023-02-29",
            "1900-02-29",
            "2026-04-31",
            "2026-01-00",
        ] {
            check(text, Error::NoSuchDay);
        }
        for text in [
            "2026-11-26T24:00:00Z",
            "2026-11-26T10:60:00Z",
            "2026-11-26T10:00:61Z",
        ] {
            check(text, Error::NoSuchTime);
        }
        for text in [
            "2026-11-26T10:00:00+14:01",
            "2026-11-26T10:00:00-15:00",
            "2026-11-26T10:00:00+10:60",
        ] {
            check(text, Error::NoSuchOffset);
        }
        for text in ["2026-11-26T10:00Z", "2026-11-26T10:00:00", "2026-11-26T10"] {
            check(text, Error::Incomplete);
        }
        assert_eq!(
            DateTime::parse_date("2026-11-26T10:00:00Z"),
            Err(Error::UnexpectedTime)
        );
        assert_eq!(DateTime::parse_instant("2026-11-26"), Err(Error::Incomplete));
        assert_eq!(ClockTime::parse("10:30"), Err(Error::Incomplete));
        assert_eq!(ClockTime::parse("10:30:00.5").unwrap().to_string(), "10:30:00.5");
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in "\\PC*|[0-9]{4}(-[0-9]{2}){0,2}(T[0-9:.]{0,12}[-+Z0-9:]{0,6})?") {
            if let Ok(date) = DateTime::parse_literal(&text) {
                let interval = date.interval();
                prop_assert!(interval.low < interval.high);
                prop_assert_eq!(DateTime::parse_literal(&date.to_string()).map(|same| same.interval()), Ok(interval));
            }
        }

        #[test]
        fn moments_come_back(micros in -62_135_596_800_000_000_i64..253_402_300_800_000_000) {
            let low = DateTime::parse_instant(&instant_text(micros)).unwrap().interval().low;
            prop_assert_eq!(low, micros.div_euclid(1000) * 1000);
        }
    }
}
