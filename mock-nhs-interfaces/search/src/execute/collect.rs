//! The set of all records that meet a filter, and what is left of a set.

use roaring::RoaringBitmap;

use super::check::check;
use super::context::Context;
use super::node::Node;
use super::{ExecuteError, link};
use crate::index::Doc;
use crate::query::ResourceType;

/// All records of type `of` that meet the filter.
pub(super) fn collect(
    context: &mut Context<'_>,
    of: ResourceType,
    node: &mut Node<'_>,
) -> Result<RoaringBitmap, ExecuteError> {
    match node {
        Node::Keys(keys) => keys.collect(context).cloned(),
        Node::Fixed(docs) => Ok(docs.clone()),
        Node::Content(_) => {
            let all = context.universe(of);
            retain(context, node, all)
        }
        Node::Chain(link) => {
            let mut found = Vec::new();
            let links = context.links(link.parameter);
            for (target, node) in &mut link.ends {
                for doc in collect(context, *target, node)? {
                    link::add_sources(context, &links, doc, link.parameter, &mut found)?;
                }
            }
            Ok(sorted(found))
        }
        Node::Has(link) => {
            let mut found = Vec::new();
            let links = context.links(link.parameter);
            for (source, node) in &mut link.ends {
                for doc in collect(context, *source, node)? {
                    link::add_targets(context, &links, doc, link.parameter, &mut found)?;
                }
            }
            Ok(context.only_of(of, sorted(found)))
        }
        Node::And(nodes) => {
            let mut nodes: Vec<&mut Node<'_>> = nodes.iter_mut().collect();
            nodes.sort_by_cached_key(|node| node.estimate(context, of));
            let mut nodes = nodes.into_iter();
            let mut found = match nodes.next() {
                Some(first) => collect(context, of, first)?,
                None => context.universe(of),
            };
            for node in nodes {
                found = narrow(context, of, node, found)?;
            }
            Ok(found)
        }
        Node::Or(nodes) => {
            let mut found = RoaringBitmap::new();
            for node in nodes {
                found |= collect(context, of, node)?;
            }
            Ok(found)
        }
        Node::Not(node) => {
            let without = collect(context, of, node)?;
            Ok(context.universe(of) - without)
        }
    }
}

/// A set of scattered numbers. Sorting them first is several times faster than putting them in one by one; they come in runs,
/// of which the stable sort makes use.
pub(super) fn sorted(mut docs: Vec<Doc>) -> RoaringBitmap {
    docs.sort();
    docs.dedup();
    // Cannot fail: they ascend.
    RoaringBitmap::from_sorted_iter(docs).unwrap_or_default()
}

/// What of `set` meets the filter: by collecting the filter's records or by checking the set's, whichever is less work.
pub(super) fn narrow(
    context: &mut Context<'_>,
    of: ResourceType,
    node: &mut Node<'_>,
    set: RoaringBitmap,
) -> Result<RoaringBitmap, ExecuteError> {
    let checking = set.len().saturating_mul(node.check_cost());
    if set.is_empty() || checking <= node.cost(context, of) {
        return retain(context, node, set);
    }
    match node {
        Node::Not(node) => Ok(set - collect(context, of, node)?),
        Node::Keys(keys) => Ok(set & keys.collect(context)?),
        Node::Fixed(docs) => Ok(set & &*docs),
        Node::Content(_) | Node::Chain(_) | Node::Has(_) | Node::And(_) | Node::Or(_) => {
            Ok(set & collect(context, of, node)?)
        }
    }
}

fn retain(
    context: &mut Context<'_>,
    node: &mut Node<'_>,
    set: RoaringBitmap,
) -> Result<RoaringBitmap, ExecuteError> {
    let mut kept = Vec::new();
    for doc in set {
        if check(context, node, doc)? {
            kept.push(doc);
        }
    }
    Ok(kept.into_iter().collect())
}
