//! Asks a document as a caller would, in one line.

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use openapi_mock::{Answer, Document, Found, Refusal, Request};

/// `GET /path?query`, header lines after it, an empty line, and the body.
pub(crate) fn ask(document: &Document, text: &str) -> Answer {
    with(document, text, |place, request| document.answer(place, request))
}

/// The same, where the answer is little work.
pub(crate) fn ask_soon(document: &Document, text: &str) -> Option<Answer> {
    let mut is_soon = true;
    let answer = with(document, text, |place, request| {
        let answer = document.answer_soon(place, request);
        is_soon = answer.is_some();
        answer.unwrap_or_else(|| document.refuse(None, request.headers, Refusal::UnknownPath))
    });
    is_soon.then_some(answer)
}

fn with(document: &Document, text: &str, answer: impl FnOnce(usize, &Request<'_>) -> Answer) -> Answer {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = head.lines();
    let (method, address) = lines.next().unwrap().split_once(' ').unwrap();
    let method: Method = method.parse().unwrap();
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let mut headers = HeaderMap::new();
    for line in lines {
        let (name, value) = line.split_once(": ").unwrap();
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        headers.append(name, HeaderValue::from_str(value).unwrap());
    }
    match document.find(&method, path) {
        Found::Operation(place) => {
            let request = Request {
                method: &method,
                path,
                query,
                headers: &headers,
                body: body.as_bytes(),
            };
            answer(place, &request)
        }
        Found::OtherMethods(allowed, place) => {
            document.refuse(Some(place), &headers, Refusal::UnknownMethod { allowed })
        }
        Found::Nothing => document.refuse(None, &headers, Refusal::UnknownPath),
    }
}

/// The document that has something of everything.
pub(crate) fn everything() -> Document {
    Document::read(include_bytes!("everything.yaml")).unwrap()
}

pub(crate) fn text(answer: &Answer) -> &str {
    std::str::from_utf8(&answer.body).unwrap()
}
