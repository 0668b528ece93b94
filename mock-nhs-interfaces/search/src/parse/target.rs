//! Which types are searched.

use super::error::{Problem, QueryErrorKind};
use super::has::type_named;
use super::pairs::Pair;
use super::{Errors, Scope};
use crate::query::{Compartment, ResourceType};

/// The types that the scope and `_type` name, and the parameters without `_type` of a single type.
pub(super) fn types(scope: &Scope, pairs: Vec<Pair>, errors: &mut Errors) -> (Vec<ResourceType>, Vec<Pair>) {
    let one = match scope {
        Scope::Type(resource_type) | Scope::Compartment(_, Some(resource_type)) => Some(*resource_type),
        Scope::System | Scope::Compartment(_, None) => None,
    };
    let mut named: Option<Vec<ResourceType>> = None;
    for pair in pairs.iter().filter(|pair| pair.name == "_type") {
        match listed(&pair.value) {
            Ok(types) => match &mut named {
                None => named = Some(types),
                // Two `_type` must both hold.
                Some(named) => named.retain(|wanted| types.contains(wanted)),
            },
            Err(problem) => errors.push(&pair.name, problem),
        }
    }
    let mut types = match (one, scope) {
        (Some(one), _) => vec![one],
        (None, Scope::Compartment(compartment, _)) => members(compartment),
        (None, _) => ResourceType::all().collect(),
    };
    if let Some(named) = named {
        if one.is_some_and(|one| !named.contains(&one)) {
            errors.push("_type", Problem::value("the address already names another type"));
        }
        types.retain(|wanted| named.contains(wanted));
    }
    (types, pairs)
}

fn listed(value: &str) -> Result<Vec<ResourceType>, Problem> {
    value.split(',').map(type_named).collect()
}

/// The types that can belong to a compartment: <https://hl7.org/fhir/R4/compartmentdefinition.html>.
fn members(compartment: &Compartment) -> Vec<ResourceType> {
    let name = compartment.resource_type.name();
    let has_parameters = |wanted: &ResourceType| {
        *wanted == compartment.resource_type
            || definitions::compartment(name)
                .iter()
                .any(|(member, codes)| *member == wanted.name() && !codes.is_empty())
    };
    ResourceType::all().filter(has_parameters).collect()
}

/// A compartment by the name of its type, as in `/Patient/1/Observation`.
pub(super) fn check(compartment: &Compartment) -> Result<(), Problem> {
    let name = compartment.resource_type.name();
    if definitions::compartment_names().any(|known| known == name) {
        return Ok(());
    }
    Err(Problem::unknown(
        QueryErrorKind::UnknownType,
        "the compartment",
        name,
        definitions::compartment_names(),
    ))
}
