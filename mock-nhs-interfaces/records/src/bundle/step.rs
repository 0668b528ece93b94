//! What an entry of a transaction asks for, understood before anything is changed.

use fhir::etag::EntityTags;
use fhir::media::BodyType;
use http::Method;

use super::entry::Entry;
use super::patching::patch_body;
use super::refused;
use crate::server::preconditions::Preconditions;
use crate::server::{Accepted, Refusal, shown::shown};
use crate::{ResourceId, ResourceType};

/// The resource that an entry is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum About {
    /// One that is to be made.
    New,
    Id(ResourceId),
    /// The one that meets conditions; for a create: unless one meets them.
    Criteria(String),
}

/// An entry that was understood.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) full_url: Option<String>,
    /// What relative references of its resource are relative to, when its `fullUrl` is an address.
    pub(super) base: Option<String>,
    pub(super) act: Act,
}

/// What is to be done.
#[derive(Debug)]
pub(super) enum Act {
    /// A read or a search, which is done when everything else was.
    Read(Entry),
    Delete(ResourceType, About, Preconditions),
    Create(Accepted, About),
    Update(Accepted, About, Preconditions),
    Patch(ResourceType, About, Change, Preconditions),
}

/// A patch that is not read yet: links in it may have to change.
#[derive(Debug)]
pub(super) enum Change {
    /// A `Parameters` resource.
    FhirPath(Accepted),
    /// A JSON Patch, which has no links that are known as such.
    Json(Vec<u8>),
}

impl Step {
    /// Understands an entry.
    pub(super) fn of(entry: Entry) -> Result<Self, Refusal> {
        let full_url = entry.full_url.clone();
        let base = full_url.as_deref().and_then(base_of).map(str::to_owned);
        let act = act(entry)?;
        Ok(Self { full_url, base, act })
    }
}

fn act(entry: Entry) -> Result<Act, Refusal> {
    if matches!(entry.method, Method::GET | Method::HEAD) {
        return Ok(Act::Read(entry));
    }
    let (kind, about) = about(&entry)?;
    let tags = |text: &Option<String>| text.as_deref().map(EntityTags::parse).transpose();
    let preconditions = Preconditions {
        matches: tags(&entry.if_match)?,
        matches_none: tags(&entry.if_none_match)?,
    };
    if entry.method == Method::DELETE {
        return Ok(Act::Delete(kind, about, preconditions));
    }
    let text = entry
        .resource
        .ok_or_else(|| refused("resource", format!("{} needs a resource", entry.method)))?;
    match entry.method {
        Method::POST => Ok(Act::Create(Accepted::parse(text.as_bytes(), kind)?, about)),
        Method::PUT => Ok(Act::Update(
            Accepted::parse(text.as_bytes(), kind)?,
            about,
            preconditions,
        )),
        _ => {
            let change = match patch_body(&text)? {
                (BodyType::JsonPatch, patch) => Change::Json(patch),
                (BodyType::Json | BodyType::Form, body) => {
                    Change::FhirPath(Accepted::parse(&body, parameters()?)?)
                }
            };
            Ok(Act::Patch(kind, about, change, preconditions))
        }
    }
}

fn parameters() -> Result<ResourceType, Refusal> {
    ResourceType::parse("Parameters").ok_or(Refusal::Broken)
}

/// The type and the resource that the address of a write names.
fn about(entry: &Entry) -> Result<(ResourceType, About), Refusal> {
    let (path, criteria) = match entry.url.split_once('?') {
        Some((path, criteria)) => (path, Some(criteria)),
        None => (entry.url.as_str(), None),
    };
    let (name, id) = match path.trim_end_matches('/').split_once('/') {
        Some((name, id)) => (name, Some(id)),
        None => (path.trim_end_matches('/'), None),
    };
    if name.starts_with('$') || id.is_some_and(|id| id.contains('$') || id.starts_with('_')) {
        return Err(Refusal::NotSupported(
            "A transaction takes reads, searches, creates, updates, patches and deletes; call operations in a batch".to_owned(),
        ));
    }
    let kind = ResourceType::parse(name).ok_or_else(|| Refusal::UnknownType(name.to_owned()))?;
    let creates = entry.method == Method::POST;
    let about = match (id, criteria) {
        (None, None) if creates => match &entry.if_none_exist {
            Some(criteria) => About::Criteria(criteria.clone()),
            None => About::New,
        },
        (Some(id), None) if !creates => {
            About::Id(ResourceId::parse(id).ok_or_else(|| Refusal::BadId(id.to_owned()))?)
        }
        (None, Some(criteria)) if !creates => About::Criteria(criteria.to_owned()),
        (None, None) => return Err(Refusal::NoCriteria),
        (Some(_), _) | (None, Some(_)) => {
            return Err(refused(
                "request.url",
                format!("{} does not take {}", entry.method, shown(&entry.url)),
            ));
        }
    };
    Ok((kind, about))
}

/// The base of an address such as `http://example.com/fhir/Patient/1`. <https://hl7.org/fhir/R4/bundle.html#references>
fn base_of(full_url: &str) -> Option<&str> {
    let (rest, id) = full_url.rsplit_once('/')?;
    let (base, name) = rest.rsplit_once('/')?;
    let address = base.starts_with("http://") || base.starts_with("https://");
    (address && ResourceId::parse(id).is_some() && ResourceType::parse(name).is_some()).then_some(base)
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::{About, Entry, about, base_of};

    #[test]
    fn addresses_say_what_a_write_is_about() {
        let check = |method: Method, url: &str, expected: Option<&str>| {
            let entry = Entry {
                full_url: None,
                method: method.clone(),
                url: url.to_owned(),
                if_match: None,
                if_none_match: None,
                if_modified_since: None,
                if_none_exist: None,
                resource: None,
            };
            let found = about(&entry).ok().map(|(kind, about)| match about {
                About::New => kind.name().to_owned(),
                About::Id(id) => format!("{}/{id}", kind.name()),
                About::Criteria(criteria) => format!("{}?{criteria}", kind.name()),
            });
            assert_eq!(found.as_deref(), expected, "{method} {url}");
        };
        check(Method::POST, "Patient", Some("Patient"));
        check(Method::POST, "Patient/", Some("Patient"));
        check(Method::POST, "Patient/1", None);
        check(Method::POST, "Patient/_search", None);
        check(Method::POST, "$export", None);
        check(Method::POST, "patient", None);
        check(Method::PUT, "Patient/1", Some("Patient/1"));
        check(Method::PUT, "Patient?a=b?c", Some("Patient?a=b?c"));
        check(Method::PUT, "Patient", None);
        check(Method::PUT, "Patient/1/2", None);
        check(Method::DELETE, "Patient/1?x=y", None);
        check(Method::DELETE, "Patient/a b", None);
    }

    #[test]
    fn a_full_url_that_is_an_address_has_a_base() {
        let check = |url: &str, expected: Option<&str>| assert_eq!(base_of(url), expected, "{url}");
        check("http://x/fhir/Patient/1", Some("http://x/fhir"));
        check("https://x/Patient/1", Some("https://x"));
        check("urn:uuid:Patient/1", None);
        check("http://x/fhir/Human/1", None);
        check("Patient/1", None);
    }
}
