//! Numbers, dates and strangers' texts in the words and forms that NHS pages use.
//!
//! Source: <https://service-manual.nhs.uk/content/numbers-measurements-dates-time>

use std::borrow::Cow;
use std::fmt::Write as _;

use time::format_description::well_known::Rfc3339;
use time::{Date, Duration, Month, OffsetDateTime};

/// A moment for people and for machines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Moment {
    /// Such as "6 August 2018 at 5:30pm", on the United Kingdom's clock.
    pub(crate) words: String,
    /// RFC 3339, for the `datetime` attribute.
    pub(crate) machine: String,
}

/// A moment as the NHS writes it.
pub(crate) fn moment(at: OffsetDateTime) -> Moment {
    let local = on_uk_clock(at);
    let time = match (local.hour(), local.minute()) {
        (0, 0) => "midnight".to_owned(),
        (12, 0) => "midday".to_owned(),
        (hour, minute) => {
            let half = if hour < 12 { "am" } else { "pm" };
            let hour = if hour % 12 == 0 { 12 } else { hour % 12 };
            if minute == 0 {
                format!("{hour}{half}")
            } else {
                format!("{hour}:{minute:02}{half}")
            }
        }
    };
    Moment {
        words: format!("{} {} {} at {time}", local.day(), local.month(), local.year()),
        machine: at.format(&Rfc3339).unwrap_or_default(),
    }
}

/// Summer time runs from 1:00 UTC on the last Sunday of March to 1:00 UTC on the last Sunday of October.
/// Source: Summer Time Order 2002.
fn on_uk_clock(at: OffsetDateTime) -> OffsetDateTime {
    let utc = at.to_offset(time::UtcOffset::UTC);
    let turn = |month| {
        last_sunday(utc.year(), month)
            .and_then(|day| day.with_hms(1, 0, 0).ok())
            .map(|turn| turn.assume_utc())
    };
    match (turn(Month::March), turn(Month::October)) {
        (Some(start), Some(end)) if utc >= start && utc < end => {
            utc.checked_add(Duration::hours(1)).unwrap_or(utc)
        }
        _ => utc,
    }
}

/// The moment at which clocks in the United Kingdom show this. In the hour that comes twice in October it is the first of the
/// two; in the hour that March leaves out it is the hour after.
pub(crate) fn from_uk_clock(shown: time::PrimitiveDateTime) -> OffsetDateTime {
    let utc = shown.assume_utc();
    let summer = utc.checked_sub(Duration::hours(1)).unwrap_or(utc);
    if on_uk_clock(summer) == utc { summer } else { utc }
}

/// `month` must have 31 days.
fn last_sunday(year: i32, month: Month) -> Option<Date> {
    let last = Date::from_calendar_date(year, month, 31).ok()?;
    last.checked_sub(Duration::days(last.weekday().number_days_from_sunday().into()))
}

/// A length of time, given in microseconds: `0.4 ms`, `23 ms`, `1,200 ms` is written `1.2 s`.
pub(crate) fn duration(us: u64) -> String {
    match us {
        1..100 => "under 0.1 ms".to_owned(),
        0..10_000 => decimal(us, 1_000, "ms"),
        10_000..1_000_000 => format!("{} ms", us / 1_000),
        1_000_000..60_000_000 => decimal(us, 1_000_000, "s"),
        _ => format!("{} s", thousands(us / 1_000_000)),
    }
}

/// A size, given in bytes: `512 bytes`, `3.4 KiB`, `12 MiB`.
pub(crate) fn bytes(size: u64) -> String {
    const KIB: u64 = 1 << 10;
    const MIB: u64 = 1 << 20;
    match size {
        0..KIB => count(size, "byte"),
        KIB..MIB => decimal(size, KIB, "KiB"),
        _ => decimal(size, MIB, "MiB"),
    }
}

/// One digit behind the point, and none where it would be 0.
fn decimal(value: u64, unit: u64, name: &str) -> String {
    let tenths = value / unit * 10 + value % unit * 10 / unit;
    if tenths.is_multiple_of(10) {
        format!("{} {name}", thousands(tenths / 10))
    } else {
        format!("{}.{} {name}", thousands(tenths / 10), tenths % 10)
    }
}

/// A number of things: `1 run`, `3 runs`, `1,000 runs`.
pub(crate) fn count(number: u64, thing: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {thing}{plural}", thousands(number))
}

/// A whole number with a comma after the thousands.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut words = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            words.push(',');
        }
        words.push(digit);
    }
    words
}

/// A status code with its meaning: `404 Not Found`.
pub(crate) fn status(code: u16) -> String {
    match http::StatusCode::from_u16(code)
        .ok()
        .and_then(|status| status.canonical_reason())
    {
        Some(reason) => format!("{code} {reason}"),
        None => code.to_string(),
    }
}

/// A stranger's text made safe to look at: characters that print nothing, or that turn the direction of what
/// follows, are shown as what they are. Escaping for HTML is the template's work, not done here.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_treacherous) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        let code = u32::from(character);
        match code {
            // Unicode has a picture for each control character of ASCII.
            _ if !is_treacherous(character) => shown.push(character),
            0..0x20 => shown.push(char::from_u32(0x2400 + code).unwrap_or('\u{fffd}')),
            0x7f => shown.push('\u{2421}'),
            _ => {
                let _ = write!(shown, "<U+{code:04X}>");
            }
        }
    }
    Cow::Owned(shown)
}

fn is_treacherous(character: char) -> bool {
    match character {
        '\n' | '\t' => false,
        '\u{200b}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{feff}' => true,
        _ => character.is_control(),
    }
}

/// At most `most` characters, with a sign where something is left out.
pub(crate) fn shorten(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => text.get(..end).unwrap_or_default().to_owned() + "…",
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn what_clocks_show_is_a_moment() {
        for (shown, moment) in [
            (datetime!(2026-12-18 17:55), datetime!(2026-12-18 17:55 UTC)),
            (datetime!(2028-10-21 23:30), datetime!(2028-10-21 22:30 UTC)),
            (datetime!(2026-03-29 00:59), datetime!(2026-03-29 00:59 UTC)),
            (datetime!(2026-03-29 01:30), datetime!(2026-03-29 01:30 UTC)),
            (datetime!(2026-03-29 02:00), datetime!(2026-03-29 01:00 UTC)),
            (datetime!(2026-10-25 01:30), datetime!(2026-10-25 00:30 UTC)),
            (datetime!(2026-10-25 02:00), datetime!(2026-10-25 02:00 UTC)),
        ] {
            assert_eq!(from_uk_clock(shown), moment, "{shown}");
        }
    }

    #[test]
    fn moments_are_written_as_the_nhs_writes_them() {
        for (at, words) in [
            (datetime!(2018-08-06 16:30 UTC), "6 August 2018 at 5:30pm"),
            (datetime!(2018-12-06 17:30 UTC), "6 December 2018 at 5:30pm"),
            (datetime!(2026-11-23 12:00 UTC), "23 November 2026 at midday"),
            (datetime!(2026-11-23 00:00 UTC), "23 November 2026 at midnight"),
            (datetime!(2026-11-23 00:05 UTC), "23 November 2026 at 12:05am"),
            (datetime!(2026-11-23 09:00 UTC), "23 November 2026 at 9am"),
            (datetime!(2026-03-29 00:59 UTC), "29 March 2026 at 12:59am"),
            (datetime!(2026-03-29 01:00 UTC), "29 March 2026 at 2am"),
            (datetime!(2026-10-25 00:59 UTC), "25 October 2026 at 1:59am"),
            (datetime!(2026-10-25 01:00 UTC), "25 October 2026 at 1am"),
            (datetime!(2026-07-01 23:30 UTC), "2 July 2026 at 12:30am"),
        ] {
            assert_eq!(moment(at).words, words);
        }
        assert_eq!(
            moment(datetime!(2018-08-06 16:30 UTC)).machine,
            "2018-08-06T16:30:00Z"
        );
    }

    #[test]
    fn lengths_of_time() {
        for (us, words) in [
            (0, "0 ms"),
            (40, "under 0.1 ms"),
            (400, "0.4 ms"),
            (9_960, "9.9 ms"),
            (23_456, "23 ms"),
            (1_000_000, "1 s"),
            (1_234_000, "1.2 s"),
            (75_000_000, "75 s"),
        ] {
            assert_eq!(duration(us), words, "{us}");
        }
    }

    #[test]
    fn sizes_and_counts() {
        for (size, words) in [
            (1, "1 byte"),
            (1_000, "1,000 bytes"),
            (3_500, "3.4 KiB"),
            (134_217_728, "128 MiB"),
        ] {
            assert_eq!(bytes(size), words);
        }
        assert_eq!(count(1, "run"), "1 run");
        assert_eq!(count(0, "run"), "0 runs");
        assert_eq!(thousands(1_234_567), "1,234,567");
        assert_eq!(status(404), "404 Not Found");
        assert_eq!(status(799), "799");
    }

    #[test]
    fn treacherous_characters_are_shown() {
        assert_eq!(visible("plain Müller\n\tline"), "plain Müller\n\tline");
        assert_eq!(visible("\u{1b}[31mred\u{0}\u{7f}"), "␛[31mred␀␡");
        assert_eq!(visible("abc\u{202e}gnp.exe"), "abc<U+202E>gnp.exe");
        assert_eq!(visible("a\rb"), "a␍b");
    }

    #[test]
    fn long_texts_are_shortened_at_a_character() {
        assert_eq!(shorten("Müller", 2), "Mü…");
        assert_eq!(shorten("Müller", 6), "Müller");
    }
}
