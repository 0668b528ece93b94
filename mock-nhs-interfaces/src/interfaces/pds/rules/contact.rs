//! Whom to call in an emergency.

use fhir::json::Json;

use super::{Refused, Today, code, each_touched, period, telecom, text};

pub(super) fn settle(after: &mut Json, before: &Json, today: &Today) -> Result<(), Refused> {
    each_touched(after, before, "contact", |touched| {
        check(touched.item, &touched.path)?;
        period::settle(touched, today)
    })
}

fn check(contact: &Json, path: &str) -> Result<(), Refused> {
    let list = |member: &str| -> Result<&[Json], Refused> {
        let field = format!("{path}/{member}");
        let value = contact.get(member).ok_or_else(|| Refused::missing(&field))?;
        value
            .as_array()
            .filter(|items| !items.is_empty())
            .ok_or_else(|| Refused::invalid(&field, &value.to_text()))
    };
    for (place, relationship) in list("relationship")?.iter().enumerate() {
        let field = format!("{path}/relationship/{place}/coding/0");
        let coding = relationship
            .get("coding")
            .and_then(|coding| coding.items().next());
        code(coding.unwrap_or(&Json::Null), &field, "code", &["C"])?;
    }
    for (place, way) in list("telecom")?.iter().enumerate() {
        let field = format!("{path}/telecom/{place}");
        let system = code(way, &field, "system", &["phone", "email", "other"])?;
        let value = text(way, &field, "value")?;
        if way.get("use").is_some() {
            return Err(Refused::invalid_update("the telecom of a contact has no use"));
        }
        if system == "email" && !telecom::is_email(value) {
            return Err(Refused::invalid_update("email format is invalid"));
        }
    }
    Ok(())
}
