//! Days of examples that follow the clock: `{today}`, and `{today-5}` for five days before. A birth is registered soon, so
//! a written day would be refused one day.

use std::borrow::Cow;

use time::{Date, Duration};

const BEGINS: &str = "{today";

/// The text with the days it names, seen from today. Braces that name none stay as they are.
pub(crate) fn dated(text: &'static str, today: Date) -> Cow<'static, str> {
    if !text.contains(BEGINS) {
        return text.into();
    }
    let mut written = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, named)) = rest.split_once(BEGINS) {
        written += before;
        let day = named
            .split_once('}')
            .and_then(|(ago, after)| Some((earlier(today, ago)?, after)));
        rest = if let Some((day, after)) = day {
            written += &day.to_string();
            after
        } else {
            written += BEGINS;
            named
        };
    }
    written += rest;
    written.into()
}

/// The day that is `-5`, or nothing, from today.
fn earlier(today: Date, ago: &str) -> Option<Date> {
    if ago.is_empty() {
        return Some(today);
    }
    let days: u16 = ago.strip_prefix('-')?.parse().ok()?;
    Some(today.saturating_sub(Duration::days(days.into())))
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::dated;

    #[test]
    fn days_are_seen_from_today_and_all_else_stays() {
        let check = |text, expected: &str| assert_eq!(dated(text, date!(2026 - 03 - 02)), expected, "{text}");
        check("", "");
        check(
            r#"{"born":"{today-5}","seen":"{today}T04:20"}"#,
            r#"{"born":"2026-02-25","seen":"2026-03-02T04:20"}"#,
        );
        check("/Patient/{id}?day={today-0}", "/Patient/{id}?day=2026-03-02");
        for other in [
            "{today",
            "{today-}",
            "{today-x}",
            "{today+1}",
            "{today-5",
            "{today5}",
            "today-5",
            "{today-99999}",
        ] {
            check(other, other);
        }
    }
}
