//! The second skin: a plain page for people who came with a browser. Same table, same code.

use std::fmt::Write as _;

use askama::Template as _;
use axum::body::Body;
use axum::response::Response;
use http::{HeaderValue, header};

use super::{AppError, Problem};
use crate::web::ErrorPage;

/// An error page loads the styles of every other page; it may be shown in the frame that shows a running app.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; \
     base-uri 'none'; frame-ancestors 'self'",
);

/// Fills an empty answer with a page.
pub(crate) fn page(response: &mut Response, error: &AppError, request_id: &str) {
    let stands_for_the_app = matches!(error, AppError::Run { .. } | AppError::TooManyRuns(_));
    let html = if stands_for_the_app {
        // In place of an app's own page: plain, with the code that the builder looks for and the way to the trace.
        plain(&Problem::of(error, request_id))
    } else {
        let public = error.public();
        let page = ErrorPage::new(public.status, &public.detail, Some(request_id));
        page.render()
            .unwrap_or_else(|_| plain(&Problem::of(error, request_id)))
    };
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    *response.body_mut() = Body::from(html);
}

/// Deliberately without styles, scripts and templates: it must come out whatever else is broken.
fn plain(problem: &Problem) -> String {
    let Problem {
        kind: _,
        title,
        status,
        detail,
        code,
        request_id,
        run: _,
        trace,
        file: _,
        line: _,
        column: _,
        source_line: _,
    } = problem;
    let mut html = String::with_capacity(1024);
    let [title, detail, code, request_id] = [title, detail, code, request_id].map(|text| escape(text));
    let trace = trace.as_ref().map(|trace| {
        format!(
            "<p><a href=\"{}\" target=\"_top\">See what the app did in this run</a></p>\n",
            escape(trace)
        )
    });
    // Writing to a `String` cannot fail.
    let _infallible = write!(
        html,
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>{title} – Code4Health Sandbox</title>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"></head>\n<body>\n<main>\n\
         <h1>{title}</h1>\n<p>{detail}</p>\n{}<p><small>Status {status}, code <code>{code}</code>, request <code>{request_id}</code></small></p>\n\
         <p><a href=\"/\" target=\"_top\">Code4Health Sandbox</a></p>\n</main>\n</body>\n</html>\n",
        trace.unwrap_or_default()
    );
    html
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_strangers_stays_text() {
        let error = AppError::UnknownWorkspace("<script>alert('x')</script>".to_owned());
        let html = plain(&Problem::of(&error, "id\"><b>"));
        assert!(
            html.contains("&lt;script&gt;") && !html.contains("<script>"),
            "{html}"
        );
        assert!(!html.contains("<b>"), "{html}");
    }
}
