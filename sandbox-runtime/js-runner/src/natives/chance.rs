//! `Math.random`: seeded anew by each run with bytes of the host, which are recorded, so that a replay draws the same again.
//!
//! At the top level there is no run yet: what is drawn there follows from the time of the build, and is the same in every run, as is
//! everything that the top level does.

use std::cell::Cell;

use rquickjs::{Function, Object, Result};
use wasip2::clocks::wall_clock;
use wasip2::random::random;

use crate::event_loop;

/// Words of the generator's state.
const WORDS: usize = 4;

thread_local! {
    static STATE: Cell<[u64; WORDS]> = const { Cell::new([0; WORDS]) };
    static SEEDED: Cell<bool> = const { Cell::new(false) };
}

pub(super) fn install(native: &Object<'_>) -> Result<()> {
    let draw = Function::new(native.ctx().clone(), draw)?.with_name("random")?;
    native.set("random", draw)
}

/// A number from 0 up to 1, of 53 bits.
#[expect(clippy::cast_precision_loss, reason = "53 bits fit into a double")]
fn draw() -> f64 {
    if !SEEDED.get() {
        seed();
    }
    let (word, state) = step(STATE.get());
    STATE.set(state);
    (word >> 11) as f64 / (1_u64 << 53) as f64
}

fn seed() {
    let mut state = STATE.get();
    if event_loop::is_starting() {
        if state != [0; WORDS] {
            return;
        }
        let now = wall_clock::now();
        state = [now.seconds, u64::from(now.nanoseconds), 1, 0];
        // A few steps spread the few bits that differ.
        for _ in 0..32 {
            state = step(state).1;
        }
    } else {
        let bytes = random::get_random_bytes(32);
        for (word, bytes) in state.iter_mut().zip(bytes.as_chunks().0) {
            *word = u64::from_le_bytes(*bytes);
        }
        SEEDED.set(true);
    }
    // From nothing comes nothing.
    if state == [0; WORDS] {
        state = [1; WORDS];
    }
    STATE.set(state);
}

/// xoshiro256** of Blackman and Vigna: a word, and the next state. <https://prng.di.unimi.it/xoshiro256starstar.c>
const fn step([a, b, c, d]: [u64; WORDS]) -> (u64, [u64; WORDS]) {
    let word = b.wrapping_mul(5).rotate_left(7).wrapping_mul(9);
    let (c, d) = (c ^ a, d ^ b);
    (word, [a ^ d, b ^ c, c ^ (b << 17), d.rotate_left(45)])
}
