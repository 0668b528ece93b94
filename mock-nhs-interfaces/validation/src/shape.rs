//! What every create and update must be, whatever its profiles: the elements, kinds, counts, forms and required codes of R4.

mod binding;
mod contained;
mod extension;
mod format;
mod narrative;
mod object;
mod primitive;
mod reference;

use fhir::json::Json;

use crate::issue::{IssueCode, Issues, Place, did_you_mean, quoted};
use object::Walk;

pub(crate) use binding::is_absent;
pub(crate) use reference::{Target, target};

/// Checks a resource against R4's own definition of its type, and everything inside it.
///
/// Finds unknown elements, the wrong kind of JSON, missing and superfluous values, malformed primitives, codes outside required
/// value sets, references that cannot be one, and broken rules about contained resources and extensions. Everything is reported
/// together, up to [`MAX_ISSUES`](crate::MAX_ISSUES). Other rules of R4 and profiles need [`Validator`](crate::Validator).
///
/// Source: <https://hl7.org/fhir/R4/json.html>, <https://hl7.org/fhir/R4/validation.html>.
pub fn check_shape(resource: &Json) -> Issues {
    let mut issues = Issues::default();
    if let Some(type_name) = resource_type(resource, &Place::root("Resource"), &mut issues) {
        Walk::new(&mut issues).resource(resource, type_name, &Place::root(type_name));
    }
    issues
}

/// The type that a resource states, if R4 has such a type.
fn resource_type(resource: &Json, place: &Place<'_>, issues: &mut Issues) -> Option<&'static str> {
    if resource.as_object().is_none() {
        issues.error(place, IssueCode::Structure, || {
            "A resource is a JSON object.".to_owned()
        });
        return None;
    }
    let Some(stated) = resource.get("resourceType") else {
        issues.error(place, IssueCode::Required, || {
            "A resource names its type in `resourceType`, as in \"resourceType\": \"Patient\".".to_owned()
        });
        return None;
    };
    let types = definitions::resource_types();
    let known = stated.as_str().and_then(|name| types.binary_search(&name).ok());
    let found = known.and_then(|number| types.get(number).copied());
    if found.is_none() {
        let name = stated.as_str().unwrap_or_default();
        issues.error(&place.element("resourceType"), IssueCode::Structure, || {
            let near = definitions::near(name, types.iter().copied());
            format!("R4 has no resource type {}.{}", quoted(name), did_you_mean(&near))
        });
    }
    found
}

#[cfg(test)]
mod tests;
