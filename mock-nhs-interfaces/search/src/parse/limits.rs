//! How much one query may ask. Whatever is beyond is refused as too costly, by name.

/// Bytes of a query, after which nothing of it is read: eight times what a browser's address holds.
pub const QUERY_BYTES: usize = 65_536;
/// Parameters of a query: forms of real applications have a dozen.
pub const PARAMETERS: usize = 64;
/// Values of a query in all, separated by commas: a page of 200 ids, five times.
pub const VALUES: usize = 1_000;
/// Steps of a chain, `_has` within `_has`, and brackets of `_filter` together: `a.b.c.d` leads from a prescription to the region of a hospital.
pub const DEPTH: usize = 4;
/// Conditions that a query makes in all: an open chain makes one for each type it may lead through.
pub const CONDITIONS: usize = 10_000;
/// Bytes of one `_filter`.
pub const FILTER_BYTES: usize = 8_192;
/// Parentheses within parentheses of `_filter`.
pub const FILTER_DEPTH: usize = 16;
/// Comparisons in one `_filter`.
pub const FILTER_COMPARISONS: usize = 64;
/// Words of `_text` or `_content`: each is looked for by itself.
pub const WORDS: usize = 16;
/// Codes that `:in`, `:above` and `:below` may stand for in one query.
pub const CODES: usize = 5_000;
/// The longest page. Source: the limits that every installation states.
pub const PAGE: usize = 200;
/// Keys of `_sort`.
pub const SORT_KEYS: usize = 8;
/// `_include` and `_revinclude` of a query.
pub const INCLUDES: usize = 32;
/// Errors that one answer lists.
pub const ERRORS: usize = 20;
/// Characters of a caller's own text that an error repeats.
pub const SHOWN: usize = 200;
