//! A filter made ready to run: its ranges looked up, its ids resolved, its size estimated.

use std::collections::HashMap;

use roaring::RoaringBitmap;

use super::context::Context;
use super::keys::Keys;
use super::{ExecuteError, hierarchy, list};
use crate::index::{Doc, last_updated_parameter};
use crate::key::{KeyRange, PRESENT};
use crate::operand::Operand;
use crate::query::{Filter, ParameterId, ResourceType};

/// A filter on records of one type.
pub(super) enum Node<'q> {
    /// Records with a key that some operand accepts.
    Keys(Keys<'q>),
    /// Records that were looked up by name.
    Fixed(RoaringBitmap),
    /// Records whose text holds every word.
    Content(&'q [Box<str>]),
    /// Records that point at one that meets a condition.
    Chain(Link<'q>),
    /// Records that one that meets a condition points at.
    Has(Link<'q>),
    And(Vec<Node<'q>>),
    Or(Vec<Node<'q>>),
    Not(Box<Node<'q>>),
}

/// A condition on records at the other end of a reference.
pub(super) struct Link<'q> {
    /// The reference parameter, of whichever end holds it.
    pub(super) parameter: ParameterId,
    /// The types at the other end, each with its condition.
    pub(super) ends: Vec<(ResourceType, Node<'q>)>,
    /// What is known of records at the other end: many records point at the same one.
    pub(super) known: HashMap<Doc, bool>,
}

impl<'q> Node<'q> {
    /// Prepares a filter on records of type `of`. As deep as the filter is, which the language bounds.
    pub(super) fn of(
        context: &mut Context<'_>,
        of: ResourceType,
        filter: &'q Filter,
    ) -> Result<Self, ExecuteError> {
        Ok(match filter {
            Filter::Value(value) => {
                let keys = Keys::of_operands(context, value.parameter, value.any_of.iter());
                negate_if(value.negated, Self::Keys(keys))
            }
            Filter::Missing { parameter, missing } if is_always_present(context, *parameter) => {
                negate_if(*missing, Self::And(Vec::new()))
            }
            Filter::Missing { parameter, missing } => {
                let keys = Keys::of_range(context, *parameter, KeyRange::exact(&[PRESENT]));
                negate_if(*missing, Self::Keys(keys))
            }
            Filter::LastUpdated(tests) => {
                let tests: Vec<Operand> = tests.iter().copied().map(Operand::Date).collect();
                Self::Keys(Keys::of_owned(context, last_updated_parameter(of), tests))
            }
            Filter::Id(ids) => Self::Fixed(ids.iter().filter_map(|id| context.corpus.find(of, id)).collect()),
            Filter::List(ids) => Self::Fixed(list::members(context, of, ids)?),
            Filter::Content(words) => Self::Content(words),
            Filter::Hierarchy(place) => {
                let operands = hierarchy::operands(context, place)?;
                Self::Keys(Keys::of_owned(context, place.parameter, operands))
            }
            Filter::Chain(chain) => {
                let ends = chain
                    .targets
                    .iter()
                    .map(|(target, filter)| Ok((*target, Self::of(context, *target, filter)?)))
                    .collect::<Result<_, ExecuteError>>()?;
                Self::Chain(Link::new(chain.parameter, ends))
            }
            Filter::Has(has) => {
                let end = Self::of(context, has.source, &has.filter)?;
                Self::Has(Link::new(has.parameter, vec![(has.source, end)]))
            }
            Filter::And(filters) => Self::And(Self::all_of(context, of, filters)?),
            Filter::Or(filters) => Self::Or(Self::all_of(context, of, filters)?),
            Filter::Not(filter) => Self::Not(Box::new(Self::of(context, of, filter)?)),
        })
    }

    /// Prepares several filters.
    pub(super) fn all_of(
        context: &mut Context<'_>,
        of: ResourceType,
        filters: &'q [Filter],
    ) -> Result<Vec<Self>, ExecuteError> {
        filters
            .iter()
            .map(|filter| Self::of(context, of, filter))
            .collect()
    }

    /// How many records it finds at most, as far as the index knows without looking.
    pub(super) fn estimate(&self, context: &Context<'_>, of: ResourceType) -> u64 {
        match self {
            Self::Keys(keys) => keys.estimate().min(context.size_of(of)),
            Self::Fixed(docs) => docs.len(),
            Self::Content(_) | Self::Not(_) => context.size_of(of),
            Self::Chain(link) => {
                let fan = link.fan(context);
                let ends = link.estimate(context).saturating_mul(fan);
                ends.min(context.size_of(of))
            }
            Self::Has(link) => link.estimate(context).min(context.size_of(of)),
            Self::And(nodes) => nodes
                .iter()
                .map(|node| node.estimate(context, of))
                .min()
                .unwrap_or_else(|| context.size_of(of)),
            Self::Or(nodes) => {
                let sum = nodes
                    .iter()
                    .fold(0, |sum: u64, node| sum.saturating_add(node.estimate(context, of)));
                sum.min(context.size_of(of))
            }
        }
    }

    /// What collecting takes, in units of about 10 ns.
    pub(super) fn cost(&self, context: &Context<'_>, of: ResourceType) -> u64 {
        match self {
            Self::Keys(keys) => keys.cost(),
            Self::Fixed(_) => 1,
            Self::Content(_) => context.size_of(of).saturating_mul(OPEN_COST),
            Self::Chain(link) | Self::Has(link) => {
                let far = link.estimate(context);
                link.cost(context)
                    .saturating_add(far.saturating_mul(LINK_COST))
                    .saturating_add(self.estimate(context, of) * 2)
            }
            Self::And(nodes) | Self::Or(nodes) => {
                nodes.iter().fold(context.size_of(of) / 64, |sum: u64, node| {
                    sum.saturating_add(node.cost(context, of))
                })
            }
            Self::Not(node) => node.cost(context, of).saturating_add(context.size_of(of) / 64),
        }
    }

    /// What checking one record takes, in the same units.
    pub(super) fn check_cost(&self) -> u64 {
        match self {
            Self::Keys(keys) => keys.check_cost(),
            Self::Fixed(_) => 1,
            Self::Content(_) => OPEN_COST,
            Self::Chain(link) | Self::Has(link) => {
                let ends = link.ends.iter().map(|(_, node)| node.check_cost());
                LINK_COST.saturating_add(ends.max().unwrap_or_default())
            }
            Self::And(nodes) | Self::Or(nodes) => nodes
                .iter()
                .fold(1, |sum: u64, node| sum.saturating_add(node.check_cost())),
            Self::Not(node) => node.check_cost(),
        }
    }

    /// Its name for people.
    pub(super) fn name(&self, context: &Context<'_>) -> String {
        match self {
            Self::Keys(keys) => keys.name(context),
            Self::Fixed(_) => "_id or _list".to_owned(),
            Self::Content(_) => "_content".to_owned(),
            Self::Chain(link) => format!("chain {}", context.name(link.parameter)),
            Self::Has(link) => format!("_has {}", context.name(link.parameter)),
            Self::And(_) => "and".to_owned(),
            Self::Or(_) => "or".to_owned(),
            Self::Not(node) => format!("not {}", node.name(context)),
        }
    }
}

/// Opening a text and walking it: about 15 microseconds.
const OPEN_COST: u64 = 1_500;
/// Following one reference: reading its key and looking it up.
const LINK_COST: u64 = 40;

/// Every record has an id and an instant; they are no values of its text, and so not in the index of values.
fn is_always_present(context: &Context<'_>, parameter: ParameterId) -> bool {
    let known = context.registry.get(parameter);
    known.is_some_and(|known| matches!(known.definition.code, "_id" | "_lastUpdated"))
}

fn negate_if(negated: bool, node: Node<'_>) -> Node<'_> {
    if negated { Node::Not(Box::new(node)) } else { node }
}

impl<'q> Link<'q> {
    fn new(parameter: ParameterId, ends: Vec<(ResourceType, Node<'q>)>) -> Self {
        Self {
            parameter,
            ends,
            known: HashMap::new(),
        }
    }

    /// How many records at the other end meet the condition, at most.
    fn estimate(&self, context: &Context<'_>) -> u64 {
        self.ends.iter().fold(0, |sum: u64, (of, node)| {
            sum.saturating_add(node.estimate(context, *of))
        })
    }

    fn cost(&self, context: &Context<'_>) -> u64 {
        self.ends.iter().fold(0, |sum: u64, (of, node)| {
            sum.saturating_add(node.cost(context, *of))
        })
    }

    /// How many records point at one, on average.
    fn fan(&self, context: &Context<'_>) -> u64 {
        let Some(dictionary) = context.corpus.base().dictionary(self.parameter) else {
            return 1;
        };
        let keys = dictionary.len() as u64;
        dictionary.count(0..dictionary.len()) / keys.max(1) + 1
    }
}
