//! What a workspace made of the base: each resource that it has changed, once.

use std::sync::Arc;

use fhir::json::Json;

use super::View;
use crate::server::shown::shown;
use crate::{Record, ResourceType};

/// What became of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// It was made here.
    Created,
    /// The base has it, and it is another now.
    Changed,
    /// It is there no longer.
    Deleted,
}

/// A resource that a workspace has changed.
#[derive(Clone, Debug)]
pub struct Changed {
    /// The newest version, which may say that it is deleted.
    pub record: Arc<Record>,
    /// What became of it.
    pub kind: ChangeKind,
    /// Whether every workspace begins with it.
    pub in_base: bool,
    /// Versions that the workspace made of it.
    pub versions: usize,
    /// What people would call it, as it stands or last stood: `Ann Adams`, `Heart rate`.
    pub display: Option<String>,
}

/// Some of the resources that a workspace has changed.
#[derive(Clone, Debug)]
pub struct ChangesPage {
    /// Those that were changed last come first.
    pub changes: Vec<Changed>,
    /// How many there are in all.
    pub total: u64,
    /// Where the next page begins: [`View::changes`]' `before`; `None` on the last page.
    pub next: Option<u64>,
}

impl View {
    /// The resources that the workspace has changed, those that were changed last first; from the place that a page before named,
    /// else from the newest. Reads the log of changes as far as it needs: a resource that was changed a thousand times is
    /// passed over a thousand times.
    #[must_use]
    pub fn changes(&self, before: Option<u64>, count: usize) -> ChangesPage {
        let log = self.overlay.log();
        let mut place = before
            .and_then(|before| usize::try_from(before).ok())
            .map_or(log.len(), |before| before.min(log.len()));
        let mut page = ChangesPage {
            changes: Vec::new(),
            total: self.overlay.changed_count(),
            next: None,
        };
        while let Some(at) = place.checked_sub(1) {
            let changed = log.get(at).and_then(|record| self.changed(record));
            if let Some(changed) = changed {
                if page.changes.len() >= count {
                    page.next = u64::try_from(place).ok();
                    return page;
                }
                page.changes.push(changed);
            }
            place = at;
        }
        page
    }

    /// What became of a resource, if this is its newest version.
    fn changed(&self, record: &Arc<Record>) -> Option<Changed> {
        let instance = self.overlay.instance(record.kind, record.id.as_str())?;
        if instance.versions.last()?.version != record.version {
            return None;
        }
        let in_base = self.base.find(record.kind, record.id.as_str()).is_some();
        let kind = match (record.is_deleted(), in_base) {
            (true, _) => ChangeKind::Deleted,
            (false, true) => ChangeKind::Changed,
            (false, false) => ChangeKind::Created,
        };
        let last = if record.is_deleted() {
            self.vread(record.kind, record.id.as_str(), record.version.saturating_sub(1))
        } else {
            Some(Arc::clone(record))
        };
        Some(Changed {
            record: Arc::clone(record),
            kind,
            in_base,
            versions: instance.versions.len(),
            display: last.and_then(|last| display(last.kind, &last.text)),
        })
    }
}

/// What people would call a resource.
fn display(kind: ResourceType, text: &[u8]) -> Option<String> {
    let tree = Json::parse(text).ok()?;
    let named = |key: &str| tree.get(key).and_then(|value| value.items().next());
    let name = match named("name") {
        Some(Json::String(name)) => Some(name.to_string()),
        Some(name) => human_name(name),
        None => None,
    };
    let text_of = |key: &str| tree.text(key).map(str::to_owned);
    let concept = |key: &str| named(key).and_then(concept);
    // The first that a resource has says most of it; a status alone says little, and comes last.
    let found = name
        .or_else(|| text_of("title"))
        .or_else(|| concept("code"))
        .or_else(|| concept("vaccineCode"))
        .or_else(|| concept("medicationCodeableConcept"))
        .or_else(|| {
            named("medicationReference").and_then(|reference| reference.text("display").map(str::to_owned))
        })
        .or_else(|| text_of("description"))
        .or_else(|| concept("type"))
        .or_else(|| concept("serviceType"))
        .or_else(|| concept("category"))
        .or_else(|| text_of("criteria"))
        .or_else(|| text_of("url"))
        .or_else(|| text_of("status"))
        .filter(|found| !found.trim().is_empty());
    debug_assert!(
        tree.text("resourceType") == Some(kind.name()),
        "kept under its type"
    );
    found.map(|found| shown(&found))
}

fn human_name(name: &Json) -> Option<String> {
    if let Some(text) = name.text("text") {
        return Some(text.to_owned());
    }
    let given = name
        .get("given")
        .into_iter()
        .flat_map(Json::items)
        .filter_map(Json::as_str);
    let parts: Vec<&str> = given.take(4).chain(name.text("family")).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

fn concept(concept: &Json) -> Option<String> {
    let coding = concept.get("coding").and_then(|codings| codings.items().next());
    let text = concept
        .text("text")
        .or_else(|| coding?.text("display"))
        .or_else(|| coding?.text("code"));
    text.map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::display;
    use crate::ResourceType;

    #[test]
    fn a_resource_is_called_what_people_would_call_it() {
        let check = |kind: &str, rest: &str, expected: Option<&str>| {
            let text = format!(r#"{{"resourceType":"{kind}",{rest}}}"#);
            let found = display(ResourceType::parse(kind).unwrap(), text.as_bytes());
            assert_eq!(found.as_deref(), expected, "{text}");
        };
        check(
            "Patient",
            r#""name":[{"family":"Adams","given":["Ann","Mary"]}]"#,
            Some("Ann Mary Adams"),
        );
        check(
            "Patient",
            r#""name":[{"text":"Dr Ann Adams","family":"Adams"}]"#,
            Some("Dr Ann Adams"),
        );
        check("Patient", r#""active":true"#, None);
        check("Organization", r#""name":"St Elsewhere""#, Some("St Elsewhere"));
        check(
            "Observation",
            r#""status":"final","code":{"coding":[{"code":"8867-4","display":"Heart rate"}]}"#,
            Some("Heart rate"),
        );
        check(
            "Encounter",
            r#""status":"planned","class":{"code":"AMB"}"#,
            Some("planned"),
        );
        check("Basic", r#""code":{"text":"a\u0007b"}"#, Some("a\u{fffd}b"));
        check("Basic", r#""code":{"text":" "}"#, None);
    }
}
