//! `DELETE [type]/[id]` and `DELETE [type]?[conditions]`. <https://hl7.org/fhir/R4/http.html#delete>
//!
//! What is deleted answers 410 from then on; its versions stay. Nothing is asked about who refers to it.

use std::sync::Arc;

use http::StatusCode;

use super::accepted::done;
use super::conditional::Conditions;
use super::preconditions::Preconditions;
use super::wishes::Return;
use super::{Answer, Call, Refusal};
use crate::{Draft, Record, ResourceId, ResourceType};

/// Resources that one conditional delete deletes at most: as many as a page and some, so that a slip is no disaster.
pub(crate) const MAX_DELETED: usize = 1_000;

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
    Ok(answer(call, deleted.as_slice()))
}

/// Deletes every resource that meets the conditions, or none; that there is none is as good.
pub(super) async fn delete_matching_resource(call: &Call<'_>, kind: ResourceType) -> Result<Answer, Refusal> {
    let preconditions = Preconditions::of(call)?;
    let conditions = Conditions::of(call, &call.view().await?, kind, call.query())?;
    let deleted = call
        .change(|draft| delete_matching(draft, &conditions, &preconditions))
        .await?;
    Ok(answer(call, &deleted))
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

/// The same for every resource that meets the conditions.
pub(crate) fn delete_matching(
    draft: &mut Draft,
    conditions: &Conditions,
    preconditions: &Preconditions,
) -> Result<Vec<Arc<Record>>, Refusal> {
    let found = conditions.find_all(draft.view(), MAX_DELETED)?;
    let deleted = found
        .iter()
        .map(|record| delete(draft, record.kind, record.id.as_str(), preconditions));
    Ok(deleted
        .collect::<Result<Vec<_>, _>>()?
        .into_iter()
        .flatten()
        .collect())
}

/// What was deleted, in a sentence.
pub(crate) fn sentence(deleted: &[Arc<Record>]) -> String {
    match deleted {
        [] => "There was nothing to delete".to_owned(),
        [record] => format!("{}/{} is deleted", record.kind.name(), record.id),
        several => format!("{} resources are deleted", several.len()),
    }
}

fn answer(call: &Call<'_>, deleted: &[Arc<Record>]) -> Answer {
    let answer = if call.wishes.returned == Return::Outcome {
        Answer::text(StatusCode::OK, done(&sentence(deleted)))
    } else {
        Answer::empty(StatusCode::NO_CONTENT)
    };
    match deleted {
        [record] => answer.about(record),
        _ => answer,
    }
}
