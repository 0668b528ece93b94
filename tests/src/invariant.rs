//! What must hold for every answer and every log line, whatever the journey is about.

use anyhow::{Context as _, ensure};
use reqwest::header::HeaderMap;
use serde_json::Value;

use crate::client::Problem;

/// Words that belong in our log and nowhere else: they tell a stranger how the program is built or where it lies.
const INTERNAL_WORDS: [&str; 8] = [
    "panicked at",
    "RUST_BACKTRACE",
    ".cargo/",
    "/src/",
    ".rs:",
    "unwrap()",
    "StoreError",
    "/rustc/",
];

/// Headers that answers of the platform's own API may carry. A new one is added here on purpose, never by accident.
const API_HEADERS: [&str; 18] = [
    "allow",
    "cache-control",
    "connection",
    "content-disposition",
    "content-length",
    "content-security-policy",
    "content-type",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "date",
    "etag",
    "location",
    "referrer-policy",
    "retry-after",
    "vary",
    "x-content-type-options",
    "x-frame-options",
    "x-request-id",
];

/// Whose answer it is, by the path of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Surface {
    Api,
    App,
    Interface,
    Fhir,
    Page,
}

impl Surface {
    fn of(path: &str) -> Self {
        let mut segments = path.split('?').next().unwrap_or_default().split('/').skip(1);
        match (segments.next(), segments.next(), segments.next(), segments.next()) {
            (Some("api"), ..) => Self::Api,
            (Some("w"), Some(_), Some("apps"), Some(app)) if !app.is_empty() => Self::App,
            (Some("w"), Some(_), Some("nhs"), Some(_)) => Self::Interface,
            (Some("w"), Some(_), Some("fhir"), _) => Self::Fhir,
            _ => Self::Page,
        }
    }
}

/// Checks one answer; `request_id` is what the request carried.
///
/// # Errors
/// The first thing that does not hold, with the answer's beginning.
pub fn check_answer(
    path: &str,
    request_id: &str,
    status: u16,
    headers: &HeaderMap,
    body: &[u8],
) -> anyhow::Result<()> {
    let start: String = String::from_utf8_lossy(body).chars().take(600).collect();
    check(path, request_id, status, headers, body)
        .with_context(|| format!("{path} was answered with {status} {headers:?}\n{start}"))
}

fn check(path: &str, request_id: &str, status: u16, headers: &HeaderMap, body: &[u8]) -> anyhow::Result<()> {
    // Under a host name of its own an app has every path.
    let of_a_run = headers.contains_key("x-c4h-run");
    let surface = if of_a_run { Surface::App } else { Surface::of(path) };
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    // Not every interface of the NHS echoes it, and the mocks do as those do.
    let echoed = header("x-request-id");
    ensure!(
        echoed == Some(request_id) || surface == Surface::Interface && echoed.is_none(),
        "the request's id is not echoed"
    );
    ensure!(
        header("x-content-type-options") == Some("nosniff"),
        "browsers may guess the media type"
    );
    ensure!(
        header("server").is_none(),
        "the answer names the server's software"
    );
    // The opaque origin of an app's own pages calls itself null; apps in browsers use the FHIR server from where they are;
    // nobody else may read anything.
    let readers = header("access-control-allow-origin");
    ensure!(
        readers.is_none()
            || surface == Surface::App && readers == Some("null")
            || surface == Surface::Fhir && readers == Some("*"),
        "other sites may read the answer"
    );

    if of_a_run && header("content-type") != Some("application/problem+json") {
        let policy = header("content-security-policy").unwrap_or_default();
        let sandboxed = policy
            .split(';')
            .any(|rule| rule.split_whitespace().next() == Some("sandbox"));
        // In place of an answer of the app stands an error of ours, which loads nothing from anywhere else.
        let is_error_of_ours = status >= 400 && policy.starts_with("default-src 'none'");
        ensure!(
            (sandboxed || is_error_of_ours) && !policy.contains("allow-same-origin"),
            "the app shares the platform's origin"
        );
    }
    if surface == Surface::Api {
        for name in headers.keys() {
            ensure!(
                API_HEADERS.contains(&name.as_str()),
                "an answer of the API carries the header {name}"
            );
        }
    }

    let media_type = header("content-type").unwrap_or_default();
    if media_type == "application/problem+json" {
        let problem = Problem::parse(body)?;
        check_problem(&problem, status, request_id)?;
    } else if status >= 400 {
        ensure!(
            surface != Surface::Api,
            "an error of the API is no problem document"
        );
        ensure!(
            surface != Surface::App || of_a_run,
            "an error before an app's run is no problem document"
        );
    }
    // An app may print what it likes; everything else that goes wrong is told in words for its reader.
    if status >= 400 && (surface != Surface::App || media_type == "application/problem+json") {
        let text = String::from_utf8_lossy(body);
        for word in INTERNAL_WORDS {
            ensure!(
                !text.contains(word),
                "an error tells of the program's inside: {word:?}"
            );
        }
    }
    Ok(())
}

fn check_problem(problem: &Problem, status: u16, request_id: &str) -> anyhow::Result<()> {
    ensure!(status >= 400, "a problem with a status of success");
    ensure!(
        problem.status == status,
        "the problem names status {}",
        problem.status
    );
    ensure!(
        problem.request_id == request_id,
        "the problem names request {}",
        problem.request_id
    );
    ensure!(!problem.title.is_empty(), "the problem has no title");
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'.';
    ensure!(
        !problem.code.is_empty() && problem.code.bytes().all(plain),
        "the problem's code is {:?}",
        problem.code
    );
    check_sentence(&problem.detail)
}

/// A message for people: begins with a capital or a quotation, ends as a sentence, fits on a screen.
///
/// # Errors
/// Which of these does not hold.
pub fn check_sentence(text: &str) -> anyhow::Result<()> {
    ensure!(text.ends_with(['.', '?', '!', ')']), "no sentence: {text:?}");
    ensure!(
        (10..=1_500).contains(&text.len()),
        "{} bytes are no sentence: {text:?}",
        text.len()
    );
    ensure!(
        !text.contains(['\n', '\r', '\u{1b}']),
        "more than a sentence: {text:?}"
    );
    Ok(())
}

/// Lines of the server's log that no journey may leave behind: panics and errors of ours.
#[must_use]
pub fn faults_in_log(lines: &[String]) -> Vec<String> {
    lines
        .iter()
        .filter(|line| {
            let level = match serde_json::from_str::<Value>(line) {
                Ok(object) => object.get("level").is_some_and(|level| level == "ERROR"),
                Err(_) => line.split_whitespace().take(3).any(|word| word == "ERROR"),
            };
            level || line.contains("panicked at") || line.contains("stack overflow")
        })
        .cloned()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn surfaces_by_path() {
        for (path, surface) in [
            ("/api/v1/workspaces", Surface::Api),
            ("/w/demo/apps/x", Surface::App),
            ("/w/demo/apps/x/a?b", Surface::App),
            ("/w/demo/apps/", Surface::Page),
            ("/w/demo/nhs/int/x", Surface::Interface),
            ("/w/demo/app/x", Surface::Page),
            ("/", Surface::Page),
        ] {
            assert_eq!(Surface::of(path), surface, "{path}");
        }
    }

    #[test]
    fn faults_are_found_in_both_formats() {
        let lines = [
            "2026-11-23T16:00:00Z  INFO access: answered path=/ERROR",
            "2026-11-23T16:00:00Z ERROR access: failed",
            r#"{"level":"ERROR","message":"x"}"#,
            r#"{"level":"INFO","message":"ERROR"}"#,
            "thread 'main' panicked at x.rs:1",
        ];
        let faults = faults_in_log(&lines.map(str::to_owned));
        assert_eq!(faults, [lines[1], lines[2], lines[4]]);
    }
}
