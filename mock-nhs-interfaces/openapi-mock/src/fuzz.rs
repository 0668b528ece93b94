//! The entrances for a fuzzer: plain functions of bytes, whose corpus the tests replay.

use http::{HeaderMap, HeaderValue, Method};

use crate::{Document, Found, Request};

/// Reads any bytes as a document, and asks every operation that comes of it for its own examples.
pub fn document(bytes: &[u8]) {
    let Ok(document) = Document::read(bytes) else {
        return;
    };
    for (place, operation) in document.operations.iter().enumerate() {
        for sample in &operation.samples {
            let (path, query) = sample
                .path_and_query
                .split_once('?')
                .unwrap_or((&sample.path_and_query, ""));
            let body = sample.body.as_ref().map_or("", |(_, text)| text);
            let headers = HeaderMap::new();
            let request = Request {
                method: &operation.method,
                path,
                query,
                headers: &headers,
                body: body.as_bytes(),
            };
            let answer = document.answer(place, &request);
            assert!(answer.status.as_u16() < 600);
        }
    }
}

/// Takes lines of method, path and query, `Prefer`, `Content-Type`, and the rest as body: a request of any kind to a document
/// that has something of everything.
pub fn request(bytes: &[u8]) {
    static DOCUMENT: std::sync::LazyLock<Option<Document>> =
        std::sync::LazyLock::new(|| Document::read(include_bytes!("../tests/it/everything.yaml")).ok());
    let Some(document) = &*DOCUMENT else {
        return;
    };
    let mut lines = bytes.splitn(5, |byte| *byte == b'\n');
    let mut line = || lines.next().unwrap_or_default();
    let method = Method::from_bytes(line()).unwrap_or(Method::GET);
    let address = String::from_utf8_lossy(line()).into_owned();
    let (path, query) = address.split_once('?').unwrap_or((&address, ""));
    let mut headers = HeaderMap::new();
    for name in ["prefer", "content-type"] {
        if let Ok(value) = HeaderValue::from_bytes(line()) {
            headers.insert(name, value.clone());
            headers.append("x-numbers", value);
        }
    }
    let request = Request {
        method: &method,
        path,
        query,
        headers: &headers,
        body: line(),
    };
    if let Found::Operation(place) = document.find(&method, path) {
        let answer = document.answer(place, &request);
        assert!(answer.status.as_u16() < 600);
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    /// Every file of the corpus, through its entrance.
    fn replay(folder: &str, entrance: fn(&[u8])) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("fuzz-corpus")
            .join(folder);
        let mut count = 0;
        for file in std::fs::read_dir(&folder).unwrap() {
            entrance(&std::fs::read(file.unwrap().path()).unwrap());
            count += 1;
        }
        assert!(count > 0, "{} is empty", folder.display());
    }

    #[test]
    fn documents_of_the_corpus_harm_nobody() {
        replay("document", super::document);
    }

    #[test]
    fn requests_of_the_corpus_harm_nobody() {
        replay("request", super::request);
    }
}
