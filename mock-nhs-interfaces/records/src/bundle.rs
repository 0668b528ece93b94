//! Batches and transactions: many interactions in one request. <https://hl7.org/fhir/R4/http.html#transaction>

mod again;
mod batch;
mod entry;
mod fuzz;
pub(crate) mod links;
mod patching;
mod places;
mod scan;
mod step;
mod transaction;
mod work;

use axum::body::Body;
use bytes::Bytes;
use fhir::json::Json;
use fhir::media::BodyType;
use fhir_types::outcome::{Finding, IssueType};

use crate::server::{Answer, Call, MAX_BUNDLE_BYTES, Refusal, outcome, shown::shown};
use entry::Entry;
pub use fuzz::fuzz_bundle;

/// The interactions with Bundles, as a `CapabilityStatement` names them.
pub(crate) const INTERACTIONS: &[&str] = &["transaction", "batch"];

/// Entries of one Bundle at most; what the largest record of Synthea's has, several times over.
const MAX_ENTRIES: usize = 5_000;

/// A Bundle that was read: what kind it is, and each entry or why it cannot be done.
struct Asked {
    atomic: bool,
    entries: Vec<Result<Entry, Refusal>>,
}

/// Does what a Bundle asks for.
pub(crate) async fn process_bundle(call: &Call<'_>, body: Body) -> Result<Answer, Refusal> {
    let (_, bytes) = call.body(body, &[BodyType::Json], MAX_BUNDLE_BYTES).await?;
    let base_url = call.tenant.base_url.clone();
    // Millions of values can be in it: reading them holds up nobody else's requests.
    let asked = apart(move || read(&bytes, &base_url)).await?;
    if asked.atomic {
        transaction::transact(call, asked.entries).await
    } else {
        batch::run_batch(call, asked.entries).await
    }
}

/// Does work that takes long apart from the threads that answer requests.
pub(crate) async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
        tracing::error!(%error, "work apart did not end");
        Err(Refusal::Broken)
    })
}

fn read(bytes: &Bytes, base_url: &str) -> Result<Asked, Refusal> {
    let tree = Json::parse(bytes)?;
    let text = std::str::from_utf8(bytes).map_err(|_| Refusal::Broken)?;
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let found = tree.text("resourceType").unwrap_or_default();
    if found != "Bundle" {
        return Err(refused(
            "Resource.resourceType",
            format!("The base takes a Bundle, not {}", shown(found)),
        ));
    }
    let atomic = match tree.text("type") {
        Some("transaction") => true,
        Some("batch") => false,
        other => {
            return Err(refused(
                "Bundle.type",
                format!(
                    "The base takes a Bundle of type transaction or batch, not {}; to keep another one, POST it to Bundle",
                    shown(other.unwrap_or("one without a type"))
                ),
            ));
        }
    };
    let trees = match tree.get("entry") {
        None => &[],
        Some(entries) => entries
            .as_array()
            .ok_or_else(|| refused("Bundle.entry", "Bundle.entry is a list".to_owned()))?,
    };
    if trees.len() > MAX_ENTRIES {
        return Err(Refusal::TooManyEntries(MAX_ENTRIES));
    }
    let texts = scan::items(fhir::text::member(text, "entry").unwrap_or_default());
    if texts.len() != trees.len() {
        return Err(refused("Bundle.entry", "Every entry is an object".to_owned()));
    }
    let entries = trees.iter().zip(texts);
    Ok(Asked {
        atomic,
        entries: entries
            .map(|(tree, text)| Entry::read(tree, text, base_url))
            .collect(),
    })
}

/// A refusal of the Bundle itself, with its place.
fn refused(expression: &str, sentence: String) -> Refusal {
    Refusal::Invalid(vec![Finding {
        expression: Some(expression.to_owned()),
        ..outcome::error(IssueType::Invalid, sentence)
    }])
}
