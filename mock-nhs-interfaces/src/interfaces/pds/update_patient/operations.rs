//! The operations of a patch, and what PDS asks of them before it looks at the patient.
//!
//! Source: "JSON Patch" of <https://digital.nhs.uk/developer/api-catalogue/personal-demographics-service-fhir#patch-/Patient/-id->

use fhir::json::Json;

use super::super::error::Refused;

/// Operations in one patch; real ones have a handful. Ours, not the NHS's.
const MOST_OPERATIONS: usize = 500;
/// Parts in a path; the deepest part of a patient is seven deep.
const MOST_PARTS: usize = 16;
/// What may be done.
const NAMES: [(&str, Kind); 4] = [
    ("add", Kind::Add),
    ("replace", Kind::Replace),
    ("remove", Kind::Remove),
    ("test", Kind::Test),
];

/// One operation.
#[derive(Debug)]
pub(super) struct Patch<'a> {
    pub(super) kind: Kind,
    /// The path as it was sent.
    pub(super) path: &'a str,
    /// Its parts, decoded.
    pub(super) parts: Vec<String>,
    /// `Null` for a removal.
    pub(super) value: &'a Json,
}

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Add,
    Replace,
    Remove,
    Test,
}

/// A removal has no value.
const NOTHING: &Json = &Json::Null;

/// The list of patches that was sent.
///
/// # Errors
/// When there is none.
pub(super) fn list(body: &Json) -> Result<&[Json], Refused> {
    let patches = body.get("patches").and_then(Json::as_array).unwrap_or_default();
    if patches.is_empty() {
        return Err(Refused::invalid_update("No patches found"));
    }
    if patches.len() > MOST_OPERATIONS {
        return Err(Refused::invalid_update(&format!(
            "an update has at most {MOST_OPERATIONS} patches here"
        )));
    }
    Ok(patches)
}

impl<'a> Patch<'a> {
    /// Reads every operation: its name, where it leads, its value.
    ///
    /// # Errors
    /// The first that is not one.
    pub(super) fn read_all(patches: &'a [Json]) -> Result<Vec<Self>, Refused> {
        let read: Result<Vec<Self>, Refused> = patches
            .iter()
            .enumerate()
            .map(|(place, patch)| Self::read(place, patch))
            .collect();
        let read = read?;
        check_removals(&read)?;
        check_ids(&read)?;
        Ok(read)
    }

    fn read(place: usize, patch: &'a Json) -> Result<Self, Refused> {
        let member = |name: &str| {
            let value = patch.get(name);
            value.ok_or_else(|| Refused::missing(&format!("{place}/{name}")))
        };
        let op = member("op")?;
        let known = NAMES.iter().find(|(name, _)| op.as_str() == Some(name));
        let kind = known
            .map(|(_, kind)| *kind)
            .ok_or_else(|| Refused::invalid(&format!("{place}/op"), &plain(op)))?;
        let path = member("path")?;
        let parts = path
            .as_str()
            .and_then(parts)
            .ok_or_else(|| Refused::invalid(&format!("{place}/path"), &plain(path)))?;
        let value = if kind == Kind::Remove {
            NOTHING
        } else {
            member("value")?
        };
        Ok(Self {
            kind,
            path: path.as_str().unwrap_or_default(),
            parts,
            value,
        })
    }

    pub(super) fn part(&self, place: usize) -> &str {
        self.parts.get(place).map_or("", String::as_str)
    }

    /// The list and the place of the item that the path leads to or into, such as `name` and `0`.
    pub(super) fn item(&self) -> Option<(&str, &str)> {
        let (list, place) = (self.part(0), self.part(1));
        let is_place = !place.is_empty() && place.bytes().all(|byte| byte.is_ascii_digit());
        is_place.then_some((list, place))
    }
}

/// The parts of a path; `None` when it is none. Source: <https://www.rfc-editor.org/rfc/rfc6901>
fn parts(path: &str) -> Option<Vec<String>> {
    let rest = path.strip_prefix('/')?;
    let parts: Vec<String> = rest
        .split('/')
        .map(|part| part.replace("~1", "/").replace("~0", "~"))
        .collect();
    (parts.len() <= MOST_PARTS).then_some(parts)
}

/// A value as it is repeated to the caller.
fn plain(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_text(), str::to_owned)
}

/// What is taken out of a list must be what the caller believes it is: a test of the same item comes right before.
fn check_removals(patches: &[Patch<'_>]) -> Result<(), Refused> {
    let mut before: Option<&Patch<'_>> = None;
    for patch in patches {
        if let (Kind::Remove, Some(item)) = (patch.kind, patch.item()) {
            let is_tested = before.is_some_and(|before| {
                before.kind == Kind::Test && before.item() == Some(item) && tests_identity(before, patch)
            });
            if !is_tested {
                let instead = match before {
                    None => "it is the first item".to_owned(),
                    Some(before) => format!("it is preceded by '{}'", before.path),
                };
                return Err(Refused::invalid_update(&format!(
                    "removal '{}' is not immediately preceded by equivalent test - instead {instead}",
                    patch.path
                )));
            }
        }
        before = Some(patch);
    }
    Ok(())
}

/// A test of the whole item, of its id or address, or of exactly what is removed.
fn tests_identity(test: &Patch<'_>, removal: &Patch<'_>) -> bool {
    let last = test.parts.last().map_or("", String::as_str);
    test.parts.len() == 2 || matches!(last, "id" | "url") || test.parts == removal.parts
}

/// What changes an item of a list must say which item it means: by its id, or by its address if it is an extension.
fn check_ids(patches: &[Patch<'_>]) -> Result<(), Refused> {
    let mut named: Vec<(&str, &str)> = Vec::new();
    for patch in patches {
        let Some(item) = patch.item() else { continue };
        let last = patch.parts.last().map_or("", String::as_str);
        let says_which = matches!(last, "id" | "url")
            || patch.value.get("id").is_some()
            || patch.value.get("url").is_some();
        if says_which && !named.contains(&item) {
            named.push(item);
        }
    }
    for patch in patches {
        let Some(item) = patch.item() else { continue };
        if patch.kind != Kind::Test && patch.kind != Kind::Remove && !named.contains(&item) {
            return Err(Refused::invalid_update(&format!(
                "no id or url found for path with root /{}/{}",
                item.0, item.1
            )));
        }
    }
    Ok(())
}
