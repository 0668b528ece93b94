//! A compiling child has no business with files, connections and other programs: it tries, and is kept from it.

use sandbox_runtime::CompilerConfig;
use sandbox_runtime::compile::{
    Attempt, CHILD_CALLS_ARE_FILTERED, CallFilter, Outcome, try_in_compile_child,
};

use crate::stage::CHILD;

fn tried(attempt: Attempt, filter: CallFilter) -> Outcome {
    let config = CompilerConfig::new(CHILD, Vec::new());
    try_in_compile_child(&config, attempt, filter).unwrap()
}

/// Otherwise it would be something else that refuses, and the other test would prove nothing.
#[test]
fn without_the_filter_each_attempt_succeeds() {
    for attempt in Attempt::ALL {
        assert_eq!(tried(*attempt, CallFilter::Off), Outcome::Done, "{attempt:?}");
    }
}

#[test]
fn whatever_it_tries_is_refused_where_the_system_can_refuse_it() {
    for attempt in Attempt::ALL {
        let expected = match attempt {
            _ if !CHILD_CALLS_ARE_FILTERED => Outcome::Done,
            // What programs do all day: they are used to a refusal.
            Attempt::ReadFile | Attempt::WriteFile => Outcome::Refused,
            Attempt::OpenSocket | Attempt::StartProgram => Outcome::Ended,
            #[cfg(target_os = "linux")]
            Attempt::StartProcess => Outcome::Refused,
            #[cfg(target_os = "linux")]
            Attempt::TraceProcess => Outcome::Ended,
        };
        assert_eq!(tried(*attempt, CallFilter::On), expected, "{attempt:?}");
    }
}
