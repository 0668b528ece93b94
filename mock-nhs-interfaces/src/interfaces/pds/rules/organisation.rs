//! The practice that somebody is registered with, and the organisation that manages their record.

use fhir::json::Json;

use super::{Refused, Today, each_touched, period, too_many};
use crate::value::OdsCode;

pub(super) fn settle(after: &mut Json, before: &Json, today: &Today) -> Result<(), Refused> {
    let practices = |patient: &Json| {
        patient
            .get("generalPractitioner")
            .and_then(Json::as_array)
            .map_or(0, <[Json]>::len)
    };
    if practices(after) < practices(before) {
        return Err(Refused::forbidden_update(
            "source not permitted to remove 'generalPractitioner'",
        ));
    }
    if practices(after) > practices(before).max(1) {
        return Err(too_many("<json too long to display>", "generalPractitioner"));
    }
    each_touched(after, before, "generalPractitioner", |touched| {
        let path = format!("{}/identifier", touched.path);
        let identifier = touched
            .item
            .get("identifier")
            .ok_or_else(|| Refused::missing(&path))?;
        check_code(identifier, &path)?;
        if identifier.at(&["period", "end"]).is_some() {
            return Err(Refused::invalid_update(
                "an end date cannot be provided for a general practice",
            ));
        }
        settle_identifier(touched, today)
    })?;
    let managing = after.get("managingOrganization");
    if managing.is_some() && managing != before.get("managingOrganization") {
        let path = "managingOrganization/identifier";
        let identifier = managing.and_then(|managing| managing.get("identifier"));
        check_code(identifier.ok_or_else(|| Refused::missing(path))?, path)?;
    }
    Ok(())
}

/// The period of a practice stands in its identifier.
fn settle_identifier(touched: &mut super::Touched<'_>, today: &Today) -> Result<(), Refused> {
    let was = touched.was.and_then(|was| was.get("identifier"));
    if let Some(item) = touched.item.get_mut("identifier") {
        let path = format!("{}/identifier", touched.path);
        period::settle(&mut super::Touched { item, path, was }, today)?;
    }
    if touched.item.get("type").is_none() {
        touched.item.set("type", "Organization".into());
    }
    Ok(())
}

pub(super) fn check_code(identifier: &Json, path: &str) -> Result<(), Refused> {
    let field = format!("{path}/value");
    let value = identifier.get("value").ok_or_else(|| Refused::missing(&field))?;
    let text = value.as_str().unwrap_or_default();
    if text.parse::<OdsCode>().is_ok() {
        return Ok(());
    }
    Err(Refused::invalid(&field, text))
}
