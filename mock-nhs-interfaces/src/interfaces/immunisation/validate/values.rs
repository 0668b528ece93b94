//! Single values: texts, lists, dates, and what is said of those that are none.

use serde_json::Value;
use time::macros::format_description;
use time::{Date, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

use super::Wrong;

/// Whether something is as it should be.
pub(super) type Checked = Result<(), Wrong>;

/// What a text must be, besides not empty.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Text {
    /// So many characters, no more and no less.
    pub(super) exactly: Option<usize>,
    /// No more characters than these.
    pub(super) most: Option<usize>,
    /// One of these, if there are any.
    pub(super) one_of: &'static [&'static str],
    pub(super) without_spaces: bool,
}

impl Text {
    pub(super) fn check(&self, value: &Value, place: &str) -> Checked {
        let Some(text) = value.as_str() else {
            return Err(format!("{place} must be a string").into());
        };
        let is_blank = !text.is_empty() && text.chars().all(char::is_whitespace);
        if is_blank || (text.is_empty() && self.exactly.is_none()) {
            return Err(format!("{place} must be a non-empty string").into());
        }
        let length = text.chars().count();
        if let Some(exactly) = self.exactly
            && length != exactly
        {
            return Err(format!("{place} must be {exactly} characters").into());
        }
        if let Some(most) = self.most
            && length > most
        {
            return Err(format!("{place} must be {most} or fewer characters").into());
        }
        if !self.one_of.is_empty() && !self.one_of.contains(&text) {
            let list = self.one_of.join(", ");
            return Err(format!("{place} must be one of the following: {list}").into());
        }
        if self.without_spaces && text.contains(' ') {
            return Err(format!("{place} must not contain spaces").into());
        }
        Ok(())
    }
}

/// A text, if there is one.
pub(super) fn text(value: Option<&Value>, place: &str) -> Checked {
    value.map_or(Ok(()), |value| Text::default().check(value, place))
}

/// A list that is not empty, and of one length if that is given.
pub(super) fn list<'v>(value: &'v Value, place: &str, exactly: Option<usize>) -> Result<&'v [Value], Wrong> {
    let Some(list) = value.as_array() else {
        return Err(format!("{place} must be an array").into());
    };
    match exactly {
        Some(exactly) if list.len() != exactly => {
            Err(format!("{place} must be an array of length {exactly}").into())
        }
        None if list.is_empty() => Err(format!("{place} must be a non-empty array").into()),
        _ => Ok(list),
    }
}

/// Objects that say something.
pub(super) fn objects(list: &[Value], place: &str) -> Checked {
    for element in list {
        let Some(members) = element.as_object() else {
            return Err(format!("{place} must be an array of objects").into());
        };
        if members.is_empty() {
            return Err(format!("{place} must be an array of non-empty objects").into());
        }
    }
    Ok(())
}

/// A day; one that is not over yet where `latest` allows it.
pub(super) fn day(value: &Value, place: &str, latest: Option<OffsetDateTime>) -> Checked {
    let Some(text) = value.as_str() else {
        return Err(format!("{place} must be a string").into());
    };
    let Ok(day) = Date::parse(text, format_description!("[year]-[month]-[day]")) else {
        return Err(format!("{place} must be a valid date string in the format \"YYYY-MM-DD\"").into());
    };
    if latest.is_some_and(|latest| day > latest.date()) {
        return Err(format!("{place} must not be in the future").into());
    }
    Ok(())
}

/// The offsets that a vaccination may be given at: this country's.
const OFFSETS: [&str; 4] = ["+00:00", "+01:00", "+0000", "+0100"];

/// A day, or a time with its offset, until now.
pub(super) fn moment(value: &Value, place: &str, only_here: bool, now: OffsetDateTime) -> Checked {
    let Some(text) = value.as_str() else {
        return Err(format!("{place} must be a string").into());
    };
    let mut words = format!(
        "{place} must be a valid datetime in one of the following formats:- 'YYYY-MM-DD' — Full date only- 'YYYY-MM-DDThh:mm:ss%z' — Full date and time with timezone (e.g. +00:00 or +01:00)- 'YYYY-MM-DDThh:mm:ss.f%z' — Full date and time with milliseconds and timezone-  Date must not be in the future."
    );
    if only_here {
        words += &format!(
            "Only '+00:00' and '+01:00' are accepted as valid timezone offsets.\nNote that partial dates are not allowed for {place} in this service.\n"
        );
    }
    let Some(moment) = parsed(text) else {
        return Err(words.into());
    };
    let is_here = !text.contains('T') || OFFSETS.iter().any(|offset| text.ends_with(offset));
    if moment > now || (only_here && !is_here) {
        return Err(words.into());
    }
    Ok(())
}

fn parsed(text: &str) -> Option<OffsetDateTime> {
    let day = Date::parse(text.get(..10)?, format_description!("[year]-[month]-[day]")).ok()?;
    let rest = text.get(10..)?;
    if rest.is_empty() {
        return Some(day.midnight().assume_utc());
    }
    let rest = rest.strip_prefix('T')?;
    let time = Time::parse(rest.get(..8)?, format_description!("[hour]:[minute]:[second]")).ok()?;
    let mut zone = rest.get(8..)?;
    if let Some(fraction) = zone.strip_prefix('.') {
        let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
        // Six digits are what the service can read.
        if !(1..=6).contains(&digits) {
            return None;
        }
        zone = fraction.get(digits..)?;
    }
    let offset = offset(zone)?;
    Some(PrimitiveDateTime::new(day, time).assume_offset(offset))
}

fn offset(text: &str) -> Option<UtcOffset> {
    if text == "Z" {
        return Some(UtcOffset::UTC);
    }
    let sign: i8 = match text.get(..1)? {
        "+" => 1,
        "-" => -1,
        _ => return None,
    };
    let digits = text.get(1..)?.replacen(':', "", 1);
    if digits.len() != 4 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let hours: i8 = digits.get(..2)?.parse().ok()?;
    let minutes: i8 = digits.get(2..)?.parse().ok()?;
    UtcOffset::from_hms(sign.checked_mul(hours)?, sign.checked_mul(minutes)?, 0).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::macros::datetime;

    use super::{Text, Wrong, day, moment};

    fn words(checked: Result<(), Wrong>) -> String {
        match checked {
            Ok(()) => String::new(),
            Err(Wrong::Listed(words) | Wrong::Alone(words)) => words,
        }
    }

    #[test]
    fn texts_are_refused_for_the_first_thing_that_is_wrong() {
        let number = Text {
            exactly: Some(10),
            without_spaces: true,
            ..Text::default()
        };
        let short = Text {
            most: Some(3),
            one_of: &["one", "two"],
            ..Text::default()
        };
        for (rule, value, expected) in [
            (number, json!("12345678"), "x must be 10 characters"),
            (number, json!("12345 6789"), "x must not contain spaces"),
            (number, json!(""), "x must be 10 characters"),
            (number, json!("   "), "x must be a non-empty string"),
            (short, json!(""), "x must be a non-empty string"),
            (short, json!(4), "x must be a string"),
            (short, json!("four"), "x must be 3 or fewer characters"),
            (short, json!("six"), "x must be one of the following: one, two"),
            (short, json!("two"), ""),
        ] {
            assert_eq!(words(rule.check(&value, "x")), expected, "{value}");
        }
    }

    #[test]
    fn times_are_of_this_country_and_not_in_the_future() {
        let now = datetime!(2026-11-01 12:00 UTC);
        for (text, only_here, is_right) in [
            ("2026-11-01", true, true),
            ("2026-11-02", true, false),
            ("2026-11-01T12:00:00+00:00", true, true),
            ("2026-11-01T12:00:01+00:00", true, false),
            ("2026-11-01T12:30:00.271000+01:00", true, true),
            ("2026-11-01T12:30:00.2710001+01:00", true, false),
            ("2026-11-01T11:00:00Z", true, false),
            ("2026-11-01T11:00:00Z", false, true),
            ("2026-11-01T11:00:00-05:00", false, false),
            ("2026-11-01T05:00:00-0500", false, true),
            ("2026-11-01T05:00:00-0500", true, false),
            ("2026-13-01", false, false),
            ("2026-11", false, false),
            ("", false, false),
            ("2026-11-01T11:00:00", false, false),
            ("2026-11-01T11:00:00+é0:00", false, false),
        ] {
            let checked = moment(&json!(text), "x", only_here, now);
            assert_eq!(checked.is_ok(), is_right, "{text}");
        }
        assert_eq!(
            words(day(&json!("2026-11-02"), "x", Some(now))),
            "x must not be in the future"
        );
        assert_eq!(words(day(&json!("2026-11-02"), "x", None)), "");
    }
}
