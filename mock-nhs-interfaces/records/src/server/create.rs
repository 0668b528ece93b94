//! `POST [type]`, also only if nothing like it is there. <https://hl7.org/fhir/R4/http.html#create>

use axum::body::Body;
use fhir::media::BodyType;

use super::call::MAX_BODY_BYTES;
use super::conditional::{Conditions, Matches};
use super::{Accepted, Answer, Call, Refusal, Written};
use crate::{Change, Draft, ResourceId, ResourceType};

/// Creates a resource.
pub(super) async fn create_resource(
    call: &Call<'_>,
    kind: ResourceType,
    body: Body,
) -> Result<Answer, Refusal> {
    let (_, bytes) = call.body(body, &[BodyType::Json], MAX_BODY_BYTES).await?;
    let accepted = Accepted::parse(&bytes, kind)?;
    let conditions = match call.header("if-none-exist") {
        Some(criteria) => Some(Conditions::of(call, &call.view().await?, kind, criteria)?),
        None => None,
    };
    let written = call
        .change(|draft| match &conditions {
            Some(conditions) => create_if_none_exists(draft, &accepted, conditions),
            None => create(draft, &accepted),
        })
        .await?;
    Ok(written.into_answer(call))
}

/// Creates a resource with an id of the server's; the one it brings is not looked at.
pub(crate) fn create(draft: &mut Draft, accepted: &Accepted) -> Result<Written, Refusal> {
    let record = draft.put(
        accepted.kind,
        &ResourceId::random(),
        &accepted.text,
        Change::Created,
    )?;
    Ok(Written {
        record,
        created: true,
    })
}

/// Creates a resource unless one meets the conditions: then that one is the answer.
/// <https://hl7.org/fhir/R4/http.html#ccreate>
pub(crate) fn create_if_none_exists(
    draft: &mut Draft,
    accepted: &Accepted,
    conditions: &Conditions,
) -> Result<Written, Refusal> {
    match conditions.find(draft.view())? {
        Matches::None => create(draft, accepted),
        Matches::One(record) => Ok(Written {
            record,
            created: false,
        }),
        Matches::Several => Err(Refusal::MultipleMatches(conditions.criteria().to_owned())),
    }
}
