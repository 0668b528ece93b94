//! The order in which a transaction is done, inside one change: deletes, creates, updates and patches, then reads.
//! <https://hl7.org/fhir/R4/http.html#trules>
//!
//! Resources with conditional references come after those without: what they ask for may be one of those.

use std::collections::HashSet;
use std::sync::Arc;

use fhir::media::BodyType;
use http::Method;

use super::entry::Entry;
use super::places::{Places, asks};
use super::refused;
use super::step::{About, Act, Change as PatchBody, Step};
use crate::server::delete::delete;
use crate::server::patch::{Patch, patch_one};
use crate::server::preconditions::Preconditions;
use crate::server::{Accepted, Call, Refusal, Written};
use crate::{Change, Draft, Record, ResourceId, ResourceType};

/// What became of an entry.
#[derive(Clone, Debug)]
pub(super) enum Done {
    /// Not done yet, or a read.
    Nothing,
    Deleted(Vec<Arc<Record>>),
    Written(Written),
}

/// The resource that a write is about, once that is known.
#[derive(Clone, Debug)]
enum Identity {
    /// It is written: one that the workspace has, or one that it has not.
    Writes(ResourceId),
    /// It is there, or another entry makes it: nothing is written.
    Stands(ResourceId),
}

/// Does every step; what became of each is in the order of the steps.
pub(super) fn run(call: &Call<'_>, draft: &mut Draft, steps: &[Step]) -> Result<Vec<Done>, Refusal> {
    let mut work = Work {
        draft,
        places: Places::new(call),
        claimed: HashSet::new(),
        done: vec![Done::Nothing; steps.len()],
    };
    let at = |place: usize| move |refusal: Refusal| Refusal::Entry(place, Box::new(refusal));
    for (place, step) in steps.iter().enumerate() {
        if let Act::Delete(kind, about, preconditions) = &step.act {
            let deleted = work.delete(*kind, about, preconditions).map_err(at(place))?;
            work.set_done(place, Done::Deleted(deleted));
        }
    }
    let mut writes = Vec::new();
    for (place, step) in steps.iter().enumerate() {
        if let Some(identity) = work.identify(step).map_err(at(place))? {
            writes.push((order(call, step), place, step, identity));
        }
    }
    writes.sort_by_key(|(order, ..)| *order);
    let mut standing = Vec::new();
    for (_, place, step, identity) in writes {
        match identity {
            Identity::Writes(id) => {
                let written = work.write(step, &id).map_err(at(place))?;
                work.set_done(place, Done::Written(written));
            }
            Identity::Stands(id) => standing.push((place, step, id)),
        }
    }
    for (place, step, id) in standing {
        let record = step
            .act
            .kind()
            .and_then(|kind| work.draft.view().read(kind, id.as_str()));
        let record = record.ok_or(Refusal::Broken).map_err(at(place))?;
        work.set_done(
            place,
            Done::Written(Written {
                record,
                created: false,
            }),
        );
    }
    for (place, step) in steps.iter().enumerate() {
        if let Act::Read(entry) = &step.act {
            work.check_read(entry).map_err(at(place))?;
        }
    }
    Ok(work.done)
}

/// Creates before updates before patches; all three first for what has no conditional references.
fn order(call: &Call<'_>, step: &Step) -> (bool, u8) {
    let base_url = &call.tenant.base_url;
    match &step.act {
        Act::Create(accepted, _) => (asks(accepted, base_url), 0),
        Act::Update(accepted, ..) => (asks(accepted, base_url), 1),
        Act::Patch(_, _, PatchBody::FhirPath(accepted), _) => (asks(accepted, base_url), 2),
        Act::Patch(..) | Act::Delete(..) | Act::Read(_) => (false, 2),
    }
}

impl Act {
    fn kind(&self) -> Option<ResourceType> {
        match self {
            Self::Read(_) => None,
            Self::Delete(kind, ..) | Self::Patch(kind, ..) => Some(*kind),
            Self::Create(accepted, _) | Self::Update(accepted, ..) => Some(accepted.kind),
        }
    }
}

struct Work<'d, 'c> {
    draft: &'d mut Draft,
    places: Places<'c>,
    /// Resources that an entry changes: none may be changed by two.
    claimed: HashSet<(ResourceType, ResourceId)>,
    done: Vec<Done>,
}

impl Work<'_, '_> {
    fn set_done(&mut self, place: usize, done: Done) {
        if let Some(slot) = self.done.get_mut(place) {
            *slot = done;
        }
    }

    fn claim(&mut self, kind: ResourceType, id: &ResourceId) -> Result<(), Refusal> {
        if self.claimed.insert((kind, id.clone())) {
            return Ok(());
        }
        Err(refused(
            "request.url",
            format!(
                "Two entries change {}/{id}; a transaction changes a resource once",
                kind.name()
            ),
        ))
    }

    fn delete(
        &mut self,
        kind: ResourceType,
        about: &About,
        preconditions: &Preconditions,
    ) -> Result<Vec<Arc<Record>>, Refusal> {
        let ids = match about {
            About::Id(id) => vec![id.clone()],
            About::Criteria(criteria) => {
                let found = self.places.find_all(self.draft.view(), kind, criteria)?;
                found.iter().map(|record| record.id.clone()).collect()
            }
            About::New => Vec::new(),
        };
        let mut deleted = Vec::new();
        for id in ids {
            self.claim(kind, &id)?;
            deleted.extend(delete(self.draft, kind, id.as_str(), preconditions)?);
        }
        Ok(deleted)
    }

    /// Finds out which resource a write is about, before anything is written: links lead there.
    fn identify(&mut self, step: &Step) -> Result<Option<Identity>, Refusal> {
        let identity = match &step.act {
            Act::Read(_) | Act::Delete(..) => return Ok(None),
            Act::Create(accepted, about) => self.identify_create(accepted, about)?,
            Act::Update(accepted, about, _) => Identity::Writes(self.identify_update(accepted, about)?),
            Act::Patch(kind, about, ..) => Identity::Writes(self.identify_patch(*kind, about)?),
        };
        let (Identity::Writes(id) | Identity::Stands(id)) = &identity;
        let Some(kind) = step.act.kind() else {
            return Ok(Some(identity));
        };
        if matches!(identity, Identity::Writes(_)) {
            self.claim(kind, id)?;
        }
        let place = format!("{}/{id}", kind.name());
        if let Some(full_url) = &step.full_url {
            self.places.set(full_url, &place)?;
        } else if let Act::Create(accepted, _) = &step.act
            && let Some(brought) = accepted.id()
        {
            // Without a fullUrl, others can only mean it by the id that it brings.
            self.places.set(&format!("{}/{brought}", kind.name()), &place)?;
        }
        Ok(Some(identity))
    }

    fn identify_create(&mut self, accepted: &Accepted, about: &About) -> Result<Identity, Refusal> {
        let kind = accepted.kind;
        let About::Criteria(criteria) = about else {
            return Ok(Identity::Writes(ResourceId::random()));
        };
        if let Some(place) = self.places.of_criteria(kind, criteria) {
            let id = place.split_once('/').and_then(|(_, id)| ResourceId::parse(id));
            return id.map(Identity::Stands).ok_or(Refusal::Broken);
        }
        let identity = match self.places.find(self.draft.view(), kind, criteria)? {
            Some(record) => Identity::Stands(record.id.clone()),
            None => Identity::Writes(ResourceId::random()),
        };
        let (Identity::Writes(id) | Identity::Stands(id)) = &identity;
        let place = format!("{}/{id}", kind.name());
        self.places.set_criteria(kind, criteria, &place);
        Ok(identity)
    }

    fn identify_update(&mut self, accepted: &Accepted, about: &About) -> Result<ResourceId, Refusal> {
        let kind = accepted.kind;
        let brought = accepted.id();
        let criteria = match about {
            About::Id(id) if brought == Some(id.as_str()) => return Ok(id.clone()),
            About::Id(id) => {
                return Err(Refusal::WrongId {
                    expected: id.to_string(),
                    found: brought.map(str::to_owned),
                });
            }
            About::Criteria(criteria) => criteria,
            About::New => return Err(Refusal::NoCriteria),
        };
        let id = match (self.places.find(self.draft.view(), kind, criteria)?, brought) {
            (Some(record), Some(brought)) if brought != record.id.as_str() => {
                return Err(Refusal::WrongId {
                    expected: record.id.to_string(),
                    found: Some(brought.to_owned()),
                });
            }
            (Some(record), _) => record.id.clone(),
            (None, None) => ResourceId::random(),
            (None, Some(brought)) if self.draft.view().read(kind, brought).is_some() => {
                return Err(Refusal::IdTaken(kind, brought.to_owned()));
            }
            (None, Some(brought)) => {
                ResourceId::parse(brought).ok_or_else(|| Refusal::BadId(brought.to_owned()))?
            }
        };
        // Two updates by the same conditions are about one resource, also when there is none yet.
        if self.places.of_criteria(kind, criteria).is_some() {
            return Err(refused(
                "request.url",
                "Two entries have the same conditions; a transaction changes a resource once".to_owned(),
            ));
        }
        self.places
            .set_criteria(kind, criteria, &format!("{}/{id}", kind.name()));
        Ok(id)
    }

    fn identify_patch(&self, kind: ResourceType, about: &About) -> Result<ResourceId, Refusal> {
        match about {
            About::Id(id) => Ok(id.clone()),
            About::Criteria(criteria) => self
                .places
                .find(self.draft.view(), kind, criteria)?
                .map(|record| record.id.clone())
                .ok_or_else(|| Refusal::NoMatch(format!("{}?{criteria}", kind.name()))),
            About::New => Err(Refusal::NoCriteria),
        }
    }

    fn write(&mut self, step: &Step, id: &ResourceId) -> Result<Written, Refusal> {
        match &step.act {
            Act::Create(accepted, _) => {
                let linked = self.linked(accepted, step)?;
                let text = linked.as_deref().unwrap_or(&accepted.text);
                let record = self.draft.put(accepted.kind, id, text, Change::Created)?;
                Ok(Written {
                    record,
                    created: true,
                })
            }
            Act::Update(accepted, about, preconditions) => {
                let kind = accepted.kind;
                preconditions.check(self.draft, kind, id.as_str())?;
                let created = self.draft.view().read(kind, id.as_str()).is_none();
                // With conditions, no match and no id of its own, an update is a create.
                let creates = created && matches!(about, About::Criteria(_)) && accepted.id().is_none();
                let change = if creates { Change::Created } else { Change::Updated };
                let linked = self.linked(accepted, step)?;
                let text = linked.as_deref().unwrap_or(&accepted.text);
                let record = self.draft.put(kind, id, text, change)?;
                Ok(Written { record, created })
            }
            Act::Patch(kind, _, body, preconditions) => {
                let patch = match body {
                    PatchBody::Json(bytes) => Patch::of(BodyType::JsonPatch, bytes)?,
                    PatchBody::FhirPath(accepted) => {
                        let linked = self.linked(accepted, step)?;
                        let text = linked.as_deref().unwrap_or(&accepted.text);
                        Patch::of(BodyType::Json, text.as_bytes())?
                    }
                };
                patch_one(self.draft, *kind, id.as_str(), &patch, preconditions)
            }
            Act::Read(_) | Act::Delete(..) => Err(Refusal::Broken),
        }
    }

    fn linked(&mut self, accepted: &Accepted, step: &Step) -> Result<Option<String>, Refusal> {
        self.places
            .linked(self.draft.view(), accepted, step.base.as_deref())
    }

    /// A read of what is not there fails the transaction; it is answered when the changes are made.
    fn check_read(&self, entry: &Entry) -> Result<(), Refusal> {
        let path = entry.url.split('?').next().unwrap_or_default();
        let Some((name, id)) = path
            .split_once('/')
            .filter(|(_, id)| ResourceId::parse(id).is_some())
        else {
            return Ok(());
        };
        let kind = ResourceType::parse(name).ok_or_else(|| Refusal::UnknownType(name.to_owned()))?;
        debug_assert!(matches!(entry.method, Method::GET | Method::HEAD), "reads only");
        match self.draft.view().latest(kind, id) {
            None => Err(Refusal::NotFound(kind, id.to_owned())),
            Some(record) if record.is_deleted() => Err(Refusal::Gone(kind, id.to_owned(), record.version)),
            Some(_) => Ok(()),
        }
    }
}
