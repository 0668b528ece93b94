//! Changes come from our own pages or from programs outside a browser; a page from elsewhere changes nothing.
//!
//! Browsers say where a request comes from in `Sec-Fetch-Site` and `Origin`; other programs send neither and pass.
//! Running apps and the interfaces are not asked: an app's own pages have an opaque origin by design, so their forms
//! look foreign, and neither place holds anything of the platform's.

use axum::body::Body;
use http::{Method, Request, header};

use super::HostForm;
use super::host::requested_authority;
use crate::config::PublicUrl;
use crate::error::AppError;

pub(super) fn check(
    request: &Request<Body>,
    form: &HostForm,
    public: Option<&PublicUrl>,
) -> Result<(), AppError> {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || *form != HostForm::Server || is_app_or_interface(request.uri().path()) {
        return Ok(());
    }
    let header = |name: header::HeaderName| {
        request
            .headers()
            .get(name)
            .map(|value| value.to_str().unwrap_or("?"))
    };
    let origin = header(header::ORIGIN);
    if let Some(origin) = origin {
        let authority = requested_authority(request).unwrap_or_default();
        let ours = origin
            .strip_prefix("http://")
            .is_some_and(|from| from.eq_ignore_ascii_case(authority));
        // A proxy in front may call the server by another name than browsers do.
        let public = public.is_some_and(|public| origin.eq_ignore_ascii_case(public.as_str()));
        if !ours && !public {
            return Err(AppError::ForeignOrigin(origin.to_owned()));
        }
    }
    match header(header::HeaderName::from_static("sec-fetch-site")) {
        None | Some("same-origin" | "none") => Ok(()),
        Some(site) => Err(AppError::ForeignOrigin(origin.unwrap_or(site).to_owned())),
    }
}

/// `/w/{workspace}/apps/{app}…`, `/w/{workspace}/nhs/{profile}…` and `/w/{workspace}/fhir…`
fn is_app_or_interface(path: &str) -> bool {
    let mut segments = path.split('/').skip(1);
    segments.next() == Some("w")
        && segments.next().is_some()
        && match segments.next() {
            Some("apps" | "nhs") => segments.next().is_some_and(|name| !name.is_empty()),
            Some("fhir") => true,
            Some(_) | None => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(method: &str, path: &str, headers: &[(&str, &str)]) -> bool {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "127.0.0.1:8080");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        check(&request.body(Body::empty()).unwrap(), &HostForm::Server, None).is_ok()
    }

    #[test]
    fn only_our_own_pages_change_things() {
        let same = [
            ("origin", "http://127.0.0.1:8080"),
            ("sec-fetch-site", "same-origin"),
        ];
        for (headers, expected) in [
            (&[][..], true),
            (&same[..], true),
            (&[("sec-fetch-site", "none")], true),
            (&[("sec-fetch-site", "cross-site")], false),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("origin", "null")], false),
            (&[("origin", "http://127.0.0.1:8081")], false),
            (&[("origin", "https://127.0.0.1:8080")], false),
            (&[("origin", "http://evil.example")], false),
            (
                &[
                    ("origin", "http://evil.example"),
                    ("sec-fetch-site", "same-origin"),
                ],
                false,
            ),
        ] {
            assert_eq!(
                allowed("POST", "/api/v1/workspaces/demo/apps/x/versions", headers),
                expected,
                "{headers:?}"
            );
            assert_eq!(allowed("DELETE", "/w/demo", headers), expected, "{headers:?}");
            assert!(allowed("GET", "/w/demo", headers), "{headers:?}");
            assert!(
                allowed("POST", "/w/demo/apps/patient-lookup/", headers),
                "{headers:?}"
            );
        }
        assert!(!allowed("POST", "/w/demo/apps/", &[("origin", "null")]));
    }
}
