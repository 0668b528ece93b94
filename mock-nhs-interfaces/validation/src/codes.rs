//! Codes in a resource: whether they are in the value set that a definition names, and whether their system has them.

use definitions::BindingStrength;

use crate::instance::Instance;
use crate::issue::{IssueCode, Issues, Place, Severity, did_you_mean, quoted};
use crate::library::Library;
use crate::shape::is_absent;
use crate::terminology::{Coded, Membership, TerminologyError};

/// The types whose values can come from a value set; definitions state bindings elsewhere too, where they mean nothing.
const BINDABLE: [&str; 6] = ["code", "Coding", "CodeableConcept", "Quantity", "string", "uri"];

/// The codes of an element of any type that may be bound.
fn codes(instance: &Instance<'_>) -> Vec<Coded> {
    match instance.json.as_str() {
        Some(code) => vec![Coded {
            code: code.to_owned(),
            ..Coded::default()
        }],
        None => Coded::all_of(instance.json),
    }
}

/// Checks the codes of an element against the value set that it is bound to.
pub(crate) fn check_binding(
    library: &Library,
    instance: &Instance<'_>,
    (strength, value_set): (BindingStrength, &str),
    place: &Place<'_>,
    issues: &mut Issues,
) {
    let severity = match strength {
        BindingStrength::Required => Severity::Error,
        BindingStrength::Extensible => Severity::Warning,
        BindingStrength::Preferred => Severity::Information,
        BindingStrength::Example => return,
    };
    if !BINDABLE.contains(&instance.type_name()) {
        return;
    }
    let coded = codes(instance);
    if coded.is_empty() {
        let needs_code = strength == BindingStrength::Required && instance.type_name() != "Quantity";
        if needs_code && !instance.json.is_null() && !is_absent(instance.json) {
            issues.error(place, IssueCode::CodeInvalid, || {
                format!("A code of the value set {value_set} is required here.")
            });
        }
        return;
    }
    let mut unknown = None;
    for one in &coded {
        match library.membership(value_set, one.system.as_deref(), &one.code) {
            Ok(Membership::In(_)) => return,
            Ok(Membership::Out) => {}
            Ok(Membership::Unknown(system)) => {
                unknown = Some(format!("the code system {system} is not here whole"))
            }
            Err(TerminologyError::NotFound { kind, url, .. }) => {
                unknown = Some(format!("the {kind} {url} is not here"))
            }
            Err(error) => unknown = Some(error.to_string()),
        }
    }
    if let Some(reason) = unknown {
        if strength >= BindingStrength::Extensible {
            issues.add(Severity::Information, place, IssueCode::NotFound, || {
                format!(
                    "Whether the code is in the value set {value_set} could not be checked: {}.",
                    reason.trim_end_matches('.')
                )
            });
        }
        return;
    }
    let first = coded.first().map_or("", |one| one.code.as_str());
    issues.add(severity, place, IssueCode::CodeInvalid, || match strength {
        BindingStrength::Required => format!("{} is not in the value set {value_set}, which is required here.", quoted(first)),
        BindingStrength::Extensible => format!(
            "{} is not in the value set {value_set}, whose codes are to be used here wherever one of them fits.",
            quoted(first)
        ),
        BindingStrength::Preferred | BindingStrength::Example => {
            format!("{} is not in the value set {value_set}, which is preferred here.", quoted(first))
        }
    });
}

/// Checks that a Coding's system has its code, and calls it what the Coding says, where the system is here whole.
pub(crate) fn check_coding(
    library: &Library,
    instance: &Instance<'_>,
    place: &Place<'_>,
    issues: &mut Issues,
) {
    let (Some(system), Some(code)) = (instance.json.text("system"), instance.json.text("code")) else {
        return;
    };
    let canonical = match instance.json.text("version") {
        Some(version) => format!("{system}|{version}"),
        None => system.to_owned(),
    };
    let Some(codes) = library
        .code_system(&canonical)
        .filter(|codes| codes.is_complete())
    else {
        return;
    };
    let Some(concept) = codes.find(code).and_then(|number| codes.concept(number)) else {
        issues.error(&place.element("code"), IssueCode::CodeInvalid, || {
            let near = codes.near(code);
            let near: Vec<&str> = near.iter().map(String::as_str).collect();
            format!(
                "The code system {system} has no code {}.{}",
                quoted(code),
                did_you_mean(&near)
            )
        });
        return;
    };
    let plain = |text: &str| {
        text.split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .to_lowercase()
    };
    let (Some(stated), Some(known)) = (instance.json.text("display"), concept.display.as_deref()) else {
        return;
    };
    let also_known = concept
        .designations
        .iter()
        .any(|one| plain(&one.value) == plain(stated));
    if plain(stated) != plain(known) && !also_known {
        issues.add(
            Severity::Warning,
            &place.element("display"),
            IssueCode::CodeInvalid,
            || {
                format!(
                    "{} is called {}, not {}.",
                    quoted(code),
                    quoted(known),
                    quoted(stated)
                )
            },
        );
    }
}
