//! Follows references, both ways, by the keys that the index holds of them: no text is opened.

use roaring::RoaringBitmap;

use super::ExecuteError;
use super::context::Context;
use crate::index::Doc;
use crate::key::{Key, KeyRange, REFERENCE, URL, split_text};
use crate::query::{ParameterId, ResourceType};

/// The records that `doc` points at by a reference parameter, added to `found`, in no order; some may come twice.
pub(super) fn add_targets(
    context: &mut Context<'_>,
    doc: Doc,
    parameter: ParameterId,
    found: &mut Vec<Doc>,
) -> Result<(), ExecuteError> {
    let corpus = context.corpus;
    let mut looked_up = 1;
    context.keys_of(doc, parameter, REFERENCE, |key| {
        found.extend(local(key).and_then(|(of, id)| corpus.find(of, id)));
        looked_up += 1;
    });
    context.meter.examine(looked_up)?;
    let mut urls: Vec<&[u8]> = Vec::new();
    context.keys_of(doc, parameter, URL, |key| urls.push(key));
    for key in urls {
        add_canonical(context, key, found)?;
    }
    Ok(())
}

/// The records that point at `doc` by a reference parameter, added to `found`, in no order; some may come twice.
pub(super) fn add_sources(
    context: &mut Context<'_>,
    doc: Doc,
    parameter: ParameterId,
    found: &mut Vec<Doc>,
) -> Result<(), ExecuteError> {
    let corpus = context.corpus;
    let (Some(of), Some(id)) = (corpus.resource_type(doc), corpus.id(doc)) else {
        return Ok(());
    };
    let key = reference_key(of, id);
    let before = found.len();
    if let Some(postings) = corpus.base().exact(parameter, &key) {
        let hidden = corpus.hidden();
        postings.for_each(|doc| {
            if !hidden.contains(doc) {
                found.push(doc);
            }
        });
    }
    if let Some(docs) = corpus.overlay().exact(parameter, &key) {
        docs.for_each(|doc| found.push(doc));
    }
    context.meter.examine(1 + (found.len() - before) as u64)?;
    if let Some(url) = context.url(of) {
        let mut own: Vec<&[u8]> = Vec::new();
        context.keys_of(doc, url, URL, |key| own.push(key));
        for key in own {
            // Any version of it: `Questionnaire.url` has none, what points at it may.
            let (text, _) = split_text(key.get(1..).unwrap_or_default());
            let beginning = [&[URL], text, &[0]].concat();
            let mut docs = RoaringBitmap::new();
            context.add_range(parameter, &KeyRange::prefix(&beginning), &mut docs)?;
            found.extend(docs);
        }
    }
    Ok(())
}

/// What `doc` points at, each once, in the order of numbers.
pub(super) fn targets_of(
    context: &mut Context<'_>,
    doc: Doc,
    parameter: ParameterId,
) -> Result<Vec<Doc>, ExecuteError> {
    let mut found = Vec::new();
    add_targets(context, doc, parameter, &mut found)?;
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// What points at `doc`, each once, in the order of numbers.
pub(super) fn sources_of(
    context: &mut Context<'_>,
    doc: Doc,
    parameter: ParameterId,
) -> Result<Vec<Doc>, ExecuteError> {
    let mut found = Vec::new();
    add_sources(context, doc, parameter, &mut found)?;
    found.sort_unstable();
    found.dedup();
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
