//! Records with a key that some operand accepts: the one kind of filter that the index answers by itself.

use std::borrow::Cow;
use std::ops::Range;

use roaring::RoaringBitmap;

use super::ExecuteError;
use super::collect::sorted;
use super::context::Context;
use crate::index::{Dictionary, Doc};
use crate::key::KeyRange;
use crate::operand::Operand;
use crate::query::ParameterId;

/// Up to so many keys, a record is checked by asking each key's postings; beyond, by reading the record's keys.
const FEW_KEYS: usize = 16;
/// So many keys of the overlay are counted for an estimate.
const OVERLAY_KEYS: usize = 1_000;
/// The longest list of postings that is not a bitmap, rounded up.
const SHORT_POSTINGS: u64 = 192;

/// A parameter and the ranges of keys that are looked for.
pub(super) struct Keys<'q> {
    parameter: ParameterId,
    operands: Vec<Cow<'q, Operand>>,
    ranges: Vec<Wanted>,
    /// Keys of the base in all ranges.
    count: u64,
    estimate: u64,
    /// Ranks of the accepted keys, looked up at the first check, when the ranges have few keys.
    few: Option<Vec<usize>>,
    /// What was collected.
    found: Option<RoaringBitmap>,
}

/// One range.
struct Wanted {
    range: KeyRange,
    ranks: Range<usize>,
    /// Which operand must be asked about each key; `None` when all keys of the range are accepted.
    ask: Option<usize>,
}

impl<'q> Keys<'q> {
    pub(super) fn of_operands(
        context: &Context<'_>,
        parameter: ParameterId,
        operands: impl Iterator<Item = &'q Operand>,
    ) -> Self {
        Self::new(context, parameter, operands.map(Cow::Borrowed).collect())
    }

    pub(super) fn of_owned(context: &Context<'_>, parameter: ParameterId, operands: Vec<Operand>) -> Self {
        let operands = operands.into_iter().map(Cow::Owned).collect();
        Self::new(context, parameter, operands)
    }

    /// Every record with a key in a range.
    pub(super) fn of_range(context: &Context<'_>, parameter: ParameterId, range: KeyRange) -> Self {
        let mut keys = Self::new(context, parameter, Vec::new());
        keys.want(context, range, None);
        keys
    }

    fn new(context: &Context<'_>, parameter: ParameterId, operands: Vec<Cow<'q, Operand>>) -> Self {
        let mut keys = Self {
            parameter,
            operands: Vec::new(),
            ranges: Vec::new(),
            count: 0,
            estimate: 0,
            few: None,
            found: None,
        };
        for (number, operand) in operands.iter().enumerate() {
            let ask = (!operand.is_tight()).then_some(number);
            for range in operand.ranges() {
                keys.want(context, range, ask);
            }
        }
        keys.operands = operands;
        keys
    }

    fn want(&mut self, context: &Context<'_>, range: KeyRange, ask: Option<usize>) {
        let base = context.corpus.base();
        let ranks = base.ranks(self.parameter, &range);
        let of_base = base
            .dictionary(self.parameter)
            .map_or(0, |dictionary| dictionary.count(ranks.clone()));
        let own = context
            .corpus
            .overlay()
            .estimate(self.parameter, &range, OVERLAY_KEYS);
        self.count += ranks.len() as u64;
        self.estimate = self.estimate.saturating_add(of_base).saturating_add(own);
        self.ranges.push(Wanted { range, ranks, ask });
    }

    pub(super) fn estimate(&self) -> u64 {
        self.estimate
    }

    pub(super) fn cost(&self) -> u64 {
        if self.found.is_some() {
            return 1;
        }
        let short = self.estimate.min(self.count * SHORT_POSTINGS);
        self.ranges.len() as u64 * 16 + self.count * 8 + short * 3 + self.estimate / 64
    }

    /// What checking one record takes: every range is asked.
    pub(super) fn check_cost(&self) -> u64 {
        8 + 2 * self.ranges.len() as u64
    }

    pub(super) fn name(&self, context: &Context<'_>) -> String {
        context.name(self.parameter)
    }

    fn accepts(&self, wanted: &Wanted, key: &[u8]) -> bool {
        wanted
            .ask
            .is_none_or(|number| self.operands.get(number).is_some_and(|o| o.accepts(key)))
    }

    /// All records with an accepted key.
    pub(super) fn collect(&mut self, context: &mut Context<'_>) -> Result<&RoaringBitmap, ExecuteError> {
        if self.found.is_none() {
            let found = self.look_up(context)?;
            return Ok(self.found.insert(found));
        }
        Ok(self.found.get_or_insert_default())
    }

    fn look_up(&self, context: &mut Context<'_>) -> Result<RoaringBitmap, ExecuteError> {
        let mut found = RoaringBitmap::new();
        let mut scattered: Vec<Doc> = Vec::new();
        if let Some(dictionary) = context.corpus.base().dictionary(self.parameter) {
            for wanted in &self.ranges {
                for rank in wanted.ranks.clone() {
                    context.meter.examine(1)?;
                    if self.accepts(wanted, dictionary.key(rank)) {
                        let postings = dictionary.postings(rank);
                        if postings.len() < SHORT_POSTINGS {
                            postings.for_each(|doc| scattered.push(doc));
                        } else {
                            postings.add_to(&mut found);
                        }
                    }
                }
            }
        }
        context.meter.examine(scattered.len() as u64)?;
        found |= sorted(scattered);
        found -= context.corpus.hidden();
        for wanted in &self.ranges {
            for (key, docs) in context.corpus.overlay().range(self.parameter, &wanted.range) {
                context.meter.examine(1)?;
                if self.accepts(wanted, key) {
                    docs.add_to(&mut found);
                }
            }
        }
        Ok(found)
    }

    /// Whether a record has an accepted key.
    pub(super) fn check(&mut self, context: &mut Context<'_>, doc: Doc) -> bool {
        if let Some(found) = &self.found {
            return found.contains(doc);
        }
        if !context.is_base(doc) {
            return context.corpus.overlay().keys_of(doc, self.parameter).any(|key| {
                let mut wanted = self.ranges.iter();
                wanted.any(|wanted| wanted.range.contains(key) && self.accepts(wanted, key))
            });
        }
        let Some(dictionary) = context.corpus.base().dictionary(self.parameter) else {
            return false;
        };
        if self.count <= FEW_KEYS as u64 {
            let few = match self.few.take() {
                Some(few) => few,
                None => self.accepted(dictionary),
            };
            let found = few.iter().any(|rank| dictionary.postings(*rank).contains(doc));
            self.few = Some(few);
            return found;
        }
        self.ranges.iter().any(|wanted| {
            let row = wanted.range.low.first().copied().unwrap_or_default();
            let forward = context.forward(self.parameter, row);
            forward.ranks(doc).iter().any(|rank| {
                let rank = *rank as usize;
                wanted.ranks.contains(&rank) && self.accepts(wanted, dictionary.key(rank))
            })
        })
    }

    fn accepted(&self, dictionary: &Dictionary) -> Vec<usize> {
        let mut ranks = Vec::new();
        for wanted in &self.ranges {
            let all = wanted.ranks.clone();
            ranks.extend(all.filter(|rank| self.accepts(wanted, dictionary.key(*rank))));
        }
        ranks
    }
}
