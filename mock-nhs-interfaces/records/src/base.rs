//! The seed that all workspaces share: built once, never changed, in memory.

mod index;
mod seed;
mod texts;

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use hashbrown::HashTable;
use search::index::{BaseIndex, IndexSize};

use crate::packages::{LibraryCell, Packages};
use crate::view::metas::Metas;
use crate::{Change, Instant, Record, ResourceId, ResourceType};
use texts::{Place, Texts};

/// Every resource of the seed, each in its version 1.
pub struct Base {
    texts: Texts,
    documents: Vec<Document>,
    ids: Ids,
    by_id: HashTable<u32>,
    hasher: RandomState,
    /// The documents of each type, by number, in order.
    by_type: Vec<Vec<u32>>,
    /// When the oldest and the youngest resource were made.
    made: (Instant, Instant),
    index: BaseIndex,
    packages: Packages,
    /// The definitions of every workspace that has changed none.
    library: LibraryCell,
    /// What `meta` the resources of a type have, once somebody has asked.
    metas: Mutex<HashMap<ResourceType, Metas>>,
}

/// Where the parts of a document lie.
#[derive(Clone, Copy, Debug)]
struct Document {
    text: Place,
    kind: ResourceType,
    last_updated: Instant,
}

/// Ids behind each other in one text.
#[derive(Debug, Default)]
struct Ids {
    text: String,
    ends: Vec<u32>,
}

/// Why a seed cannot be the base.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BaseError {
    /// The seed holds something that is no resource of R4.
    #[error("the seed holds a {kind} with the id {id:?}, which R4 does not have")]
    NotAResource {
        /// Its type.
        kind: String,
        /// Its id.
        id: String,
    },
    /// Two resources have one id.
    #[error("the seed holds {kind}/{id} twice")]
    Twice {
        /// Their type.
        kind: String,
        /// Their id.
        id: String,
    },
    /// More than can be numbered.
    #[error("the seed is too large: at most 4,294,967,295 resources, ids of 4 GiB together")]
    TooLarge,
    /// More than can be indexed.
    #[error(transparent)]
    Index(#[from] search::index::BuildError),
    /// The seed's generator could not write a resource.
    #[error("the seed could not be made: {0}")]
    Seed(String),
}

/// A part of the base that is being filled; parts can be filled on several threads.
#[derive(Debug, Default)]
pub struct BasePart {
    texts: Texts,
    documents: Vec<Document>,
    ids: Ids,
}

impl BasePart {
    /// Adds a resource. `text` has `id` and `meta` set.
    ///
    /// # Errors
    /// When it cannot be a resource of R4.
    pub fn push(&mut self, kind: &str, id: &str, text: &[u8]) -> Result<(), BaseError> {
        let (Some(parsed), Some(_)) = (ResourceType::parse(kind), ResourceId::parse(id)) else {
            return Err(BaseError::NotAResource {
                kind: kind.to_owned(),
                id: id.to_owned(),
            });
        };
        let text_place = self.texts.push(text).ok_or(BaseError::TooLarge)?;
        self.ids.push(id).ok_or(BaseError::TooLarge)?;
        self.documents.push(Document {
            text: text_place,
            kind: parsed,
            last_updated: last_updated(text).unwrap_or_default(),
        });
        Ok(())
    }
}

/// `meta.lastUpdated` of a text that the seed's generator wrote: `meta` stands near the beginning.
fn last_updated(text: &[u8]) -> Option<Instant> {
    const NAME: &[u8] = br#""lastUpdated":""#;
    /// From the beginning of the text, in bytes.
    const NEAR_BYTES: usize = 512;
    let near = text.get(..NEAR_BYTES.min(text.len()))?;
    let start = near.windows(NAME.len()).position(|window| window == NAME)? + NAME.len();
    let rest = text.get(start..)?;
    let end = rest.iter().take(64).position(|byte| *byte == b'"')?;
    Instant::parse(std::str::from_utf8(rest.get(..end)?).ok()?)
}

impl Base {
    /// A base without resources.
    ///
    /// # Errors
    /// Never; the same signature as [`Base::assemble`].
    pub fn empty() -> Result<Self, BaseError> {
        Self::assemble(Vec::new(), 1)
    }

    /// What `meta` the resources of a type have; made when it is first asked for. Two who ask at once may both make it.
    pub(crate) fn metas(&self, kind: ResourceType, make: impl FnOnce() -> Metas) -> Metas {
        let known = || self.metas.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(metas) = known().get(&kind) {
            return Arc::clone(metas);
        }
        let made = make();
        known().insert(kind, Arc::clone(&made));
        made
    }

    /// The base of these parts, one behind the other, indexed on this many threads. Takes some 50 µs a resource.
    ///
    /// # Errors
    /// When two resources have one id, or there are too many.
    pub fn assemble(parts: Vec<BasePart>, threads: usize) -> Result<Self, BaseError> {
        let mut base = Self {
            texts: Texts::default(),
            documents: Vec::new(),
            ids: Ids::default(),
            by_id: HashTable::new(),
            hasher: RandomState::new(),
            by_type: vec![Vec::new(); ResourceType::all().count()],
            made: (Instant::default(), Instant::default()),
            index: BaseIndex::default(),
            packages: Packages::default(),
            library: LibraryCell::default(),
            metas: Mutex::default(),
        };
        let count: usize = parts.iter().map(|part| part.documents.len()).sum();
        u32::try_from(count).map_err(|_| BaseError::TooLarge)?;
        base.documents.reserve_exact(count);
        for part in parts {
            let moved = base.texts.append(part.texts).ok_or(BaseError::TooLarge)?;
            base.ids.append(&part.ids).ok_or(BaseError::TooLarge)?;
            base.documents
                .extend(part.documents.into_iter().map(|document| Document {
                    text: document.text.moved(moved),
                    ..document
                }));
        }
        base.texts.close();
        let instants = || base.documents.iter().map(|document| document.last_updated);
        base.made = (
            instants().min().unwrap_or_default(),
            instants().max().unwrap_or_default(),
        );
        base.note_ids()?;
        base.index = index::build(&base, threads)?;
        for of_type in &mut base.by_type {
            of_type.shrink_to_fit();
        }
        Ok(base)
    }

    fn note_ids(&mut self) -> Result<(), BaseError> {
        let mut by_id: HashTable<u32> = HashTable::with_capacity(self.documents.len());
        let mut by_type = std::mem::take(&mut self.by_type);
        for (doc, document) in (0_u32..).zip(&self.documents) {
            let id = self.ids.get(doc);
            let hash = self.hash(document.kind, id);
            if by_id
                .find(hash, |other| self.is_called(*other, document.kind, id))
                .is_some()
            {
                return Err(BaseError::Twice {
                    kind: document.kind.name().to_owned(),
                    id: id.to_owned(),
                });
            }
            by_id.insert_unique(hash, doc, |other| self.hash_of(*other));
            if let Some(of_type) = by_type.get_mut(usize::from(document.kind.0)) {
                of_type.push(doc);
            }
        }
        self.by_id = by_id;
        self.by_type = by_type;
        Ok(())
    }

    fn hash(&self, kind: ResourceType, id: &str) -> u64 {
        self.hasher.hash_one((kind, id))
    }

    fn hash_of(&self, doc: u32) -> u64 {
        self.document(doc)
            .map_or(0, |document| self.hash(document.kind, self.ids.get(doc)))
    }

    fn is_called(&self, doc: u32, kind: ResourceType, id: &str) -> bool {
        self.document(doc).is_some_and(|document| document.kind == kind) && self.ids.get(doc) == id
    }

    fn document(&self, doc: u32) -> Option<&Document> {
        self.documents.get(usize::try_from(doc).ok()?)
    }

    /// Makes the tables that sorting and checking need, so that no search has to wait for one. Takes seconds at a hundred
    /// thousand people: for a thread of its own, while the server answers already.
    pub fn warm(&self) {
        self.index.warm(&|kind, id| self.find(kind, id));
    }

    /// The packages that are installed for all workspaces.
    #[must_use]
    pub fn packages(&self) -> &Packages {
        &self.packages
    }

    pub(crate) fn library(&self) -> &LibraryCell {
        &self.library
    }

    /// How many resources there are: their numbers are 0 up to this, excluded.
    #[must_use]
    pub fn len(&self) -> u32 {
        u32::try_from(self.documents.len()).unwrap_or(u32::MAX)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty()
    }

    /// The number of the resource with this id.
    #[must_use]
    pub fn find(&self, kind: ResourceType, id: &str) -> Option<u32> {
        self.by_id
            .find(self.hash(kind, id), |doc| self.is_called(*doc, kind, id))
            .copied()
    }

    /// The type of a resource.
    #[must_use]
    pub fn kind(&self, doc: u32) -> Option<ResourceType> {
        self.document(doc).map(|document| document.kind)
    }

    /// The id of a resource; empty when there is none with this number.
    #[must_use]
    pub fn id(&self, doc: u32) -> &str {
        self.ids.get(doc)
    }

    /// When a resource was made.
    #[must_use]
    pub fn last_updated(&self, doc: u32) -> Option<Instant> {
        self.document(doc).map(|document| document.last_updated)
    }

    /// When the oldest and the youngest resource were made.
    #[must_use]
    pub fn made(&self) -> (Instant, Instant) {
        self.made
    }

    /// The text of a resource: a handle, not a copy.
    #[must_use]
    pub fn text(&self, doc: u32) -> Option<Bytes> {
        self.document(doc).map(|document| self.texts.get(document.text))
    }

    /// The resource as a version like any other.
    #[must_use]
    pub fn record(&self, doc: u32) -> Option<Arc<Record>> {
        let document = self.document(doc)?;
        Some(Arc::new(Record {
            kind: document.kind,
            id: ResourceId::parse(self.ids.get(doc))?,
            version: 1,
            last_updated: document.last_updated,
            change: Change::Created,
            text: self.texts.get(document.text),
        }))
    }

    /// The resources of a type, in order.
    #[must_use]
    pub fn of_type(&self, kind: ResourceType) -> &[u32] {
        self.by_type.get(usize::from(kind.0)).map_or(&[], Vec::as_slice)
    }

    /// The text of a resource, borrowed.
    pub(crate) fn text_slice(&self, doc: u32) -> Option<&[u8]> {
        self.document(doc).map(|document| self.texts.slice(document.text))
    }

    pub(crate) fn index(&self) -> &BaseIndex {
        &self.index
    }

    /// What the index holds.
    #[must_use]
    pub fn index_size(&self) -> IndexSize {
        self.index.size()
    }

    /// Bytes of all texts.
    #[must_use]
    pub fn size_bytes(&self) -> usize {
        self.texts.size_bytes()
    }
}

impl Ids {
    fn push(&mut self, id: &str) -> Option<()> {
        self.text.push_str(id);
        self.ends.push(u32::try_from(self.text.len()).ok()?);
        Some(())
    }

    fn append(&mut self, other: &Self) -> Option<()> {
        let moved = u32::try_from(self.text.len()).ok()?;
        u32::try_from(self.text.len().checked_add(other.text.len())?).ok()?;
        self.text.push_str(&other.text);
        self.ends
            .extend(other.ends.iter().map(|end| moved.saturating_add(*end)));
        Some(())
    }

    fn get(&self, doc: u32) -> &str {
        let at = doc as usize;
        let start = at
            .checked_sub(1)
            .map_or(Some(0), |before| self.ends.get(before).copied());
        let range = start.zip(self.ends.get(at).copied());
        range
            .and_then(|(start, end)| self.text.get(start as usize..end as usize))
            .unwrap_or_default()
    }
}

impl std::fmt::Debug for Base {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Base")
            .field("documents", &self.documents.len())
            .field("bytes", &self.texts.size_bytes())
            .finish_non_exhaustive()
    }
}
