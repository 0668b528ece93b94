//! Addresses longer than any of ours are refused before anything looks at them.

use http::Uri;

use crate::error::AppError;

/// Path and query together. Twice what common servers take, because forms of apps may put a note into the query.
const LIMIT_BYTES: usize = 16 * 1024;

pub(super) fn check(uri: &Uri) -> Result<(), AppError> {
    let length = uri.path_and_query().map_or(0, |text| text.as_str().len());
    if length > LIMIT_BYTES {
        return Err(AppError::UriTooLong {
            limit_bytes: LIMIT_BYTES,
        });
    }
    Ok(())
}
