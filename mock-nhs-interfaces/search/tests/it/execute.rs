//! The executor against the plainest reading of the specification: every record, every filter, one by one.

mod content;
mod cursor;
mod include;
mod limits;
mod model;
mod naive;
mod paging;
mod strings;
mod world;
