//! Spans of time as people write them: `90m`, `1d12h`, `-2w`.

use time::Duration;

/// The units, in seconds, longest first.
const UNITS: [(char, i64); 5] = [
    ('w', 7 * 86_400),
    ('d', 86_400),
    ('h', 3_600),
    ('m', 60),
    ('s', 1),
];

/// A text that is no span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("A span of time is numbers with units, such as 90m, 1d12h or -2w; the units are w, d, h, m and s.")]
pub(crate) struct SpanError;

/// Reads a span: numbers with units, one after the other; with a minus in front, backwards.
///
/// # Errors
/// [`SpanError`] for anything else.
pub(crate) fn parse_span(text: &str) -> Result<Duration, SpanError> {
    let (sign, mut rest) = match text.trim().strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.trim().trim_start_matches('+')),
    };
    if rest.is_empty() {
        return Err(SpanError);
    }
    let mut seconds = 0_i64;
    while !rest.is_empty() {
        let digits = rest
            .find(|letter: char| !letter.is_ascii_digit())
            .ok_or(SpanError)?;
        let (number, behind) = rest.split_at_checked(digits).ok_or(SpanError)?;
        let number: i64 = number.parse().map_err(|_| SpanError)?;
        let mut letters = behind.chars();
        let unit = letters.next().ok_or(SpanError)?;
        let (_, size) = UNITS.iter().find(|(name, _)| *name == unit).ok_or(SpanError)?;
        let part = number.checked_mul(*size).ok_or(SpanError)?;
        seconds = seconds.checked_add(part).ok_or(SpanError)?;
        rest = letters.as_str();
    }
    Ok(Duration::seconds(seconds * sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read() {
        for (text, seconds) in [
            ("90m", 5_400),
            ("1d12h", 129_600),
            ("-2w", -1_209_600),
            ("+5s", 5),
            (" 1h30m15s ", 5_415),
            ("0s", 0),
        ] {
            assert_eq!(parse_span(text), Ok(Duration::seconds(seconds)), "{text}");
        }
        for bad in [
            "",
            "-",
            "5",
            "m",
            "5 m",
            "1.5h",
            "5x",
            "5ü",
            "99999999999999999w",
            "--1d",
            "1d-2h",
        ] {
            assert_eq!(parse_span(bad), Err(SpanError), "{bad}");
        }
    }
}
