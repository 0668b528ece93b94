//! A workspace in memory: a base that is built once, and changes over it.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use fhir::json::Json;
use roaring::RoaringBitmap;
use search::execute::{Corpus, CursorKey, ExecuteError, Limits, Search, SearchResult, run};
use search::extract::extract;
use search::index::{BaseIndex, Batch, Builder, Doc, OverlayIndex, Record};
use search::query::{Filter, ParameterId, Query, ResourceType, Target};
use search::registry::Registry;
use search::value::Value;

/// A record as the world holds it.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub(crate) of: ResourceType,
    pub(crate) id: String,
    pub(crate) text: String,
    pub(crate) last_updated: i64,
    pub(crate) values: Vec<(ParameterId, Value)>,
}

impl Held {
    pub(crate) fn new(text: &str, last_updated: i64) -> Self {
        let json = Json::parse(text.as_bytes()).unwrap();
        let of = kind(json.get("resourceType").and_then(Json::as_str).unwrap());
        let id = json.get("id").and_then(Json::as_str).unwrap().to_owned();
        let values = extract(Registry::r4(), of, &json);
        Self {
            of,
            id,
            text: text.to_owned(),
            last_updated,
            values,
        }
    }

    fn record(&self, doc: Doc) -> Record<'_> {
        Record {
            doc,
            resource_type: self.of,
            last_updated: self.last_updated,
            values: &self.values,
        }
    }
}

/// A workspace.
pub(crate) struct World {
    base: BaseIndex,
    overlay: OverlayIndex,
    hidden: RoaringBitmap,
    base_len: Doc,
    /// What exists.
    pub(crate) records: BTreeMap<Doc, Held>,
    numbers: HashMap<(ResourceType, String), Doc>,
}

impl World {
    /// A world whose base holds these texts, all last updated at the same instant.
    pub(crate) fn new<T: AsRef<str>>(base: &[T]) -> Self {
        let records: BTreeMap<Doc, Held> = (0..)
            .zip(base.iter().map(|text| Held::new(text.as_ref(), 1_000)))
            .collect();
        let mut builder = Builder::new();
        // Two batches, as two threads would give.
        for half in 0..2 {
            let mut batch = Batch::new();
            for (doc, held) in records.iter().filter(|(doc, _)| *doc % 2 == half) {
                batch.add(&held.record(*doc));
            }
            builder.push(batch);
        }
        let numbers = records
            .iter()
            .map(|(doc, held)| ((held.of, held.id.clone()), *doc))
            .collect();
        Self {
            base: builder.build(2).unwrap(),
            overlay: OverlayIndex::new(),
            hidden: RoaringBitmap::new(),
            base_len: u32::try_from(base.len()).unwrap(),
            records,
            numbers,
        }
    }

    /// Creates a record, or changes it where there is one of that type and id.
    pub(crate) fn put(&mut self, text: &str, last_updated: i64) -> Doc {
        let held = Held::new(text, last_updated);
        let next = self
            .base_len
            .max(self.numbers.values().max().map_or(0, |last| last + 1));
        let doc = *self.numbers.entry((held.of, held.id.clone())).or_insert(next);
        if doc < self.base_len {
            self.hidden.insert(doc);
        }
        self.overlay.insert(&held.record(doc));
        self.records.insert(doc, held);
        doc
    }

    /// Deletes a record.
    pub(crate) fn delete(&mut self, doc: Doc) {
        if doc < self.base_len {
            self.hidden.insert(doc);
        }
        self.overlay.remove(doc);
        self.records.remove(&doc);
    }

    /// Runs a query as the server would.
    pub(crate) fn search(&self, query: &Query) -> Result<SearchResult, ExecuteError> {
        self.search_within(query, Limits::default())
    }

    /// Runs a query within limits of its own.
    pub(crate) fn search_within(
        &self,
        query: &Query,
        limits: Limits<'_>,
    ) -> Result<SearchResult, ExecuteError> {
        let search = Search {
            corpus: self,
            registry: Registry::r4(),
            cursor: CursorKey {
                secret: b"a secret of the tests",
                workspace: "demo",
            },
            limits,
        };
        let result = run(&search, query)?;
        self.check_what_no_test_is_about(query, &result);
        Ok(result)
    }

    /// What holds for every answer.
    fn check_what_no_test_is_about(&self, query: &Query, result: &SearchResult) {
        let mut seen = std::collections::BTreeSet::new();
        for doc in result
            .matches
            .iter()
            .copied()
            .chain(result.included.iter().map(|one| one.doc))
        {
            assert!(self.records.contains_key(&doc), "{doc} does not exist");
            assert!(seen.insert(doc), "{doc} is on the page twice");
        }
        for doc in &result.matches {
            let of = self.records[doc].of;
            assert!(query.targets.iter().any(|target| target.resource_type == of));
        }
        if let Some(count) = query.count {
            assert!(result.matches.len() <= count);
        }
        if query.includes.is_empty() && query.reverse_includes.is_empty() {
            assert!(result.included.is_empty() && result.warnings.is_empty());
        }
        assert!(!result.explain.to_string().is_empty());
    }
}

impl Corpus for World {
    fn base(&self) -> &BaseIndex {
        &self.base
    }

    fn overlay(&self) -> &OverlayIndex {
        &self.overlay
    }

    fn hidden(&self) -> &RoaringBitmap {
        &self.hidden
    }

    fn find(&self, resource_type: ResourceType, id: &str) -> Option<Doc> {
        let doc = self.numbers.get(&(resource_type, id.to_owned())).copied()?;
        self.records.contains_key(&doc).then_some(doc)
    }

    fn find_in_base(&self, resource_type: ResourceType, id: &str) -> Option<Doc> {
        let doc = self.numbers.get(&(resource_type, id.to_owned())).copied()?;
        (doc < self.base_len).then_some(doc)
    }

    fn resource_type(&self, doc: Doc) -> Option<ResourceType> {
        self.records.get(&doc).map(|held| held.of)
    }

    fn id(&self, doc: Doc) -> Option<&str> {
        self.records.get(&doc).map(|held| held.id.as_str())
    }

    fn text(&self, doc: Doc) -> Option<Cow<'_, [u8]>> {
        self.records
            .get(&doc)
            .map(|held| Cow::Borrowed(held.text.as_bytes()))
    }
}

/// A type by its name.
pub(crate) fn kind(name: &str) -> ResourceType {
    ResourceType::parse(name).unwrap()
}

/// A parameter by its type and code.
pub(crate) fn parameter(of: &str, code: &str) -> ParameterId {
    Registry::r4().find(kind(of), code).unwrap().id
}

/// A search of one type.
pub(crate) fn query(of: &str, filters: Vec<Filter>) -> Query {
    Query {
        text: format!("{filters:?}"),
        targets: vec![Target {
            resource_type: kind(of),
            filters,
        }],
        ..Query::default()
    }
}

/// The ids of a page's matches.
pub(crate) fn ids(world: &World, docs: impl IntoIterator<Item = Doc>) -> Vec<String> {
    docs.into_iter()
        .map(|doc| world.records[&doc].id.clone())
        .collect()
}
