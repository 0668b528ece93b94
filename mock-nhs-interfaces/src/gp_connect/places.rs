//! Reading what a practice is made of: itself, its places, who works there, their diaries.

use std::sync::Arc;

use fhir::json::Json;
use records::{Record, ResourceType, View};
use time::OffsetDateTime;

use super::stu3::administration::{self, ODS_SYSTEM};
use super::stu3::diary;
use super::stu3::shape::{items, referred};
use super::{Refused, consent};
use crate::exchange::Exchange;
use crate::lookup::{self, LookupError, escaped};

/// Most resources of one kind that are looked at for one answer.
const MOST: usize = 1_000;

/// The records at one moment, and the time it is.
#[derive(Debug)]
pub(crate) struct Shelf<'a> {
    pub(crate) view: &'a View,
    pub(crate) now: OffsetDateTime,
}

/// A resource of the records, read.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) record: Arc<Record>,
    pub(crate) r4: Json,
}

impl Read {
    fn of(record: Arc<Record>) -> Option<Self> {
        // What is kept was accepted once, so it parses.
        let r4 = Json::parse(&record.text).ok()?;
        Some(Self { record, r4 })
    }

    pub(crate) fn id(&self) -> &str {
        self.record.id.as_str()
    }

    /// `Patient/9000000009`.
    pub(crate) fn address(&self) -> String {
        format!("{}/{}", self.record.kind.name(), self.record.id)
    }
}

impl<'a> Shelf<'a> {
    /// What an exchange finds in this view of the records, on the workspace's clock.
    pub(crate) fn of(exchange: &Exchange<'_>, view: &'a View) -> Self {
        Self {
            view,
            now: exchange.now(),
        }
    }

    /// The resource with this type and id.
    pub(crate) fn read(&self, kind: &str, id: &str) -> Option<Read> {
        Read::of(self.view.read(ResourceType::parse(kind)?, id)?)
    }

    /// What a reference names, if it is of this type.
    pub(crate) fn follow(&self, reference: &Json, kind: &str) -> Option<Read> {
        self.read(kind, referred(reference, kind)?)
    }

    /// The resources of a type that meet the criteria, in their order.
    ///
    /// # Errors
    /// When the search went too far.
    pub(crate) fn find(&self, kind: &str, criteria: &str) -> Result<Vec<Read>, LookupError> {
        let Some(kind) = ResourceType::parse(kind) else {
            return Ok(Vec::new());
        };
        let found = lookup::find(self.view, kind, criteria, MOST, self.now)?;
        Ok(found.into_iter().filter_map(Read::of).collect())
    }

    /// The organisation with this ODS code.
    ///
    /// # Errors
    /// When the search went too far.
    pub(crate) fn organisation(&self, code: &str) -> Result<Option<Read>, LookupError> {
        // The seed's organisations have their codes as ids.
        let is_it = |read: &Read| {
            items(&read.r4, "identifier")
                .any(|one| one.text("system") == Some(ODS_SYSTEM) && one.text("value") == Some(code))
        };
        if let Some(read) = self.read("Organization", code).filter(is_it) {
            return Ok(Some(read));
        }
        let criteria = format!("identifier={}%7C{}", escaped(ODS_SYSTEM), escaped(code));
        Ok(self.find("Organization", &criteria)?.into_iter().next())
    }

    /// The ids of an organisation's places.
    ///
    /// # Errors
    /// When the search went too far.
    pub(crate) fn places(&self, organisation: &str) -> Result<Vec<Read>, LookupError> {
        self.find(
            "Location",
            &format!("organization=Organization/{}", escaped(organisation)),
        )
    }

    /// The diaries at an organisation's places.
    ///
    /// # Errors
    /// When the search went too far.
    pub(crate) fn schedules(&self, organisation: &str) -> Result<Vec<Read>, LookupError> {
        let places: Vec<String> = self
            .places(organisation)?
            .iter()
            .map(|place| format!("Location/{}", escaped(place.id())))
            .collect();
        if places.is_empty() {
            return Ok(Vec::new());
        }
        self.find("Schedule", &format!("actor={}", places.join(",")))
    }

    /// The posts of a clinician.
    ///
    /// # Errors
    /// When the search went too far.
    pub(crate) fn roles(&self, practitioner: &str) -> Result<Vec<Read>, LookupError> {
        let criteria = format!("practitioner=Practitioner/{}", escaped(practitioner));
        self.find("PractitionerRole", &criteria)
    }

    /// The post of whose diary this is, as GP Connect names it.
    ///
    /// # Errors
    /// When the search went too far.
    pub(crate) fn job(&self, schedule: &Read) -> Result<Option<Json>, LookupError> {
        let who = items(&schedule.r4, "actor").find_map(|actor| referred(actor, "Practitioner"));
        let Some(who) = who else { return Ok(None) };
        let roles = self.roles(who)?;
        let code = roles.iter().find_map(|role| items(&role.r4, "code").next());
        Ok(code.map(administration::job))
    }

    /// A diary in STU3.
    ///
    /// # Errors
    /// When the search went too far.
    pub(crate) fn schedule(&self, schedule: &Read) -> Result<Json, LookupError> {
        let job = self.job(schedule)?;
        Ok(diary::schedule(&schedule.record, &schedule.r4, job.as_ref()))
    }
}

/// A practice that GP Connect speaks for.
#[derive(Debug)]
pub(crate) struct Practice {
    pub(crate) code: String,
    pub(crate) organisation: Read,
}

impl Practice {
    /// The practice with this ODS code.
    ///
    /// # Errors
    /// There is none, or the search went too far.
    pub(crate) fn find(shelf: &Shelf<'_>, code: &str) -> Result<Self, Refused> {
        let organisation = shelf
            .organisation(code)?
            .ok_or(Refused::plainly(&super::refused::ORGANISATION_NOT_FOUND))?;
        Ok(Self {
            code: code.to_owned(),
            organisation,
        })
    }

    /// Whether the practice lets what it holds be seen. It does unless a Consent says otherwise that is about no patient in
    /// particular.
    ///
    /// # Errors
    /// It does not, or the search went too far.
    pub(crate) fn check_consent(&self, shelf: &Shelf<'_>) -> Result<(), Refused> {
        let criteria = format!(
            "organization=Organization/{}&patient:missing=true&status=active",
            escaped(self.id())
        );
        if consent::denies(&shelf.find("Consent", &criteria)?) {
            return Err(Refused::plainly(&super::refused::NO_ORGANISATION_CONSENT));
        }
        Ok(())
    }

    /// The practice's id among the records' organisations.
    pub(crate) fn id(&self) -> &str {
        self.organisation.id()
    }

    pub(crate) fn stu3(&self) -> Json {
        administration::organisation(&self.organisation.record, &self.organisation.r4)
    }
}

/// Translates what somebody refers to, if it is of the directory.
pub(crate) fn directory_entry(read: &Read) -> Option<Json> {
    let (record, r4) = (&read.record, &read.r4);
    match record.kind.name() {
        "Organization" => Some(administration::organisation(record, r4)),
        "Location" => Some(administration::location(record, r4)),
        "Practitioner" => Some(administration::practitioner(record, r4)),
        "PractitionerRole" => Some(administration::role(record, r4)),
        _ => None,
    }
}
