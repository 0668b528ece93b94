//! Conditions on URIs. Source: <https://hl7.org/fhir/R4/search.html#uri>.

use crate::key::{Key, KeyRange, URL, split_text, split_version};

/// What is asked of a URI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UriTest {
    /// This one; without a version it matches every version of a canonical.
    Is(Box<str>),
    /// `:below`: this one, and what its path leads to.
    Below(Box<str>),
    /// `:below` of a canonical with a version: this URL in this version or one that continues it, as 1.2.3 continues 1.2.
    BelowVersion {
        /// Without the version.
        url: Box<str>,
        /// The beginning of the version.
        version: Box<str>,
    },
    /// `:above`: this one, and what leads to it.
    Above(Box<str>),
}

impl UriTest {
    pub(super) fn matches(&self, own: &str) -> bool {
        let (own_url, own_version) = split_version(own);
        match self {
            Self::Is(uri) => {
                let (url, version) = split_version(uri);
                own_url == url && version.is_none_or(|wanted| own_version == Some(wanted))
            }
            Self::Below(uri) => is_below(own_url.as_bytes(), uri.as_bytes()),
            Self::BelowVersion { url, version } => {
                own_url == &**url
                    && own_version.is_some_and(|own| continues(own.as_bytes(), version.as_bytes()))
            }
            Self::Above(uri) => ancestors(uri).any(|ancestor| ancestor == own_url),
        }
    }

    pub(super) fn ranges(&self) -> Vec<KeyRange> {
        match self {
            Self::Is(uri) => {
                let (url, version) = split_version(uri);
                let key = Key::new(URL).ended(url);
                vec![match version {
                    Some(version) => KeyRange::exact(&key.text(version).bytes),
                    None => KeyRange::prefix(&key.bytes),
                }]
            }
            Self::Below(uri) => vec![KeyRange::prefix(&Key::new(URL).text(uri).bytes)],
            Self::BelowVersion { url, version } => {
                vec![KeyRange::prefix(&Key::new(URL).ended(url).text(version).bytes)]
            }
            Self::Above(uri) => ancestors(uri)
                .map(|ancestor| KeyRange::prefix(&Key::new(URL).ended(ancestor).bytes))
                .collect(),
        }
    }

    pub(super) fn accepts(&self, key: &[u8]) -> bool {
        let Some((&URL, rest)) = key.split_first() else {
            return false;
        };
        let (own, own_version) = split_text(rest);
        match self {
            Self::Is(uri) => {
                let (url, version) = split_version(uri);
                own == url.as_bytes() && version.is_none_or(|wanted| own_version == wanted.as_bytes())
            }
            Self::Below(uri) => is_below(own, uri.as_bytes()),
            Self::BelowVersion { url, version } => {
                own == url.as_bytes() && continues(own_version, version.as_bytes())
            }
            Self::Above(uri) => ancestors(uri).any(|ancestor| ancestor.as_bytes() == own),
        }
    }
}

/// Whether a version is another or continues it after a dot.
pub(super) fn continues(own: &[u8], version: &[u8]) -> bool {
    own.strip_prefix(version)
        .is_some_and(|rest| matches!(rest.first(), None | Some(b'.')))
}

/// Whether a URI is another or continues its path: `http://x/ab` is not below `http://x/a`.
fn is_below(own: &[u8], uri: &[u8]) -> bool {
    own.strip_prefix(uri).is_some_and(|rest| {
        rest.is_empty() || uri.ends_with(b"/") || matches!(rest.first(), Some(b'/' | b'?' | b'#'))
    })
}

/// A URI and what it is below of, with and without a slash at the end; nothing shorter than its scheme and host.
fn ancestors(uri: &str) -> impl Iterator<Item = &str> {
    let host = uri.find("://").map_or(uri.len(), |at| at + 3);
    let places = uri
        .char_indices()
        .filter(move |(at, character)| *at >= host && *character == '/');
    let cuts = places
        .flat_map(|(at, _)| [at, at + 1])
        .filter(|at| *at < uri.len());
    cuts.chain([uri.len()]).filter_map(|at| uri.get(..at))
}
