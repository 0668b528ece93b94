//! JSON Web Tokens in their compact form: taken apart, and put together.
//! Source: <https://www.rfc-editor.org/rfc/rfc7519>, <https://www.rfc-editor.org/rfc/rfc7515#section-3.1>

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde_json::{Map, Value};

/// Longest token that is looked at, in bytes: an id token with many roles stays far below.
pub(crate) const MOST_BYTES: usize = 32 * 1024;

/// A token that has the right form. Whether its signature is right is for [`super::keys`] to say.
#[derive(Debug)]
pub(crate) struct Jwt<'t> {
    header: Map<String, Value>,
    claims: Map<String, Value>,
    /// What was signed: header and claims as they were sent.
    pub(crate) signed: &'t str,
    /// The signature.
    pub(crate) signature: Vec<u8>,
}

impl<'t> Jwt<'t> {
    /// Takes a token apart; `None` for whatever is not three parts, two of them JSON objects.
    pub(crate) fn parse(text: &'t str) -> Option<Self> {
        if text.len() > MOST_BYTES {
            return None;
        }
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        Some(Self {
            header: object(header)?,
            claims: object(claims)?,
            signed,
            signature: BASE64.decode(signature).ok()?,
        })
    }

    /// A member of the header, unless it is `null`.
    pub(crate) fn header(&self, name: &str) -> Option<&Value> {
        self.header.get(name).filter(|value| !value.is_null())
    }

    /// A claim, unless it is `null`.
    pub(crate) fn claim(&self, name: &str) -> Option<&Value> {
        self.claims.get(name).filter(|value| !value.is_null())
    }

    /// A member of the header that is a text and not an empty one.
    pub(crate) fn header_text(&self, name: &str) -> Option<&str> {
        self.header(name)?.as_str().filter(|text| !text.is_empty())
    }

    /// A claim that is a text and not an empty one.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.claim(name)?.as_str().filter(|text| !text.is_empty())
    }

    /// Whether the claim `aud` is one of these, or a list that holds one.
    pub(crate) fn is_for(&self, expected: impl Fn(&str) -> bool) -> bool {
        match self.claim("aud") {
            Some(Value::String(one)) => expected(one),
            Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).any(expected),
            _ => false,
        }
    }
}

fn object(part: &str) -> Option<Map<String, Value>> {
    let bytes = BASE64.decode(part).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// Header and claims as they are signed.
pub(crate) fn unsigned(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| BASE64.encode(value.to_string());
    format!("{}.{}", part(header), part(claims))
}

/// The whole token.
pub(crate) fn signed(unsigned: &str, signature: &[u8]) -> String {
    format!("{unsigned}.{}", BASE64.encode(signature))
}

/// Bytes in the alphabet of tokens and keys.
pub(crate) fn base64(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

/// The bytes of a text in the alphabet of tokens and keys.
pub(crate) fn from_base64(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_put_together_is_taken_apart() {
        let text = signed(
            &unsigned(&json!({ "kid": "k", "typ": null }), &json!({ "aud": ["a", "b"] })),
            b"sig",
        );
        let jwt = Jwt::parse(&text).unwrap();
        assert_eq!(jwt.header_text("kid"), Some("k"));
        assert_eq!(jwt.header("typ"), None, "null is missing");
        assert!(jwt.is_for(|aud| aud == "b") && !jwt.is_for(|aud| aud == "c"));
        assert_eq!(jwt.signature, b"sig");
        for text in ["", ".", "..", "a.b.c", "e30.e30", "e30.W10.AA", "e30.e30.%"] {
            assert!(Jwt::parse(text).is_none(), "{text}");
        }
        assert!(Jwt::parse("e30.e30.").is_some(), "an empty signature is a form");
        assert!(Jwt::parse(&"a".repeat(MOST_BYTES + 1)).is_none());
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(text in "[A-Za-z0-9_.=-]{0,200}") {
            let _ = Jwt::parse(&text);
        }
    }
}
