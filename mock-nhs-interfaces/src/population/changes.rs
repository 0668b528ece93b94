//! Whom a workspace has changed, made or deleted, and by what they can be found now.
//!
//! Kept in memory beside the records, brought up to them when somebody searches, and made anew after a reset. Lock:
//! `by_workspace` only to look a workspace up; a workspace's own while it is brought up and searched.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use fhir::json::Json;
use records::{Record, View};
use store::WorkspaceId;
use time::Date;

use super::Population;
use super::facts::SearchFacts;
use super::index::BirthDates;
use super::residents::{Kept, PATIENT};
use crate::value::NhsNumber;

/// Workspaces whose changes are held at a time; with more, the one that was asked for longest ago goes and is made anew
/// when it is asked for.
const MOST_WORKSPACES: usize = 128;

/// The changes of all workspaces.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    by_workspace: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    workspaces: HashMap<WorkspaceId, (u64, Arc<Mutex<Changed>>)>,
    /// Counts the requests: a clock for what was used last.
    ticks: u64,
}

/// The changes of one workspace.
#[derive(Debug, Default)]
pub(crate) struct Changed {
    /// How many versions of patients are in here, and the last of them.
    seen: usize,
    last: Option<Arc<Record>>,
    people: HashMap<NhsNumber, Now>,
    by_birth: BTreeMap<Date, BTreeSet<NhsNumber>>,
}

/// What became of somebody.
#[derive(Debug)]
struct Now {
    facts: SearchFacts,
    /// Whether a search may find them.
    is_current: bool,
}

impl Changes {
    /// What the workspace changed, as the view sees it; `None` when it changed nobody, which costs no lock.
    pub(crate) fn of(
        &self,
        workspace: WorkspaceId,
        population: &Population,
        view: &View,
    ) -> Option<Arc<Mutex<Changed>>> {
        if view.change_count(*PATIENT) == 0 {
            return None;
        }
        let changed = self.held(workspace);
        changed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .bring_up(population, view);
        Some(changed)
    }

    fn held(&self, workspace: WorkspaceId) -> Arc<Mutex<Changed>> {
        let mut held = self.by_workspace.lock().unwrap_or_else(PoisonError::into_inner);
        held.ticks = held.ticks.saturating_add(1);
        let now = held.ticks;
        if held.workspaces.len() >= MOST_WORKSPACES && !held.workspaces.contains_key(&workspace) {
            let oldest = held.workspaces.iter().min_by_key(|(_, (used, _))| *used);
            if let Some(oldest) = oldest.map(|(workspace, _)| *workspace) {
                held.workspaces.remove(&oldest);
            }
        }
        let (used, changed) = held.workspaces.entry(workspace).or_default();
        *used = now;
        Arc::clone(changed)
    }
}

impl Changed {
    /// Takes in the versions that it has not seen. A view that is not what it has seen and more, as after a reset, is
    /// taken in from the beginning.
    fn bring_up(&mut self, population: &Population, view: &View) {
        let known = self
            .seen
            .checked_sub(1)
            .and_then(|last| view.change(*PATIENT, last));
        let goes_on = match (known, &self.last) {
            (Some(there), Some(here)) => Arc::ptr_eq(there, here),
            (None, None) => true,
            _ => false,
        };
        if !goes_on {
            *self = Self::default();
        }
        while let Some(record) = view.change(*PATIENT, self.seen) {
            self.take_in(population, record);
            self.last = Some(Arc::clone(record));
            self.seen = self.seen.saturating_add(1);
        }
    }

    fn take_in(&mut self, population: &Population, record: &Arc<Record>) {
        let Ok(number) = record.id.as_str().parse::<NhsNumber>() else {
            return;
        };
        let before = match self.people.remove(&number) {
            Some(now) => {
                if let Some(others) = now.facts.born.and_then(|born| self.by_birth.get_mut(&born)) {
                    others.remove(&number);
                }
                Some(now.facts)
            }
            None => population.person(number).map(|person| person.search.clone()),
        };
        let kept = (!record.is_deleted())
            .then(|| Json::parse(&record.text).ok())
            .flatten();
        let mut now = Now {
            // What is kept has the same parts as PDS where they can be searched by.
            facts: kept.as_ref().map(SearchFacts::of_json).unwrap_or_default(),
            is_current: kept.is_some_and(|kept| Kept::of(&kept) == Kept::Current),
        };
        if let Some(before) = before {
            now.facts.remember(before);
        }
        if let Some(born) = now.facts.born.filter(|_| now.is_current) {
            self.by_birth.entry(born).or_default().insert(number);
        }
        self.people.insert(number, now);
    }

    /// Whether the workspace changed or deleted this person: what the seed says about them is no longer so.
    pub(crate) fn has(&self, number: NhsNumber) -> bool {
        self.people.contains_key(&number)
    }

    /// Those whom the workspace changed or made, who were born on one of these dates.
    pub(crate) fn born(&self, born: &BirthDates) -> impl Iterator<Item = (NhsNumber, &SearchFacts)> {
        let earliest = born.earliest.unwrap_or(Date::MIN);
        let latest = born.latest.unwrap_or(Date::MAX);
        // A map must not be asked for a range that is turned round: such a span finds nobody.
        let days = (earliest <= latest).then(|| self.by_birth.range(earliest..=latest));
        days.into_iter()
            .flatten()
            .flat_map(|(_, numbers)| numbers)
            .filter_map(|number| Some((*number, &self.people.get(number)?.facts)))
    }
}
