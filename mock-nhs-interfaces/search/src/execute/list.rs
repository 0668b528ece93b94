//! The members of a List.

use fhir::json::Json;
use roaring::RoaringBitmap;

use super::ExecuteError;
use super::context::Context;
use crate::query::ResourceType;

/// The records of type `of` that one of the lists names and does not mark as deleted.
///
/// Source: <https://hl7.org/fhir/R4/search.html#list>. Functional lists (`$current-…`) are not kept, so they have no members.
pub(super) fn members(
    context: &mut Context<'_>,
    of: ResourceType,
    ids: &[Box<str>],
) -> Result<RoaringBitmap, ExecuteError> {
    let mut found = RoaringBitmap::new();
    let corpus = context.corpus;
    let Some(list) = ResourceType::parse("List") else {
        return Ok(found);
    };
    for doc in ids.iter().filter_map(|id| corpus.find(list, id)) {
        context.meter.open()?;
        let Some(text) = corpus.text(doc) else {
            continue;
        };
        // What is kept was accepted once, so it parses.
        let Ok(resource) = Json::parse(&text) else {
            continue;
        };
        for entry in resource.get("entry").and_then(Json::as_array).unwrap_or_default() {
            context.meter.examine(1)?;
            let deleted = entry.get("deleted").and_then(Json::as_bool);
            let link = entry
                .get("item")
                .and_then(|item| item.get("reference"))
                .and_then(Json::as_str);
            if deleted != Some(true) {
                found.extend(link.and_then(|link| member(context, of, link)));
            }
        }
    }
    Ok(found)
}

/// The record that a relative link of a list names, if it is of the type.
fn member(context: &Context<'_>, of: ResourceType, link: &str) -> Option<u32> {
    let mut parts = link.split('/');
    let (name, id) = (parts.next()?, parts.next()?);
    (ResourceType::parse(name)? == of)
        .then(|| context.corpus.find(of, id))
        .flatten()
}
