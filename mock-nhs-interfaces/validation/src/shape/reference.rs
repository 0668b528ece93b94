//! References: their form, and what the definition lets them point at.

use definitions::Child;
use fhir::json::Json;

use super::format::is_id;
use super::object::Walk;
use crate::issue::{IssueCode, Place, did_you_mean, one_of, quoted};

/// Checks the address of one Reference. Whether something is there is not asked.
///
/// Source: <https://hl7.org/fhir/R4/references.html#literal>.
pub(super) fn check<'r>(walk: &mut Walk<'_, 'r>, value: &'r Json, child: Child, place: &Place<'_>) {
    let stated = value
        .text("type")
        .filter(|name| definitions::is_resource_type(name));
    let address = value.text("reference").unwrap_or_default();
    if address.starts_with('#') {
        walk.local.push((address, true));
    }
    let found = match target(address) {
        Target::Type(name) => Some(name),
        Target::Elsewhere => stated,
        Target::Wrong(sentence) => {
            walk.issues
                .error(&place.element("reference"), IssueCode::Value, || sentence);
            return;
        }
    };
    let (Some(name), Some(chosen)) = (found, child.chosen) else {
        return;
    };
    let mut allowed = chosen.targets().peekable();
    if allowed.peek().is_some() && !allowed.any(|one| one == name || one == "Resource") {
        walk.issues.error(place, IssueCode::Structure, || {
            let allowed: Vec<&str> = chosen.targets().collect();
            format!(
                "This reference points at a {name}; only {} may be pointed at from here.",
                one_of(&allowed)
            )
        });
    }
}

/// What an address says about the type of what it points at.
pub(crate) enum Target<'a> {
    Type(&'a str),
    /// Contained, in the same bundle, on another server, or nowhere: the address alone does not say.
    Elsewhere,
    /// Why it can be no reference.
    Wrong(String),
}

/// Reads the address of a Reference.
pub(crate) fn target(address: &str) -> Target<'_> {
    if address.is_empty() || address.starts_with('#') || address.starts_with("urn:") {
        return Target::Elsewhere;
    }
    // Conditional references, as transactions have them: `Patient?identifier=…`.
    if let Some((name, _)) = address.split_once('?').filter(|(name, _)| !name.contains(':')) {
        return if definitions::is_resource_type(name) {
            Target::Type(name)
        } else {
            Target::Wrong(no_type(name))
        };
    }
    let absolute = address.contains("://");
    let path = address.split("/_history/").next().unwrap_or(address);
    let mut parts = path.rsplit('/');
    let (id, name) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    if absolute {
        // An address elsewhere may have any form; only one that ends as FHIR's do says its type.
        let known = definitions::is_resource_type(name) && is_id(id);
        return if known {
            Target::Type(name)
        } else {
            Target::Elsewhere
        };
    }
    if name.is_empty() || parts.next().is_some() {
        return Target::Wrong(format!(
            "A reference is written as Type/id, as an absolute address, as urn:uuid:… or as #id; {} is none of these.",
            quoted(address)
        ));
    }
    if !definitions::is_resource_type(name) {
        return Target::Wrong(no_type(name));
    }
    if !is_id(id) {
        return Target::Wrong(format!(
            "{} is no id: 1 to 64 letters, digits, `-` and `.`.",
            quoted(id)
        ));
    }
    Target::Type(name)
}

fn no_type(name: &str) -> String {
    let near = definitions::near(name, definitions::resource_types().iter().copied());
    format!(
        "R4 has no resource type {}, which this reference points at.{}",
        quoted(name),
        did_you_mean(&near)
    )
}

#[cfg(test)]
mod tests {
    use super::{Target, target};

    #[test]
    fn addresses_say_what_they_point_at() {
        let cases = [
            ("Patient/1", "Patient"),
            ("Patient/1/_history/2", "Patient"),
            ("https://example.org/fhir/Patient/1", "Patient"),
            ("Patient?identifier=a|b", "Patient"),
            ("https://example.org/documents/1", ""),
            ("urn:uuid:c757873d-ec9a-4326-a141-556f43239520", ""),
            ("#a", ""),
            ("", ""),
            ("patient/1", "wrong"),
            ("Patient", "wrong"),
            ("a/Patient/1", "wrong"),
            ("Patient/a_b", "wrong"),
            ("Patient/", "wrong"),
        ];
        for (address, expected) in cases {
            let found = match target(address) {
                Target::Type(name) => name,
                Target::Elsewhere => "",
                Target::Wrong(_) => "wrong",
            };
            assert_eq!(found, expected, "{address}");
        }
    }
}
