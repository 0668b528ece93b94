//! What a write answers. <https://hl7.org/fhir/R4/http.html#return>

use std::sync::Arc;

use bytes::Bytes;
use http::StatusCode;

use super::accepted::done;
use super::wishes::Return;
use super::{Answer, Call};
use crate::Record;

/// A write that was done.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    /// The version that it made, or that it found to be there already.
    pub(crate) record: Arc<Record>,
    /// Whether there is a resource now where there was none.
    pub(crate) created: bool,
}

impl Written {
    pub(super) fn into_answer(self, call: &Call<'_>) -> Answer {
        let record = &self.record;
        let place = format!("{}/{}", record.kind.name(), record.id);
        let version_url = call.url(&format!("{place}/_history/{}", record.version));
        let status = if self.created {
            StatusCode::CREATED
        } else {
            StatusCode::OK
        };
        let body = match call.wishes.returned {
            Return::Minimal => Bytes::new(),
            Return::Representation => record.text.clone(),
            Return::Outcome => done(&format!("{place} is at version {} now", record.version)),
        };
        let mut answer = Answer::text(status, body).about(record);
        if self.created {
            answer.location = Some(version_url);
        } else {
            answer.content_location = Some(version_url);
        }
        answer
    }
}
