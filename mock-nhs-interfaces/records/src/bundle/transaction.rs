//! Transactions: every entry, or none. <https://hl7.org/fhir/R4/http.html#transaction>
//!
//! Entries are answered in their own order. Reads and searches see what the transaction did. A read of a resource that is
//! not there fails the transaction, as any other entry; what else a read or a search is refused for is said in its entry,
//! when the changes stand.

use std::sync::Arc;

use http::StatusCode;

use super::again::{do_entry, refused_entry};
use super::apart;
use super::batch::MAX_ANSWER_BYTES;
use super::entry::Entry;
use super::places::place_of;
use super::step::{Act, Step};
use super::work::{Done, run};
use crate::Record;
use crate::server::accepted::done as sentence;
use crate::server::bundle_text::{BundleText, Responded};
use crate::server::wishes::Return;
use crate::server::{Answer, Call, Refusal, Written};

/// Does every entry, or none.
pub(super) async fn transact(
    call: &Call<'_>,
    entries: Vec<Result<Entry, Refusal>>,
) -> Result<Answer, Refusal> {
    let steps = apart(move || understand(entries)).await?;
    let done = call.change(|draft| run(call, draft, &steps)).await?;
    let mut bundle = BundleText::begin("transaction-response", call.now, None, &[]);
    for (step, done) in steps.into_iter().zip(done) {
        let responded = match (step.act, done) {
            (Act::Read(_), _) if bundle.len() > MAX_ANSWER_BYTES => {
                refused_entry(&Refusal::AnswerTooLarge(MAX_ANSWER_BYTES))
            }
            (Act::Read(entry), _) => do_entry(call, entry).await,
            (_, Done::Written(written)) => responded_write(call, &written),
            (_, Done::Deleted(deleted)) => responded_delete(call, &deleted),
            (_, Done::Nothing) => return Err(Refusal::Broken),
        };
        bundle.responded(&responded);
    }
    Ok(Answer::text(StatusCode::OK, bundle.end()))
}

fn understand(entries: Vec<Result<Entry, Refusal>>) -> Result<Vec<Step>, Refusal> {
    let steps = entries.into_iter().enumerate();
    steps
        .map(|(place, entry)| {
            entry
                .and_then(Step::of)
                .map_err(|refusal| Refusal::Entry(place, Box::new(refusal)))
        })
        .collect()
}

/// Resources are in the answer only if the caller says so: it has just sent them.
fn responded_write(call: &Call<'_>, written: &Written) -> Responded {
    let record = &written.record;
    let place = place_of(record);
    let asked = call.header("prefer").is_some();
    let (resource, outcome) = match call.wishes.returned {
        Return::Representation if asked => (Some(record.text.clone()), None),
        Return::Outcome => (
            None,
            Some(sentence(&format!("{place} is at version {} now", record.version))),
        ),
        Return::Representation | Return::Minimal => (None, None),
    };
    Responded {
        full_url: Some(call.url(&place)),
        status: if written.created {
            StatusCode::CREATED
        } else {
            StatusCode::OK
        },
        location: Some(call.url(&format!("{place}/_history/{}", record.version))),
        resource,
        outcome,
        ..about(record)
    }
}

fn responded_delete(call: &Call<'_>, deleted: &[Arc<Record>]) -> Responded {
    let outcome = (call.wishes.returned == Return::Outcome)
        .then(|| sentence(&crate::server::delete::sentence(deleted)));
    let about = match deleted {
        [record] => about(record),
        _ => Responded::default(),
    };
    Responded {
        status: StatusCode::NO_CONTENT,
        outcome,
        ..about
    }
}

fn about(record: &Record) -> Responded {
    Responded {
        etag: Some(fhir::etag::weak(&record.version.to_string())),
        last_modified: Some(record.last_updated.to_string()),
        ..Responded::default()
    }
}
