//! What a guest can reach: a log, a clock, memory, and one way out. One file each; nothing else is given.
//!
//! Deliberately absent: directories, sockets, name lookup, arguments, the environment of the program. The interfaces for
//! them exist, because the standard libraries of most languages import them, and answer that nothing is there.

pub(crate) mod call_turns;
pub(crate) mod clock;
pub(crate) mod keyvalue;
pub(crate) mod log;
pub(crate) mod memory;
pub(crate) mod outgoing_http;
pub(crate) mod random;
pub(crate) mod waiting;
pub(crate) mod way_out;
