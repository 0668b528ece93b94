//! Versions, newest first: of one resource, of a type, of everything.

use std::sync::Arc;

use imbl::Vector;

use super::View;
use crate::{Instant, Record, ResourceType};

/// Whose history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope<'a> {
    /// Of every resource.
    System,
    /// Of the resources of a type.
    Type(ResourceType),
    /// Of one resource.
    Instance(ResourceType, &'a str),
}

/// Between which instants versions are looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// Not older than this.
    pub since: Option<Instant>,
    /// Older than this.
    pub before: Option<Instant>,
}

impl Window {
    fn holds(&self, at: Instant) -> bool {
        self.since.is_none_or(|since| at >= since) && self.before.is_none_or(|before| at < before)
    }

    /// Whether nothing that was made between these two can be within.
    fn excludes(&self, (oldest, newest): (Instant, Instant)) -> bool {
        self.since.is_some_and(|since| newest < since) || self.before.is_some_and(|before| oldest >= before)
    }
}

/// How much a page holds at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageSize {
    /// Versions.
    pub count: usize,
    /// Bytes of their texts; the first version always comes.
    pub bytes: usize,
}

impl PageSize {
    /// A page that holds everything.
    pub const ALL: Self = Self {
        count: usize::MAX,
        bytes: usize::MAX,
    };
}

/// Some versions of a history.
#[derive(Clone, Debug)]
pub struct HistoryPage {
    /// The versions, newest first.
    pub records: Vec<Arc<Record>>,
    /// Versions in the whole history as it was when its first page was read.
    pub total: u64,
    /// Where the next page begins: [`View::history`]'s `from`; `None` on the last page.
    pub next: Option<u64>,
}

/// A history is a line of versions, oldest first: those of the base, then the overlay's. A place in it never changes
/// while versions are added, so that pages stay where they are.
struct Line<'a> {
    base: Base<'a>,
    own: Option<&'a Vector<Arc<Record>>>,
}

impl Line<'_> {
    fn len(&self) -> u64 {
        let own = self.own.map_or(0, Vector::len);
        self.base
            .len()
            .saturating_add(u64::try_from(own).unwrap_or(u64::MAX))
    }
}

/// The part of the line that the base holds.
enum Base<'a> {
    All(u32),
    Some(&'a [u32]),
    One(Option<u32>),
}

impl Base<'_> {
    fn len(&self) -> u64 {
        match self {
            Self::All(count) => u64::from(*count),
            Self::Some(docs) => u64::try_from(docs.len()).unwrap_or(u64::MAX),
            Self::One(doc) => u64::from(doc.is_some()),
        }
    }

    fn doc(&self, place: u64) -> Option<u32> {
        match self {
            Self::All(count) => u32::try_from(place).ok().filter(|doc| doc < count),
            Self::Some(docs) => docs.get(usize::try_from(place).ok()?).copied(),
            Self::One(doc) => doc.filter(|_| place == 0),
        }
    }
}

impl View {
    fn line<'a>(&'a self, scope: Scope<'a>) -> Line<'a> {
        match scope {
            Scope::System => Line {
                base: Base::All(self.base.len()),
                own: Some(self.overlay.log()),
            },
            Scope::Type(kind) => Line {
                base: Base::Some(self.base.of_type(kind)),
                own: self.overlay.log_of_type(kind),
            },
            Scope::Instance(kind, id) => Line {
                base: Base::One(self.base.find(kind, id)),
                own: self.overlay.instance(kind, id).map(|instance| &instance.versions),
            },
        }
    }

    /// Versions newest first, as many as fit on the page, of those that `wanted` takes; from the place that a page before named in
    /// [`HistoryPage::next`], else from the newest.
    ///
    /// `total` counts the whole line, those that are not wanted included.
    #[must_use]
    pub fn history(
        &self,
        scope: Scope<'_>,
        from: Option<u64>,
        size: PageSize,
        window: Window,
        wanted: impl Fn(&Record) -> bool,
    ) -> HistoryPage {
        let line = self.line(scope);
        let end = line.len();
        let mut place = from.unwrap_or(end).min(end);
        let mut page = HistoryPage {
            records: Vec::new(),
            total: end,
            next: None,
        };
        let mut bytes = 0_usize;
        let first = self.first_within(&line, window);
        while let Some(before) = place.checked_sub(1).filter(|before| *before >= first) {
            let record = self.version_at(&line, before);
            let record = record.filter(|record| window.holds(record.last_updated) && wanted(record));
            if let Some(record) = record {
                bytes = bytes.saturating_add(record.text.len());
                let full = page.records.len() >= size.count;
                if full || (bytes > size.bytes && !page.records.is_empty()) {
                    page.next = Some(place);
                    return page;
                }
                page.records.push(record);
            }
            place = before;
        }
        page
    }

    /// Where the page begins that ends where another begins, for [`View::history`]'s `from`; `None` when that one is the first.
    #[must_use]
    pub fn history_before(
        &self,
        scope: Scope<'_>,
        from: u64,
        count: usize,
        window: Window,
        wanted: impl Fn(&Record) -> bool,
    ) -> Option<u64> {
        let line = self.line(scope);
        let places = from.max(self.first_within(&line, window))..line.len();
        let newer = places.filter(|place| {
            let record = self.version_at(&line, *place);
            record.is_some_and(|record| window.holds(record.last_updated) && wanted(&record))
        });
        newer.take(count).last().map(|place| place.saturating_add(1))
    }

    /// The first place of a line that can hold a version within a window.
    fn first_within(&self, line: &Line<'_>, window: Window) -> u64 {
        // The base can be millions of versions of one instant: it is not looked through for another.
        if window.excludes(self.base.made()) {
            line.base.len()
        } else {
            0
        }
    }

    fn version_at(&self, line: &Line<'_>, place: u64) -> Option<Arc<Record>> {
        match place.checked_sub(line.base.len()) {
            Some(at) => line.own?.get(usize::try_from(at).ok()?).cloned(),
            None => line.base.doc(place).and_then(|doc| self.base.record(doc)),
        }
    }
}
