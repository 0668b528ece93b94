//! One entry of a Bundle as it was written. <https://hl7.org/fhir/R4/bundle.html#transaction>

use fhir::json::Json;
use http::Method;

use super::refused;
use crate::server::{Refusal, shown::shown};

/// An interaction that an entry asks for.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) full_url: Option<String>,
    pub(super) method: Method,
    /// Below the base, without a slash before it: `Patient/1`, `Patient?family=x`.
    pub(super) url: String,
    pub(super) if_match: Option<String>,
    pub(super) if_none_match: Option<String>,
    pub(super) if_modified_since: Option<String>,
    pub(super) if_none_exist: Option<String>,
    /// The text of the resource as it was written.
    pub(super) resource: Option<String>,
}

impl Entry {
    /// Reads an entry: its tree and its text are of the same bytes. Places in refusals begin at the entry.
    pub(super) fn read(tree: &Json, text: &str, base_url: &str) -> Result<Self, Refusal> {
        let request = tree
            .get("request")
            .filter(|request| request.as_object().is_some())
            .ok_or_else(|| {
                refused(
                    "request",
                    "An entry of a batch or a transaction needs a request".to_owned(),
                )
            })?;
        let method = request.text("method").unwrap_or_default();
        let method = match method {
            "GET" => Method::GET,
            "HEAD" => Method::HEAD,
            "POST" => Method::POST,
            "PUT" => Method::PUT,
            "PATCH" => Method::PATCH,
            "DELETE" => Method::DELETE,
            other => {
                return Err(refused(
                    "request.method",
                    format!(
                        "A method is GET, HEAD, POST, PUT, PATCH or DELETE, not {}",
                        shown(other)
                    ),
                ));
            }
        };
        let url = request
            .text("url")
            .ok_or_else(|| refused("request.url", "A request needs a url".to_owned()))?;
        let url = below(url, base_url)?;
        if method == Method::POST && url.split('?').next() == Some("") {
            return Err(refused(
                "request.url",
                "A batch or a transaction cannot hold another; to keep a Bundle, POST it to Bundle"
                    .to_owned(),
            ));
        }
        let asked = |key: &str| request.text(key).map(str::to_owned);
        if request.get("ifNoneExist").is_some() && method != Method::POST {
            return Err(refused(
                "request.ifNoneExist",
                "ifNoneExist goes with POST".to_owned(),
            ));
        }
        let resource = fhir::text::member(text, "resource").filter(|resource| resource.starts_with('{'));
        Ok(Self {
            full_url: full_url(tree)?,
            url: url.to_owned(),
            if_match: asked("ifMatch"),
            if_none_match: asked("ifNoneMatch"),
            if_modified_since: asked("ifModifiedSince"),
            if_none_exist: asked("ifNoneExist"),
            resource: resource.map(str::to_owned),
            method,
        })
    }
}

fn full_url(tree: &Json) -> Result<Option<String>, Refusal> {
    match tree.text("fullUrl") {
        // bdl-8 of <https://hl7.org/fhir/R4/bundle.html#invs>
        Some(url) if url.contains("/_history/") => {
            Err(refused("fullUrl", "A fullUrl names no version".to_owned()))
        }
        url => Ok(url.map(str::to_owned)),
    }
}

/// The part of an address that is below this server's base.
fn below<'a>(url: &'a str, base_url: &str) -> Result<&'a str, Refusal> {
    let url = url.strip_prefix(base_url).unwrap_or(url);
    let url = url.trim_start_matches('/');
    let path = url.split('?').next().unwrap_or_default();
    if path.contains(':') || url.bytes().any(|byte| byte.is_ascii_control()) {
        return Err(refused(
            "request.url",
            format!("The url is relative to the base: Patient/1, not {}", shown(url)),
        ));
    }
    Ok(url)
}
