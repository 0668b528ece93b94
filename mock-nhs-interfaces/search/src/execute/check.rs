//! Whether one record meets a filter.

use fhir::json::Json;

use super::context::Context;
use super::node::{Link, Node};
use super::{ExecuteError, link};
use crate::index::Doc;

/// Whether `doc`, which exists and is of the node's type, meets the filter.
pub(super) fn check(context: &mut Context<'_>, node: &mut Node<'_>, doc: Doc) -> Result<bool, ExecuteError> {
    context.meter.examine(1)?;
    match node {
        Node::Keys(keys) => Ok(keys.check(context, doc)),
        Node::Fixed(docs) => Ok(docs.contains(doc)),
        Node::Content(words) => has_content(context, words, doc),
        Node::Chain(link) => {
            for target in link::targets_of(context, doc, link.parameter)? {
                if end_meets(context, link, target)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Node::Has(link) => {
            for source in link::sources_of(context, doc, link.parameter)? {
                if end_meets(context, link, source)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Node::And(nodes) => {
            for node in nodes {
                if !check(context, node, doc)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        Node::Or(nodes) => {
            for node in nodes {
                if check(context, node, doc)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Node::Not(node) => Ok(!check(context, node, doc)?),
    }
}

/// Whether a record at the other end of a link meets the link's condition; looked at once.
fn end_meets(context: &mut Context<'_>, link: &mut Link<'_>, end: Doc) -> Result<bool, ExecuteError> {
    if let Some(known) = link.known.get(&end) {
        return Ok(*known);
    }
    let of = context.corpus.resource_type(end);
    let mut meets = false;
    for (wanted, node) in &mut link.ends {
        if Some(*wanted) == of && check(context, node, end)? {
            meets = true;
            break;
        }
    }
    link.known.insert(end, meets);
    Ok(meets)
}

fn has_content(context: &mut Context<'_>, words: &[Box<str>], doc: Doc) -> Result<bool, ExecuteError> {
    context.meter.open()?;
    let Some(text) = context.corpus.text(doc) else {
        return Ok(false);
    };
    // What is kept was accepted once, so it parses.
    Ok(Json::parse(&text).is_ok_and(|resource| crate::extract::content_matches(&resource, words)))
}
