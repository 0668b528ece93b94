//! 10,000 modules and components from a generator, each from a fixed seed: what fails once fails again.
//!
//! Half are core modules inside a component that answers requests, so that they are compiled and started; half are components of their
//! own. All are checked as uploads are; those that pass are compiled here, in this process, with the settings that children use, because
//! 10,000 processes would take too long; some of every kind go the whole way through child, engine and a run.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use arbitrary::Unstructured;
use bytes::Bytes;
use sandbox_runtime::engine::base_config;
use sandbox_runtime::inspect::{UploadLimits, check_upload};
use wasmtime::Engine;

use super::{Fates, NAMED, fate, tiny};

const MODULES: u64 = 5_000;
const COMPONENTS: u64 = 5_000;
/// Every so many goes the whole way: a number with no factor in common with those by which the settings are chosen, so that all of them do.
const WHOLE_WAY: u64 = 49;
/// The generator gives up on some bytes; so many others are tried before that is a failure.
const TRIES: u64 = 20;
/// The longest that one of them may take to be checked, and to be compiled, on a busy machine in a debug build.
const PATIENCE: Duration = Duration::from_secs(60);

/// Bytes for the generator: as random as they need to be, the same for ever.
fn seeded(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    })
    .flatten()
    .take(length)
    .collect()
}

/// Which of the generator's settings a seed has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    /// All that the generator knows, instead of what the engine takes: garbage collection, exceptions, threads, 64-bit memories.
    everything: bool,
    imports: bool,
    relaxed_simd: bool,
}

fn kind(seed: u64) -> Kind {
    Kind {
        everything: seed.is_multiple_of(4),
        imports: (seed / 4).is_multiple_of(4),
        relaxed_simd: (seed / 16).is_multiple_of(2),
    }
}

fn settings(seed: u64) -> wasm_smith::Config {
    let Kind {
        everything,
        imports,
        relaxed_simd,
    } = kind(seed);
    wasm_smith::Config {
        max_imports: if imports { 3 } else { 0 },
        max_instructions: 200,
        max_funcs: 8,
        max_types: 20,
        max_memories: if everything { 3 } else { 1 },
        gc_enabled: everything,
        exceptions_enabled: everything,
        threads_enabled: everything,
        memory64_enabled: everything,
        tail_call_enabled: everything,
        relaxed_simd_enabled: relaxed_simd,
        ..wasm_smith::Config::default()
    }
}

/// Each seed gives one: the first that comes of its bytes, or of others where the generator gave up.
fn made<T>(seed: u64, make: impl Fn(&mut Unstructured<'_>) -> arbitrary::Result<T>) -> T {
    (0..TRIES)
        .find_map(|again| {
            let bytes = seeded(seed.wrapping_add(again << 32), 2_048);
            make(&mut Unstructured::new(&bytes)).ok()
        })
        .unwrap_or_else(|| panic!("nothing is made of seed {seed}"))
}

fn module(seed: u64) -> Vec<u8> {
    made(seed, |bytes| wasm_smith::Module::new(settings(seed), bytes)).to_bytes()
}

fn component(seed: u64) -> Vec<u8> {
    made(!seed, |bytes| wasm_smith::Component::new(settings(seed), bytes)).to_bytes()
}

/// A component that answers, with the module inside and an instance of it.
fn around_module(module: &[u8]) -> Bytes {
    // One instance, of a module, given nothing; the modules of `tiny.wat` are numbers 0 and 1.
    with_sections([(1, module), (2, &[1, 0, 2, 0])])
}

/// The same with a component, which is number 0.
fn around_component(component: &[u8]) -> Bytes {
    with_sections([(4, component), (5, &[1, 0, 0, 0])])
}

/// A component that answers, with more sections behind its own.
fn with_sections(sections: [(u8, &[u8]); 2]) -> Bytes {
    let mut bytes = tiny().to_vec();
    for (section, payload) in sections {
        bytes.push(section);
        let mut length = payload.len();
        while length >= 0x80 {
            bytes.push(u8::try_from(length & 0x7f).unwrap() | 0x80);
            length >>= 7;
        }
        bytes.push(u8::try_from(length).unwrap());
        bytes.extend_from_slice(payload);
    }
    Bytes::from(bytes)
}

/// Checks, and where that passes compiles. The code of the refusal, or `compiled`.
fn examine(engine: &Engine, wasm: &[u8], what: &str) -> &'static str {
    let begun = Instant::now();
    let fate = match check_upload(wasm, &UploadLimits::DEFAULT) {
        Err(error) => error.code(),
        Ok(_) => match engine.precompile_component(wasm) {
            Ok(_) => "compiled",
            Err(_) => "compile-invalid",
        },
    };
    assert!(begun.elapsed() < PATIENCE, "{what} took {:?}", begun.elapsed());
    fate
}

/// Runs `one` for all seeds on all processors.
fn all(seeds: u64, one: impl Fn(u64) -> &'static str + Sync) -> Fates {
    let next = AtomicU64::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let work = || {
            let mut fates = Fates::new();
            loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed >= seeds {
                    return fates;
                }
                *fates.entry(one(seed)).or_default() += 1;
            }
        };
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let mut fates = Fates::new();
        for worker in workers {
            for (fate, number) in worker.join().unwrap() {
                *fates.entry(fate).or_default() += number;
            }
        }
        fates
    })
}

#[test]
fn modules_are_checked_and_compiled() {
    let engine = Engine::new(&base_config()).unwrap();
    let fates = all(MODULES, |seed| {
        let module = module(seed);
        let bare = check_upload(&module, &UploadLimits::DEFAULT).unwrap_err();
        assert_eq!(bare.code(), "upload-core-module", "module {seed}");
        examine(&engine, &around_module(&module), &format!("module {seed}"))
    });
    // Without a good part that goes all the way, and a good part that does not, the test would prove little.
    let of = |fate| fates.get(fate).copied().unwrap_or_default();
    assert_eq!(fates.values().sum::<u32>(), 5_000);
    assert!(of("compiled") > 1_000, "{fates:?}");
    assert!(of("upload-invalid") + of("compile-invalid") > 100, "{fates:?}");
}

#[test]
fn components_are_checked_and_compiled() {
    let engine = Engine::new(&base_config()).unwrap();
    let fates = all(COMPONENTS, |seed| {
        let component = component(seed);
        let bare = check_upload(&component, &UploadLimits::DEFAULT).unwrap_err();
        assert!(bare.code().starts_with("upload-"), "component {seed}: {bare}");
        let name = format!("component {seed}");
        examine(&engine, &around_component(&component), &name)
    });
    let of = |fate| fates.get(fate).copied().unwrap_or_default();
    assert_eq!(fates.values().sum::<u32>(), 5_000);
    assert!(of("compiled") > 500, "{fates:?}");
}

/// Those of every kind, to whatever end; each end has a name.
async fn whole_way(number: u64, wasm: impl Fn(u64) -> Bytes) -> BTreeMap<Kind, Fates> {
    let mut by_kind = BTreeMap::<Kind, Fates>::new();
    for seed in (0..number).step_by(usize::try_from(WHOLE_WAY).unwrap()) {
        let end = fate(wasm(seed)).await;
        assert!(NAMED.contains(&end), "{seed} ended with {end}");
        *by_kind.entry(kind(seed)).or_default().entry(end).or_default() += 1;
    }
    assert_eq!(by_kind.len(), 8, "{by_kind:?}");
    by_kind
}

/// How many of them came to this end.
fn ended(by_kind: &BTreeMap<Kind, Fates>, end: &str, is_of_kind: impl Fn(Kind) -> bool) -> u32 {
    let of_kind = by_kind.iter().filter(|(kind, _)| is_of_kind(**kind));
    of_kind.filter_map(|(_, fates)| fates.get(end)).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn some_modules_of_every_kind_go_the_whole_way() {
    let by_kind = whole_way(MODULES, |seed| around_module(&module(seed))).await;
    for relaxed_simd in [false, true] {
        let plain = Kind {
            everything: false,
            imports: false,
            relaxed_simd,
        };
        let answered = ended(&by_kind, "answered", |kind| kind == plain);
        assert!(answered > 5, "{plain:?}: {by_kind:?}");
    }
    // What the engine does not take, and an import that nobody answers: mostly a refusal, in words.
    let refused = ended(&by_kind, "upload-invalid", |kind| kind.everything || kind.imports);
    assert!(refused > 5, "{by_kind:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn some_components_of_every_kind_go_the_whole_way() {
    let by_kind = whole_way(COMPONENTS, |seed| around_component(&component(seed))).await;
    assert!(ended(&by_kind, "answered", |_| true) > 10, "{by_kind:?}");
}
