//! The weak entity tag that names a version of a record. Source: <https://hl7.org/fhir/R4/http.html#versioning>

use http::HeaderValue;

/// `W/"2"` for version 2.
pub(crate) fn weak(version: u32) -> HeaderValue {
    HeaderValue::try_from(format!("W/\"{version}\"")).unwrap_or_else(|_| HeaderValue::from_static("W/\"1\""))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_tag_is_weak_and_quoted() {
        assert_eq!(super::weak(27), "W/\"27\"");
    }
}
