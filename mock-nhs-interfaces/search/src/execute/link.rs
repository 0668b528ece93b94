//! Follows references, both ways, by the keys that the index holds of them: no text is opened.

use roaring::RoaringBitmap;

use super::ExecuteError;
use super::context::Context;
use crate::index::Doc;
use crate::key::{Key, KeyRange, REFERENCE, URL, split_text};
use crate::query::{ParameterId, ResourceType};

/// The records that `doc` points at by a reference parameter, each once, in the order of their keys.
pub(super) fn targets_of(
    context: &mut Context<'_>,
    doc: Doc,
    parameter: ParameterId,
) -> Result<Vec<Doc>, ExecuteError> {
    let mut found = Vec::new();
    let mut urls: Vec<&[u8]> = Vec::new();
    let corpus = context.corpus;
    context.keys_of(doc, parameter, REFERENCE, |key| {
        found.extend(local(key).and_then(|(of, id)| corpus.find(of, id)));
    });
    context.keys_of(doc, parameter, URL, |key| urls.push(key));
    for key in urls {
        add_canonical(context, key, &mut found)?;
    }
    context.meter.examine(1 + found.len() as u64)?;
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// The records that point at `doc` by a reference parameter.
pub(super) fn sources_of(
    context: &mut Context<'_>,
    doc: Doc,
    parameter: ParameterId,
) -> Result<RoaringBitmap, ExecuteError> {
    let mut found = RoaringBitmap::new();
    let corpus = context.corpus;
    let (Some(of), Some(id)) = (corpus.resource_type(doc), corpus.id(doc)) else {
        return Ok(found);
    };
    let key = reference_key(of, id);
    context.add_range(parameter, &KeyRange::exact(&key), &mut found)?;
    if let Some(url) = context.url(of) {
        let mut own: Vec<&[u8]> = Vec::new();
        context.keys_of(doc, url, URL, |key| own.push(key));
        for key in own {
            // Any version of it: `Questionnaire.url` has none, what points at it may.
            let (text, _) = split_text(key.get(1..).unwrap_or_default());
            let beginning = [&[URL], text, &[0]].concat();
            context.add_range(parameter, &KeyRange::prefix(&beginning), &mut found)?;
        }
    }
    context.meter.examine(1)?;
    Ok(found)
}

/// The key of a link to a record.
fn reference_key(of: ResourceType, id: &str) -> Vec<u8> {
    let mut key = Key::new(REFERENCE).ended(id).bytes;
    key.push(of.0);
    key
}

/// The type and id in such a key.
fn local(key: &[u8]) -> Option<(ResourceType, &str)> {
    let (id, of) = split_text(key.get(1..)?);
    Some((ResourceType(*of.first()?), std::str::from_utf8(id).ok()?))
}

/// The records whose canonical URL is the one in a key.
fn add_canonical(context: &mut Context<'_>, key: &[u8], found: &mut Vec<Doc>) -> Result<(), ExecuteError> {
    let (text, _) = split_text(key.get(1..).unwrap_or_default());
    let beginning = [&[URL], text, &[0]].concat();
    let mut docs = RoaringBitmap::new();
    for of in ResourceType::all() {
        if let Some(url) = context.url(of) {
            context.add_range(url, &KeyRange::prefix(&beginning), &mut docs)?;
        }
    }
    found.extend(docs);
    Ok(())
}
