//! The id of a resource.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use uuid::Uuid;

/// Length at most, in characters. <https://hl7.org/fhir/R4/datatypes.html#id>
pub const MAX_ID_CHARS: usize = 64;

/// A resource's logical id: 1 to 64 of `A-Z a-z 0-9 - .`. Cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceId(Arc<str>);

impl ResourceId {
    /// The id that is written so, unless it cannot be one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=MAX_ID_CHARS).contains(&text.len());
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
        (fits && text.bytes().all(plain)).then(|| Self(text.into()))
    }

    /// An id that no resource has: a random UUID.
    #[must_use]
    pub fn random() -> Self {
        let mut room = Uuid::encode_buffer();
        Self((&*Uuid::new_v4().as_hyphenated().encode_lower(&mut room)).into())
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

// Ordered and compared as the text is, so that maps can be asked with text.
impl Borrow<str> for ResourceId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ResourceId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::ResourceId;

    #[test]
    fn an_id_is_1_to_64_plain_characters() {
        let check = |text: &str, good: bool| assert_eq!(ResourceId::parse(text).is_some(), good, "{text:?}");
        check("1", true);
        check("9990000001", true);
        check("a.B-3", true);
        check(&"x".repeat(64), true);
        check(&"x".repeat(65), false);
        check("", false);
        check("a b", false);
        check("a/b", false);
        check("é", false);
        check("a_b", false);
        check(ResourceId::random().as_str(), true);
    }
}
