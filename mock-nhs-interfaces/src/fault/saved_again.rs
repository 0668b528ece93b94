//! Somebody else's change in between: the record that a request is about is saved once more, or its slot is taken.

use records::{Change, Draft, Records, RecordsError, ResourceId, ResourceType};
use store::{Clock, WorkspaceId};

/// Saves the record that a request wants to change once more, as it is: its version goes up. Of a booking, the slot is
/// taken. `false` when the request is about nothing that is there.
///
/// `path` is the request's path, `body` its body.
///
/// # Errors
/// When the store cannot answer.
pub async fn save_again(
    records: &Records,
    workspace: WorkspaceId,
    clock: &dyn Clock,
    path: &str,
    body: &[u8],
) -> Result<bool, RecordsError> {
    let record = named_in_path(path).or_else(|| slot_in(body));
    let Some((kind, id)) = record else {
        return Ok(false);
    };
    records
        .change(workspace, clock, |draft: &mut Draft| {
            let Some(present) = draft.view().read(kind, id.as_str()) else {
                return Ok(false);
            };
            let text = String::from_utf8_lossy(&present.text);
            let text = if kind.name() == "Slot" {
                taken(&text)
            } else {
                text.into_owned()
            };
            draft.put(kind, &id, &text, Change::Updated)?;
            Ok(true)
        })
        .await
}

/// The last `Type/id` of the path.
fn named_in_path(path: &str) -> Option<(ResourceType, ResourceId)> {
    let segments: Vec<&str> = path.split('/').collect();
    let pair = |pair: &[&str]| match pair {
        [kind, id] => Some((ResourceType::parse(kind)?, ResourceId::parse(id)?)),
        _ => None,
    };
    segments.windows(2).rev().find_map(pair)
}

/// The first slot that the body refers to.
fn slot_in(body: &[u8]) -> Option<(ResourceType, ResourceId)> {
    let text = String::from_utf8_lossy(body);
    let (_, rest) = text.split_once("Slot/")?;
    let id = rest.split('"').next()?;
    Some((ResourceType::parse("Slot")?, ResourceId::parse(id)?))
}

/// A slot that is no longer free. Its status is the only member of this name that can hold this word.
fn taken(slot: &str) -> String {
    match slot.split_once("\"free\"") {
        Some((before, after)) => format!("{before}\"busy\"{after}"),
        None => slot.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{named_in_path, slot_in, taken};

    #[test]
    fn a_request_says_what_it_is_about() {
        for (path, expected) in [
            (
                "/personal-demographics/FHIR/R4/Patient/9000000009",
                Some("Patient/9000000009"),
            ),
            ("/Patient/1/Observation/2", Some("Observation/2")),
            ("/Patient/1/_history/3", Some("Patient/1")),
            ("/Appointment", None),
            ("/", None),
        ] {
            let found = named_in_path(path).map(|(kind, id)| format!("{}/{}", kind.name(), id.as_str()));
            assert_eq!(found.as_deref(), expected, "{path}");
        }
        let body = br#"{"slot":[{"reference":"Slot/a-1"},{"reference":"Slot/a-2"}]}"#;
        assert_eq!(slot_in(body).unwrap().1.as_str(), "a-1");
        assert_eq!(slot_in(b"{}"), None);
        assert_eq!(taken(r#"{"status": "free"}"#), r#"{"status": "busy"}"#);
    }
}
