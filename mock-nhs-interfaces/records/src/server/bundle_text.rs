//! Writing Bundles around resources whose text is copied, never read. <https://hl7.org/fhir/R4/bundle.html>
//!
//! Written by hand: the resources are the bulk, and no typed Bundle can hold a text.

use std::fmt::Write as _;

use bytes::Bytes;
use fhir::json::write_string;
use http::StatusCode;

use crate::{Instant, Record};

/// Why a resource is on a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Match,
    Include,
    Outcome,
}

impl Mode {
    fn code(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::Include => "include",
            Self::Outcome => "outcome",
        }
    }
}

/// What became of an entry of a batch or a transaction.
#[derive(Clone, Debug, Default)]
pub(crate) struct Responded {
    /// Where the resource is.
    pub(crate) full_url: Option<String>,
    pub(crate) status: StatusCode,
    pub(crate) location: Option<String>,
    pub(crate) etag: Option<String>,
    /// An `instant`.
    pub(crate) last_modified: Option<String>,
    pub(crate) resource: Option<Bytes>,
    /// An `OperationOutcome`.
    pub(crate) outcome: Option<Bytes>,
}

/// A Bundle that is being written.
#[derive(Debug)]
pub(crate) struct BundleText {
    text: String,
    entries: usize,
}

impl BundleText {
    /// Begins a Bundle of a type such as `searchset`.
    pub(crate) fn begin(kind: &str, at: Instant, total: Option<u64>, links: &[(&str, &str)]) -> Self {
        let mut text = String::with_capacity(4096);
        let _ = write!(
            text,
            r#"{{"resourceType":"Bundle","id":"{}","meta":{{"lastUpdated":"{at}"}},"type":"{kind}""#,
            uuid::Uuid::new_v4()
        );
        if let Some(total) = total {
            let _ = write!(text, r#","total":{total}"#);
        }
        for (place, (relation, url)) in links.iter().enumerate() {
            text.push_str(if place == 0 { r#","link":["# } else { "," });
            let _ = write!(text, r#"{{"relation":"{relation}","url":"#);
            write_string(url, &mut text);
            text.push('}');
        }
        if !links.is_empty() {
            text.push(']');
        }
        Self { text, entries: 0 }
    }

    fn begin_entry(&mut self, full_url: Option<&str>) {
        self.text
            .push_str(if self.entries == 0 { r#","entry":[{"# } else { ",{" });
        self.entries = self.entries.saturating_add(1);
        if let Some(full_url) = full_url {
            self.text.push_str(r#""fullUrl":"#);
            write_string(full_url, &mut self.text);
            self.text.push(',');
        }
    }

    fn resource(&mut self, text: &[u8]) {
        self.text.push_str(r#""resource":"#);
        // What is kept was accepted as UTF-8.
        self.text.push_str(std::str::from_utf8(text).unwrap_or("null"));
    }

    /// Adds a resource to a searchset.
    pub(crate) fn found(&mut self, full_url: Option<&str>, resource: &Bytes, mode: Mode) {
        self.begin_entry(full_url);
        self.resource(resource);
        let _ = write!(self.text, r#","search":{{"mode":"{}"}}}}"#, mode.code());
    }

    /// Adds a version to a history.
    pub(crate) fn version(&mut self, full_url: &str, record: &Record, created: bool) {
        self.begin_entry(Some(full_url));
        if !record.is_deleted() {
            self.resource(&record.text);
            self.text.push(',');
        }
        let kind = record.kind.name();
        let method = record.change.method();
        let url = if method == "POST" {
            kind.to_owned()
        } else {
            format!("{kind}/{}", record.id)
        };
        let status = match (record.is_deleted(), created) {
            (true, _) => "204",
            (false, true) => "201",
            (false, false) => "200",
        };
        let _ = write!(
            self.text,
            r#""request":{{"method":"{method}","url":"{url}"}},"response":{{"status":"{status}","etag":"W/\"{}\"","lastModified":"{}"}}}}"#,
            record.version, record.last_updated
        );
    }

    /// Adds what became of an entry of a batch or a transaction.
    pub(crate) fn responded(&mut self, responded: &Responded) {
        self.begin_entry(responded.full_url.as_deref());
        if let Some(resource) = &responded.resource {
            self.resource(resource);
            self.text.push(',');
        }
        let _ = write!(self.text, r#""response":{{"status":"{}""#, responded.status);
        let members = [
            ("location", &responded.location),
            ("etag", &responded.etag),
            ("lastModified", &responded.last_modified),
        ];
        for (name, value) in members {
            if let Some(value) = value {
                let _ = write!(self.text, r#","{name}":"#);
                write_string(value, &mut self.text);
            }
        }
        if let Some(outcome) = &responded.outcome {
            self.text.push_str(r#","outcome":"#);
            self.text.push_str(std::str::from_utf8(outcome).unwrap_or("null"));
        }
        self.text.push_str("}}");
    }

    /// How long the text is so far, in bytes.
    pub(crate) fn len(&self) -> usize {
        self.text.len()
    }

    /// The whole text.
    pub(crate) fn end(mut self) -> Bytes {
        self.text.push_str(if self.entries == 0 { "}" } else { "]}" });
        Bytes::from(self.text)
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use fhir::json::Json;

    use super::{BundleText, Mode};
    use crate::Instant;

    #[test]
    fn a_bundle_is_json_with_and_without_entries() {
        let at = Instant::from_millis(0);
        let empty = BundleText::begin("searchset", at, Some(0), &[]).end();
        assert!(Json::parse(&empty).unwrap().get("entry").is_none());

        let links = [("self", r#"http://x/?a="b""#), ("next", "http://x/2")];
        let mut bundle = BundleText::begin("searchset", at, None, &links);
        let resource = Bytes::from_static(br#"{"resourceType":"Patient","x":1.00}"#);
        bundle.found(Some("http://x/Patient/1"), &resource, Mode::Match);
        bundle.found(None, &resource, Mode::Outcome);
        let text = bundle.end();
        let tree = Json::parse(&text).unwrap();
        assert_eq!(tree.get("entry").unwrap().items().count(), 2);
        assert_eq!(tree.get("link").unwrap().items().count(), 2);
        assert!(
            std::str::from_utf8(&text)
                .unwrap()
                .contains(r#"{"resourceType":"Patient","x":1.00}"#)
        );
    }
}
