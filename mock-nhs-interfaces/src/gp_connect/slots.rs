//! `GET Slot`: what is free in the diaries of a practice.
//! Source: <https://developer.nhs.uk/apis/gpconnect/appointments_use_case_search_for_free_slots.html>

use std::collections::BTreeSet;

use fhir::json::Json;
use time::Duration;

use super::Refused;
use super::dates::{Moment, instant_text};
use super::places::{Practice, Read, Shelf, directory_entry};
use super::query::Query;
use super::refused::{INVALID_IDENTIFIER_VALUE, INVALID_PARAMETER};
use super::stu3::administration::ODS_SYSTEM;
use super::stu3::diary;
use super::stu3::shape::{Shape, items, referred};
use crate::lookup::escaped;
use crate::value::OdsCode;

/// Longest time that one search may span.
const LONGEST: Duration = Duration::days(14);
pub(crate) const SEARCHSET_PROFILE: &str =
    "https://fhir.nhs.uk/STU3/StructureDefinition/GPConnect-Searchset-Bundle-1";

/// When a slot may begin at the earliest, and must have ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    from: Moment,
    to: Moment,
}

impl Window {
    /// Reads `start`, `end`, `status` and `_include` of a query, and looks whether they and the organisations in
    /// `searchFilter` are as they should be.
    ///
    /// # Errors
    /// A parameter is missing, has the wrong prefix, is in the past, or the window is longer than 14 days; or an
    /// organisation has a code that is none.
    pub(crate) fn of(query: &Query, shelf: &Shelf<'_>) -> Result<Self, Refused> {
        let (start, end) = (query.one("start")?, query.one("end")?);
        let (status, include) = (query.one("status")?, query.one("_include")?);
        let from = moment(start, "ge", "start")?;
        let to = moment(end, "le", "end")?;
        let invalid = |text: &str| Refused::saying(&INVALID_PARAMETER, text);
        if status != "free" {
            return Err(invalid("status is free, nothing else."));
        }
        if include != "Slot:schedule" {
            return Err(invalid("_include is Slot:schedule, nothing else."));
        }
        if to.ends <= from.begins {
            return Err(invalid("end is before start."));
        }
        // Whole days between the two, however late on the day they are.
        if to.begins.date() - from.begins.date() > LONGEST {
            return Err(invalid("There may be 14 days between start and end, not more."));
        }
        if from.ends <= shelf.now && from.begins.date() < shelf.now.date() {
            return Err(invalid("start is in the past."));
        }
        if let Some(code) = organisations(query).find(|code| code.parse::<OdsCode>().is_err()) {
            return Err(Refused::saying(
                &INVALID_IDENTIFIER_VALUE,
                format!("searchFilter has an organisation whose code is none: {code}"),
            ));
        }
        Ok(Self { from, to })
    }
}

/// The codes of organisations in `searchFilter`; filters of other systems are not looked at.
pub(crate) fn organisations(query: &Query) -> impl Iterator<Item = &str> {
    query
        .all("searchFilter")
        .filter_map(|filter| filter.strip_prefix(ODS_SYSTEM)?.strip_prefix('|'))
}

fn moment(text: &str, prefix: &str, name: &str) -> Result<Moment, Refused> {
    text.strip_prefix(prefix).and_then(Moment::parse).ok_or_else(|| {
        Refused::saying(
            &INVALID_PARAMETER,
            format!("{name} is {prefix} and a day, or a time with seconds and offset: {text}"),
        )
    })
}

/// The Bundle of what is free at the practice in the window, with what was asked for beside it.
///
/// # Errors
/// When the search went too far.
pub(crate) fn search(
    shelf: &Shelf<'_>,
    practice: &Practice,
    window: Window,
    query: &Query,
) -> Result<Json, Refused> {
    let schedules = shelf.schedules(practice.id())?;
    let slots = free(shelf, &schedules, window)?;
    let used: BTreeSet<&str> = slots
        .iter()
        .filter_map(|slot| referred(slot.r4.get("schedule")?, "Schedule"))
        .collect();
    let used: Vec<&Read> = schedules.iter().filter(|one| used.contains(one.id())).collect();
    let mut found: Vec<Json> = slots
        .iter()
        .map(|slot| diary::slot(&slot.record, &slot.r4))
        .collect();
    for schedule in &used {
        found.push(shelf.schedule(schedule)?);
    }
    let wants = |what: &str| query.has("_include:recurse", what);
    let mut actors = Vec::new();
    if wants("Schedule:actor:Practitioner") {
        actors.extend(actors_of(shelf, &used, "Practitioner"));
    }
    if wants("Schedule:actor:Location") {
        actors.extend(actors_of(shelf, &used, "Location"));
    }
    found.extend(actors.iter().filter_map(directory_entry));
    if wants("Location:managingOrganization") && !used.is_empty() {
        found.push(practice.stu3());
    }
    Ok(searchset(found))
}

fn free(shelf: &Shelf<'_>, schedules: &[Read], window: Window) -> Result<Vec<Read>, Refused> {
    if schedules.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<String> = schedules
        .iter()
        .map(|schedule| format!("Schedule/{}", escaped(schedule.id())))
        .collect();
    // What has begun cannot be booked any more.
    let from = window.from.begins.max(shelf.now);
    let criteria = format!(
        "schedule={}&status=free&start=ge{}&start=lt{}&_sort=start",
        ids.join(","),
        escaped(&instant_text(from)),
        escaped(&instant_text(window.to.ends)),
    );
    Ok(shelf.find("Slot", &criteria)?)
}

/// Whose diaries these are, each once.
fn actors_of(shelf: &Shelf<'_>, schedules: &[&Read], kind: &str) -> Vec<Read> {
    let ids: BTreeSet<&str> = schedules
        .iter()
        .flat_map(|schedule| items(&schedule.r4, "actor"))
        .filter_map(|actor| referred(actor, kind))
        .collect();
    ids.into_iter().filter_map(|id| shelf.read(kind, id)).collect()
}

/// A Bundle of what a search found. There is no `entry` where nothing was found, as FHIR wants it.
pub(crate) fn searchset(found: Vec<Json>) -> Json {
    let entries = found
        .into_iter()
        .map(|resource| Json::object([("resource", resource)]))
        .collect();
    Shape::new()
        .with("resourceType", "Bundle")
        .with(
            "meta",
            Json::object([("profile", Json::from(vec![SEARCHSET_PROFILE.into()]))]),
        )
        .with("type", "searchset")
        .with_list("entry", entries)
        .json()
}
