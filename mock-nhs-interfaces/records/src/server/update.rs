//! `PUT [type]/[id]` and `PUT [type]?[conditions]`. <https://hl7.org/fhir/R4/http.html#update>

use axum::body::Body;
use fhir::media::BodyType;

use super::call::MAX_BODY_BYTES;
use super::conditional::{Conditions, Matches};
use super::create::create;
use super::preconditions::Preconditions;
use super::{Accepted, Answer, Call, Refusal, Written};
use crate::{Change, Draft, ResourceId, ResourceType};

/// Updates a resource, or creates it with the id that the caller chose.
pub(super) async fn update_resource(
    call: &Call<'_>,
    kind: ResourceType,
    id: &str,
    body: Body,
) -> Result<Answer, Refusal> {
    let id = ResourceId::parse(id).ok_or_else(|| Refusal::BadId(id.to_owned()))?;
    let (_, bytes) = call.body(body, &[BodyType::Json], MAX_BODY_BYTES).await?;
    let accepted = Accepted::parse(&bytes, kind)?;
    let preconditions = Preconditions::of(call)?;
    let written = call
        .change(|draft| update(draft, &id, &accepted, &preconditions))
        .await?;
    Ok(written.into_answer(call))
}

/// Updates the resource that meets the conditions, or creates one.
pub(super) async fn update_matching_resource(
    call: &Call<'_>,
    kind: ResourceType,
    body: Body,
) -> Result<Answer, Refusal> {
    let (_, bytes) = call.body(body, &[BodyType::Json], MAX_BODY_BYTES).await?;
    let accepted = Accepted::parse(&bytes, kind)?;
    let preconditions = Preconditions::of(call)?;
    let conditions = Conditions::of(call, &call.view().await?, kind, call.query())?;
    let written = call
        .change(|draft| update_matching(draft, &accepted, &conditions, &preconditions))
        .await?;
    Ok(written.into_answer(call))
}

/// Makes the next version of a resource, which must bring its id.
pub(crate) fn update(
    draft: &mut Draft,
    id: &ResourceId,
    accepted: &Accepted,
    preconditions: &Preconditions,
) -> Result<Written, Refusal> {
    if accepted.id() != Some(id.as_str()) {
        return Err(Refusal::WrongId {
            expected: id.to_string(),
            found: accepted.id().map(str::to_owned),
        });
    }
    preconditions.check(draft, accepted.kind, id.as_str())?;
    put(draft, id, accepted)
}

/// Updates the resource that meets the conditions; without one, creates it, with the id that it brings if that is free.
pub(crate) fn update_matching(
    draft: &mut Draft,
    accepted: &Accepted,
    conditions: &Conditions,
    preconditions: &Preconditions,
) -> Result<Written, Refusal> {
    let brought = accepted.id();
    match conditions.find(draft.view())? {
        Matches::One(record) => {
            if brought.is_some_and(|brought| brought != record.id.as_str()) {
                return Err(Refusal::WrongId {
                    expected: record.id.to_string(),
                    found: brought.map(str::to_owned),
                });
            }
            preconditions.check(draft, record.kind, record.id.as_str())?;
            put(draft, &record.id, accepted)
        }
        Matches::Several => Err(Refusal::MultipleMatches(conditions.criteria().to_owned())),
        Matches::None => match brought {
            None => create(draft, accepted),
            Some(brought) => {
                let id = ResourceId::parse(brought).ok_or_else(|| Refusal::BadId(brought.to_owned()))?;
                if draft.view().read(accepted.kind, brought).is_some() {
                    return Err(Refusal::IdTaken(accepted.kind, brought.to_owned()));
                }
                preconditions.check(draft, accepted.kind, brought)?;
                put(draft, &id, accepted)
            }
        },
    }
}

fn put(draft: &mut Draft, id: &ResourceId, accepted: &Accepted) -> Result<Written, Refusal> {
    let created = draft.view().read(accepted.kind, id.as_str()).is_none();
    let record = draft.put(accepted.kind, id, &accepted.text, Change::Updated)?;
    Ok(Written { record, created })
}
