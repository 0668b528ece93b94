//! A search that has been understood: what [`crate::parse`] makes of a query and what [`crate::execute`] runs.

mod filter;
mod result;

pub use filter::{Chain, Direction, Filter, Has, Hierarchy, ValueFilter};
pub use result::{Include, IncludeParameter, Sort, SortBy, Summary, Total};

use crate::value::Reference;

/// A resource type of R4: its place in `definitions::resource_types()`, which is sorted by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceType(pub u8);

/// A search parameter of one resource type; a parameter that several types share has one of these for each of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ParameterId(pub u16);

/// A whole search.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    /// The types to search, each with its own filters; a resource is a match when it meets all the filters of its type.
    ///
    /// One for a search of a type; those of `_type`, or all, for a search of the system or of `/Patient/1/*`.
    pub targets: Vec<Target>,
    /// `_include`: what matches point at.
    pub includes: Vec<Include>,
    /// `_revinclude`: what points at matches.
    pub reverse_includes: Vec<Include>,
    /// `_sort`, most significant first; empty for the server's own order.
    pub sort: Vec<Sort>,
    /// `_count`, already clamped. `None` when it was not given; `Some(0)` asks for the total alone.
    pub count: Option<usize>,
    /// Where the page begins: what the server put into a `next` link.
    pub cursor: Option<Box<str>>,
    /// `_total`.
    pub total: Total,
    /// `_summary`.
    pub summary: Summary,
    /// `_elements`: names of top-level elements; empty for all.
    pub elements: Vec<Box<str>>,
    /// The query as it was understood, percent-encoded, in the order it was given, without the cursor and without what only says how to write the answer: for the self link, and to bind a cursor to its query.
    pub text: String,
    /// Parameters that were dropped because the caller asked for lenient handling.
    pub ignored: Vec<Box<str>>,
}

/// What is searched of one type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The type of the matches.
    pub resource_type: ResourceType,
    /// All must hold.
    pub filters: Vec<Filter>,
}

/// A compartment and whose it is, as in `/Patient/1/Observation`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compartment {
    /// `Patient`, `Encounter`, `Practitioner`, `RelatedPerson` or `Device`.
    pub resource_type: ResourceType,
    /// The id of the resource whose compartment it is.
    pub id: Box<str>,
}

impl Compartment {
    /// The link that members of the compartment hold.
    #[must_use]
    pub fn reference(&self) -> Reference {
        Reference::Local {
            resource_type: self.resource_type,
            id: self.id.clone(),
        }
    }
}
