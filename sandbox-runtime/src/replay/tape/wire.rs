//! Bodies and headers as they stand in the file of a tape.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

/// A whole body. Text is written as text, anything else in base64.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "WireBody", try_from = "WireBody")]
pub struct TapedBody(pub(crate) Bytes);

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum WireBody {
    Text(String),
    Base64(String),
}

impl From<TapedBody> for WireBody {
    fn from(TapedBody(body): TapedBody) -> Self {
        use base64::Engine as _;
        match String::from_utf8(body.into()) {
            Ok(text) => Self::Text(text),
            Err(other) => Self::Base64(base64::engine::general_purpose::STANDARD.encode(other.as_bytes())),
        }
    }
}

impl TryFrom<WireBody> for TapedBody {
    type Error = base64::DecodeError;

    fn try_from(body: WireBody) -> Result<Self, Self::Error> {
        use base64::Engine as _;
        Ok(Self(match body {
            WireBody::Text(text) => text.into(),
            WireBody::Base64(text) => base64::engine::general_purpose::STANDARD.decode(text)?.into(),
        }))
    }
}

/// Headers as `[["name", "value"], ...]`; a value that is not text is written in ISO 8859-1, as HTTP once had it.
pub(super) mod header_pairs {
    use serde::de::Error as _;
    use serde::ser::SerializeSeq as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    use super::{HeaderMap, HeaderName, HeaderValue};

    pub(in super::super) fn serialize<S: Serializer>(
        headers: &HeaderMap,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(Some(headers.len()))?;
        for (name, value) in headers {
            let value: String = value.as_bytes().iter().map(|byte| char::from(*byte)).collect();
            seq.serialize_element(&(name.as_str(), value))?;
        }
        seq.end()
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<HeaderMap, D::Error> {
        let pairs = Vec::<(String, String)>::deserialize(deserializer)?;
        let mut headers = HeaderMap::with_capacity(pairs.len());
        for (name, value) in pairs {
            let value: Option<Vec<u8>> = value
                .chars()
                .map(|char| u8::try_from(u32::from(char)).ok())
                .collect();
            let value = value.ok_or_else(|| D::Error::custom("a header's value is not made of bytes"))?;
            headers.append(
                HeaderName::from_bytes(name.as_bytes()).map_err(D::Error::custom)?,
                HeaderValue::from_bytes(&value).map_err(D::Error::custom)?,
            );
        }
        Ok(headers)
    }
}
