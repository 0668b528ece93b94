//! The two versions of MESH's answers, chosen by the header `Accept`.

use http::header::ACCEPT;
use http::{HeaderMap, HeaderValue};

/// A version of the answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    One,
    Two,
}

impl Version {
    /// The media type of its answers.
    pub(super) const fn media_type(self) -> HeaderValue {
        match self {
            Self::One => HeaderValue::from_static("application/json"),
            Self::Two => HeaderValue::from_static("application/vnd.mesh.v2+json"),
        }
    }
}

/// The version that is asked for; `None` for one that is written wrongly.
pub(super) fn version(headers: &HeaderMap) -> Option<Version> {
    let accept = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok());
    let wish = accept
        .unwrap_or_default()
        .split([';', ','])
        .map(str::trim)
        .find(|range| range.contains("vnd.mesh"));
    let Some(wish) = wish else {
        return Some(Version::One);
    };
    let number = wish
        .strip_prefix("application/vnd.mesh.v")?
        .strip_suffix("+json")?;
    match number.parse::<u16>().ok()? {
        0 | 1 => Some(Version::One),
        _ => Some(Version::Two),
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use http::header::ACCEPT;

    use super::{Version, version};

    #[test]
    fn a_version_is_asked_for_by_accept() {
        let check = |accept: Option<&str>, expected: Option<Version>| {
            let mut headers = HeaderMap::new();
            if let Some(accept) = accept {
                headers.insert(ACCEPT, accept.parse().unwrap());
            }
            assert_eq!(version(&headers), expected, "{accept:?}");
        };
        check(None, Some(Version::One));
        check(Some("*/*"), Some(Version::One));
        check(Some("application/vnd.mesh.v1+json"), Some(Version::One));
        check(Some("application/vnd.mesh.v2+json"), Some(Version::Two));
        check(
            Some("text/plain, application/vnd.mesh.v2+json"),
            Some(Version::Two),
        );
        check(Some("application/vnd.mesh.two+json"), None);
        check(Some("application/vnd.mesh.v2"), None);
    }
}
