//! Where the references of the base lead, looked up once: following one is then reading an array.

use super::{Dictionary, Doc, Forward};
use crate::key::{REFERENCE, URL, split_text};
use crate::query::ResourceType;

/// No record, no rank.
const NONE: u32 = u32::MAX;

/// The links of one reference parameter among the records of the base.
///
/// 4 bytes for every key, for every record between the first and the last that has one, and for every record between the
/// first and the last that is pointed at.
#[derive(Debug, Default)]
pub struct Links {
    first_rank: usize,
    /// For each key, the record of the base that it leads to.
    targets: Vec<Doc>,
    first_source: Doc,
    /// For each record, what its only key leads to; `NONE` where it has another number of keys, or leads out of the base.
    only: Vec<Doc>,
    first_target: Doc,
    /// For each record, the key that leads to it.
    ranks: Vec<u32>,
    /// Whether some keys are URLs.
    has_urls: bool,
}

impl Links {
    /// Looks up every key once; `find` finds a record of the base.
    pub(super) fn of(
        dictionary: &Dictionary,
        forward: &Forward,
        find: &dyn Fn(ResourceType, &str) -> Option<Doc>,
    ) -> Self {
        let ranks = dictionary.ranks_of_row(REFERENCE);
        let first_rank = ranks.start;
        let targets: Vec<Doc> = ranks
            .map(|rank| {
                read(dictionary.key(rank))
                    .and_then(|(of, id)| find(of, id))
                    .unwrap_or(NONE)
            })
            .collect();
        let (first_source, sources) = forward.span();
        let only = (first_source..first_source.saturating_add(sources)).map(|doc| match forward.ranks(doc) {
            [rank] => (*rank as usize)
                .checked_sub(first_rank)
                .and_then(|place| targets.get(place))
                .copied()
                .unwrap_or(NONE),
            _ => NONE,
        });
        let only = only.collect();
        let pointed_at = || targets.iter().copied().filter(|target| *target != NONE);
        let first_target = pointed_at().min().unwrap_or_default();
        let last_target = pointed_at().max().unwrap_or_default();
        let mut inverse = vec![NONE; (last_target - first_target) as usize + 1];
        for (place, target) in targets.iter().enumerate().filter(|(_, target)| **target != NONE) {
            if let Some(slot) = inverse.get_mut((target - first_target) as usize) {
                *slot = u32::try_from(first_rank + place).unwrap_or(NONE);
            }
        }
        Self {
            first_rank,
            targets,
            first_source,
            only,
            first_target,
            ranks: inverse,
            has_urls: !dictionary.ranks_of_row(URL).is_empty(),
        }
    }

    /// What the only link of a record leads to; `None` where that is not so simple.
    #[must_use]
    pub fn only_target(&self, doc: Doc) -> Option<Doc> {
        let place = doc.checked_sub(self.first_source)? as usize;
        self.only.get(place).copied().filter(|target| *target != NONE)
    }

    /// The record that a key leads to, by the key's rank.
    #[must_use]
    pub fn target(&self, rank: usize) -> Option<Doc> {
        let place = rank.checked_sub(self.first_rank)?;
        self.targets.get(place).copied().filter(|target| *target != NONE)
    }

    /// The rank of the key that leads to a record.
    #[must_use]
    pub fn rank(&self, doc: Doc) -> Option<usize> {
        let place = doc.checked_sub(self.first_target)? as usize;
        let rank = self.ranks.get(place).copied().filter(|rank| *rank != NONE)?;
        Some(rank as usize)
    }

    /// Whether some links are canonical URLs, which lead to whatever has the URL.
    #[must_use]
    pub fn has_urls(&self) -> bool {
        self.has_urls
    }

    /// Bytes of memory held.
    #[must_use]
    pub fn bytes(&self) -> usize {
        4 * (self.targets.capacity() + self.only.capacity() + self.ranks.capacity())
    }
}

/// The type and id in a key of the row of references.
pub(crate) fn read(key: &[u8]) -> Option<(ResourceType, &str)> {
    let (id, of) = split_text(key.get(1..)?);
    Some((ResourceType(*of.first()?), std::str::from_utf8(id).ok()?))
}
