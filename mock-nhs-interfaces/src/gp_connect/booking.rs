//! `POST Appointment`: books slots for a patient; the appointment and the taken slots become one change of the records.
//! Source: <https://developer.nhs.uk/apis/gpconnect/appointments_use_case_book_an_appointment.html>

use fhir::json::Json;
use records::{Change, Draft, Record, ResourceId, ResourceType};
use std::sync::Arc;
use time::OffsetDateTime;

use super::Refused;
use super::dates::instant;
use super::patients::Patient;
use super::places::{Practice, Read, Shelf};
use super::refused::{
    DUPLICATE_REJECTED, INTERNAL_SERVER_ERROR, INVALID_IDENTIFIER_VALUE, INVALID_RESOURCE,
    PRACTITIONER_NOT_FOUND, REFERENCE_NOT_FOUND,
};
use super::stu3::administration::ODS_SYSTEM;
use super::stu3::appointment::{BOOKING_ORGANISATION, FromDiary, to_r4};
use super::stu3::shape::{definition, items, referred};
use crate::value::OdsCode;

/// What an appointment that is sent may hold. Anything else of `Appointment` is not in use in GP Connect.
const MEMBERS: &[&str] = &[
    "resourceType",
    "id",
    "meta",
    "language",
    "text",
    "contained",
    "extension",
    "identifier",
    "status",
    "serviceCategory",
    "serviceType",
    "description",
    "start",
    "end",
    "minutesDuration",
    "slot",
    "created",
    "comment",
    "participant",
];
/// Most slots that one appointment takes: more than any diary's day has.
const MOST_SLOTS: usize = 50;

/// A booking that says everything a booking must say.
#[derive(Debug)]
pub(crate) struct Booking<'a> {
    body: &'a Json,
    /// The patient's id.
    pub(crate) patient: &'a str,
    location: &'a str,
    practitioner: Option<&'a str>,
    slots: Vec<&'a str>,
    start: OffsetDateTime,
    end: OffsetDateTime,
}

pub(crate) fn invalid(text: &str) -> Refused {
    Refused::saying(&INVALID_RESOURCE, text)
}

impl<'a> Booking<'a> {
    /// Reads an appointment that is to be booked. `statuses` are those that a new one may have.
    ///
    /// # Errors
    /// Something is missing, or there that may not be.
    pub(crate) fn parse(body: &'a Json, statuses: &[&str]) -> Result<Self, Refused> {
        check_members(body)?;
        let status = body.text("status").ok_or_else(|| invalid("status is missing."))?;
        if !statuses.contains(&status) {
            return Err(invalid("status of a new appointment is booked."));
        }
        if body.get("id").is_some() {
            return Err(invalid("A new appointment has no id yet."));
        }
        check_booking_organisation(body)?;
        let time = |name: &str| {
            let text = body
                .text(name)
                .ok_or_else(|| invalid(&format!("{name} is missing.")))?;
            instant(text).ok_or_else(|| invalid(&format!("{name} is a time with seconds and offset.")))
        };
        let (start, end) = (time("start")?, time("end")?);
        if body.text("created").and_then(instant).is_none() {
            return Err(invalid(
                "created is a time with seconds and offset, and must be there.",
            ));
        }
        let slots = items(body, "slot")
            .map(|slot| referred(slot, "Slot").ok_or_else(|| invalid("A slot is referred to as Slot/id.")))
            .collect::<Result<Vec<_>, _>>()?;
        if slots.is_empty() || slots.len() > MOST_SLOTS {
            return Err(invalid("slot is missing, or names too many."));
        }
        let Participants {
            patient,
            location,
            practitioner,
        } = participants(body)?;
        Ok(Self {
            body,
            patient,
            location,
            practitioner,
            slots,
            start,
            end,
        })
    }

    /// Books it for a patient of the practice: the patient's rules come first, then the slots'. Makes the appointment and
    /// takes the slots in `draft`, which nobody else changes meanwhile: of two who want one slot, one gets it.
    ///
    /// # Errors
    /// What the slots are not, what is not there, and `DUPLICATE_REJECTED` for slots that are taken.
    pub(crate) fn book(
        &self,
        draft: &mut Draft,
        now: OffsetDateTime,
        practice: &Practice,
    ) -> Result<Arc<Record>, Refused> {
        let view = draft.view().clone();
        let shelf = Shelf { view: &view, now };
        Patient::find_at(&shelf, self.patient, &practice.code)?;
        let slots = self.slots_in_a_row(&shelf)?;
        let schedule = self.schedule(&shelf, &slots, practice)?;
        if self.start < now {
            return Err(invalid("The slot has begun already."));
        }
        let is_free = |slot: &Read| slot.r4.text("status") == Some("free");
        if !slots.iter().all(is_free) {
            return Err(Refused::saying(
                &DUPLICATE_REJECTED,
                "A slot is not free any more.",
            ));
        }
        let from = FromDiary {
            kinds: slots
                .first()
                .into_iter()
                .flat_map(|slot| items(&slot.r4, "serviceType"))
                .cloned()
                .collect(),
            job: shelf.job(&schedule)?,
            minutes: (self.end - self.start).whole_minutes(),
        };
        for slot in &slots {
            set_status(draft, slot, "busy")?;
        }
        let kind = ResourceType::parse("Appointment").ok_or(Refused::plainly(&INTERNAL_SERVER_ERROR))?;
        let text = to_r4(self.body, from).to_text();
        Ok(draft.put(kind, &ResourceId::random(), &text, Change::Created)?)
    }

    /// The slots in the order of time: each ends where the next begins, and together they are the appointment.
    fn slots_in_a_row(&self, shelf: &Shelf<'_>) -> Result<Vec<Read>, Refused> {
        let mut slots = Vec::new();
        for id in &self.slots {
            let read = shelf
                .read("Slot", id)
                .ok_or_else(|| invalid("There is no such slot."))?;
            let time = |name: &str| read.r4.text(name).and_then(instant);
            let (Some(start), Some(end)) = (time("start"), time("end")) else {
                return Err(invalid("The slot has no time."));
            };
            slots.push((start, end, read));
        }
        slots.sort_by_key(|(start, _, _)| *start);
        let mut at = self.start;
        for (start, end, _) in &slots {
            if *start != at {
                return Err(invalid(
                    "start is not the start of the first slot, or the slots are not adjacent.",
                ));
            }
            at = *end;
        }
        if at != self.end {
            return Err(invalid("end is not the end of the last slot."));
        }
        Ok(slots.into_iter().map(|(_, _, read)| read).collect())
    }

    /// The one diary of the slots, which must be one of the practice's, at the place and of the clinician named.
    fn schedule(&self, shelf: &Shelf<'_>, slots: &[Read], practice: &Practice) -> Result<Read, Refused> {
        let mut ids = slots.iter().map(|slot| {
            slot.r4
                .get("schedule")
                .and_then(|schedule| referred(schedule, "Schedule"))
        });
        let first = ids
            .next()
            .flatten()
            .ok_or_else(|| invalid("The slot is in no diary."))?;
        if !ids.all(|id| id == Some(first)) {
            return Err(invalid("The slots are in different diaries."));
        }
        let schedule = shelf
            .read("Schedule", first)
            .ok_or_else(|| invalid("The slot is in no diary."))?;
        let location = shelf.read("Location", self.location).ok_or(Refused::saying(
            &REFERENCE_NOT_FOUND,
            "There is no such location.",
        ))?;
        let managed_by = location
            .r4
            .get("managingOrganization")
            .and_then(|one| referred(one, "Organization"));
        if managed_by != Some(practice.id()) {
            return Err(invalid("The location is not one of the practice's."));
        }
        let has =
            |kind: &str, id: &str| items(&schedule.r4, "actor").any(|one| referred(one, kind) == Some(id));
        if !has("Location", self.location) {
            return Err(invalid("The slot is at another location."));
        }
        if let Some(practitioner) = self.practitioner {
            if shelf.read("Practitioner", practitioner).is_none() {
                return Err(Refused::plainly(&PRACTITIONER_NOT_FOUND));
            }
            if !has("Practitioner", practitioner) {
                return Err(invalid("The slot is in another clinician's diary."));
            }
        }
        Ok(schedule)
    }
}

/// Changes a slot's status.
pub(crate) fn set_status(draft: &mut Draft, slot: &Read, status: &str) -> Result<(), Refused> {
    let mut changed = slot.r4.clone();
    changed.set("status", status.into());
    draft.put(
        slot.record.kind,
        &slot.record.id,
        &changed.to_text(),
        Change::Updated,
    )?;
    Ok(())
}

/// Whether the body is an `Appointment` with members that are in use.
pub(crate) fn check_members(body: &Json) -> Result<(), Refused> {
    if body.text("resourceType") != Some("Appointment") {
        return Err(invalid("The body is not an Appointment."));
    }
    let unknown = body
        .as_object()
        .unwrap_or_default()
        .iter()
        .find(|(name, _)| !MEMBERS.contains(&&**name));
    if let Some((name, _)) = unknown {
        return Err(invalid(&format!("{name} is not in use in an appointment.")));
    }
    let is_whole = |identifier: &Json| identifier.text("value").is_some_and(|value| !value.is_empty());
    if !items(body, "identifier").all(is_whole) {
        return Err(invalid("An identifier has no value."));
    }
    Ok(())
}

/// Whether the organisation that books is there, as a contained resource, with its name, code and phone.
fn check_booking_organisation(body: &Json) -> Result<(), Refused> {
    let url = definition(BOOKING_ORGANISATION);
    let local = items(body, "extension")
        .find(|extension| extension.text("url") == Some(&url))
        .and_then(|extension| extension.at(&["valueReference", "reference"]))
        .and_then(Json::as_str)
        .ok_or_else(|| invalid("The extension with the booking organisation is missing."))?;
    let id = local
        .strip_prefix('#')
        .ok_or_else(|| invalid("The booking organisation is a contained resource."))?;
    let organisation = items(body, "contained")
        .find(|one| one.text("resourceType") == Some("Organization") && one.text("id") == Some(id))
        .ok_or_else(|| invalid("The booking organisation is not contained."))?;
    if organisation.text("name").is_none_or(str::is_empty) {
        return Err(invalid("The booking organisation has no name."));
    }
    if !items(organisation, "telecom").any(|one| one.text("value").is_some_and(|value| !value.is_empty())) {
        return Err(invalid("The booking organisation has no telecom."));
    }
    let code = items(organisation, "identifier")
        .find(|one| one.text("system") == Some(ODS_SYSTEM))
        .and_then(|one| one.text("value"))
        .filter(|code| !code.is_empty())
        .ok_or_else(|| invalid("The booking organisation has no ODS code."))?;
    match code.parse::<OdsCode>() {
        Ok(_) => Ok(()),
        Err(error) => Err(Refused::saying(
            &INVALID_IDENTIFIER_VALUE,
            format!("The booking organisation's code is none: {error}"),
        )),
    }
}

struct Participants<'a> {
    patient: &'a str,
    location: &'a str,
    practitioner: Option<&'a str>,
}

/// One patient, one place, one clinician or none, each with a status.
fn participants(body: &Json) -> Result<Participants<'_>, Refused> {
    let (mut patient, mut location, mut practitioner) = (None, None, None);
    for participant in items(body, "participant") {
        if participant.text("status").is_none() {
            return Err(invalid("A participant has no status."));
        }
        let actor = participant
            .get("actor")
            .ok_or_else(|| invalid("A participant has no actor."))?;
        let named = [
            ("Patient", &mut patient),
            ("Location", &mut location),
            ("Practitioner", &mut practitioner),
        ];
        let mut is_known = false;
        for (kind, place) in named {
            if let Some(id) = referred(actor, kind) {
                is_known = place.replace(id).is_none();
            }
        }
        if !is_known {
            return Err(invalid(
                "Participants are one Patient/id, one Location/id and perhaps one Practitioner/id.",
            ));
        }
        if items(participant, "type").next().is_some() {
            return Err(invalid("type of a participant is not in use."));
        }
    }
    Ok(Participants {
        patient: patient.ok_or_else(|| invalid("The patient is missing among the participants."))?,
        location: location.ok_or_else(|| invalid("The location is missing among the participants."))?,
        practitioner,
    })
}
