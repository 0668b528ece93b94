//! What of one type may be a match: a set that is known, and filters that are left to check.

use roaring::RoaringBitmap;

use super::ExecuteError;
use super::check::check;
use super::collect::{collect, narrow};
use super::context::Context;
use super::node::Node;
use crate::index::Doc;
use crate::query::{ResourceType, Target};

/// The records of one type that may be matches.
pub(super) struct Candidates<'q> {
    pub(super) of: ResourceType,
    /// Every match is in it.
    pub(super) set: RoaringBitmap,
    /// What a record of the set must also meet to be a match.
    pub(super) rest: Vec<Node<'q>>,
}

impl<'q> Candidates<'q> {
    /// Does with a target's filters what can be done promptly, the most selective first.
    pub(super) fn of(context: &mut Context<'_>, target: &'q Target) -> Result<Self, ExecuteError> {
        let of = target.resource_type;
        let mut nodes = Node::all_of(context, of, &target.filters)?;
        nodes.sort_by_cached_key(|node| node.estimate(context, of));
        let mut set = None;
        let mut later = Vec::new();
        for mut node in nodes {
            let estimate = node.estimate(context, of);
            let cost = node.cost(context, of);
            match set.take() {
                None if cost <= context.limits.tuning.prompt_cost => {
                    let found = collect(context, of, &mut node)?;
                    let name = node.name(context);
                    context
                        .explain
                        .step(&name, "collected", estimate, Some(found.len()));
                    set = Some(found);
                }
                None => later.push(node),
                Some(found) => {
                    set = Some(Self::narrow_promptly(context, of, node, found, &mut later)?);
                }
            }
        }
        let mut set = match set {
            Some(set) => set,
            None => {
                let all = context.universe(of);
                let size = context.size_of(of);
                context
                    .explain
                    .step("all records of the type", "collected", size, Some(all.len()));
                all
            }
        };
        let mut rest = Vec::new();
        for node in later {
            set = Self::narrow_promptly(context, of, node, set, &mut rest)?;
        }
        Ok(Self { of, set, rest })
    }

    fn narrow_promptly(
        context: &mut Context<'_>,
        of: ResourceType,
        mut node: Node<'q>,
        set: RoaringBitmap,
        later: &mut Vec<Node<'q>>,
    ) -> Result<RoaringBitmap, ExecuteError> {
        let checking = set.len().saturating_mul(node.check_cost());
        if checking.min(node.cost(context, of)) > context.limits.tuning.prompt_cost {
            later.push(node);
            return Ok(set);
        }
        Self::narrow(context, of, &mut node, set)
    }

    fn narrow(
        context: &mut Context<'_>,
        of: ResourceType,
        node: &mut Node<'q>,
        set: RoaringBitmap,
    ) -> Result<RoaringBitmap, ExecuteError> {
        let estimate = node.estimate(context, of);
        let set = narrow(context, of, node, set)?;
        let name = node.name(context);
        context
            .explain
            .step(&name, "narrowed by", estimate, Some(set.len()));
        Ok(set)
    }

    /// Leaves nothing to check: afterwards every record of the set is a match.
    pub(super) fn settle(&mut self, context: &mut Context<'_>) -> Result<(), ExecuteError> {
        for mut node in std::mem::take(&mut self.rest) {
            let set = std::mem::take(&mut self.set);
            self.set = Self::narrow(context, self.of, &mut node, set)?;
        }
        Ok(())
    }

    /// Whether a record of the set is a match.
    pub(super) fn passes(&mut self, context: &mut Context<'_>, doc: Doc) -> Result<bool, ExecuteError> {
        for node in &mut self.rest {
            if !check(context, node, doc)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// How many matches there are at most.
    pub(super) fn estimate(&self, context: &Context<'_>) -> u64 {
        self.rest
            .iter()
            .map(|node| node.estimate(context, self.of))
            .fold(self.set.len(), u64::min)
    }
}
