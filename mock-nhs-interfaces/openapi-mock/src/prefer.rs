//! `Prefer`: which answer the caller asks for, in the words that other mocks made usual: `code=404, example=name`.
//! Source: <https://www.rfc-editor.org/rfc/rfc7240>

use http::HeaderMap;

/// What a caller prefers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Preference {
    pub(crate) code: Option<u16>,
    pub(crate) example: Option<String>,
    /// Make an answer from the schema, also where there are examples.
    pub(crate) is_dynamic: bool,
}

impl Preference {
    /// What the headers say; every preference counts once, the first time.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let mut preference = Self::default();
        let texts = headers
            .get_all("prefer")
            .iter()
            .filter_map(|value| value.to_str().ok());
        for item in texts.flat_map(|text| text.split([',', ';'])).take(16) {
            let (name, value) = item.split_once('=').unwrap_or((item, ""));
            let value = value.trim().trim_matches('"');
            match &*name.trim().to_ascii_lowercase() {
                "code" | "status" => {
                    // Nobody can be answered with another one over HTTP.
                    let code = value.parse().ok().filter(|code| (200..600).contains(code));
                    preference.code = preference.code.or(code);
                }
                "example" if !value.is_empty() => {
                    preference.example.get_or_insert_with(|| value.to_owned());
                }
                "dynamic" => preference.is_dynamic |= value.is_empty() || value.eq_ignore_ascii_case("true"),
                _ => {}
            }
        }
        preference
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn preferences_are_read() {
        let check = |text: &str, code: Option<u16>, example: Option<&str>, is_dynamic: bool| {
            let mut headers = HeaderMap::new();
            headers.insert("prefer", text.parse().unwrap());
            let expected = Preference {
                code,
                example: example.map(str::to_owned),
                is_dynamic,
            };
            assert_eq!(Preference::of(&headers), expected, "{text}");
        };
        check("code=404", Some(404), None, false);
        check(
            "code=404, example=\"Not found\"",
            Some(404),
            Some("Not found"),
            false,
        );
        check("code=404; Example=x; code=500", Some(404), Some("x"), false);
        check("dynamic=true", None, None, true);
        check("respond-async, code=many", None, None, false);
        check("code=600, code=100", None, None, false);
    }
}
