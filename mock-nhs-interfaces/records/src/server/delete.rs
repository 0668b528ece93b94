//! `DELETE [type]/[id]` and `DELETE [type]?[conditions]`. <https://hl7.org/fhir/R4/http.html#delete>
//!
//! What is deleted answers 410 from then on; its versions stay. Nothing is asked about who refers to it.

use std::sync::Arc;

use http::StatusCode;

use super::accepted::done;
use super::conditional::{Conditions, Matches};
use super::preconditions::Preconditions;
use super::wishes::Return;
use super::{Answer, Call, Refusal};
use crate::{Draft, Record, ResourceId, ResourceType};

/// Deletes a resource. That it is not there, or no longer, is as good.
pub(super) async fn delete_resource(
    call: &Call<'_>,
    kind: ResourceType,
    id: &str,
) -> Result<Answer, Refusal> {
    let preconditions = Preconditions::of(call)?;
    let deleted = call
        .change(|draft| delete(draft, kind, id, &preconditions))
        .await?;
    Ok(answer(call, deleted.as_deref()))
}

/// Deletes the resource that meets the conditions; that there is none is as good.
pub(super) async fn delete_matching_resource(call: &Call<'_>, kind: ResourceType) -> Result<Answer, Refusal> {
    let preconditions = Preconditions::of(call)?;
    let conditions = Conditions::of(call, &call.view().await?, kind, call.query())?;
    let deleted = call
        .change(|draft| delete_matching(draft, &conditions, &preconditions))
        .await?;
    Ok(answer(call, deleted.as_deref()))
}

/// Deletes a resource; answers the version that says so, unless there was nothing to delete.
pub(crate) fn delete(
    draft: &mut Draft,
    kind: ResourceType,
    id: &str,
    preconditions: &Preconditions,
) -> Result<Option<Arc<Record>>, Refusal> {
    preconditions.check(draft, kind, id)?;
    match ResourceId::parse(id) {
        Some(id) => Ok(draft.delete(kind, &id)?),
        None => Ok(None),
    }
}

/// The same for the one resource that meets the conditions.
pub(crate) fn delete_matching(
    draft: &mut Draft,
    conditions: &Conditions,
    preconditions: &Preconditions,
) -> Result<Option<Arc<Record>>, Refusal> {
    match conditions.find(draft.view())? {
        Matches::None => Ok(None),
        Matches::One(record) => delete(draft, record.kind, record.id.as_str(), preconditions),
        Matches::Several => Err(Refusal::MultipleMatches(conditions.criteria().to_owned())),
    }
}

fn answer(call: &Call<'_>, deleted: Option<&Record>) -> Answer {
    let answer = if call.wishes.returned == Return::Outcome {
        let sentence = match deleted {
            Some(record) => format!("{}/{} is deleted", record.kind.name(), record.id),
            None => "There was nothing to delete".to_owned(),
        };
        Answer::text(StatusCode::OK, done(&sentence))
    } else {
        Answer::empty(StatusCode::NO_CONTENT)
    };
    match deleted {
        Some(record) => answer.about(record),
        None => answer,
    }
}
