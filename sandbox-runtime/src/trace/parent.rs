//! Where a run stands in a larger story: W3C Trace Context, level 1 (<https://www.w3.org/TR/trace-context-1/>).
//!
//! What comes from outside and is not valid is ignored, as the specification demands; the run then begins a story of its own.

use std::fmt;
use std::str::FromStr;

use http::{HeaderMap, HeaderName};
use serde::{Deserialize, Serialize};

/// The header that names the caller's span.
pub const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// The header that carries what vendors add.
pub const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");

/// The most `tracestate` that is passed on, in bytes: the specification asks for at least 512.
const STATE_BYTES: usize = 512;

/// The flag that says the caller records its part.
const SAMPLED: u8 = 1;

/// The name of a whole story across programs; all zeros when there is none. Written as 32 hexadecimal digits.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct TraceId(pub [u8; 16]);

/// The name of one step in it; all zeros when there is none. Written as 16 hexadecimal digits.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct SpanId(pub [u8; 8]);

/// The text is no id: not lower-case hexadecimal digits, or not the right number of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an id is written as {0} lower-case hexadecimal digits")]
pub struct NoId(usize);

fn hex_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

/// Lower-case digits only: the specification allows no others.
fn from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != N || !rest.is_empty() {
        return None;
    }
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = hex_digit(*high)? << 4 | hex_digit(*low)?;
    }
    Some(bytes)
}

macro_rules! id {
    ($name:ident, $bytes:literal) => {
        impl $name {
            /// Whether it names anything.
            #[must_use]
            pub fn is_set(&self) -> bool {
                self.0.iter().any(|byte| *byte != 0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = NoId;

            fn from_str(text: &str) -> Result<Self, NoId> {
                from_hex(text).map(Self).ok_or(NoId($bytes * 2))
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }

        impl TryFrom<String> for $name {
            type Error = NoId;

            fn try_from(text: String) -> Result<Self, NoId> {
                text.parse()
            }
        }
    };
}

id!(TraceId, 16);
id!(SpanId, 8);

/// The step outside that a run belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceParent {
    /// The story.
    pub trace_id: TraceId,
    /// The caller's step in it.
    pub span_id: SpanId,
    /// Whether the caller records its part.
    pub sampled: bool,
    /// What vendors add; passed on as it came.
    #[serde(default)]
    pub state: Option<String>,
}

impl TraceParent {
    /// Reads the value of a `traceparent` header; `None` when it is not valid.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let [version] = from_hex::<1>(parts.next()?)?;
        let trace_id = TraceId(from_hex(parts.next()?)?);
        let span_id = SpanId(from_hex(parts.next()?)?);
        let [flags] = from_hex::<1>(parts.next()?)?;
        // Version 255 is forbidden. Version 0 has four parts; later ones may have more.
        let is_known = version != u8::MAX && (version != 0 || parts.next().is_none());
        (is_known && trace_id.is_set() && span_id.is_set()).then_some(Self {
            trace_id,
            span_id,
            sampled: flags & SAMPLED != 0,
            state: None,
        })
    }

    /// Reads `traceparent` and `tracestate` of a message; `None` when there is no valid one, or more than one.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let mut parents = headers.get_all(TRACEPARENT).iter();
        let parent = Self::parse(parents.next()?.to_str().ok()?)?;
        if parents.next().is_some() {
            return None;
        }
        let states: Option<Vec<&str>> = headers
            .get_all(TRACESTATE)
            .iter()
            .map(|state| state.to_str().ok())
            .collect();
        let state = states
            .map(|states| states.join(","))
            .filter(|state| !state.is_empty() && state.len() <= STATE_BYTES);
        Some(Self { state, ..parent })
    }
}

/// The value of a `traceparent` header.
impl fmt::Display for TraceParent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let flags = if self.sampled { SAMPLED } else { 0 };
        write!(f, "00-{}-{}-{flags:02x}", self.trace_id, self.span_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification, section 3.2.
    const GOOD: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn what_is_valid_comes_back_and_what_is_not_is_ignored() {
        let parent = TraceParent::parse(GOOD).unwrap();
        assert!(parent.sampled);
        assert_eq!(parent.to_string(), GOOD);
        let id = "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7";
        // A later version may say more.
        assert!(TraceParent::parse(&format!("cc-{id}-01-what-will-be")).is_some());
        for bad in [
            String::new(),
            format!("ff-{id}-01"),
            format!("00-{id}-01-more"),
            format!("00-{id}"),
            format!("00-{id}-1"),
            format!("00-{}-01", id.to_uppercase()),
            format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)),
            format!("00-4bf92f3577b34da6a3ce929d0e0e4736-{}-01", "0".repeat(16)),
            format!("00-{id}x-01"),
        ] {
            assert_eq!(TraceParent::parse(&bad), None, "{bad}");
        }
    }

    #[test]
    fn vendors_state_goes_along_and_two_parents_are_none() {
        let mut headers = HeaderMap::new();
        headers.insert(TRACEPARENT, GOOD.parse().unwrap());
        headers.append(TRACESTATE, "a=1".parse().unwrap());
        headers.append(TRACESTATE, "b=2".parse().unwrap());
        assert_eq!(
            TraceParent::of(&headers).unwrap().state.as_deref(),
            Some("a=1,b=2")
        );
        headers.append(TRACEPARENT, GOOD.parse().unwrap());
        assert_eq!(TraceParent::of(&headers), None);
    }
}
