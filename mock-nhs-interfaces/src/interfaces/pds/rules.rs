//! The rules that a patient's parts obey, whether they are changed or new.
//!
//! Only what was changed is looked at: a record that came with something odd keeps it until somebody touches it.
//! Source: "Patient data fields" of
//! <https://digital.nhs.uk/developer/api-catalogue/personal-demographics-service-fhir#patch-/Patient/-id->

mod address;
mod contact;
mod extension;
mod name;
mod organisation;
mod period;
mod single;
mod telecom;

use fhir::json::Json;
use records::ResourceId;
use time::{Date, OffsetDateTime};

use super::error::{Refused, TOO_MANY_VALUES_SUBMITTED};

pub(super) use address::{check_lines, without_empty_lines};
pub(super) use period::Today;
pub(super) use telecom::is_email;

/// Checks what was changed, gives new items their ids and their first day, and writes texts as PDS keeps them.
///
/// # Errors
/// The first rule that is broken.
pub(super) fn settle(after: &mut Json, before: &Json, today: &Today) -> Result<(), Refused> {
    single::settle(after, before, today)?;
    name::settle(after, before, today)?;
    address::settle(after, before, today)?;
    telecom::settle(after, before, today)?;
    contact::settle(after, before, today)?;
    organisation::settle(after, before, today)?;
    extension::settle(after, before)
}

/// One item of a list that is new or was changed.
struct Touched<'j> {
    item: &'j mut Json,
    /// Where it stands, such as `name/0`.
    path: String,
    /// What it was; `None` for a new one.
    was: Option<&'j Json>,
}

/// The items of a list, one after the other, that are new or were changed; a new one gets an id.
///
/// # Errors
/// What `check` says.
fn each_touched(
    after: &mut Json,
    before: &Json,
    list: &str,
    mut check: impl FnMut(&mut Touched<'_>) -> Result<(), Refused>,
) -> Result<(), Refused> {
    let had = before.get(list).and_then(Json::as_array).unwrap_or_default();
    let Some(now) = after.get_mut(list) else {
        return Ok(());
    };
    let Some(items) = now.as_array_mut() else {
        return Err(Refused::invalid(list, &now.to_text()));
    };
    if items.len() > MOST_ITEMS.max(had.len()) {
        return Err(too_many(now_text(items), list));
    }
    for (place, item) in items.iter_mut().enumerate() {
        let path = format!("{list}/{place}");
        if item.as_object().is_none() {
            return Err(Refused::invalid(&path, &item.to_text()));
        }
        let id = item.text("id");
        let was = had.iter().find(|was| id.is_some() && was.text("id") == id);
        if was == Some(item) {
            continue;
        }
        let mut touched = Touched { item, path, was };
        check(&mut touched)?;
        if touched.was.is_none() {
            touched.item.remove("id");
            if let Some(members) = touched.item.as_object_mut() {
                members.insert(0, ("id".into(), new_id().into()));
            }
        }
    }
    Ok(())
}

/// Items in one list of a patient. Ours: somebody with more addresses than this is nobody.
const MOST_ITEMS: usize = 50;

fn now_text(items: &[Json]) -> &'static str {
    if items.is_empty() {
        "[]"
    } else {
        "<json too long to display>"
    }
}

/// `TOO_MANY_VALUES_SUBMITTED` in PDS's words.
fn too_many(values: &str, field: &str) -> Refused {
    Refused::saying(
        &TOO_MANY_VALUES_SUBMITTED,
        format!("Too many values submitted - {values} in field '{field}'"),
    )
}

/// Eight capital hexadecimal digits, as PDS gives its items.
pub(super) fn new_id() -> String {
    let random = ResourceId::random();
    random
        .as_str()
        .chars()
        .take(8)
        .flat_map(char::to_uppercase)
        .collect()
}

/// A member that must be a text.
///
/// # Errors
/// When it is missing or something else.
fn text<'j>(item: &'j Json, path: &str, member: &str) -> Result<&'j str, Refused> {
    let field = format!("{path}/{member}");
    let value = item.get(member).ok_or_else(|| Refused::missing(&field))?;
    value
        .as_str()
        .filter(|text| !text.trim().is_empty())
        .ok_or_else(|| Refused::invalid(&field, value.as_str().unwrap_or(&value.to_text())))
}

/// A member that must be one of a few codes.
///
/// # Errors
/// When it is missing or something else.
fn code<'j>(item: &'j Json, path: &str, member: &str, known: &[&str]) -> Result<&'j str, Refused> {
    let value = text(item, path, member)?;
    if known.contains(&value) {
        return Ok(value);
    }
    Err(Refused::invalid(&format!("{path}/{member}"), value))
}

/// How many items of a list say this of themselves.
fn count(patient: &Json, list: &str, is_it: impl Fn(&Json) -> bool) -> usize {
    let items = patient.get(list).and_then(Json::as_array).unwrap_or_default();
    items.iter().filter(|item| is_it(item)).count()
}

/// The day on the workspace's clock.
fn day_of(now: OffsetDateTime) -> Date {
    now.to_offset(time::UtcOffset::UTC).date()
}
