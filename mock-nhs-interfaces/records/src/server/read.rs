//! `GET [type]/[id]`, with its conditions. <https://hl7.org/fhir/R4/http.html#read>

use fhir::etag::EntityTags;
use http::StatusCode;
use http::header::{IF_MODIFIED_SINCE, IF_NONE_MATCH};

use super::filtered::Filter;
use super::{Answer, Call, Refusal};
use crate::{Instant, Record, ResourceType};

/// Reads a resource.
pub(super) async fn read_resource(call: &Call<'_>, kind: ResourceType, id: &str) -> Result<Answer, Refusal> {
    let latest = call.view().await?.latest(kind, id);
    let record = latest.ok_or_else(|| Refusal::NotFound(kind, id.to_owned()))?;
    answer_record(call, &record)
}

/// The answer that shows a version.
pub(super) fn answer_record(call: &Call<'_>, record: &Record) -> Result<Answer, Refusal> {
    if record.is_deleted() {
        return Err(Refusal::Gone(record.kind, record.id.to_string(), record.version));
    }
    if is_known(call, record)? {
        return Ok(Answer::empty(StatusCode::NOT_MODIFIED).about(record));
    }
    let filter = Filter::of_read(call.query())?;
    let body = filter.apply(&record.text);
    let mut answer = Answer::text(StatusCode::OK, body).about(record);
    answer.content_location = Some(call.url(&format!(
        "{}/{}/_history/{}",
        record.kind.name(),
        record.id,
        record.version
    )));
    Ok(answer)
}

/// Whether the caller says that it has this version already. `If-None-Match` goes before `If-Modified-Since`, as HTTP has
/// it; a date that is none is ignored, as HTTP has it too.
fn is_known(call: &Call<'_>, record: &Record) -> Result<bool, Refusal> {
    if let Some(header) = call.header(IF_NONE_MATCH) {
        return Ok(EntityTags::parse(header)?.names(&record.version.to_string()));
    }
    let since = call.header(IF_MODIFIED_SINCE).and_then(Instant::parse_http);
    Ok(since.is_some_and(|since| {
        // The header has whole seconds only.
        record.last_updated.millis().div_euclid(1000) <= since.millis().div_euclid(1000)
    }))
}
