//! The exam of `tests/conformance`: what the R4 specification says of REST and search, case by case.

use anyhow::ensure;
use tests::conformance::{Candidate, exam};

use crate::{Journey, builder};

/// In the order in which they are asked: searches first, while there is nothing but the fixtures.
const TABLES: [(&str, &str); 10] = [
    (
        "search_values.txt",
        include_str!("../conformance/search_values.txt"),
    ),
    (
        "search_joins.txt",
        include_str!("../conformance/search_joins.txt"),
    ),
    (
        "search_results.txt",
        include_str!("../conformance/search_results.txt"),
    ),
    ("rest.txt", include_str!("../conformance/rest.txt")),
    ("conditional.txt", include_str!("../conformance/conditional.txt")),
    ("patch.txt", include_str!("../conformance/patch.txt")),
    ("history.txt", include_str!("../conformance/history.txt")),
    ("bundles.txt", include_str!("../conformance/bundles.txt")),
    ("operations.txt", include_str!("../conformance/operations.txt")),
    ("manners.txt", include_str!("../conformance/manners.txt")),
];

/// The exam keeps its length: a table that is read as empty would pass.
const AT_LEAST: usize = 580;

#[tokio::test]
async fn the_server_passes_the_exam() -> Journey {
    let platform = builder().start()?;
    let candidate = Candidate::new(platform.client()?, "/w/demo/fhir");
    let cases = exam(&TABLES)?;
    ensure!(cases.len() >= AT_LEAST, "{} cases", cases.len());
    candidate
        .load(include_str!("../conformance/fixtures.ndjson"))
        .await?;
    let mut failures = Vec::new();
    for case in &cases {
        if let Err(error) = candidate.examine(case).await {
            failures.push(format!("{}\n  {}\n  {error:#}", case.name, case.clause));
        }
    }
    ensure!(
        failures.is_empty(),
        "{} of {} cases failed:\n{}",
        failures.len(),
        cases.len(),
        failures.join("\n")
    );
    Ok(())
}
