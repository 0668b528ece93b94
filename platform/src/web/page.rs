//! What every page shares: the frame around it, the headers it travels with, and the page for errors.

use askama::Template;
use axum::body::Body;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};

/// The name of the service, in the header and at the end of every title.
pub(crate) const SERVICE: &str = "Code4Health Sandbox";

/// Everything a page needs comes from this program: no script or style inside the page, no other host, no frame around it.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const HEADERS: [(header::HeaderName, HeaderValue); 7] = [
    (
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    ),
    // Pages carry the workspace's access token and made-up records: no cache keeps them.
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(CONTENT_SECURITY_POLICY),
    ),
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (
        header::HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
];

/// What the layout shows around a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame {
    /// The page's main heading.
    pub(crate) heading: String,
    /// The part of the service it belongs to, when it is not the service itself.
    pub(crate) section: Option<String>,
    /// The workspace that the links in header and footer lead to.
    pub(crate) workspace: Option<String>,
    /// Whether the page reports a problem with what was sent; said first in its title.
    pub(crate) problem: bool,
}

impl Frame {
    /// The title: heading, section, service, as the NHS orders them.
    pub(crate) fn title(&self) -> String {
        let problem = if self.problem { "Error: " } else { "" };
        match &self.section {
            Some(section) => format!("{problem}{} – {section} – {SERVICE}", self.heading),
            None => format!("{problem}{} – {SERVICE}", self.heading),
        }
    }

    /// Where the service's name in the header leads.
    pub(crate) fn home(&self) -> String {
        self.workspace
            .as_ref()
            .map_or_else(|| "/".to_owned(), |workspace| format!("/w/{workspace}"))
    }

    /// The version of the program, for the footer.
    pub(crate) fn version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }
}

/// A page that says what went wrong and where to go on.
#[derive(Debug, Clone, Template)]
#[template(path = "error.html")]
pub(crate) struct ErrorPage {
    /// What the layout shows around it.
    pub(crate) frame: Frame,
    /// One or two plain sentences with the way out.
    pub(crate) detail: String,
    /// What to quote when asking for help.
    pub(crate) request_id: Option<String>,
}

impl ErrorPage {
    /// A page for an error of the given status; `detail` is shown as it is.
    pub(crate) fn new(status: StatusCode, detail: &str, request_id: Option<&str>) -> Self {
        let heading = match status {
            StatusCode::NOT_FOUND => "Page not found",
            StatusCode::UNAUTHORIZED => "You are not logged in",
            StatusCode::FORBIDDEN => "This is not allowed",
            StatusCode::PAYLOAD_TOO_LARGE => "This is too large",
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => "The sandbox is busy",
            _ if status.is_server_error() => "Sorry, there is a problem",
            _ => "This request cannot be answered",
        };
        Self {
            frame: Frame {
                heading: heading.to_owned(),
                section: None,
                workspace: None,
                problem: false,
            },
            detail: detail.to_owned(),
            request_id: request_id.map(str::to_owned),
        }
    }
}

/// A page as an answer.
pub(crate) fn render(status: StatusCode, page: &impl Template) -> Response {
    let (status, text) = match page.render() {
        Ok(text) => (status, text),
        Err(error) => {
            tracing::error!(%error, "a page cannot be rendered");
            (
                StatusCode::INTERNAL_SERVER_ERROR,
                "Sorry, this page cannot be shown.".to_owned(),
            )
        }
    };
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().extend(HEADERS);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_go_from_the_page_to_the_service() {
        let frame = Frame {
            heading: "Patient lookup".to_owned(),
            section: Some("Workspace demo".to_owned()),
            workspace: Some("demo".to_owned()),
            problem: true,
        };
        assert_eq!(
            frame.title(),
            "Error: Patient lookup – Workspace demo – Code4Health Sandbox"
        );
        assert_eq!(frame.home(), "/w/demo");
    }

    #[test]
    fn an_error_page_escapes_what_it_quotes() {
        let page = ErrorPage::new(
            StatusCode::NOT_FOUND,
            "There is no app called <script>.",
            Some("r-1"),
        );
        let html = page.render().unwrap();
        assert!(html.contains("There is no app called &#60;script&#62;."));
        assert!(html.contains("<title>Page not found – Code4Health Sandbox</title>"));
        assert!(html.contains("r-1"));
    }

    #[test]
    fn every_page_is_closed_to_other_origins() {
        let page = ErrorPage::new(StatusCode::NOT_FOUND, "Nothing here.", None);
        let response = render(StatusCode::NOT_FOUND, &page);
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY]
            .to_str()
            .unwrap();
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"));
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    }
}
