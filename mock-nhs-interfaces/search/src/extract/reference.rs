//! Links: references, canonicals, and resources within a Bundle.

use fhir::json::Json;

use super::text_of;
use crate::fold::{cut, fold};
use crate::key::split_version;
use crate::query::ResourceType;
use crate::value::{Reference, Value};

/// `Reference`: its link, its identifier and its display. With a type, only references that say they lead to it.
pub(super) fn reference(item: &Json, only: Option<ResourceType>, each: &mut dyn FnMut(Value)) {
    let link = item.get("reference").and_then(Json::as_str).and_then(link);
    if let Some(only) = only
        && kind(item, link.as_ref()) != Some(only)
    {
        return;
    }
    if let Some(link) = link {
        each(Value::Reference(link));
    }
    if let Some(identifier) = item.get("identifier")
        && let Some(value) = text_of(identifier, "value")
    {
        each(Value::Reference(Reference::Identifier {
            system: text_of(identifier, "system"),
            value,
        }));
    }
    if let Some(display) = item.get("display").and_then(Json::as_str) {
        each(Value::Reference(Reference::Display(fold(display))));
    }
}

/// `canonical` or `uri`.
pub(super) fn canonical(item: &Json, each: &mut dyn FnMut(Value)) {
    let Some(text) = item
        .as_str()
        .filter(|text| !text.starts_with('#') && !text.is_empty())
    else {
        return;
    };
    let (url, version) = split_version(cut(text));
    each(Value::Reference(local(url).unwrap_or_else(|| Reference::Url {
        url: url.into(),
        version: version.map(Box::from),
    })));
}

/// A resource within a resource, as a link to it.
pub(super) fn resource(item: &Json, types: &[ResourceType], each: &mut dyn FnMut(Value)) {
    let resource_type = item
        .get("resourceType")
        .and_then(Json::as_str)
        .and_then(ResourceType::parse);
    if let Some(resource_type) = resource_type
        && types.contains(&resource_type)
        && let Some(id) = text_of(item, "id")
    {
        each(Value::Reference(Reference::Local { resource_type, id }));
    }
}

/// The type that a reference leads to: what the link says, or `Reference.type`.
fn kind(item: &Json, link: Option<&Reference>) -> Option<ResourceType> {
    let said = || {
        item.get("type")
            .and_then(Json::as_str)
            .and_then(ResourceType::parse)
    };
    match link {
        Some(Reference::Local { resource_type, .. }) => Some(*resource_type),
        Some(Reference::Url { url, .. }) => {
            url.rsplit('/').nth(1).and_then(ResourceType::parse).or_else(said)
        }
        Some(Reference::Identifier { .. } | Reference::Display(_)) | None => said(),
    }
}

fn link(text: &str) -> Option<Reference> {
    local(text).or_else(|| absolute(text))
}

/// `Type/id`, with or without `/_history/version`.
pub(crate) fn local(text: &str) -> Option<Reference> {
    let mut parts = text.split('/');
    let resource_type = ResourceType::parse(parts.next()?)?;
    let id = parts.next().filter(|id| is_id(id))?;
    let rest = (parts.next(), parts.next(), parts.next());
    match rest {
        (None, None, None) | (Some("_history"), Some(_), None) => Some(Reference::Local {
            resource_type,
            id: id.into(),
        }),
        _ => None,
    }
}

/// A URL or URN, without `/_history/version` and with the version of a canonical apart.
pub(crate) fn absolute(text: &str) -> Option<Reference> {
    let is_absolute = text.starts_with("urn:")
        || text
            .split_once("://")
            .is_some_and(|(scheme, _)| !scheme.contains('/'));
    if !is_absolute {
        return None;
    }
    let (url, version) = split_version(cut(text));
    let url = url.split_once("/_history/").map_or(url, |(before, _)| before);
    Some(Reference::Url {
        url: url.into(),
        version: version.map(Box::from),
    })
}

/// Whether a text can be a resource's id: <https://hl7.org/fhir/R4/datatypes.html#id>.
pub(crate) fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.')
}
