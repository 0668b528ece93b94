//! Telephone numbers, emails and the like.

use fhir::json::Json;

use super::{Refused, Today, code, each_touched, period, text};

const SYSTEMS: [&str; 4] = ["phone", "fax", "email", "other"];
const USES: [&str; 4] = ["home", "work", "temp", "mobile"];

pub(super) fn settle(after: &mut Json, before: &Json, today: &Today) -> Result<(), Refused> {
    let kinds = |patient: &Json| -> Vec<(String, String)> {
        let items = patient
            .get("telecom")
            .and_then(Json::as_array)
            .unwrap_or_default();
        let kind = |telecom: &Json| {
            let of = |member: &str| telecom.text(member).unwrap_or_default().to_owned();
            (of("system"), of("use"))
        };
        items.iter().map(kind).collect()
    };
    let had = kinds(before);
    let mut now = kinds(after);
    now.sort_unstable();
    let twice = now.windows(2).find_map(|pair| match pair {
        [one, other] if one == other && had.iter().filter(|kind| *kind == one).count() < 2 => Some(one),
        _ => None,
    });
    if let Some((system, kind)) = twice {
        return Err(Refused::invalid_update(&format!(
            "multiple telecoms of system '{system}' and use '{kind}' cannot be added"
        )));
    }
    each_touched(after, before, "telecom", |touched| {
        check(touched.item, &touched.path)?;
        for member in ["system", "use"] {
            if touched
                .was
                .is_some_and(|was| was.get(member) != touched.item.get(member))
            {
                return Err(Refused::invalid_update(&format!(
                    "the {member} of a telecom cannot be changed - remove it and add another"
                )));
            }
        }
        period::settle(touched, today)
    })
}

/// Checks a way to reach somebody that is changed or new.
///
/// # Errors
/// The first rule that is broken.
pub(in super::super) fn check(telecom: &Json, path: &str) -> Result<(), Refused> {
    let system = code(telecom, path, "system", &SYSTEMS)?;
    code(telecom, path, "use", &USES)?;
    let value = text(telecom, path, "value")?;
    if system == "email" && !is_email(value) {
        return Err(Refused::invalid_update("email format is invalid"));
    }
    Ok(())
}

/// One `@`, something before it, a dot after it, no spaces; more than 6 characters and fewer than 90.
pub(in super::super) fn is_email(text: &str) -> bool {
    let Some((name, domain)) = text.split_once('@') else {
        return false;
    };
    let length = text.chars().count();
    length > 6
        && length < 90
        && !name.is_empty()
        && !text.contains(char::is_whitespace)
        && !domain.contains('@')
        && domain
            .split_once('.')
            .is_some_and(|(host, rest)| !host.is_empty() && !rest.is_empty() && !rest.ends_with('.'))
}
