//! Harm by taking time.

use std::hint::black_box;

use wasip2::clocks::monotonic_clock::{now, subscribe_duration};

const SECOND_NS: u64 = 1_000_000_000;

/// Computes for ever, without a single call to the host.
pub(crate) fn spin() -> String {
    let mut number = 0_u64;
    loop {
        number = black_box(number.wrapping_mul(31).wrapping_add(1));
    }
}

/// Asks the host for the time for ever: most of the time is spent in the host, which must count it all the same.
pub(crate) fn spin_in_calls() -> String {
    loop {
        black_box(now());
    }
}

/// Waits for a minute and computes nothing.
pub(crate) fn sleep() -> String {
    wait_seconds(60);
    "slept for 60 seconds\n".to_owned()
}

pub(crate) fn wait_seconds(seconds: u64) {
    subscribe_duration(seconds * SECOND_NS).block();
}
