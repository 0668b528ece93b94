//! The people of one workspace as PDS knows them: those of the seed, and in their place whoever the workspace changed.

use std::sync::{Arc, LazyLock, PoisonError};

use ::population::Standing;
use bytes::Bytes;
use fhir::json::Json;
use fhir_types::WriteError;
use fhir_types::patient::patient;
use http::HeaderValue;
use records::{Record, RecordsError, ResourceType, View};
use store::WorkspaceId;

use super::changes::Changes;
use super::facts::{SearchFacts, is_restricted};
use super::index::{BirthDates, Key};
use super::kept::{self, Origin};
use super::{Known, Population};
use crate::fhir::etag;
use crate::value::NhsNumber;

/// The type of a patient.
pub(crate) static PATIENT: LazyLock<ResourceType> =
    LazyLock::new(|| ResourceType::parse("Patient").unwrap_or(ResourceType(0)));
/// How many times a number that was replaced is followed to the number that replaced it.
const MOST_STEPS: usize = 8;

/// The people of one workspace at one moment.
pub(crate) struct Residents<'a> {
    population: &'a Population,
    changes: &'a Changes,
    workspace: WorkspaceId,
    view: View,
}

/// What stands under an NHS number.
pub(crate) enum Found<'a> {
    /// Somebody with this number.
    Person(Resident<'a>),
    /// Somebody who has another number now.
    Superseding(Resident<'a>),
    /// A record that was marked as invalid.
    Invalidated,
    /// Nobody.
    Nobody,
}

/// Somebody.
pub(crate) enum Resident<'a> {
    /// As the seed has them.
    Seed(Known<'a>),
    /// As the workspace has made them.
    Changed(Box<Changed>),
}

/// Somebody as the workspace has made them.
pub(crate) struct Changed {
    pub(crate) number: NhsNumber,
    pub(crate) version: u32,
    /// As PDS writes them, with what it hides.
    pub(crate) whole: Json,
}

/// Somebody, and how well they match from 0 to 1.
pub(crate) struct Match<'a> {
    pub(crate) resident: Resident<'a>,
    pub(crate) score: f64,
}

/// Why somebody's record cannot be answered.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ResidentError {
    #[error(transparent)]
    Records(#[from] RecordsError),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error("a record of the seed is not JSON: {0}")]
    Json(#[from] fhir::json::JsonError),
}

/// What the kept record of somebody says about their number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    Current,
    SupersededBy(NhsNumber),
    Invalidated,
}

impl Kept {
    /// `Patient.link` names who replaced it; a record that is not in use and was not replaced is invalid.
    pub(crate) fn of(kept: &Json) -> Self {
        let links = kept.get("link").into_iter().flat_map(Json::items);
        let replaced_by = links
            .filter(|link| link.text("type") == Some("replaced-by"))
            .filter_map(|link| link.at(&["other", "reference"])?.as_str())
            .find_map(|reference| reference.strip_prefix("Patient/")?.parse().ok());
        match replaced_by {
            Some(number) => Self::SupersededBy(number),
            None if kept.get("active") == Some(&Json::Bool(false)) => Self::Invalidated,
            None => Self::Current,
        }
    }
}

impl<'a> Residents<'a> {
    pub(crate) fn new(
        population: &'a Population,
        changes: &'a Changes,
        workspace: WorkspaceId,
        view: View,
    ) -> Self {
        Self {
            population,
            changes,
            workspace,
            view,
        }
    }

    /// The workspace's records at the same moment.
    pub(crate) fn view(&self) -> &View {
        &self.view
    }

    /// What stands under this number.
    ///
    /// # Errors
    /// When a record of the seed cannot be written.
    pub(crate) fn find(&self, number: NhsNumber) -> Result<Found<'a>, ResidentError> {
        let mut at = number;
        for _ in 0..MOST_STEPS {
            let next = match changed(&self.view, at) {
                Some(record) if record.is_deleted() => return Ok(Found::Nobody),
                Some(record) => {
                    let kept = Json::parse(&record.text)?;
                    match Kept::of(&kept) {
                        Kept::Current => {
                            let person = Changed::of(self.population, &self.view, at, &kept, record.version)?;
                            return Ok(found(number, at, Resident::Changed(Box::new(person))));
                        }
                        Kept::Invalidated => return Ok(Found::Invalidated),
                        Kept::SupersededBy(next) => next,
                    }
                }
                None => {
                    let Some(person) = self.population.person(at) else {
                        return Ok(Found::Nobody);
                    };
                    match person.standing {
                        Standing::Current => return Ok(found(number, at, Resident::Seed(person))),
                        Standing::Invalidated => return Ok(Found::Invalidated),
                        Standing::SupersededBy(next) => next,
                    }
                }
            };
            at = next;
        }
        Ok(Found::Nobody)
    }

    /// Those who match, the best first and the one with the lowest number first among equals; no more than `most` of
    /// them. `key` and `born` lead to everybody who can match; `score` says how well somebody does, `None` not at all.
    ///
    /// # Errors
    /// When a record of the seed cannot be written.
    pub(crate) fn matching(
        &self,
        key: &Key,
        born: &BirthDates,
        score: impl Fn(&SearchFacts) -> Option<f64>,
        most: usize,
    ) -> Result<Vec<Match<'a>>, ResidentError> {
        let changes = self.changes.of(self.workspace, self.population, &self.view);
        let changes = changes
            .as_ref()
            .map(|changes| changes.lock().unwrap_or_else(PoisonError::into_inner));
        let is_as_it_was = |number| changes.as_ref().is_none_or(|changes| !changes.has(number));
        let mut matches: Vec<Match<'a>> = self
            .population
            .matching(key, born, |number, facts| {
                is_as_it_was(number).then(|| score(facts)).flatten()
            })
            .take(most)
            .map(|(person, score)| Match {
                resident: Resident::Seed(person),
                score,
            })
            .collect();
        let changed: Vec<(NhsNumber, f64)> = changes
            .iter()
            .flat_map(|changes| changes.born(born))
            .filter_map(|(number, facts)| Some((number, score(facts)?)))
            .take(most)
            .collect();
        // Reading them again needs no lock.
        drop(changes);
        for (number, score) in changed {
            if let Found::Person(resident) = self.find(number)? {
                matches.push(Match { resident, score });
            }
        }
        matches.sort_by(|left, right| {
            let by_score = right.score.total_cmp(&left.score);
            by_score.then_with(|| left.resident.number().cmp(&right.resident.number()))
        });
        matches.truncate(most);
        Ok(matches)
    }
}

/// The newest version of a person, if the workspace made one.
pub(crate) fn changed(view: &View, number: NhsNumber) -> Option<&Arc<Record>> {
    view.own_version(*PATIENT, &number.to_string())
}

fn found<'a>(asked: NhsNumber, at: NhsNumber, resident: Resident<'a>) -> Found<'a> {
    if asked == at {
        Found::Person(resident)
    } else {
        Found::Superseding(resident)
    }
}

impl Changed {
    /// Somebody from what is kept of them, in the record's version `version`.
    ///
    /// # Errors
    /// When a record of the seed cannot be written.
    pub(crate) fn of(
        population: &Population,
        view: &View,
        number: NhsNumber,
        kept: &Json,
        version: u32,
    ) -> Result<Self, ResidentError> {
        let (origin, first) = match population.person(number) {
            Some(person) => (origin(&person, view)?, person.facts.version),
            None => (None, 1),
        };
        // PDS had versions before the workspace began; every change since, through whichever door, is one more.
        let version = first.saturating_add(version.saturating_sub(1));
        Ok(Self {
            number,
            version,
            whole: kept::to_pds(kept, number, version, origin.as_ref()),
        })
    }
}

/// Somebody of the seed in both shapes; `None` when they are not among the records that all workspaces start from.
pub(crate) fn origin(person: &super::Person, view: &View) -> Result<Option<Origin>, ResidentError> {
    let base = view.base();
    let Some(text) = base
        .find(*PATIENT, &person.nhs_number.to_string())
        .and_then(|doc| base.text(doc))
    else {
        return Ok(None);
    };
    Ok(Some(Origin {
        pds: Json::parse(&patient(&person.facts)?)?,
        kept: Json::parse(&text)?,
    }))
}

impl Resident<'_> {
    pub(crate) fn number(&self) -> NhsNumber {
        match self {
            Self::Seed(person) => person.nhs_number,
            Self::Changed(person) => person.number,
        }
    }

    pub(crate) fn version(&self) -> u32 {
        match self {
            Self::Seed(person) => person.facts.version,
            Self::Changed(person) => person.version,
        }
    }

    pub(crate) fn etag(&self) -> HeaderValue {
        match self {
            Self::Seed(person) => person.etag.clone(),
            Self::Changed(person) => etag::weak(person.version),
        }
    }

    /// Whether where they live is kept from those who ask.
    pub(crate) fn is_restricted(&self) -> bool {
        match self {
            Self::Seed(person) => person.is_restricted(),
            Self::Changed(person) => is_restricted(&person.whole),
        }
    }

    /// The text that answers a read.
    ///
    /// # Errors
    /// When a record of the seed cannot be written.
    pub(crate) fn read_body(&self) -> Result<Bytes, ResidentError> {
        match self {
            Self::Seed(person) => Ok(person.read_body()?),
            Self::Changed(person) => Ok(Bytes::from(kept::shown(&person.whole).to_text())),
        }
    }

    /// The text among search results.
    ///
    /// # Errors
    /// When a record of the seed cannot be written.
    pub(crate) fn found_body(&self) -> Result<Bytes, ResidentError> {
        match self {
            Self::Seed(person) => Ok(person.found_body()?),
            Self::Changed(person) => Ok(Bytes::from(kept::shown_when_found(&person.whole).to_text())),
        }
    }

    /// As PDS writes them, with what it hides.
    ///
    /// # Errors
    /// When a record of the seed cannot be written.
    pub(crate) fn whole(&self) -> Result<Json, ResidentError> {
        match self {
            Self::Seed(person) => Ok(Json::parse(&patient(&person.facts)?)?),
            Self::Changed(person) => Ok(person.whole.clone()),
        }
    }
}
