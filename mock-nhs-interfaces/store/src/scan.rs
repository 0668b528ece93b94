//! Reading many rows: by the page, never by an iterator that stays open.

use bytes::Bytes;

use crate::{Entry, KeyRange, Store, StoreError, Table, WorkspaceId};

/// Rows a page can hold at most, whatever was asked for: bounds how long one page may hold up the writer.
pub const MAX_PAGE_ROWS: usize = 10_000;

/// Bytes (keys and values) a page can hold at most, whatever was asked for, unless its one row is larger.
/// Four times the largest value, so that a page of large values is still more than one row.
pub const MAX_PAGE_BYTES: usize = 16 * 1024 * 1024;

/// How much one page may hold, and from which end to begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScanOptions {
    /// Rows at most. Held between 1 and [`MAX_PAGE_ROWS`].
    pub limit: usize,
    /// Bytes of keys and values at most. Held to [`MAX_PAGE_BYTES`]. The first row always comes, however large.
    pub byte_budget: usize,
    /// From the last key to the first.
    pub reverse: bool,
}

impl ScanOptions {
    /// Pages of this many rows, from the first key to the last.
    #[must_use]
    pub fn limit(limit: usize) -> Self {
        Self {
            limit,
            ..Self::default()
        }
    }

    /// The same, from the last key to the first.
    #[must_use]
    pub fn reversed(self) -> Self {
        Self {
            reverse: true,
            ..self
        }
    }

    /// Held to the bounds that every engine keeps.
    pub(crate) fn bounded(self) -> Self {
        Self {
            limit: self.limit.clamp(1, MAX_PAGE_ROWS),
            byte_budget: self.byte_budget.min(MAX_PAGE_BYTES),
            reverse: self.reverse,
        }
    }
}

impl Default for ScanOptions {
    /// 256 rows, 1 MiB: a page that costs well under a millisecond from memory.
    fn default() -> Self {
        Self {
            limit: 256,
            byte_budget: 1024 * 1024,
            reverse: false,
        }
    }
}

/// Some rows, in order, as they were at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Key and entry of each row.
    pub rows: Vec<(Bytes, Entry)>,
    /// The key of the last row here when the range holds more rows, else `None`. Go on with [`KeyRange::after`]
    /// (in reverse: [`KeyRange::before`]) this key, or let [`Pages`] do it.
    pub next: Option<Bytes>,
}

/// Fills a page and knows when it is full. Both engines use this one, so that they cut at the same row.
#[derive(Debug)]
pub(crate) struct PageBuilder {
    options: ScanOptions,
    rows: Vec<(Bytes, Entry)>,
    bytes: usize,
}

impl PageBuilder {
    pub(crate) fn new(options: ScanOptions) -> Self {
        Self {
            options: options.bounded(),
            rows: Vec::new(),
            bytes: 0,
        }
    }

    /// Whether a row of this size still goes in; `row_bytes` counts key and value. The first always does.
    pub(crate) fn takes(&self, row_bytes: usize) -> bool {
        self.rows.is_empty()
            || (self.rows.len() < self.options.limit
                && self.bytes.saturating_add(row_bytes) <= self.options.byte_budget)
    }

    pub(crate) fn push(&mut self, key: Bytes, entry: Entry) {
        self.bytes = self
            .bytes
            .saturating_add(key.len())
            .saturating_add(entry.value.len());
        self.rows.push((key, entry));
    }

    /// `more`: the range holds at least one more row.
    pub(crate) fn finish(self, more: bool) -> Page {
        let next = if more {
            self.rows.last().map(|(key, _)| key.clone())
        } else {
            None
        };
        Page {
            rows: self.rows,
            next,
        }
    }
}

/// Walks a range page by page.
///
/// Rows written behind the walk while it goes on are not seen, rows ahead of it are: each page is its own moment.
#[derive(Debug)]
pub struct Pages<'a> {
    store: &'a dyn Store,
    workspace: WorkspaceId,
    table: Table,
    options: ScanOptions,
    /// What is still to be read; `None` at the end.
    rest: Option<KeyRange>,
}

impl<'a> Pages<'a> {
    /// A walk over the range that has not begun yet.
    #[must_use]
    pub fn new(
        store: &'a dyn Store,
        workspace: WorkspaceId,
        table: Table,
        range: KeyRange,
        options: ScanOptions,
    ) -> Self {
        Self {
            store,
            workspace,
            table,
            options,
            rest: Some(range),
        }
    }

    /// The next page's rows; `None` at the end.
    ///
    /// # Errors
    /// What [`Store::scan`] answers. The walk can be taken up again from the same place.
    pub async fn next(&mut self) -> Result<Option<Vec<(Bytes, Entry)>>, StoreError> {
        let Some(range) = self.rest.clone() else {
            return Ok(None);
        };
        let page = self
            .store
            .scan(self.workspace, self.table, range.clone(), self.options)
            .await?;
        self.rest = page.next.map(|last| {
            if self.options.reverse {
                range.before(&last)
            } else {
                range.after(&last)
            }
        });
        Ok(if page.rows.is_empty() {
            None
        } else {
            Some(page.rows)
        })
    }
}
