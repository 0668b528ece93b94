//! Addresses below a surface, as what answers there knows them.

use http::Uri;
use http::uri::PathAndQuery;

use crate::error::AppError;

/// The address without its first segments: `/w/demo/nhs/int/x?y` is `/x?y` below four. Counted in the path, so that slashes in the
/// query are not looked at.
///
/// # Errors
/// [`AppError::UnknownAddress`] when the rest is no address.
pub(super) fn below(uri: &Uri, segments: usize) -> Result<Uri, AppError> {
    let whole = uri.path_and_query().map_or("", PathAndQuery::as_str);
    let start = uri
        .path()
        .match_indices('/')
        .nth(segments)
        .map_or(uri.path().len(), |(place, _)| place);
    let rest = whole.get(start..).unwrap_or_default();
    let rest = if rest.starts_with('/') {
        PathAndQuery::try_from(rest)
    } else {
        PathAndQuery::try_from(format!("/{rest}"))
    };
    rest.map(Uri::from).map_err(|_| AppError::UnknownAddress)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_is_cut() {
        for (path, rest) in [
            (
                "/w/demo/nhs/int/personal-demographics/FHIR/R4/Patient?x=/a/b",
                "/personal-demographics/FHIR/R4/Patient?x=/a/b",
            ),
            ("/w/demo/nhs/int/", "/"),
            ("/w/demo/nhs/int", "/"),
            ("/w/demo/nhs/int?a=/b", "/?a=/b"),
        ] {
            assert_eq!(
                below(&path.parse().unwrap(), 4).unwrap().to_string(),
                rest,
                "{path}"
            );
        }
        let fhir = "/w/demo/fhir/Patient?x=/a".parse().unwrap();
        assert_eq!(below(&fhir, 3).unwrap().to_string(), "/Patient?x=/a");
    }
}
