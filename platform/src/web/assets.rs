//! Styles, scripts and pictures of the pages, embedded by `build.rs` under names that change with their contents.

use axum::body::Body;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::page::{ErrorPage, render};

/// One embedded file in up to three encodings.
struct Asset {
    file: &'static str,
    media_type: &'static str,
    digest: &'static str,
    plain: &'static [u8],
    gzip: Option<&'static [u8]>,
    brotli: Option<&'static [u8]>,
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The name changes with the contents, so a copy never grows old. A year is what caches treat as for ever.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// `GET /assets/{file}`
pub(super) async fn read_asset(Path(file): Path<String>, request: HeaderMap) -> Response {
    match ASSETS.iter().find(|asset| asset.file == file) {
        Some(asset) => answer(asset, &request, FOR_EVER),
        None => {
            let page = ErrorPage::new(
                StatusCode::NOT_FOUND,
                "This version of the program has no such file.",
                None,
            );
            render(StatusCode::NOT_FOUND, &page)
        }
    }
}

/// `GET /favicon.ico`: what browsers ask for beside pages of apps, which name no icon.
pub(super) async fn read_favicon(request: HeaderMap) -> Response {
    match ASSETS.iter().find(|asset| MARK.ends_with(asset.file)) {
        Some(mark) => {
            let mut response = answer(mark, &request, "public, max-age=3600");
            // Pages of apps have an origin of their own, or none; the picture is nobody's secret.
            let policy = header::HeaderName::from_static("cross-origin-resource-policy");
            response
                .headers_mut()
                .insert(policy, HeaderValue::from_static("cross-origin"));
            response
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn answer(asset: &Asset, request: &HeaderMap, caching: &'static str) -> Response {
    let accepts = |encoding| accepts(request, encoding);
    let (body, encoding) = match (asset.brotli, asset.gzip) {
        (Some(body), _) if accepts("br") => (body, Some("br")),
        (_, Some(body)) if accepts("gzip") => (body, Some("gzip")),
        _ => (asset.plain, None),
    };
    // Each encoding is a representation of its own, so each has its own tag (RFC 9110 section 8.8.3.3).
    let tag = format!("\"{}-{}\"", asset.digest, encoding.unwrap_or("plain"));
    let known = request
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .any(|value| names_tag(value, &tag));

    let mut response = Response::new(if known {
        Body::empty()
    } else {
        Body::from(Bytes::from_static(body))
    });
    if known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

/// Whether `Accept-Encoding` names the encoding and does not give it the weight 0 (RFC 9110 section 12.5.3).
fn accepts(request: &HeaderMap, encoding: &str) -> bool {
    let values = request
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|part| {
        let mut pieces = part.split(';').map(str::trim);
        let named = pieces
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case(encoding));
        let refused = pieces
            .filter_map(|piece| piece.strip_prefix("q=").or_else(|| piece.strip_prefix("Q=")))
            .any(|weight| weight.parse::<f32>().is_ok_and(|weight| weight <= 0.0));
        named && !refused
    })
}

fn names_tag(value: &HeaderValue, tag: &str) -> bool {
    let value = value.to_str().unwrap_or_default();
    value
        .split(',')
        .map(str::trim)
        .any(|one| one == "*" || one.trim_start_matches("W/") == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(headers: &[(header::HeaderName, &'static str)]) -> Response {
        let request = headers
            .iter()
            .map(|(name, value)| (name.clone(), HeaderValue::from_static(value)))
            .collect();
        let styles = ASSETS.iter().find(|asset| STYLES.ends_with(asset.file)).unwrap();
        answer(styles, &request, FOR_EVER)
    }

    /// What a delegate's laptop loads for the workbench over a room's shared Wi-Fi, in bytes as they travel with gzip.
    const FIRST_LOAD_BYTES: usize = 600_000;

    fn packed(asset: &Asset) -> usize {
        asset.gzip.map_or(asset.plain.len(), <[u8]>::len)
    }

    #[test]
    fn the_workbench_is_light() {
        let all: usize = ASSETS.iter().map(packed).sum();
        assert!(all < FIRST_LOAD_BYTES, "every asset together has {all} bytes");
        // The blocks weigh as much as the rest, and come when somebody wants them.
        let of = |name: &str| {
            let is_it = |asset: &&Asset| asset.file.starts_with(name) && asset.file.ends_with(".js");
            let file = ASSETS.iter().find(is_it).unwrap();
            (std::str::from_utf8(file.plain).unwrap(), packed(file))
        };
        let (code, size) = of("workbench-");
        let (blocks, _) = of("canvas-");
        assert!(size < 250_000, "the first script has {size} bytes");
        assert!(blocks.contains("blocklySvg") && !code.contains("blocklySvg"));
    }

    #[test]
    fn the_encoding_follows_the_request() {
        for (accept, encoding) in [
            ("gzip, deflate, br", Some("br")),
            ("gzip", Some("gzip")),
            ("br;q=0, gzip;q=0.5", Some("gzip")),
            ("identity", None),
            ("", None),
        ] {
            let response = asked(&[(header::ACCEPT_ENCODING, accept)]);
            let found = response
                .headers()
                .get(header::CONTENT_ENCODING)
                .map(|value| value.to_str().unwrap());
            assert_eq!(found, encoding, "{accept}");
            assert_eq!(response.headers()[header::CACHE_CONTROL], FOR_EVER);
        }
    }

    #[test]
    fn a_known_tag_saves_the_body() {
        let first = asked(&[(header::ACCEPT_ENCODING, "br")]);
        let tag = first.headers()[header::ETAG].to_str().unwrap().to_owned();
        let request = [
            (header::ACCEPT_ENCODING, HeaderValue::from_static("br")),
            (
                header::IF_NONE_MATCH,
                HeaderValue::from_str(&format!("\"other\", W/{tag}")).unwrap(),
            ),
        ];
        let styles = ASSETS.iter().find(|asset| STYLES.ends_with(asset.file)).unwrap();
        assert_eq!(
            answer(styles, &request.into_iter().collect(), FOR_EVER).status(),
            StatusCode::NOT_MODIFIED
        );
        // The tag of one encoding says nothing about another.
        let plain = HeaderMap::from_iter([(header::IF_NONE_MATCH, HeaderValue::from_str(&tag).unwrap())]);
        assert_eq!(answer(styles, &plain, FOR_EVER).status(), StatusCode::OK);
    }

    #[test]
    fn no_style_names_a_licensed_typeface_or_another_host() {
        for asset in ASSETS {
            let text = String::from_utf8_lossy(asset.plain).replace("http://www.w3.org/", "");
            // Scripts name the hosts that apps call inside the sandbox; build.mjs lists them and refuses every other.
            let is_script = asset.media_type.starts_with("text/javascript");
            assert!(
                !text.contains("Frutiger") && (is_script || !text.contains("://")),
                "{}",
                asset.file
            );
        }
        assert!(SCRIPT.starts_with("/assets/site-"));
    }
}
