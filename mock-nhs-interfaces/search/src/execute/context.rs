//! What every step of one search shares: the records, the meter, what was looked up before.

use std::collections::HashMap;
use std::sync::Arc;

use roaring::RoaringBitmap;

use super::limits::{Limits, Meter};
use super::{Corpus, ExecuteError, Explain};
use crate::index::{Doc, Forward, Links};
use crate::key::KeyRange;
use crate::query::{ParameterId, ResourceType};
use crate::registry::Registry;

/// The state of one search.
pub(super) struct Context<'a> {
    pub(super) corpus: &'a dyn Corpus,
    pub(super) registry: &'a Registry,
    pub(super) limits: Limits<'a>,
    pub(super) meter: Meter<'a>,
    pub(super) explain: Explain,
    /// Saves the base's lock for every record that is checked.
    forwards: HashMap<(ParameterId, u8), Arc<Forward>>,
    links: HashMap<ParameterId, Arc<Links>>,
    /// Of the types that were asked about, which parameter holds their canonical URL.
    urls: HashMap<ResourceType, Option<ParameterId>>,
}

impl<'a> Context<'a> {
    pub(super) fn new(corpus: &'a dyn Corpus, registry: &'a Registry, limits: Limits<'a>) -> Self {
        Self {
            corpus,
            registry,
            limits,
            meter: Meter::new(limits),
            explain: Explain::default(),
            forwards: HashMap::new(),
            links: HashMap::new(),
            urls: HashMap::new(),
        }
    }

    pub(super) fn forward(&mut self, parameter: ParameterId, row: u8) -> Arc<Forward> {
        let corpus = self.corpus;
        let forward = self
            .forwards
            .entry((parameter, row))
            .or_insert_with(|| corpus.base().forward(parameter, row));
        Arc::clone(forward)
    }

    /// Where the base's references of a parameter lead.
    pub(super) fn links(&mut self, parameter: ParameterId) -> Arc<Links> {
        let corpus = self.corpus;
        let links = self.links.entry(parameter).or_insert_with(|| {
            corpus
                .base()
                .links(parameter, &|of, id| corpus.find_in_base(of, id))
        });
        Arc::clone(links)
    }

    /// Whether a record of the base stands in this workspace, as it is or changed.
    pub(super) fn stands(&self, doc: Doc) -> bool {
        let hidden = self.corpus.hidden();
        hidden.is_empty() || !hidden.contains(doc) || self.corpus.overlay().contains(doc)
    }

    /// `Observation.code`: a parameter's name for people.
    pub(super) fn name(&self, parameter: ParameterId) -> String {
        match self.registry.get(parameter) {
            Some(known) => format!("{}.{}", known.resource_type.name(), known.definition.code),
            None => "_lastUpdated".to_owned(),
        }
    }

    /// The parameter of a type that holds its canonical URL, if it has one.
    pub(super) fn url(&mut self, of: ResourceType) -> Option<ParameterId> {
        let registry = self.registry;
        *self
            .urls
            .entry(of)
            .or_insert_with(|| registry.find(of, "url").map(|parameter| parameter.id))
    }

    /// How many records of a type there are, hidden ones included.
    pub(super) fn size_of(&self, of: ResourceType) -> u64 {
        let own = self.corpus.overlay().of_type(of).map_or(0, |docs| docs.len());
        self.corpus.base().of_type(of).len() + own
    }

    /// All records of a type.
    pub(super) fn universe(&self, of: ResourceType) -> RoaringBitmap {
        let base = self.corpus.base().of_type(of);
        let hidden = self.corpus.hidden();
        let mut all = if hidden.is_empty() {
            base.clone()
        } else {
            base - hidden
        };
        if let Some(own) = self.corpus.overlay().of_type(of) {
            own.add_to(&mut all);
        }
        all
    }

    /// The records of a set that are of a type.
    pub(super) fn only_of(&self, of: ResourceType, mut set: RoaringBitmap) -> RoaringBitmap {
        let own = self.corpus.overlay().of_type(of);
        let of_base = self.corpus.base().of_type(of);
        let Some(own) = own.filter(|own| !own.is_empty()) else {
            set &= of_base;
            return set;
        };
        let mut kept = &set & of_base;
        kept.extend(set.iter().filter(|doc| own.contains(*doc)));
        kept
    }

    /// Whether the base's rows are the ones to read for a record.
    pub(super) fn is_base(&self, doc: Doc) -> bool {
        !self.corpus.overlay().contains(doc)
    }

    /// The records that have a key in a range, added to `found`.
    pub(super) fn add_range(
        &mut self,
        parameter: ParameterId,
        range: &KeyRange,
        found: &mut RoaringBitmap,
    ) -> Result<(), ExecuteError> {
        let base = self.corpus.base();
        let mut of_base = RoaringBitmap::new();
        if let Some(dictionary) = base.dictionary(parameter) {
            for rank in dictionary.ranks(range) {
                self.meter.examine(1)?;
                dictionary.postings(rank).add_to(&mut of_base);
            }
        }
        of_base -= self.corpus.hidden();
        *found |= of_base;
        for (_, docs) in self.corpus.overlay().range(parameter, range) {
            self.meter.examine(docs.len())?;
            docs.add_to(found);
        }
        Ok(())
    }

    /// Calls `each` with the keys that a record has in one row of a parameter, in order.
    pub(super) fn keys_of(
        &mut self,
        doc: Doc,
        parameter: ParameterId,
        row: u8,
        mut each: impl FnMut(&'a [u8]),
    ) {
        let corpus = self.corpus;
        if !self.is_base(doc) {
            corpus
                .overlay()
                .keys_of(doc, parameter)
                .filter(|key| key.first() == Some(&row))
                .for_each(each);
            return;
        }
        let Some(dictionary) = corpus.base().dictionary(parameter) else {
            return;
        };
        for rank in self.forward(parameter, row).ranks(doc) {
            each(dictionary.key(*rank as usize));
        }
    }
}
