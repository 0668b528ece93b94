//! Follows references, both ways, by the keys that the index holds of them: no text is opened.

use roaring::RoaringBitmap;

use super::ExecuteError;
use super::context::Context;
use crate::index::{Doc, Links, read_link};
use crate::key::{Key, KeyRange, REFERENCE, URL, split_text};
use crate::query::{ParameterId, ResourceType};

/// The records that `doc` points at by a reference parameter, added to `found`, in no order; some may come twice.
pub(super) fn add_targets(
    context: &mut Context<'_>,
    links: &Links,
    doc: Doc,
    parameter: ParameterId,
    found: &mut Vec<Doc>,
) -> Result<(), ExecuteError> {
    let corpus = context.corpus;
    let is_base = context.is_base(doc);
    let only = links.only_target(doc).filter(|_| is_base);
    let mut looked_up = 1;
    match only {
        Some(target) => found.extend(Some(target).filter(|target| context.stands(*target))),
        None => context.keys_of(doc, parameter, REFERENCE, |key| {
            found.extend(read_link(key).and_then(|(of, id)| corpus.find(of, id)));
            looked_up += 1;
        }),
    }
    context.meter.examine(looked_up)?;
    if links.has_urls() || !is_base {
        let mut urls: Vec<&[u8]> = Vec::new();
        context.keys_of(doc, parameter, URL, |key| urls.push(key));
        for key in urls {
            add_canonical(context, key, found)?;
        }
    }
    Ok(())
}

/// The records that point at `doc` by a reference parameter, added to `found`, in no order; some may come twice.
pub(super) fn add_sources(
    context: &mut Context<'_>,
    links: &Links,
    doc: Doc,
    parameter: ParameterId,
    found: &mut Vec<Doc>,
) -> Result<(), ExecuteError> {
    let corpus = context.corpus;
    let Some(of) = corpus.resource_type(doc) else {
        return Ok(());
    };
    let before = found.len();
    let is_of_base = corpus.base().of_type(of).contains(doc);
    let key = if is_of_base && corpus.overlay().is_empty() {
        None
    } else {
        corpus.id(doc).map(|id| reference_key(of, id))
    };
    let dictionary = corpus.base().dictionary(parameter);
    // Only what is not of the base must be looked up by its name.
    let rank = match &key {
        _ if is_of_base => links.rank(doc),
        Some(key) => dictionary.and_then(|dictionary| dictionary.rank(key)),
        None => None,
    };
    if let (Some(rank), Some(dictionary)) = (rank, dictionary) {
        let hidden = corpus.hidden();
        dictionary.postings(rank).for_each(|doc| {
            if hidden.is_empty() || !hidden.contains(doc) {
                found.push(doc);
            }
        });
    }
    if let Some(docs) = key.and_then(|key| corpus.overlay().exact(parameter, &key)) {
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
    let links = context.links(parameter);
    add_targets(context, &links, doc, parameter, &mut found)?;
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
    let links = context.links(parameter);
    add_sources(context, &links, doc, parameter, &mut found)?;
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
