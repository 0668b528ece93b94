//! Extensions against their own definitions, wherever they are: <https://hl7.org/fhir/R4/defining-extensions.html>.

use crate::instance::Instance;
use crate::issue::{IssueCode, Place, Severity, did_you_mean, one_of, quoted};
use crate::profile::check_profile;
use crate::rules::Surroundings;

use super::walk::Walk;
use definitions::ArtefactKind;

impl<'r> Walk<'_, '_> {
    /// Checks one extension against the definition that its `url` names.
    pub(super) fn extension(
        &mut self,
        instance: &Instance<'r>,
        holder: &Instance<'r>,
        around: Surroundings<'r>,
        place: &Place<'_>,
    ) {
        // The parts of an extension have names that mean something only inside it, and are checked with it.
        let Some(url) = instance.json.text("url").filter(|url| url.contains(':')) else {
            return;
        };
        let Some(profile) = self.library.profile(url) else {
            let modifier = instance
                .child
                .is_some_and(|child| child.element.name == "modifierExtension");
            let severity = if modifier {
                Severity::Warning
            } else {
                Severity::Information
            };
            self.issues.add(severity, place, IssueCode::Extension, || {
                let near = self.library.near(ArtefactKind::StructureDefinition, url);
                let near: Vec<&str> = near.iter().map(String::as_str).collect();
                format!(
                    "The extension {} is not defined here, so it was not checked.{}",
                    quoted(url),
                    did_you_mean(&near)
                )
            });
            return;
        };
        let contexts = &profile.contexts;
        if !contexts.is_empty()
            && !contexts
                .iter()
                .any(|(kind, expression)| is_context(kind, expression, holder, place))
        {
            // R4's own definitions put some of R4's own extensions elsewhere than these say.
            let own = url.starts_with("http://hl7.org/fhir/StructureDefinition/");
            let severity = if own { Severity::Warning } else { Severity::Error };
            self.issues.add(severity, place, IssueCode::Extension, || {
                let allowed: Vec<&str> = contexts.iter().map(|(_, expression)| &**expression).collect();
                format!(
                    "The extension {} may not be here; its definition puts it on {}.",
                    quoted(url),
                    one_of(&allowed)
                )
            });
        }
        let found = check_profile(self.library, self.left, around, &profile, instance, place);
        self.issues.append(found);
    }
}

/// Whether an extension may be on `holder` by one context of its definition.
fn is_context(kind: &str, expression: &str, holder: &Instance<'_>, place: &Place<'_>) -> bool {
    match kind {
        "element" => {
            let plain = expression.replace("[x]", "");
            let path = holder
                .child
                .map_or(holder.type_name(), |child| child.element.path)
                .replace("[x]", "");
            plain == "Element"
                || plain == "*"
                || plain == path
                || is_or_extends(holder.type_name(), &plain)
                || leads_to(&plain, place)
        }
        "extension" => holder.json.text("url") == Some(expression),
        // Expressions choose from the whole resource; they are taken as met.
        _ => true,
    }
}

/// Whether a type is `wanted` or builds upon it: a Patient is a Resource.
fn is_or_extends(type_name: &str, wanted: &str) -> bool {
    let mut name = Some(type_name);
    // The longest chain of R4 has four types.
    for _ in 0..8 {
        let Some(here) = name else { return false };
        if here == wanted {
            return true;
        }
        name = definitions::type_definition(here).and_then(|definition| definition.base);
    }
    false
}

/// Whether the place of an extension is on the element with this path, such as `Patient.name.given`.
fn leads_to(path: &str, place: &Place<'_>) -> bool {
    let Some((type_name, rest)) = path.split_once('.') else {
        return false;
    };
    let names = place.names();
    let Some((_, around)) = names.split_last() else {
        return false;
    };
    let wanted: Vec<&str> = rest.split('.').collect();
    let Some(start) = around.len().checked_sub(wanted.len() + 1) else {
        return false;
    };
    let (first, steps) = around
        .get(start..)
        .and_then(<[_]>::split_first)
        .unwrap_or((&"", &[]));
    steps == wanted && (*first == type_name || matches!(*first, "contained" | "resource"))
}
