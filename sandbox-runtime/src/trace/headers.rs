//! Headers as text in one allocation, so that a kept trace never holds on to a connection's read buffer.

use std::borrow::Cow;

use http::header::{AUTHORIZATION, COOKIE, HOST, HeaderName, PROXY_AUTHORIZATION, SET_COOKIE};
use http::{HeaderMap, HeaderValue};
use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, SerializeSeq as _, Serializer};

use super::mask::Mask;

/// Headers that carry an application's key: that of the NHS's gateway, and those of the gateways of Amazon and Microsoft.
const API_KEYS: [HeaderName; 3] = [
    HeaderName::from_static("apikey"),
    HeaderName::from_static("x-api-key"),
    HeaderName::from_static("ocp-apim-subscription-key"),
];

/// What a tape has in the place of a key.
const SHORTENED: HeaderValue = HeaderValue::from_static("[secret]");

/// Headers of one message in order; secrets are shortened before they get here. Written as `[["name", "value"], ...]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headers {
    /// Invariant: lines `name: value\n`; neither part contains a line feed (the `http` crate refuses them).
    text: String,
}

impl Headers {
    /// Copies the headers; `authorization` keeps its scheme only (`Bearer …`), keys and cookies keep nothing.
    #[must_use]
    pub fn record(headers: &HeaderMap) -> Self {
        Self::record_masked(headers, None)
    }

    pub(super) fn record_masked(headers: &HeaderMap, mask: Option<&Mask>) -> Self {
        let size = headers
            .iter()
            .map(|(name, value)| name.as_str().len() + value.len() + 3)
            .sum();
        let mut text = String::with_capacity(size);
        for (name, value) in headers {
            text.push_str(name.as_str());
            text.push_str(": ");
            let value = String::from_utf8_lossy(value.as_bytes());
            if name == AUTHORIZATION || name == PROXY_AUTHORIZATION {
                let scheme = value.split_once(' ').map_or("", |(scheme, _)| scheme);
                text.push_str(scheme);
                text.push_str(" …");
            } else if API_KEYS.contains(name) || [COOKIE, SET_COOKIE].contains(name) {
                text.push('…');
            } else if name == HOST {
                text.push_str(&without_user(&value));
            } else {
                text.push_str(&value);
            }
            text.push('\n');
        }
        if let Some(masked) = mask.map(|mask| mask.text(&text))
            && let Cow::Owned(masked) = masked
        {
            text = masked;
        }
        Self { text }
    }

    /// Names (lower case) and values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.text.lines().filter_map(|line| line.split_once(": "))
    }

    /// The first value of a header; `name` in lower case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter()
            .find(|(candidate, _)| *candidate == name)
            .map(|(_, value)| value)
    }

    pub(crate) fn weight_bytes(&self) -> usize {
        self.text.len()
    }
}

/// Shortens what a trace would shorten, for a tape: a key is not kept only because a run used it.
pub(super) fn without_secrets(headers: &mut HeaderMap) {
    for (name, value) in headers.iter_mut() {
        if name == AUTHORIZATION || name == PROXY_AUTHORIZATION {
            let scheme = value.to_str().ok().and_then(|value| value.split_once(' '));
            let scheme = scheme.map_or("", |(scheme, _)| scheme);
            *value = HeaderValue::try_from(format!("{scheme} [secret]")).unwrap_or(SHORTENED);
        } else if API_KEYS.contains(name) || name == COOKIE {
            *value = SHORTENED;
        }
    }
}

/// An address or an authority without the user part that may hold a password: `https://user:secret@host/` becomes
/// `https://…@host/`.
pub(super) fn without_user(address: &str) -> Cow<'_, str> {
    let start = address.find("://").map_or(0, |scheme| scheme + 3);
    let (scheme, rest) = address.split_at(start);
    let authority = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    match rest.split_at(authority).0.rfind('@') {
        Some(at) => Cow::Owned(format!("{scheme}…{}", rest.split_at(at).1)),
        None => Cow::Borrowed(address),
    }
}

impl Serialize for Headers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(None)?;
        for pair in self.iter() {
            seq.serialize_element(&pair)?;
        }
        seq.end()
    }
}

impl<'de> Deserialize<'de> for Headers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let pairs = Vec::<(String, String)>::deserialize(deserializer)?;
        let mut text = String::new();
        for (name, value) in pairs {
            if name.contains(['\n', ':']) || value.contains('\n') {
                return Err(serde::de::Error::custom("a header with a line feed"));
            }
            text.push_str(&name);
            text.push_str(": ");
            text.push_str(&value);
            text.push('\n');
        }
        Ok(Self { text })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_shortened_and_the_rest_survives_a_round_trip() {
        let mut map = HeaderMap::new();
        map.insert("authorization", "Bearer abc.def.ghi".parse().unwrap());
        map.insert("proxy-authorization", "secret".parse().unwrap());
        map.append("accept", "text/html".parse().unwrap());
        map.append("accept", "a: b".parse().unwrap());
        map.insert("x-empty", "".parse().unwrap());
        for key in ["apikey", "x-api-key", "ocp-apim-subscription-key"] {
            map.insert(key, "abc".parse().unwrap());
        }
        map.insert("cookie", "session=abc".parse().unwrap());
        map.insert("host", "user:abc@example.com".parse().unwrap());
        let headers = Headers::record(&map);
        assert_eq!(headers.get("authorization"), Some("Bearer …"));
        assert_eq!(headers.get("proxy-authorization"), Some(" …"));
        assert_eq!(headers.get("x-empty"), Some(""));
        for key in ["apikey", "x-api-key", "ocp-apim-subscription-key", "cookie"] {
            assert_eq!(headers.get(key), Some("…"));
        }
        assert_eq!(headers.get("host"), Some("…@example.com"));
        assert_eq!(headers.iter().filter(|(name, _)| *name == "accept").count(), 2);
        let json = serde_json::to_string(&headers).unwrap();
        assert!(!json.contains("abc"));
        assert_eq!(serde_json::from_str::<Headers>(&json).unwrap(), headers);
    }

    #[test]
    fn the_user_part_of_an_address_is_left_out() {
        for (address, shown) in [
            ("https://user:secret@host/a?b=c@d", "https://…@host/a?b=c@d"),
            ("https://host/a@b", "https://host/a@b"),
            ("user@host:80", "…@host:80"),
            ("https://a@b@host", "https://…@host"),
            ("/path@x", "/path@x"),
            ("", ""),
        ] {
            assert_eq!(without_user(address), shown);
        }
    }
}
