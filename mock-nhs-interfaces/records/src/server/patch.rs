//! `PATCH [type]/[id]` and `PATCH [type]?[conditions]`, with a JSON Patch or a `Parameters` of `FHIRPath` Patch.
//! <https://hl7.org/fhir/R4/http.html#patch>

use axum::body::Body;
use fhir::json::Json;
use fhir::media::BodyType;
use fhir::patch::fhirpath::Environment;
use validation::R4Model;

use super::accepted::json;
use super::call::MAX_BODY_BYTES;
use super::conditional::{Conditions, Matches};
use super::preconditions::Preconditions;
use super::{Accepted, Answer, Call, Refusal, Written};
use crate::{Change, Draft, Record, ResourceType};

/// How a resource is to be changed.
#[derive(Clone, Debug)]
pub(crate) enum Patch {
    /// RFC 6902.
    Json(Json),
    /// <https://hl7.org/fhir/R4/fhirpatch.html>
    FhirPath(Json),
}

impl Patch {
    /// The patch in a body of this type.
    pub(crate) fn of(kind: BodyType, body: &[u8]) -> Result<Self, Refusal> {
        let tree = json(body)?;
        Ok(match kind {
            BodyType::JsonPatch => Self::Json(tree),
            BodyType::Json | BodyType::Form => Self::FhirPath(tree),
        })
    }

    fn apply(&self, draft: &Draft, resource: &Json) -> Result<Json, Refusal> {
        Ok(match self {
            Self::Json(patch) => fhir::patch::json::apply(resource, patch)?,
            Self::FhirPath(parameters) => {
                let environment = Environment {
                    model: Some(&R4Model),
                    now_micros: draft.now().micros(),
                };
                fhir::patch::fhirpath::apply(resource, parameters, &environment)?
            }
        })
    }
}

/// Patches a resource.
pub(super) async fn patch_resource(
    call: &Call<'_>,
    kind: ResourceType,
    id: &str,
    body: Body,
) -> Result<Answer, Refusal> {
    let patch = patch_of(call, body).await?;
    let preconditions = Preconditions::of(call)?;
    let written = call
        .change(|draft| patch_one(draft, kind, id, &patch, &preconditions))
        .await?;
    Ok(written.into_answer(call))
}

/// Patches the resource that meets the conditions.
pub(super) async fn patch_matching_resource(
    call: &Call<'_>,
    kind: ResourceType,
    body: Body,
) -> Result<Answer, Refusal> {
    let patch = patch_of(call, body).await?;
    let preconditions = Preconditions::of(call)?;
    let conditions = Conditions::of(call, &call.view().await?, kind, call.query())?;
    let written = call
        .change(|draft| patch_matching(draft, &patch, &conditions, &preconditions))
        .await?;
    Ok(written.into_answer(call))
}

async fn patch_of(call: &Call<'_>, body: Body) -> Result<Patch, Refusal> {
    let taken = [BodyType::JsonPatch, BodyType::Json];
    let (kind, bytes) = call.body(body, &taken, MAX_BODY_BYTES).await?;
    Patch::of(kind, &bytes)
}

/// Makes the next version of a resource by a patch.
pub(crate) fn patch_one(
    draft: &mut Draft,
    kind: ResourceType,
    id: &str,
    patch: &Patch,
    preconditions: &Preconditions,
) -> Result<Written, Refusal> {
    let latest = draft.view().latest(kind, id);
    let record = latest.ok_or_else(|| Refusal::NotFound(kind, id.to_owned()))?;
    if record.is_deleted() {
        return Err(Refusal::Gone(kind, id.to_owned(), record.version));
    }
    preconditions.check(draft, kind, id)?;
    change(draft, &record, patch)
}

/// The same for the one resource that meets the conditions.
pub(crate) fn patch_matching(
    draft: &mut Draft,
    patch: &Patch,
    conditions: &Conditions,
    preconditions: &Preconditions,
) -> Result<Written, Refusal> {
    match conditions.find(draft.view())? {
        Matches::None => Err(Refusal::NoMatch(conditions.criteria().to_owned())),
        Matches::One(record) => {
            preconditions.check(draft, record.kind, record.id.as_str())?;
            change(draft, &record, patch)
        }
        Matches::Several => Err(Refusal::MultipleMatches(conditions.criteria().to_owned())),
    }
}

fn change(draft: &mut Draft, record: &Record, patch: &Patch) -> Result<Written, Refusal> {
    let tree = Json::parse(&record.text)?;
    let changed = patch.apply(draft, &tree)?;
    let accepted = Accepted::of_tree(changed, record.kind)?;
    // What identifies the resource cannot be patched away.
    if accepted.id() != Some(record.id.as_str()) {
        return Err(Refusal::WrongId {
            expected: record.id.to_string(),
            found: accepted.id().map(str::to_owned),
        });
    }
    let record = draft.put(record.kind, &record.id, &accepted.text, Change::Patched)?;
    Ok(Written {
        record,
        created: false,
    })
}
