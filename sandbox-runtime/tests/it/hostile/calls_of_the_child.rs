//! A compiling child has no business with files, connections and other programs: it tries, and is kept from it.

use sandbox_runtime::CompilerConfig;
use sandbox_runtime::compile::{Attempt, CHILD_CALLS_ARE_FILTERED, compile_child_can};

use crate::stage::CHILD;

#[test]
fn whatever_it_tries_is_refused_where_the_system_can_refuse_it() {
    let config = CompilerConfig::new(CHILD, Vec::new());
    for attempt in Attempt::ALL {
        let can = compile_child_can(&config, attempt).unwrap();
        assert_eq!(can, !CHILD_CALLS_ARE_FILTERED, "{attempt:?}");
    }
}
