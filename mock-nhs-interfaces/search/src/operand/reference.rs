//! Conditions on references. Source: <https://hl7.org/fhir/R4/search.html#reference>.

use super::SystemTest;
use super::uri::continues;
use crate::key::{IDENTIFIER, Key, KeyRange, REFERENCE, SYSTEM, TEXT, URL, lower, split_text};
use crate::query::ResourceType;
use crate::value::Reference;

/// What is asked of a reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReferenceTest {
    /// `id`, `Type/id`, `:Type=id`, or this server's own absolute URL of it.
    Local {
        /// Any type where it is not said.
        resource_type: Option<ResourceType>,
        /// The id.
        id: Box<str>,
        /// The same as an absolute URL of this server, where the type is said: a resource may hold it so.
        url: Option<Box<str>>,
    },
    /// An absolute URL or a canonical.
    Url {
        /// Without the version.
        url: Box<str>,
        /// Any version, or none, where it is not said.
        version: Option<Box<str>>,
    },
    /// `:below` of a canonical with a version: this URL in this version or one that continues it.
    UrlBelow {
        /// Without the version.
        url: Box<str>,
        /// The beginning of the version.
        version: Box<str>,
    },
    /// `:identifier` with a value.
    Identifier {
        /// Which systems count.
        system: SystemTest,
        /// The identifier's value, in lower case.
        value: Box<str>,
    },
    /// `:identifier` with a system alone.
    IdentifierSystem(Box<str>),
    /// `:text`: the reference's display begins with this folded text.
    Text(Box<str>),
}

impl ReferenceTest {
    /// An identifier, to be compared without regard to case.
    #[must_use]
    pub fn identifier(system: SystemTest, value: &str) -> Self {
        Self::Identifier {
            system,
            value: lower(value).into(),
        }
    }

    pub(super) fn matches(&self, value: &Reference) -> bool {
        match (self, value) {
            (
                Self::Local {
                    resource_type, id, ..
                },
                Reference::Local {
                    resource_type: own_type,
                    id: own,
                },
            ) => own == id && resource_type.is_none_or(|wanted| wanted == *own_type),
            (Self::Local { url: Some(url), .. }, Reference::Url { url: own, version }) => {
                own == url && version.is_none()
            }
            (
                Self::Url { url, version },
                Reference::Url {
                    url: own,
                    version: own_version,
                },
            ) => {
                own == url
                    && version
                        .as_ref()
                        .is_none_or(|wanted| Some(wanted) == own_version.as_ref())
            }
            (
                Self::UrlBelow { url, version },
                Reference::Url {
                    url: own,
                    version: Some(own_version),
                },
            ) => own == url && continues(own_version.as_bytes(), version.as_bytes()),
            (
                Self::Identifier { system, value },
                Reference::Identifier {
                    system: own_system,
                    value: own,
                },
            ) => {
                lower(own) == **value
                    && match system {
                        SystemTest::Any => true,
                        SystemTest::None => own_system.is_none(),
                        SystemTest::Is(system) => own_system.as_ref() == Some(system),
                    }
            }
            (Self::IdentifierSystem(system), Reference::Identifier { system: own, .. }) => {
                own.as_ref() == Some(system)
            }
            (Self::Text(text), Reference::Display(own)) => own.starts_with(&**text),
            _ => false,
        }
    }

    pub(super) fn ranges(&self) -> Vec<KeyRange> {
        let first = match self {
            Self::Local {
                resource_type, id, ..
            } => {
                let mut key = Key::new(REFERENCE).ended(id).bytes;
                match resource_type {
                    Some(wanted) => {
                        key.push(wanted.0);
                        KeyRange::exact(&key)
                    }
                    None => KeyRange::prefix(&key),
                }
            }
            Self::Url { url, version } => {
                let key = Key::new(URL).ended(url);
                match version {
                    Some(version) => KeyRange::exact(&key.text(version).bytes),
                    None => KeyRange::prefix(&key.bytes),
                }
            }
            Self::UrlBelow { url, version } => {
                KeyRange::prefix(&Key::new(URL).ended(url).text(version).bytes)
            }
            Self::Identifier { system, value } => {
                let key = Key::new(IDENTIFIER).ended(value);
                match system {
                    SystemTest::Any => KeyRange::prefix(&key.bytes),
                    SystemTest::None => KeyRange::exact(&key.bytes),
                    SystemTest::Is(system) => KeyRange::exact(&key.text(system).bytes),
                }
            }
            Self::IdentifierSystem(system) => KeyRange::exact(&Key::new(SYSTEM).text(system).bytes),
            Self::Text(text) => KeyRange::prefix(&Key::new(TEXT).text(text).bytes),
        };
        let mut ranges = vec![first];
        if let Self::Local { url: Some(url), .. } = self {
            ranges.push(KeyRange::exact(&Key::new(URL).ended(url).bytes));
        }
        ranges
    }

    pub(super) fn accepts(&self, key: &[u8]) -> bool {
        let Some((row, rest)) = key.split_first() else {
            return false;
        };
        let (text, after) = split_text(rest);
        match (self, *row) {
            (
                Self::Local {
                    resource_type, id, ..
                },
                REFERENCE,
            ) => text == id.as_bytes() && resource_type.is_none_or(|wanted| after == [wanted.0]),
            (Self::Local { url: Some(url), .. }, URL) => text == url.as_bytes() && after.is_empty(),
            (Self::Url { url, version }, URL) => {
                text == url.as_bytes() && version.as_ref().is_none_or(|wanted| after == wanted.as_bytes())
            }
            (Self::UrlBelow { url, version }, URL) => {
                text == url.as_bytes() && continues(after, version.as_bytes())
            }
            (Self::Identifier { system, value }, IDENTIFIER) => {
                text == value.as_bytes()
                    && match system {
                        SystemTest::Any => true,
                        SystemTest::None => after.is_empty(),
                        SystemTest::Is(system) => after == system.as_bytes(),
                    }
            }
            (Self::IdentifierSystem(system), SYSTEM) => rest == system.as_bytes(),
            (Self::Text(text), TEXT) => rest.starts_with(text.as_bytes()),
            _ => false,
        }
    }
}
