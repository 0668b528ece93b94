//! The header `Prefer`, with which a caller of Prism chooses the answer: `code=404`, `example=allergies`, or both.

use http::StatusCode;

use super::problem::Problem;
use crate::exchange::Exchange;

/// What a caller prefers.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Preference {
    pub(super) status: Option<StatusCode>,
    pub(super) example: Option<String>,
}

impl Preference {
    /// Reads the header of a request.
    ///
    /// # Errors
    /// A part holds something else than it can hold.
    pub(super) fn of(exchange: &Exchange<'_>) -> Result<Self, Problem> {
        let given = exchange
            .headers()
            .get("prefer")
            .and_then(|given| given.to_str().ok());
        Self::parse(given.unwrap_or_default())
    }

    fn parse(text: &str) -> Result<Self, Problem> {
        let mut wish = Self::default();
        for part in text.split([',', ';']) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let value = value.trim().trim_matches('"');
            match &*name.trim().to_ascii_lowercase() {
                "code" => wish.status = Some(status(value)?),
                "example" if value.is_empty() => {
                    return Err(Problem::unreadable_preference("example", value, "string"));
                }
                "example" => wish.example = Some(value.to_owned()),
                "dynamic" if !matches!(value, "true" | "false") => {
                    return Err(Problem::unreadable_preference("dynamic", value, "a boolean"));
                }
                _ => {}
            }
        }
        Ok(wish)
    }
}

fn status(value: &str) -> Result<StatusCode, Problem> {
    let expected = if value.is_empty() { "string" } else { "a number" };
    let is_number = value.len() == 3 && value.bytes().all(|byte| byte.is_ascii_digit());
    let number = is_number.then(|| value.parse().ok()).flatten();
    number
        .and_then(|number: u16| StatusCode::from_u16(number).ok())
        .ok_or_else(|| Problem::unreadable_preference("code", value, expected))
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::Preference;

    #[test]
    fn status_and_example_are_read() {
        let wish = |status: Option<u16>, example: Option<&str>| Preference {
            status: status.map(|status| StatusCode::from_u16(status).unwrap()),
            example: example.map(str::to_owned),
        };
        for (text, expected) in [
            ("", wish(None, None)),
            ("return=minimal", wish(None, None)),
            ("code=404", wish(Some(404), None)),
            ("Code=\"404\"", wish(Some(404), None)),
            ("code=404, example=example", wish(Some(404), Some("example"))),
            ("example=allergies;code=200", wish(Some(200), Some("allergies"))),
            ("dynamic=true", wish(None, None)),
        ] {
            assert_eq!(Preference::parse(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_status_is_refused() {
        for text in [
            "code=abc",
            "code=4XX",
            "code=40",
            "code=1.5",
            "code=",
            "code",
            "example=",
            "dynamic=x",
            "code=404 example=example",
        ] {
            assert!(Preference::parse(text).is_err(), "{text}");
        }
    }
}
