//! The login's own pages: plain HTML that works without scripts, and headers that let nothing else in.

use axum::body::Body;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, LOCATION, REFERRER_POLICY};
use http::{HeaderName, HeaderValue, Response, StatusCode};

use crate::exchange::reply;

/// Media type of the pages.
pub(crate) const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// Colours and sizes that pass WCAG 2.2 AA: text at 12:1 and more, targets of 44 pixels.
const STYLE: &str = "body{margin:0;font:1.125rem/1.5 system-ui,sans-serif;color:#212b32;background:#f0f4f5}\
.banner{background:#212b32;color:#fff;padding:.5rem 1rem}\
main{max-width:44rem;margin:0 auto;padding:1rem;background:#fff}\
h1{font-size:1.75rem;line-height:1.25}h2{font-size:1.25rem}\
button{font:inherit;min-height:2.75rem;padding:.25rem 1rem;border:2px solid #212b32;background:#fff;color:#212b32;cursor:pointer}\
button.main{background:#00401e;border-color:#00401e;color:#fff}\
input,select{font:inherit;min-height:2.75rem;padding:.25rem .5rem;border:2px solid #4c6272;box-sizing:border-box;max-width:100%}\
a:focus,button:focus,input:focus,select:focus{outline:4px solid #ffeb3b;box-shadow:inset 0 0 0 3px #212b32}\
ul.people{list-style:none;padding:0}ul.people li{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;justify-content:space-between;border-top:1px solid #768692;padding:.5rem 0}\
.note{color:#4c6272;display:block}label{display:block;font-weight:600;margin-top:1rem}\
.error{border-left:.5rem solid #d5281b;padding:.25rem 1rem}dt{font-weight:600}";

/// A page with this title and these contents, which are HTML already.
pub(crate) fn page(status: StatusCode, title: &str, contents: &str) -> Response<Body> {
    let title = escape(title);
    let text = format!(
        "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n\
         <p class=\"banner\" role=\"note\">Training sandbox: made-up patients, not for care. Nobody here is real, and no password is asked for.</p>\n\
         <main>\n<h1>{title}</h1>\n{contents}\n</main>\n</body>\n</html>\n"
    );
    let mut response = reply(status, HTML, text);
    let headers = response.headers_mut();
    // No `form-action`: browsers hold it against the redirect that takes people back to their app.
    headers.insert(
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
        ),
    );
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    no_store(&mut response);
    response
}

/// Sends the browser to this address, which has printable ASCII characters only.
pub(crate) fn redirect(address: &str) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::FOUND;
    if let Ok(address) = HeaderValue::from_str(address) {
        response.headers_mut().insert(LOCATION, address);
    }
    no_store(&mut response);
    response
}

/// Tokens and login pages are kept by nobody. Source: <https://www.rfc-editor.org/rfc/rfc6749#section-5.1>
pub(crate) fn no_store(response: &mut Response<Body>) {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        HeaderName::from_static("pragma"),
        HeaderValue::from_static("no-cache"),
    );
}

/// Text as it stands in HTML, also between quotation marks.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
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
    #[test]
    fn markup_stays_text() {
        assert_eq!(super::escape("<a b='c\"&"), "&lt;a b=&#39;c&quot;&amp;");
    }
}
