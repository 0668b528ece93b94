//! The files under `public/`: sent as they are, before the app is asked. No run, and so no trace and no limit but the size
//! of what was deployed.
//!
//! A file is found by exactly its path. Paths of files cannot lead up or hold anything unusual
//! ([`FilePath`](crate::model::FilePath)), so whatever an address tries, it either is one of them or is none.

use std::fmt::Write as _;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use percent_encoding::percent_decode_str;

use super::request::Outside;
use super::response;
use crate::app::App;
use crate::data::RunningApp;
use crate::error::AppError;
use crate::model::{PublicFile, PublicFiles};

/// What stands for a folder.
const INDEX: &str = "index.html";

/// Media types by extension; everything else is bytes, which a browser downloads.
const MEDIA_TYPES: [(&str, &str); 28] = [
    ("avif", "image/avif"),
    ("css", "text/css; charset=utf-8"),
    ("csv", "text/csv; charset=utf-8"),
    ("gif", "image/gif"),
    ("htm", "text/html; charset=utf-8"),
    ("html", "text/html; charset=utf-8"),
    ("ico", "image/vnd.microsoft.icon"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("js", "text/javascript; charset=utf-8"),
    ("json", "application/json"),
    ("map", "application/json"),
    ("md", "text/markdown; charset=utf-8"),
    ("mjs", "text/javascript; charset=utf-8"),
    ("mp3", "audio/mpeg"),
    ("mp4", "video/mp4"),
    ("otf", "font/otf"),
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("svg", "image/svg+xml"),
    ("ttf", "font/ttf"),
    ("txt", "text/plain; charset=utf-8"),
    ("wasm", "application/wasm"),
    ("webm", "video/webm"),
    ("webmanifest", "application/manifest+json"),
    ("webp", "image/webp"),
    ("woff", "font/woff"),
    ("woff2", "font/woff2"),
];

/// What an address means among the files.
#[derive(Debug, PartialEq, Eq)]
enum Found<'f> {
    File(&'f str, &'f PublicFile),
    /// A folder with a page, asked for without the slash that its relative links need.
    Folder,
}

/// What is to be answered in place of the app.
#[derive(Debug)]
pub(super) struct Asked {
    what: What,
    is_head: bool,
}

#[derive(Debug)]
enum What {
    /// Ask again with a slash at the end: `/docs/?a=b`.
    Moved(String),
    /// What the caller has is still right.
    Known { path: String, tag: String },
    File {
        path: String,
        tag: String,
        file: PublicFile,
    },
}

/// The file of the address, if it is one; otherwise the app is to be asked.
pub(super) fn look(running: &RunningApp, request: &Request<Body>, outside: &Outside) -> Option<Asked> {
    let files = &running.version.public;
    // Most apps have none.
    if files.is_empty() || !matches!(*request.method(), Method::GET | Method::HEAD) {
        return None;
    }
    let own = outside.own_path(request.uri().path());
    let what = match find(files, own)? {
        Found::Folder => {
            let query = request.uri().query().map(|query| format!("?{query}"));
            What::Moved(format!("{own}/{}", query.unwrap_or_default()))
        }
        Found::File(path, file) => {
            let (path, tag) = (path.to_owned(), entity_tag(file));
            if is_known(request.headers(), &tag) {
                What::Known { path, tag }
            } else {
                What::File {
                    path,
                    tag,
                    file: *file,
                }
            }
        }
    };
    Some(Asked {
        what,
        is_head: *request.method() == Method::HEAD,
    })
}

impl Asked {
    /// The answer as it leaves the server, with the same policy as the app's own.
    pub(super) async fn answer(self, app: &App, outside: &Outside) -> Result<Response, AppError> {
        let answer = match self.what {
            What::Moved(to) => moved(&to),
            What::Known { path, tag } => whole(StatusCode::NOT_MODIFIED, &path, &tag, Bytes::new()),
            What::File { path, tag, file } => {
                let bytes = app.storage.blobs.get(&file.blob).await?;
                let missing = || AppError::Internal(format!("the file {} is not among the blobs", file.blob));
                whole(StatusCode::OK, &path, &tag, bytes.ok_or_else(missing)?)
            }
        };
        let length = answer.body().len();
        let mut response = response::outside(answer, outside);
        if self.is_head {
            *response.body_mut() = Body::empty();
            response
                .headers_mut()
                .insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        }
        Ok(response)
    }
}

fn find<'f>(files: &'f PublicFiles, own_path: &str) -> Option<Found<'f>> {
    let decoded = percent_decode_str(own_path.strip_prefix('/')?)
        .decode_utf8()
        .ok()?;
    let is_folder = decoded.is_empty() || decoded.ends_with('/');
    let entry = |path: &str| files.iter().find(|(found, _)| *found == path);
    if is_folder {
        return entry(&format!("{decoded}{INDEX}")).map(|(path, file)| Found::File(path, file));
    }
    if files.get(&decoded).is_some() {
        return entry(&decoded).map(|(path, file)| Found::File(path, file));
    }
    files.get(&format!("{decoded}/{INDEX}")).map(|_| Found::Folder)
}

/// The bytes' own name: the same bytes have the same tag in every version.
fn entity_tag(file: &PublicFile) -> String {
    let mut tag = String::from("\"");
    for byte in file.blob.digest().iter().take(16) {
        // Writing to a text never fails.
        let _written = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    tag
}

/// RFC 9110 section 13.1.2: a list of tags, compared weakly, or `*`.
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

fn whole(status: StatusCode, path: &str, tag: &str, bytes: Bytes) -> http::Response<Bytes> {
    let mut answer = http::Response::new(bytes);
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    if status == StatusCode::OK {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(path)));
    }
    // Kept by browsers and asked for again each time, because the next version has the same addresses.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Ok(tag) = HeaderValue::from_str(tag) {
        headers.insert(header::ETAG, tag);
    }
    answer
}

fn moved(to: &str) -> http::Response<Bytes> {
    let mut answer = http::Response::new(Bytes::new());
    *answer.status_mut() = StatusCode::PERMANENT_REDIRECT;
    if let Ok(location) = HeaderValue::try_from(to) {
        answer.headers_mut().insert(header::LOCATION, location);
    }
    answer
}

fn media_type(path: &str) -> &'static str {
    let extension = path
        .rsplit_once('.')
        .map(|(_, extension)| extension.to_ascii_lowercase());
    let known = MEDIA_TYPES
        .iter()
        .find(|(known, _)| Some(*known) == extension.as_deref());
    known.map_or("application/octet-stream", |(_, media_type)| media_type)
}

#[cfg(test)]
mod tests {
    use store::BlobId;

    use super::*;

    fn files() -> PublicFiles {
        [
            "index.html",
            "style.css",
            "a b.txt",
            "docs/index.html",
            "docs/x.pdf",
        ]
        .map(|path| {
            let file = PublicFile {
                blob: BlobId::of(path.as_bytes()),
                size_bytes: 1,
            };
            (Box::from(path), file)
        })
        .into_iter()
        .collect()
    }

    #[test]
    fn a_file_is_found_by_exactly_its_path() {
        let files = files();
        for (path, expected) in [
            ("/", Some("index.html")),
            ("/index.html", Some("index.html")),
            ("/style.css", Some("style.css")),
            ("/a%20b.txt", Some("a b.txt")),
            ("/docs/", Some("docs/index.html")),
            ("/docs/x.pdf", Some("docs/x.pdf")),
            ("/Style.css", None),
            ("/style.css/", None),
            ("//style.css", None),
            ("/./style.css", None),
            ("/docs/../style.css", None),
            ("/docs%2f..%2fstyle.css", None),
            ("/%2e%2e/style.css", None),
            ("/..%5cstyle.css", None),
            ("/style.css%00", None),
            ("/%ff", None),
            ("/other", None),
            ("", None),
        ] {
            let found = match find(&files, path) {
                Some(Found::File(path, _)) => Some(path),
                Some(Found::Folder) | None => None,
            };
            assert_eq!(found, expected, "{path}");
        }
        assert_eq!(find(&files, "/docs"), Some(Found::Folder));
    }

    #[test]
    fn types_by_extension_and_tags_by_content() {
        assert!(MEDIA_TYPES.is_sorted());
        assert_eq!(media_type("a/STYLE.CSS"), "text/css; charset=utf-8");
        assert_eq!(media_type("css"), "application/octet-stream");
        let files = files();
        let tag = entity_tag(files.get("style.css").unwrap());
        assert_eq!(tag.len(), 34);
        let sent = |value: &str| {
            HeaderMap::from_iter([(header::IF_NONE_MATCH, HeaderValue::from_str(value).unwrap())])
        };
        assert!(is_known(&sent(&tag), &tag) && is_known(&sent(&format!("\"x\", W/{tag}")), &tag));
        assert!(is_known(&sent("*"), &tag) && !is_known(&sent("\"x\""), &tag));
        assert!(!is_known(&HeaderMap::new(), &tag));
    }
}
