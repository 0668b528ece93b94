//! What `_include` and `_revinclude` add to a page.

use std::collections::HashSet;

use definitions::SearchParameterKind;

use super::context::Context;
use super::link::{sources_of, targets_of};
use super::{ExecuteError, Included, Warning};
use crate::index::Doc;
use crate::query::{Include, IncludeParameter, ParameterId, Query, ResourceType};

/// Follows the includes of a query from the matches of a page. Every record comes once; circles end by themselves.
///
/// Source: <https://hl7.org/fhir/R4/search.html#include>.
pub(super) fn follow(
    context: &mut Context<'_>,
    query: &Query,
    matches: &[Doc],
) -> Result<(Vec<Included>, Vec<Warning>), ExecuteError> {
    let mut pack = Pack {
        seen: matches.iter().copied().collect(),
        included: Vec::new(),
        next: Vec::new(),
        limit: context.limits.included,
        cut: false,
    };
    let mut warnings = Vec::new();
    let iterates = (query.includes.iter())
        .chain(&query.reverse_includes)
        .any(|include| include.iterate);
    let mut ends = matches.to_vec();
    let mut depth = 1;
    while !ends.is_empty() && !pack.cut {
        if depth > context.limits.depth {
            // Nothing more is taken, but whether there was something must be known.
            pack.limit = 0;
        }
        step(context, query, &ends, depth, &mut pack)?;
        ends = std::mem::take(&mut pack.next);
        if !iterates {
            break;
        }
        depth += 1;
    }
    if pack.cut && depth > context.limits.depth + 1 {
        warnings.push(Warning::IterationCut {
            depth: context.limits.depth,
        });
    } else if pack.cut {
        warnings.push(Warning::IncludesCut { limit: pack.limit });
    }
    Ok((pack.included, warnings))
}

/// What was gathered so far.
struct Pack {
    seen: HashSet<Doc>,
    included: Vec<Included>,
    /// What the next step follows from.
    next: Vec<Doc>,
    limit: usize,
    /// Whether something was left out.
    cut: bool,
}

impl Pack {
    fn add(&mut self, doc: Doc, depth: usize) {
        if self.cut || self.seen.contains(&doc) {
            return;
        }
        if self.included.len() >= self.limit {
            self.cut = true;
            return;
        }
        self.seen.insert(doc);
        self.included.push(Included { doc, depth });
        self.next.push(doc);
    }
}

/// Follows every include that applies at this depth from each record.
fn step(
    context: &mut Context<'_>,
    query: &Query,
    ends: &[Doc],
    depth: usize,
    pack: &mut Pack,
) -> Result<(), ExecuteError> {
    let applies = |include: &&Include| depth == 1 || include.iterate;
    for include in query.includes.iter().filter(applies) {
        for doc in ends {
            forwards(context, include, *doc, depth, pack)?;
            if pack.cut {
                return Ok(());
            }
        }
    }
    for include in query.reverse_includes.iter().filter(applies) {
        for doc in ends {
            backwards(context, include, *doc, depth, pack)?;
            if pack.cut {
                return Ok(());
            }
        }
    }
    Ok(())
}

fn forwards(
    context: &mut Context<'_>,
    include: &Include,
    doc: Doc,
    depth: usize,
    pack: &mut Pack,
) -> Result<(), ExecuteError> {
    let corpus = context.corpus;
    let Some(of) = corpus.resource_type(doc) else {
        return Ok(());
    };
    if include.source.is_some_and(|source| source != of) {
        return Ok(());
    }
    for parameter in parameters(context, include, of) {
        for target in targets_of(context, doc, parameter)? {
            if is_of(include.target, corpus.resource_type(target)) {
                pack.add(target, depth);
            }
        }
    }
    Ok(())
}

fn backwards(
    context: &mut Context<'_>,
    include: &Include,
    doc: Doc,
    depth: usize,
    pack: &mut Pack,
) -> Result<(), ExecuteError> {
    if !is_of(include.target, context.corpus.resource_type(doc)) {
        return Ok(());
    }
    let all = ResourceType::all();
    for source in all.filter(|of| include.source.is_none_or(|source| source == *of)) {
        for parameter in parameters(context, include, source) {
            for doc in sources_of(context, doc, parameter)? {
                pack.add(doc, depth);
            }
        }
    }
    Ok(())
}

/// The reference parameters of a type that an include follows.
fn parameters(context: &Context<'_>, include: &Include, source: ResourceType) -> Vec<ParameterId> {
    match include.parameter {
        IncludeParameter::One(parameter) => vec![parameter],
        IncludeParameter::All => context
            .registry
            .of_type(source)
            .iter()
            .filter(|parameter| parameter.kind() == SearchParameterKind::Reference)
            .map(|parameter| parameter.id)
            .collect(),
    }
}

fn is_of(wanted: Option<ResourceType>, own: Option<ResourceType>) -> bool {
    wanted.is_none() || wanted == own
}
