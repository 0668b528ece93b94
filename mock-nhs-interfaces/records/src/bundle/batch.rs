//! Batches: each entry on its own. <https://hl7.org/fhir/R4/http.html#batch>

use http::StatusCode;

use super::again::{do_entry, refused_entry};
use super::entry::Entry;
use crate::server::bundle_text::BundleText;
use crate::server::{Answer, Call, Refusal};

/// Length of an answer at most, in bytes: four times the longest request. Entries that come after it are not done.
pub(super) const MAX_ANSWER_BYTES: usize = 64 * 1024 * 1024;

/// Does each entry, one after the other.
pub(super) async fn run_batch(
    call: &Call<'_>,
    entries: Vec<Result<Entry, Refusal>>,
) -> Result<Answer, Refusal> {
    let mut bundle = BundleText::begin("batch-response", call.now, None, &[]);
    for (place, entry) in entries.into_iter().enumerate() {
        let responded = match entry {
            Ok(_) if bundle.len() > MAX_ANSWER_BYTES => {
                refused_entry(&Refusal::AnswerTooLarge(MAX_ANSWER_BYTES))
            }
            Ok(entry) => do_entry(call, entry).await,
            Err(refusal) => refused_entry(&Refusal::Entry(place, Box::new(refusal))),
        };
        bundle.responded(&responded);
    }
    Ok(Answer::text(StatusCode::OK, bundle.end()))
}
