//! An address that users come back to after they logged in.
//! Source: <https://www.rfc-editor.org/rfc/rfc6749#section-3.1.2>, <https://www.rfc-editor.org/rfc/rfc8252#section-7.1>

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Longest address, in characters.
const MOST_CHARACTERS: usize = 1_000;

/// An absolute address without a fragment: over http or https, or an app's own scheme with a dot in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CallbackUrl(String);

/// Why a text is no callback address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CallbackUrlError {
    /// It has characters that no address has, or too many.
    #[error("a callback address has at most {MOST_CHARACTERS} printable ASCII characters and no spaces")]
    Characters,
    /// It is not absolute, or has a scheme that could run something.
    #[error(
        "a callback address starts with https://, http:// or your app's own scheme with a dot in it, such as org.example.app:/"
    )]
    Scheme,
    /// It names a part of a page.
    #[error("a callback address has no fragment (nothing behind #)")]
    Fragment,
}

impl CallbackUrl {
    /// Reads an address.
    ///
    /// # Errors
    /// Why it is none.
    pub fn new(text: &str) -> Result<Self, CallbackUrlError> {
        if text.len() > MOST_CHARACTERS || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(CallbackUrlError::Characters);
        }
        let (scheme, rest) = text.split_once(':').ok_or(CallbackUrlError::Scheme)?;
        let is_web = matches!(scheme, "http" | "https")
            && rest
                .strip_prefix("//")
                .is_some_and(|host| !host.is_empty() && !host.starts_with(['/', '?']));
        let is_own = scheme.contains('.')
            && scheme.starts_with(|first: char| first.is_ascii_lowercase())
            && scheme
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'+'));
        if !is_web && !is_own {
            return Err(CallbackUrlError::Scheme);
        }
        if text.contains('#') {
            return Err(CallbackUrlError::Fragment);
        }
        Ok(Self(text.to_owned()))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address with more parameters behind its question mark.
    pub(crate) fn with<'p>(&self, parameters: impl IntoIterator<Item = (&'p str, &'p str)>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in parameters {
            query.append_pair(name, value);
        }
        let query = query.finish();
        let between = match self.0.split_once('?') {
            None => "?",
            Some((_, before)) if before.is_empty() || before.ends_with('&') => "",
            Some(_) => "&",
        };
        format!("{}{between}{query}", self.0)
    }
}

impl fmt::Display for CallbackUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for CallbackUrl {
    type Error = CallbackUrlError;

    fn try_from(text: String) -> Result<Self, CallbackUrlError> {
        Self::new(&text)
    }
}

impl From<CallbackUrl> for String {
    fn from(url: CallbackUrl) -> Self {
        url.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_absolute_and_run_nothing() {
        let check = |text: &str, expected: Result<(), CallbackUrlError>| {
            assert_eq!(CallbackUrl::new(text).map(drop), expected, "{text}");
        };
        check("https://example.org/callback?x=1", Ok(()));
        check("http://127.0.0.1:9000/callback", Ok(()));
        check("org.example.app:/callback", Ok(()));
        check("/invalid", Err(CallbackUrlError::Scheme));
        check("https://", Err(CallbackUrlError::Scheme));
        check("https:///path", Err(CallbackUrlError::Scheme));
        check("javascript:alert(1)", Err(CallbackUrlError::Scheme));
        check("data:text/html,x", Err(CallbackUrlError::Scheme));
        check("https://example.org/#part", Err(CallbackUrlError::Fragment));
        check("https://example.org/a b", Err(CallbackUrlError::Characters));
        check("https://example.org/\r\nX: 1", Err(CallbackUrlError::Characters));
        check(
            &format!("https://{}", "a".repeat(1_000)),
            Err(CallbackUrlError::Characters),
        );
    }

    #[test]
    fn parameters_go_behind_those_that_are_there() {
        for (text, expected) in [
            ("https://a.org/b", "https://a.org/b?code=1+2&state=%26"),
            ("https://a.org/b?c=d", "https://a.org/b?c=d&code=1+2&state=%26"),
            ("https://a.org/b?", "https://a.org/b?code=1+2&state=%26"),
        ] {
            let url = CallbackUrl::new(text).unwrap();
            assert_eq!(url.with([("code", "1 2"), ("state", "&")]), expected);
        }
    }
}
