//! `PUT Appointment/{id}`: amends what was said about an appointment, or cancels it and frees its slots.
//! Source: <https://developer.nhs.uk/apis/gpconnect/appointments_use_case_cancel_an_appointment.html> and
//! <https://developer.nhs.uk/apis/gpconnect/appointments_use_case_amend_an_appointment.html>

use std::sync::Arc;

use fhir::etag::EntityTags;
use fhir::json::Json;
use records::{Change, Draft, Record};
use time::OffsetDateTime;

use super::Refused;
use super::appointments::{Appointment, one};
use super::booking::{check_members, invalid, set_status};
use super::dates::instant;
use super::places::{Practice, Shelf};
use super::refused::{
    BAD_REQUEST, CANNOT_CANCEL, FHIR_CONSTRAINT_VIOLATION, INVALID_PARAMETER, TOO_LATE_TO_CANCEL,
};
use super::stu3::appointment::CANCELLATION_REASON;
use super::stu3::shape::{definition, items, words};

/// Who changes appointments, and what they may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Changer {
    /// A practice or another organisation, by the classic interface: amends, or cancels and changes nothing else.
    Organisation,
    /// The patient: cancels, and may change the description on the way.
    Patient,
}

/// A change that was asked for.
#[derive(Debug)]
pub(crate) struct Wanted<'a> {
    pub(crate) changer: Changer,
    /// The id in the address.
    pub(crate) id: &'a str,
    pub(crate) body: &'a Json,
    /// The header `If-Match`.
    pub(crate) if_match: Option<&'a str>,
    /// Whose appointment it must be; `None` when anybody's may be changed.
    pub(crate) patient: Option<&'a str>,
}

impl Wanted<'_> {
    /// Makes the change in `draft`.
    ///
    /// # Errors
    /// The appointment is not there, not of this version, not one that can be changed, or what changes may not.
    pub(crate) fn make(
        &self,
        draft: &mut Draft,
        now: OffsetDateTime,
        practice: &Practice,
    ) -> Result<Arc<Record>, Refused> {
        check_members(self.body)?;
        if self.body.text("id") != Some(self.id) {
            return Err(Refused::saying(&BAD_REQUEST, "id is not that of the address."));
        }
        let view = draft.view().clone();
        let shelf = Shelf { view: &view, now };
        let current = one(&shelf, self.id, practice)?;
        if let Some(patient) = self.patient {
            current.check_patient(patient)?;
        }
        self.check_version(current.read.record.version)?;
        match self.body.text("status") {
            Some("cancelled") => self.cancel(draft, &shelf, &current),
            Some("booked") => self.amend(draft, &shelf, &current),
            _ => Err(invalid("status is booked to amend, cancelled to cancel.")),
        }
    }

    fn check_version(&self, version: u32) -> Result<(), Refused> {
        let Some(header) = self.if_match else {
            return Ok(());
        };
        let names_it = EntityTags::parse(header).is_ok_and(|tags| tags.names(&version.to_string()));
        if names_it {
            return Ok(());
        }
        Err(Refused::saying(
            &FHIR_CONSTRAINT_VIOLATION,
            format!("If-Match does not name the version that stands, {version}."),
        ))
    }

    fn amend(
        &self,
        draft: &mut Draft,
        shelf: &Shelf<'_>,
        current: &Appointment,
    ) -> Result<Arc<Record>, Refused> {
        if self.changer == Changer::Patient {
            return Err(invalid("A patient can cancel an appointment, and not change it."));
        }
        if current.is_cancelled() {
            return Err(invalid("The appointment is cancelled."));
        }
        if has_begun(current, shelf.now) {
            return Err(invalid("The appointment has begun."));
        }
        self.check_unchanged(current, &["description", "comment"])?;
        let mut changed = current.read.r4.clone();
        for name in ["description", "comment"] {
            match self.body.get(name) {
                Some(value) => drop(changed.set(name, value.clone())),
                None => drop(changed.remove(name)),
            }
        }
        put(draft, current, &changed)
    }

    fn cancel(
        &self,
        draft: &mut Draft,
        shelf: &Shelf<'_>,
        current: &Appointment,
    ) -> Result<Arc<Record>, Refused> {
        let url = definition(CANCELLATION_REASON);
        let reason = items(self.body, "extension")
            .find(|extension| extension.text("url") == Some(&url))
            .ok_or_else(|| invalid("The extension with the reason for cancelling is missing."))?;
        let reason_text = reason.text("valueString").map(str::trim).unwrap_or_default();
        if reason_text.is_empty() {
            return Err(Refused::saying(
                &INVALID_PARAMETER,
                "The reason for cancelling is empty.",
            ));
        }
        let is_patient = self.changer == Changer::Patient;
        if current.is_cancelled() {
            return Err(match self.changer {
                Changer::Patient => Refused::plainly(&CANNOT_CANCEL),
                Changer::Organisation => invalid("The appointment is cancelled already."),
            });
        }
        if has_begun(current, shelf.now) {
            return Err(match self.changer {
                Changer::Patient => Refused::plainly(&TOO_LATE_TO_CANCEL),
                Changer::Organisation => invalid("The appointment has begun."),
            });
        }
        let may_change: &[&str] = if is_patient {
            &["status", "description"]
        } else {
            &["status"]
        };
        self.check_unchanged(current, may_change)?;
        let mut changed = current.read.r4.clone();
        changed.set("status", "cancelled".into());
        changed.set("cancelationReason", words(reason_text));
        if is_patient && let Some(description) = self.body.get("description") {
            changed.set("description", description.clone());
        }
        let mut extensions: Vec<Json> = items(&changed, "extension").cloned().collect();
        extensions.push(reason.clone());
        changed.set("extension", extensions.into());
        for slot in items(&current.read.r4, "slot") {
            if let Some(slot) = shelf.follow(slot, "Slot") {
                set_status(draft, &slot, "free")?;
            }
        }
        put(draft, current, &changed)
    }

    /// Whether everything but these members is as the appointment has it. What a caller leaves out, it does not change.
    fn check_unchanged(&self, current: &Appointment, may_change: &[&str]) -> Result<(), Refused> {
        let stu3 = &current.stu3;
        for (name, given) in self.body.as_object().unwrap_or_default() {
            let name = &**name;
            let is_free =
                may_change.contains(&name) || ["meta", "text", "language", "identifier"].contains(&name);
            let is_same = match name {
                _ if is_free => true,
                "extension" => same_extensions(given, stu3.get(name)),
                "start" | "end" | "created" => same_time(given, stu3.get(name)),
                "participant" => same_participants(given, stu3.get(name)),
                "contained" => same_organisation(given, stu3.get(name)),
                _ => stu3.get(name).is_some_and(|stands| stands.same_value(given)),
            };
            if !is_same {
                return Err(invalid(&format!("{name} cannot be changed.")));
            }
        }
        let needed = ["start", "end", "slot", "participant"];
        let is_missing = |name: &str| stu3.get(name).is_some() && self.body.get(name).is_none();
        match needed.into_iter().find(|name| is_missing(name)) {
            Some(name) => Err(invalid(&format!("{name} is missing."))),
            None => Ok(()),
        }
    }
}

fn put(draft: &mut Draft, current: &Appointment, changed: &Json) -> Result<Arc<Record>, Refused> {
    let record = &current.read.record;
    Ok(draft.put(record.kind, &record.id, &changed.to_text(), Change::Updated)?)
}

fn has_begun(current: &Appointment, now: OffsetDateTime) -> bool {
    current.starts().is_none_or(|start| start < now)
}

/// Every extension that is given stands, but for the reason for cancelling.
fn same_extensions(given: &Json, stands: Option<&Json>) -> bool {
    let reason = definition(CANCELLATION_REASON);
    given
        .items()
        .filter(|one| one.text("url") != Some(&reason))
        .all(|one| stands.is_some_and(|stands| stands.items().any(|other| other.same_value(one))))
}

fn same_time(given: &Json, stands: Option<&Json>) -> bool {
    let read = |json: &Json| json.as_str().and_then(instant);
    read(given).is_some() && read(given) == stands.and_then(read)
}

/// The same people and places, in any order.
fn same_participants(given: &Json, stands: Option<&Json>) -> bool {
    let named = |json: &Json| {
        let mut all: Vec<String> = json
            .items()
            .map(|one| {
                let to = one.at(&["actor", "reference"]).and_then(Json::as_str);
                to.unwrap_or_default().to_owned()
            })
            .collect();
        all.sort_unstable();
        all
    };
    stands.is_some_and(|stands| named(stands) == named(given))
}

/// The same organisation booked.
fn same_organisation(given: &Json, stands: Option<&Json>) -> bool {
    let code = |json: &Json| {
        json.items()
            .flat_map(|one| items(one, "identifier"))
            .find_map(|identifier| identifier.text("value"))
            .map(str::to_owned)
    };
    stands.is_some_and(|stands| code(stands) == code(given))
}
