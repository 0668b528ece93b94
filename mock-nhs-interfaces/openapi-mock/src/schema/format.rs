//! The formats of texts that are checked; any other name of a format demands nothing.
//! Source: <https://json-schema.org/draft/2020-12/json-schema-validation#section-7.3>

use std::net::{Ipv4Addr, Ipv6Addr};

/// A format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    DateTime,
    Date,
    Time,
    Duration,
    Email,
    Uuid,
    Uri,
    UriReference,
    Ipv4,
    Ipv6,
    Byte,
    Binary,
}

impl Format {
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "date-time" => Self::DateTime,
            "date" => Self::Date,
            "time" => Self::Time,
            "duration" => Self::Duration,
            "email" => Self::Email,
            "uuid" => Self::Uuid,
            "uri" => Self::Uri,
            "uri-reference" => Self::UriReference,
            "ipv4" => Self::Ipv4,
            "ipv6" => Self::Ipv6,
            "byte" => Self::Byte,
            "binary" => Self::Binary,
            _ => return None,
        })
    }

    /// What is expected, for people.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::DateTime => "a date and time such as 2026-01-15T09:30:00Z",
            Self::Date => "a date such as 2026-01-15",
            Self::Time => "a time such as 09:30:00Z",
            Self::Duration => "a duration such as P1D",
            Self::Email => "an address such as somebody@example.com",
            Self::Uuid => "a UUID such as 60e0b220-8136-4ca5-ae46-1d97ef59d068",
            Self::Uri => "an address such as https://example.com/1",
            Self::UriReference => "an address such as /1",
            Self::Ipv4 => "an address such as 127.0.0.1",
            Self::Ipv6 => "an address such as ::1",
            Self::Byte => "Base64",
            Self::Binary => "bytes",
        }
    }

    /// Something of this format.
    pub(super) fn sample(self) -> &'static str {
        match self {
            Self::DateTime => "2026-01-15T09:30:00Z",
            Self::Date => "2026-01-15",
            Self::Time => "09:30:00Z",
            Self::Duration => "P1D",
            Self::Email => "somebody@example.com",
            Self::Uuid => "60e0b220-8136-4ca5-ae46-1d97ef59d068",
            Self::Uri => "https://example.com/1",
            Self::UriReference => "/1",
            Self::Ipv4 => "127.0.0.1",
            Self::Ipv6 => "::1",
            Self::Byte => "bWFkZSB1cA==",
            Self::Binary => "made up",
        }
    }

    pub(super) fn fits(self, text: &str) -> bool {
        match self {
            Self::DateTime => text
                .split_once(['T', 't', ' '])
                .is_some_and(|(date, time)| is_date(date) && is_time(time)),
            Self::Date => is_date(text),
            Self::Time => is_time(text),
            Self::Duration => is_duration(text),
            Self::Email => text.rsplit_once('@').is_some_and(|(name, host)| {
                let plain =
                    |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c == '@');
                plain(name) && plain(host) && !host.starts_with('.') && !host.ends_with('.')
            }),
            Self::Uuid => is_uuid(text),
            Self::Uri => text.split_once(':').is_some_and(|(scheme, rest)| {
                let begins = scheme.starts_with(|c: char| c.is_ascii_alphabetic());
                let plain = scheme
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
                begins && plain && is_address_text(rest)
            }),
            Self::UriReference => is_address_text(text),
            Self::Ipv4 => text.parse::<Ipv4Addr>().is_ok(),
            Self::Ipv6 => text.parse::<Ipv6Addr>().is_ok(),
            // Also in lines, as MIME and FHIR write it; what it decodes to is nobody's business here.
            Self::Byte => text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+/=-_ \r\n\t".contains(&byte)),
            Self::Binary => true,
        }
    }
}

fn is_address_text(text: &str) -> bool {
    text.chars()
        .all(|c| !c.is_whitespace() && !c.is_control() && !"\"<>\\^`{|}".contains(c))
}

fn number(text: &str, digits: usize) -> Option<u32> {
    (text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

fn is_date(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let mut part = |digits| parts.next().and_then(|text| number(text, digits));
    let (Some(year), Some(month), Some(day)) = (part(4), part(2), part(2)) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return false,
    };
    (1..=last).contains(&day)
}

fn is_time(text: &str) -> bool {
    let Some(place) = text.find(['Z', 'z', '+', '-']) else {
        return false;
    };
    let (clock, zone) = text.split_at(place);
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let is_fraction = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    is_fraction && is_clock(clock) && is_zone(zone)
}

fn is_clock(text: &str) -> bool {
    let mut parts = text.splitn(3, ':');
    let mut part = |most| {
        parts
            .next()
            .and_then(|text| number(text, 2))
            .is_some_and(|value| value <= most)
    };
    part(23) && part(59) && part(59)
}

fn is_zone(text: &str) -> bool {
    if text.eq_ignore_ascii_case("z") {
        return true;
    }
    let Some((hours, minutes)) = text
        .strip_prefix(['+', '-'])
        .and_then(|rest| rest.split_once(':'))
    else {
        return false;
    };
    number(hours, 2).is_some_and(|hours| hours < 24) && number(minutes, 2).is_some_and(|minutes| minutes < 60)
}

fn is_uuid(text: &str) -> bool {
    let lengths = [8, 4, 4, 4, 12];
    let parts: Vec<&str> = text.splitn(6, '-').collect();
    parts.len() == lengths.len()
        && parts
            .iter()
            .zip(lengths)
            .all(|(part, length)| part.len() == length && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn is_duration(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('P') else {
        return false;
    };
    let (days, time) = match rest.split_once('T') {
        Some((_, "")) => return false,
        Some((days, time)) => (days, time),
        None => (rest, ""),
    };
    let says = |part: &str, units: &str| {
        let mut digits = false;
        let mut from = 0;
        part.chars().all(|c| {
            if c.is_ascii_digit() {
                digits = true;
                return true;
            }
            let place = units.get(from..).and_then(|rest| rest.find(c));
            let fits = digits && place.is_some();
            from += place.map_or(0, |place| place + 1);
            digits = false;
            fits
        }) && !digits
    };
    !rest.is_empty() && says(days, "YMWD") && says(time, "HMS")
}

#[cfg(test)]
mod tests {
    use super::Format;

    #[test]
    fn formats_fit_what_they_mean() {
        let check = |name: &str, text: &str, expected: bool| {
            let format = Format::named(name).unwrap();
            assert!(format.fits(format.sample()), "{name}");
            assert_eq!(format.fits(text), expected, "{name} {text}");
        };
        check("date", "2024-02-29", true);
        check("date", "2023-02-29", false);
        check("date", "2023-2-9", false);
        check("date-time", "2026-01-15T09:30:00.123+01:00", true);
        check("date-time", "2026-01-15", false);
        check("date-time", "2026-01-15T25:00:00Z", false);
        check("time", "09:30:00", false);
        check("duration", "P1DT2H", true);
        check("duration", "PT", false);
        check("duration", "P", false);
        check("duration", "PT5", false);
        check("uuid", "60E0B220-8136-4CA5-AE46-1D97EF59D068", true);
        check("uuid", "60E0B220-8136-4CA5-AE46", false);
        check("uri", "urn:x", true);
        check("uri", "/x", false);
        check("email", "a b@c", false);
        check("ipv6", "1::", true);
        assert_eq!(Format::named("token"), None);
    }
}
