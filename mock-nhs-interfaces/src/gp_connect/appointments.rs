//! Reading appointments at a practice: one, or those of a patient in some days.
//! Source: <https://developer.nhs.uk/apis/gpconnect/appointments_use_case_retrieve_a_patients_appointments.html>

use fhir::json::Json;
use records::Record;
use time::{Date, OffsetDateTime};

use super::Refused;
use super::dates::{day, day_text, instant};
use super::patients::Patient;
use super::places::{Practice, Read, Shelf, directory_entry};
use super::query::Query;
use super::refused::{ACCESS_DENIED, BAD_REQUEST, INVALID_PARAMETER, NO_RECORD_FOUND};
use super::slots::searchset;
use super::stu3;
use super::stu3::shape::{items, referred};
use crate::lookup::{LookupError, escaped};

/// An appointment at a practice.
#[derive(Debug)]
pub(crate) struct Appointment {
    pub(crate) read: Read,
    pub(crate) stu3: Json,
}

impl Appointment {
    pub(crate) fn is_cancelled(&self) -> bool {
        self.read.r4.text("status") == Some("cancelled")
    }

    pub(crate) fn starts(&self) -> Option<OffsetDateTime> {
        instant(self.read.r4.text("start")?)
    }

    /// # Errors
    /// It is somebody else's.
    pub(crate) fn check_patient(&self, patient: &str) -> Result<(), Refused> {
        if actors(&self.read.r4, "Patient").any(|id| id == patient) {
            return Ok(());
        }
        Err(Refused::plainly(&ACCESS_DENIED))
    }
}

/// The ids of the participants of a kind.
fn actors<'a>(r4: &'a Json, kind: &'a str) -> impl Iterator<Item = &'a str> {
    items(r4, "participant").filter_map(move |one| referred(one.get("actor")?, kind))
}

/// The appointment with this id at the practice.
///
/// # Errors
/// There is none.
pub(crate) fn one(shelf: &Shelf<'_>, id: &str, practice: &Practice) -> Result<Appointment, Refused> {
    let missing = || Refused::plainly(&NO_RECORD_FOUND);
    let read = shelf.read("Appointment", id).ok_or_else(missing)?;
    if !is_at(shelf, &read.r4, practice)? {
        return Err(missing());
    }
    Ok(told(read, practice))
}

/// The appointment as it is answered after a change.
pub(crate) fn after(record: &Record, practice: &Practice) -> Json {
    let r4 = Json::parse(&record.text).unwrap_or_default();
    stu3::appointment::appointment(record, &r4, Some(&practice.organisation.r4))
}

fn told(read: Read, practice: &Practice) -> Appointment {
    let stu3 = stu3::appointment::appointment(&read.record, &read.r4, Some(&practice.organisation.r4));
    Appointment { read, stu3 }
}

/// The id of the organisation that an appointment is at.
///
/// # Errors
/// When the search went too far.
pub(crate) fn organisation_of(shelf: &Shelf<'_>, r4: &Json) -> Result<Option<String>, LookupError> {
    let of_place = |place: &Read| {
        let organisation = place.r4.get("managingOrganization")?;
        referred(organisation, "Organization").map(str::to_owned)
    };
    let by_place = actors(r4, "Location")
        .filter_map(|id| shelf.read("Location", id))
        .find_map(|place| of_place(&place));
    if by_place.is_some() {
        return Ok(by_place);
    }
    for slot in items(r4, "slot") {
        let schedule = shelf
            .follow(slot, "Slot")
            .and_then(|slot| shelf.follow(slot.r4.get("schedule")?, "Schedule"));
        let places = schedule.iter().flat_map(|schedule| items(&schedule.r4, "actor"));
        let found = places
            .filter_map(|actor| shelf.follow(actor, "Location"))
            .find_map(|place| of_place(&place));
        if found.is_some() {
            return Ok(found);
        }
    }
    for practitioner in actors(r4, "Practitioner") {
        for role in shelf.roles(practitioner)? {
            if let Some(organisation) = role
                .r4
                .get("organization")
                .and_then(|one| referred(one, "Organization"))
            {
                return Ok(Some(organisation.to_owned()));
            }
        }
    }
    Ok(None)
}

fn is_at(shelf: &Shelf<'_>, r4: &Json, practice: &Practice) -> Result<bool, LookupError> {
    Ok(organisation_of(shelf, r4)?.as_deref() == Some(practice.id()))
}

/// The days that a patient's appointments are asked of, both included.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Days {
    from: Date,
    to: Date,
}

impl Days {
    /// Reads the two parameters `start` of a query.
    ///
    /// # Errors
    /// There are not two, one is no whole day with the right prefix, or they are the wrong way round.
    pub(crate) fn of(query: &Query) -> Result<Self, Refused> {
        let given: Vec<&str> = query.all("start").collect();
        let invalid = |text: &str| Refused::saying(&INVALID_PARAMETER, text);
        let [first, second] = *given.as_slice() else {
            return Err(match given.len() {
                0 => Refused::saying(&BAD_REQUEST, "The parameter start is missing."),
                _ => invalid("start is given twice: with ge and with le."),
            });
        };
        let read = |text: &str, prefix: &str| text.strip_prefix(prefix).and_then(day);
        let pair = |one: &str, other: &str| Some((read(one, "ge")?, read(other, "le")?));
        let (from, to) = pair(first, second)
            .or_else(|| pair(second, first))
            .ok_or_else(|| invalid("start is ge and a whole day, and le and a whole day."))?;
        if to < from {
            return Err(invalid("The later day is before the earlier one."));
        }
        Ok(Self { from, to })
    }

    /// # Errors
    /// The first day is over.
    pub(crate) fn check_not_past(&self, now: OffsetDateTime) -> Result<(), Refused> {
        if self.from < now.date() {
            return Err(Refused::saying(&INVALID_PARAMETER, "The days are in the past."));
        }
        Ok(())
    }
}

/// What is wanted of a patient's appointments, besides their days.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Limits<'a> {
    /// So many of the past at most, the latest of them.
    pub(crate) past: Option<usize>,
    /// With this status only.
    pub(crate) status: Option<&'a str>,
}

/// The Bundle of a patient's appointments at the practice in these days.
///
/// # Errors
/// When the search went too far.
pub(crate) fn of_patient(
    shelf: &Shelf<'_>,
    practice: &Practice,
    patient: &Patient,
    days: Days,
    limits: Limits<'_>,
    query: &Query,
) -> Result<Json, Refused> {
    let criteria = format!(
        "actor=Patient/{}&date=ge{}&date=le{}&_sort=date",
        escaped(patient.read.id()),
        day_text(days.from),
        day_text(days.to),
    );
    let mut found = Vec::new();
    for read in shelf.find("Appointment", &criteria)? {
        let is_wanted = limits
            .status
            .is_none_or(|status| read.r4.text("status") == Some(status));
        if is_wanted && is_at(shelf, &read.r4, practice)? {
            found.push(told(read, practice));
        }
    }
    if let Some(past) = limits.past {
        let is_past = |one: &Appointment| one.starts().is_some_and(|start| start < shelf.now);
        let over = found
            .iter()
            .filter(|one| is_past(one))
            .count()
            .saturating_sub(past);
        // Sorted by time: those that are too many come first.
        found.drain(..over);
    }
    let mut entries: Vec<Json> = found.iter().map(|one| one.stu3.clone()).collect();
    for kind in ["Practitioner", "Location"] {
        if query.has("_include:recurse", &format!("Appointment:actor:{kind}")) {
            let mut ids: Vec<&str> = found.iter().flat_map(|one| actors(&one.read.r4, kind)).collect();
            ids.sort_unstable();
            ids.dedup();
            let entry = |id: &str| directory_entry(&shelf.read(kind, id)?);
            entries.extend(ids.into_iter().filter_map(entry));
        }
    }
    Ok(searchset(entries))
}
