//! Where the resources of a transaction end up, and the links that must follow them.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant as Moment};

use search::execute::ExecuteError;

use super::links::{Found, Link, links, narrative};
use super::refused;
use super::scan::replace_strings;
use crate::server::conditional::{Conditions, Matches};
use crate::server::delete::MAX_DELETED;
use crate::server::{Accepted, Call, Refusal, shown::shown};
use crate::{Record, ResourceType, View};

/// How long a transaction may look for what meets conditions: nobody else can change the workspace meanwhile.
const DEADLINE: Duration = Duration::from_secs(10);
/// Different conditional references of one transaction at most: as many as entries.
const MAX_CONDITIONAL: usize = super::MAX_ENTRIES;

/// What is known of places so far.
pub(super) struct Places<'a> {
    call: &'a Call<'a>,
    begun: Moment,
    /// `Patient/1` by `fullUrl`.
    by_full_url: HashMap<String, String>,
    /// `Patient/1` by the conditions of entries: `Patient?identifier=x`.
    by_criteria: HashMap<String, String>,
    /// The same by conditional references that were looked up.
    found: HashMap<String, String>,
}

impl<'a> Places<'a> {
    pub(super) fn new(call: &'a Call<'a>) -> Self {
        Self {
            call,
            begun: Moment::now(),
            by_full_url: HashMap::new(),
            by_criteria: HashMap::new(),
            found: HashMap::new(),
        }
    }

    /// What meets the conditions.
    pub(super) fn find(
        &self,
        view: &View,
        kind: ResourceType,
        criteria: &str,
    ) -> Result<Option<Arc<Record>>, Refusal> {
        if self.begun.elapsed() > DEADLINE {
            return Err(Refusal::Execute(ExecuteError::Deadline));
        }
        match Conditions::of(self.call, view, kind, criteria)?.find(view)? {
            Matches::None => Ok(None),
            Matches::One(record) => Ok(Some(record)),
            Matches::Several => Err(Refusal::MultipleMatches(format!("{}?{criteria}", kind.name()))),
        }
    }

    /// Everything that meets the conditions of a delete.
    pub(super) fn find_all(
        &self,
        view: &View,
        kind: ResourceType,
        criteria: &str,
    ) -> Result<Vec<Arc<Record>>, Refusal> {
        if self.begun.elapsed() > DEADLINE {
            return Err(Refusal::Execute(ExecuteError::Deadline));
        }
        Conditions::of(self.call, view, kind, criteria)?.find_all(view, MAX_DELETED)
    }

    /// The place that an earlier entry with the same conditions has.
    pub(super) fn of_criteria(&self, kind: ResourceType, criteria: &str) -> Option<&str> {
        self.by_criteria.get(&key(kind, criteria)).map(String::as_str)
    }

    /// Remembers where the resource that meets an entry's conditions is, or will be.
    pub(super) fn set_criteria(&mut self, kind: ResourceType, criteria: &str, place: &str) {
        self.by_criteria.insert(key(kind, criteria), place.to_owned());
    }

    /// Remembers where an entry's resource is.
    pub(super) fn set(&mut self, full_url: &str, place: &str) -> Result<(), Refusal> {
        match self.by_full_url.insert(full_url.to_owned(), place.to_owned()) {
            None => Ok(()),
            Some(_) => Err(refused(
                "fullUrl",
                format!("Two entries have the fullUrl {}", shown(full_url)),
            )),
        }
    }

    /// The text of a resource with its links as they must be, and whether that is another text.
    pub(super) fn linked(
        &mut self,
        view: &View,
        accepted: &Accepted,
        base: Option<&str>,
    ) -> Result<Option<String>, Refusal> {
        let mut changes = Vec::new();
        for found in links(&accepted.tree) {
            if let Some(with) = self.target(view, found, base)? {
                changes.push((found.number, with));
            }
        }
        Ok((!changes.is_empty()).then(|| replace_strings(&accepted.text, &changes)))
    }

    fn target(
        &mut self,
        view: &View,
        found: Found<'_>,
        base: Option<&str>,
    ) -> Result<Option<String>, Refusal> {
        match found.link {
            Link::Uri => Ok(self.by_full_url.get(found.text).cloned()),
            Link::Narrative => Ok(narrative(found.text, |address| self.place(address, base))),
            Link::Reference => match conditional(found.text, &self.call.tenant.base_url) {
                Some((kind, criteria)) => self.conditional(view, kind, criteria).map(Some),
                None => Ok(self.place(found.text, base)),
            },
        }
    }

    /// Where a reference leads, when that is an entry of the Bundle.
    fn place(&self, reference: &str, base: Option<&str>) -> Option<String> {
        let (address, fragment) = match reference.split_once('#') {
            Some((address, fragment)) => (address, Some(fragment)),
            None => (reference, None),
        };
        let place = self.by_full_url.get(address).or_else(|| {
            let base = base.filter(|_| !address.is_empty() && !address.contains(':'))?;
            self.by_full_url.get(&format!("{base}/{address}"))
        })?;
        Some(match fragment {
            Some(fragment) => format!("{place}#{fragment}"),
            None => place.clone(),
        })
    }

    /// Where a conditional reference leads: to what an entry with the same conditions makes or finds, or to the one
    /// resource that meets them. <https://hl7.org/fhir/R4/http.html#trules>
    fn conditional(&mut self, view: &View, kind: ResourceType, criteria: &str) -> Result<String, Refusal> {
        if let Some(place) = self.of_criteria(kind, criteria) {
            return Ok(place.to_owned());
        }
        let key = key(kind, criteria);
        if let Some(place) = self.found.get(&key) {
            return Ok(place.clone());
        }
        if self.found.len() >= MAX_CONDITIONAL {
            return Err(Refusal::Execute(ExecuteError::Deadline));
        }
        let record = self.find(view, kind, criteria)?.ok_or_else(|| {
            Refusal::Precondition(format!("The reference {} leads to no resource", shown(&key)))
        })?;
        let place = place_of(&record);
        self.found.insert(key, place.clone());
        Ok(place)
    }
}

/// Whether a resource has conditional references: those are looked up when all that has none is there.
pub(super) fn asks(accepted: &Accepted, base_url: &str) -> bool {
    accepted.text.contains('?')
        && links(&accepted.tree)
            .iter()
            .any(|found| found.link == Link::Reference && conditional(found.text, base_url).is_some())
}

/// The type and the conditions of a reference such as `Patient?identifier=x`.
fn conditional<'t>(reference: &'t str, base_url: &str) -> Option<(ResourceType, &'t str)> {
    let (name, criteria) = reference.split_once('?')?;
    let name = name
        .strip_prefix(base_url)
        .map_or(name, |name| name.trim_start_matches('/'));
    Some((ResourceType::parse(name)?, criteria))
}

/// `Patient/1`.
pub(super) fn place_of(record: &Record) -> String {
    format!("{}/{}", record.kind.name(), record.id)
}

fn key(kind: ResourceType, criteria: &str) -> String {
    let criteria = criteria.trim();
    let criteria = criteria.split_once('?').map_or(criteria, |(_, query)| query);
    format!("{}?{criteria}", kind.name())
}
