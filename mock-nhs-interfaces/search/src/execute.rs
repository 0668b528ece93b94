//! Runs a query over base and overlay: plans it from estimates, pages through it, follows its includes.
//!
//! A filter becomes a [`node::Node`], which can do three things: say how many records it will find at most, collect them as
//! a set, and check one record. What is cheap to collect is collected and intersected; the rest is checked, one record
//! after the other in the order of the answer, until the page is full. So no search that an index can narrow looks at all
//! records, and a search that it cannot narrow stops at its page.

mod candidates;
mod check;
mod collect;
mod context;
mod corpus;
mod cursor;
mod error;
mod explain;
mod hierarchy;
mod include;
mod keys;
mod limits;
mod link;
mod list;
mod node;
mod page;
mod result;
mod run;
mod sort;
mod top;
mod walk;

pub use corpus::Corpus;
pub use cursor::CursorKey;
pub use error::ExecuteError;
pub use explain::{Explain, Step};
pub use limits::{Limits, Tuning};
pub use result::{Included, SearchResult, TotalCount, Warning};
pub use run::{Search, run};
