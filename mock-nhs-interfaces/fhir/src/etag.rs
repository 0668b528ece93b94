//! Versions as weak entity tags: `ETag`, `If-Match`, `If-None-Match`.
//!
//! <https://hl7.org/fhir/R4/http.html#versioning>

/// The value of `ETag` for a version: `W/"3"`.
#[must_use]
pub fn weak(version_id: &str) -> String {
    format!("W/\"{version_id}\"")
}

/// What `If-Match` or `If-None-Match` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntityTags {
    /// `*`: any version there is.
    Any,
    /// At least one version id.
    Versions(Vec<Box<str>>),
}

/// The header does not hold entity tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a version is named as W/\"3\", several with commas between them, or * for any")]
pub struct EntityTagError;

/// Tags of one header; there are never more versions that a client could have meant.
const MAX_TAGS: usize = 64;

impl EntityTags {
    /// Reads a header. Strong tags and bare version ids are understood as well: clients send them, and a version's text is one.
    ///
    /// # Errors
    /// Something in the list is no entity tag.
    pub fn parse(header: &str) -> Result<EntityTags, EntityTagError> {
        if header.trim() == "*" {
            return Ok(EntityTags::Any);
        }
        let tags = header
            .split(',')
            .take(MAX_TAGS + 1)
            .map(tag)
            .collect::<Result<Vec<_>, _>>()?;
        if tags.len() > MAX_TAGS {
            Err(EntityTagError)
        } else {
            Ok(EntityTags::Versions(tags))
        }
    }

    /// Whether the header names this version.
    #[must_use]
    pub fn names(&self, version_id: &str) -> bool {
        match self {
            EntityTags::Any => true,
            EntityTags::Versions(versions) => versions.iter().any(|version| &**version == version_id),
        }
    }
}

fn tag(text: &str) -> Result<Box<str>, EntityTagError> {
    let text = text.trim();
    let opaque = text.strip_prefix("W/").unwrap_or(text);
    let inner = match opaque.strip_prefix('"') {
        Some(rest) => rest.strip_suffix('"').ok_or(EntityTagError)?,
        None => opaque,
    };
    // The characters of FHIR's `id`, which a versionId is.
    let plain = inner
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.');
    if inner.is_empty() || inner.len() > 64 || !plain {
        Err(EntityTagError)
    } else {
        Ok(inner.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_name_versions() {
        let named = |versions: &[&str]| {
            Ok(EntityTags::Versions(
                versions.iter().map(|text| (*text).into()).collect(),
            ))
        };
        let check = |header: &str, expected| assert_eq!(EntityTags::parse(header), expected, "{header}");
        check(&weak("3"), named(&["3"]));
        check("\"3\"", named(&["3"]));
        check(" W/\"1\" , W/\"a-2.b\"", named(&["1", "a-2.b"]));
        check("7", named(&["7"]));
        check("*", Ok(EntityTags::Any));
        for bad in ["", "W/", "\"", "W/\"1", "W/\"a b\"", "W/\"1\",", "**"] {
            check(bad, Err(EntityTagError));
        }
        check(&vec!["1"; 65].join(","), Err(EntityTagError));
        assert!(EntityTags::Any.names("9") && !EntityTags::parse("1,2").unwrap().names("3"));
    }
}
