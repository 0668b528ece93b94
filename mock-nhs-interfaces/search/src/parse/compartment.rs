//! What belongs to a patient, an encounter, a practitioner, a related person or a device.

use super::error::{Problem, QueryErrorKind};
use super::{Compiler, Scope, target};
use crate::operand::{Operand, ReferenceTest};
use crate::query::{Compartment, Filter, Query, ResourceType, ValueFilter};
use crate::registry::Registry;

/// Adds to every type the condition that its resources belong to the compartment that is searched.
pub(super) fn add(compiler: &Compiler<'_>, query: &mut Query) -> Result<(), Problem> {
    let Scope::Compartment(compartment, _) = compiler.request.scope else {
        return Ok(());
    };
    target::check(compartment)?;
    for target in &mut query.targets {
        let filter = membership(
            compiler.registry,
            compartment,
            target.resource_type,
            compiler.request.base_url,
        );
        let filter = filter.ok_or_else(|| {
            let (member, of) = (target.resource_type.name(), compartment.resource_type.name());
            Problem::new(
                QueryErrorKind::UnknownType,
                format!("{member} never belongs to the compartment of a {of}"),
            )
        })?;
        target.filters.insert(0, filter);
    }
    Ok(())
}

/// The condition that a resource of a type belongs to a compartment; `None` for a type that never does.
///
/// Source: <https://hl7.org/fhir/R4/compartmentdefinition.html>. The resource itself belongs to its own.
#[must_use]
pub fn membership(
    registry: &Registry,
    compartment: &Compartment,
    member: ResourceType,
    base_url: &str,
) -> Option<Filter> {
    let (type_name, id) = (compartment.resource_type.name(), &compartment.id);
    let codes = definitions::compartment(type_name)
        .iter()
        .find(|(name, _)| *name == member.name());
    let codes = codes.map(|(_, codes)| codes.as_slice()).unwrap_or_default();
    let mut any: Vec<Filter> = codes
        .iter()
        .filter_map(|code| registry.find(member, code))
        .map(|parameter| {
            let operand = Operand::Reference(ReferenceTest::Local {
                resource_type: Some(compartment.resource_type),
                id: id.clone(),
                url: Some(format!("{base_url}/{type_name}/{id}").into()),
            });
            Filter::Value(ValueFilter {
                parameter: parameter.id,
                any_of: vec![operand],
                negated: false,
            })
        })
        .collect();
    if member == compartment.resource_type {
        any.push(Filter::Id(vec![id.clone()]));
    }
    match any.len() {
        0 => None,
        1 => any.pop(),
        _ => Some(Filter::Or(any)),
    }
}
