//! The guest's randomness: all of it comes from one seed of 32 bytes, so that a run can be repeated.
//!
//! The seed comes from a generator of the thread, which the operating system seeded; a generator for the guest is only made when it asks.

use std::cell::RefCell;
use std::convert::Infallible;
use std::sync::atomic::{AtomicU64, Ordering};

use chacha20::ChaCha12Rng;
use chacha20::rand_core::{Rng as _, SeedableRng as _, TryRng};
use sha2::{Digest as _, Sha256};

/// Which of the guest's generators; they never give the same bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Use {
    /// `wasi:random/random`.
    Secure = 0,
    /// `wasi:random/insecure`. It is as good as the other here: a tape must bear both.
    Insecure = 1,
}

/// A generator that is made when it is first asked.
pub(crate) struct LazyRandom {
    seed: [u8; 32],
    stream: Use,
    generator: Option<Box<ChaCha12Rng>>,
}

impl LazyRandom {
    pub(crate) fn new(seed: [u8; 32], stream: Use) -> Self {
        Self {
            seed,
            stream,
            generator: None,
        }
    }

    fn generator(&mut self) -> &mut ChaCha12Rng {
        self.generator.get_or_insert_with(|| {
            let mut generator = ChaCha12Rng::from_seed(self.seed);
            generator.set_stream(self.stream as u64);
            Box::new(generator)
        })
    }
}

impl TryRng for LazyRandom {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.generator().try_next_u32()
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.generator().try_next_u64()
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.generator().try_fill_bytes(bytes)
    }
}

/// What `wasi:random/insecure-seed` answers. Hashed, because guests let it shine through in the order of their tables.
pub(crate) fn insecure_seed(seed: &[u8; 32]) -> u128 {
    let mut hash = Sha256::new();
    hash.update(b"wasi:random/insecure-seed");
    hash.update(seed);
    hash.finalize()
        .iter()
        .take(16)
        .fold(0, |number, byte| number << 8 | u128::from(*byte))
}

/// Random bytes for the platform's own use: seeds of runs and names of spans.
pub(crate) fn draw<const N: usize>() -> [u8; N] {
    thread_local! {
        static GENERATOR: RefCell<Option<ChaCha12Rng>> = const { RefCell::new(None) };
    }
    GENERATOR.with_borrow_mut(|generator| {
        let mut bytes = [0; N];
        match generator {
            Some(generator) => generator.fill_bytes(&mut bytes),
            None => {
                let mut seed = [0; 32];
                if getrandom::fill(&mut seed).is_ok() {
                    generator
                        .insert(ChaCha12Rng::from_seed(seed))
                        .fill_bytes(&mut bytes);
                } else {
                    // A system without randomness: better a run with a poor seed than none. Nothing here guards a secret.
                    static DRAWN: AtomicU64 = AtomicU64::new(0);
                    let drawn = DRAWN.fetch_add(1, Ordering::Relaxed);
                    let hash = Sha256::digest(format!("{drawn} {:?}", std::thread::current().id()));
                    for (byte, hashed) in bytes.iter_mut().zip(hash.iter().cycle()) {
                        *byte = *hashed;
                    }
                }
            }
        }
        bytes
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(seed: u8, stream: Use) -> [u64; 4] {
        let mut random = LazyRandom::new([seed; 32], stream);
        std::array::from_fn(|_| random.next_u64())
    }

    #[test]
    fn one_seed_gives_the_same_again_and_each_use_its_own() {
        assert_eq!(words(1, Use::Secure), words(1, Use::Secure));
        assert_ne!(words(1, Use::Secure), words(1, Use::Insecure));
        assert_ne!(words(1, Use::Secure), words(2, Use::Secure));
        assert_ne!(insecure_seed(&[1; 32]), insecure_seed(&[2; 32]));
        assert_ne!(draw::<32>(), draw::<32>());
    }

    /// Tapes outlive the program: what a seed gives may never change.
    #[test]
    fn what_a_seed_gives_is_written_down() {
        let [first, ..] = words(7, Use::Secure);
        assert_eq!(first, 2_363_194_108_971_422_454);
        assert_eq!(insecure_seed(&[7; 32]), 0xbb0c_ce8f_e497_812e_3df6_296e_daee_294f);
    }
}
