//! The text of a resource as it is kept: what was accepted, byte for byte, but for `id` and `meta`.

mod layout;
mod scan;
mod stamp;

pub use layout::{compact, pretty};
pub use scan::{Member, Members, members};
pub use stamp::{Stamp, stamp};

/// Why a text cannot be stamped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextError {
    #[error("a resource is a JSON object with a resourceType")]
    NotAResource,
    #[error("meta is an object")]
    MetaIsNoObject,
}

/// The value's text of a member of the outermost object, as it is written.
#[must_use]
pub fn member<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    members(text)
        .find(|member| member.is(key))
        .and_then(|member| text.get(member.value))
}
