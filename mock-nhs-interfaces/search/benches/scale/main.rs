//! What searches take among 1,000, 10,000 and 100,000 people, and how much more that is than among 1,000.
//!
//! `cargo bench -p search --bench scale` makes the people (16 records each), says what the index takes, runs each search
//! for many different people, and prints the median. Sizes may be given: `cargo bench -p search --bench scale -- 1000 20000`.
//! A search that an index can narrow should not grow more than twofold from the first size to the last.
#![expect(clippy::print_stdout, reason = "a benchmark prints its result")]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a benchmark may stop at once, and its figures are rough"
)]

mod people;

use std::time::{Duration, Instant};

use definitions::terminology::NoTerminology;
use people::{People, RARE, family};
use search::execute::{Corpus as _, CursorKey, Limits, Search, run};
use search::index::OverlayIndex;
use search::parse::{Handling, Request, Scope, parse};
use search::query::ResourceType;
use search::registry::Registry;

/// The sizes that are promised.
const SIZES: [u32; 3] = [1_000, 10_000, 100_000];
/// Each search is run so often, each time for another person.
const RUNS: u32 = 200;

/// What is asked: a name, a type and a query for a person.
type Question = (&'static str, &'static str, fn(u32) -> String);

const QUESTIONS: [Question; 16] = [
    ("identifier", "Patient", |n| {
        format!(
            "identifier=https://fhir.nhs.uk/Id/nhs-number|{}",
            9_000_000_000_u64 + u64::from(n)
        )
    }),
    ("family name", "Patient", |n| format!("family={}", family(n))),
    ("name prefix", "Patient", |n| {
        format!("name={}", family(n).get(..2).unwrap())
    }),
    ("patient", "Observation", |n| format!("patient=Patient/P{n}-0")),
    ("patient + code + date", "Observation", |n| {
        format!("patient=Patient/P{n}-0&code=http://loinc.org|8867-4&date=ge2018")
    }),
    ("patient, newest first", "Observation", |n| {
        format!("patient=Patient/P{n}-0&_sort=-date")
    }),
    ("chained by identifier", "Observation", |n| {
        format!(
            "patient.identifier=https://fhir.nhs.uk/Id/nhs-number|{}&code=8867-4",
            9_000_000_000_u64 + u64::from(n)
        )
    }),
    ("chained by name", "Observation", |n| {
        format!("subject:Patient.family={}", family(n))
    }),
    ("_has of a rare code", "Patient", |_| {
        format!("_has:Observation:patient:code={RARE}")
    }),
    ("_include", "Observation", |n| {
        format!("patient=Patient/P{n}-0&_include=Observation:patient")
    }),
    ("_revinclude", "Patient", |n| {
        format!("_id=P{n}-0&_revinclude=Observation:patient")
    }),
    ("first page sorted", "Patient", |_| "_sort=birthdate".to_owned()),
    ("first page sorted, filtered", "Observation", |_| {
        "code=8867-4&_sort=-date".to_owned()
    }),
    ("newest changes", "Observation", |_| {
        "_sort=-_lastUpdated".to_owned()
    }),
    ("one code of many", "Observation", |_| {
        "code=http://loinc.org|8867-4".to_owned()
    }),
    ("a wide range of dates", "Observation", |_| {
        "date=ge2018".to_owned()
    }),
];

fn main() {
    let given: Vec<u32> = std::env::args()
        .filter_map(|argument| argument.parse().ok())
        .collect();
    let sizes = if given.is_empty() { SIZES.to_vec() } else { given };
    let mut table: Vec<Vec<f64>> = vec![Vec::new(); QUESTIONS.len()];
    for size in &sizes {
        let start = Instant::now();
        let people = People::new(*size);
        let index = people.base().size();
        println!(
            "{size} people: {:.1} s, of which reading and extracting {:.1} s; {} keys, {} postings, {:.1} MiB, {:.1} bytes a posting",
            start.elapsed().as_secs_f64(),
            people.extracted.as_secs_f64(),
            index.keys,
            index.postings,
            index.bytes as f64 / 1_048_576.0,
            index.bytes as f64 / index.postings as f64,
        );
        for (row, question) in table.iter_mut().zip(QUESTIONS) {
            row.push(ask(&people, *size, question));
        }
        let asked = people.base().forward_bytes();
        let start = Instant::now();
        people.base().warm(&|of, id| people.find_in_base(of, id));
        println!(
            "   tables from records to keys: {:.1} MiB; all of them: {:.1} MiB, made in {:.1} s",
            asked as f64 / 1_048_576.0,
            people.base().forward_bytes() as f64 / 1_048_576.0,
            start.elapsed().as_secs_f64(),
        );
    }
    changes(10_000);
    println!(
        "\n{:<28}{}  growth",
        "median, microseconds",
        sizes.iter().map(|size| format!("{size:>10}")).collect::<String>()
    );
    for (row, (name, _, _)) in table.iter().zip(QUESTIONS) {
        let times: String = row.iter().map(|time| format!("{time:>10.1}")).collect();
        println!("{name:<28}{times}{:>8.1}", row[row.len() - 1] / row[0]);
    }
}

/// What it takes to index a workspace's own records: alone, as in a transaction, and with a snapshot of every state, as
/// when every change is a request of its own.
fn changes(count: u32) {
    let found: Vec<_> = (0..count).map(people::observation).collect();
    let mut times = Vec::new();
    for snapshots in [false, true] {
        let mut overlay = OverlayIndex::new();
        let mut snapshot = overlay.clone();
        let start = Instant::now();
        for (number, observation) in (0..).zip(&found) {
            overlay.insert(&observation.record(number));
            if snapshots {
                snapshot.clone_from(&overlay);
            }
        }
        times.push(start.elapsed().as_secs_f64() * 1e6 / f64::from(count));
    }
    println!(
        "a workspace's own {count} observations: {:.1} microseconds each to index, {:.1} with a snapshot after each",
        times[0], times[1],
    );
}

/// The median of a question's times, in microseconds; says what the first one took when that was much more.
fn ask(people: &People, size: u32, (name, of, text): Question) -> f64 {
    let scope = Scope::Type(ResourceType::parse(of).unwrap());
    let mut times: Vec<Duration> = Vec::new();
    let mut explain = String::new();
    for round in 0..RUNS {
        let text = text(round.wrapping_mul(7_919) % size);
        let start = Instant::now();
        let request = Request {
            scope: &scope,
            texts: &[&text],
            handling: Handling::Strict,
            base_url: "http://localhost/fhir",
            now_us: 1_780_000_000_000_000,
            terminology: &NoTerminology,
        };
        let query = parse(Registry::r4(), &request).unwrap();
        let search = Search {
            corpus: people,
            registry: Registry::r4(),
            cursor: CursorKey {
                secret: b"bench",
                workspace: "bench",
            },
            limits: Limits::default(),
        };
        let result = run(&search, &query).unwrap();
        times.push(start.elapsed());
        if round == 0 {
            explain = result.explain.to_string().replace('\n', "; ");
        }
    }
    let first = times[0];
    times.sort_unstable();
    let median = times[times.len() / 2];
    if first > median * 20 && first > Duration::from_millis(1) {
        println!("   {name}: the first took {:.1} ms", first.as_secs_f64() * 1e3);
    }
    if size == SIZES[SIZES.len() - 1] {
        println!("   {name}: {explain}");
    }
    median.as_secs_f64() * 1e6
}
