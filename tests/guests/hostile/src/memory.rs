//! Harm by taking memory, of the guest or of the host.

use std::hint::black_box;

use wasip2::http::types::Fields;

const MEBIBYTE: usize = 1024 * 1024;

/// Takes memory, and writes to it, until there is none; then Rust's allocator gives up and the guest traps.
pub(crate) fn grow() -> String {
    let mut taken = Vec::new();
    loop {
        taken.push(black_box(vec![1_u8; MEBIBYTE]));
    }
}

/// Takes memory until it is refused, survives that, and tells how much it got.
pub(crate) fn grow_and_tell() -> String {
    let mut taken = Vec::new();
    loop {
        let mut more: Vec<u8> = Vec::new();
        if more.try_reserve_exact(MEBIBYTE).is_err() {
            let got = taken.len();
            drop(taken);
            return format!("{got} MiB\n");
        }
        more.resize(MEBIBYTE, 1);
        taken.push(black_box(more));
    }
}

/// Calls itself until the stack ends.
pub(crate) fn recurse() -> String {
    format!("came back with {}\n", deeper(black_box(0)))
}

/// What is done with the result needs the argument again, so that no compiler makes a loop of it. Nothing is kept in memory: Rust's own
/// stack of 1 MiB lies there, and would end before the sandbox's.
#[inline(never)]
fn deeper(level: u64) -> u64 {
    if level == u64::MAX {
        return level;
    }
    deeper(level + 1).rotate_left(7) ^ level
}

/// Makes things that live in the host, and never lets go of one.
pub(crate) fn handles() -> String {
    for _ in 0..1_000_000 {
        std::mem::forget(black_box(Fields::new()));
    }
    "1,000,000 handles\n".to_owned()
}

/// Asks the host for 2 GiB at once.
pub(crate) fn random() -> String {
    let bytes = wasip2::random::random::get_random_bytes(2 * 1024 * MEBIBYTE as u64);
    format!("{} random bytes\n", bytes.len())
}

/// Hands the host a value of 64 MiB at once.
pub(crate) fn host_call() -> String {
    let value = vec![b'x'; 64 * MEBIBYTE];
    format!("{:?}\n", Fields::new().append("x-large", &value))
}

/// Writes 16 MiB of log.
pub(crate) fn log_flood() -> String {
    let line = "flood ".repeat(170);
    for _ in 0..16 * 1024 {
        println!("{line}");
    }
    "wrote 16 MiB of log\n".to_owned()
}
