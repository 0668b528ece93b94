//! `_has:Observation:patient:code`: through references that lead here. Source: <https://hl7.org/fhir/R4/search.html#has>.

use definitions::SearchParameterKind;

use super::Compiler;
use super::error::{Problem, QueryErrorKind};
use crate::query::{Filter, Has, ResourceType};

impl Compiler<'_> {
    /// A type and a reference of it that leads here, and a condition on the resource that holds it.
    pub(super) fn has(
        &self,
        resource_type: ResourceType,
        rest: &str,
        value: &str,
        depth: usize,
    ) -> Result<Filter, Problem> {
        let parts = rest
            .split_once(':')
            .and_then(|(source, rest)| Some((source, rest.split_once(':')?)));
        let Some((source, (code, condition))) = parts else {
            return Err(Problem::value(
                "it is written `_has:Type:reference:parameter`, as in `_has:Observation:patient:code`",
            ));
        };
        let source = type_named(source)?;
        let parameter = self.parameter(source, code).map_err(Problem::in_chain)?;
        if parameter.kind() != SearchParameterKind::Reference {
            return Err(Problem::value(format!(
                "`{code}` of {} is a {}, not a reference",
                source.name(),
                parameter.kind().code()
            )));
        }
        if !parameter.targets().contains(&resource_type) {
            return Err(Problem::value(format!(
                "`{code}` of {} never leads to {}",
                source.name(),
                resource_type.name()
            )));
        }
        let filter = self
            .filter(source, condition, value, depth + 1)
            .map_err(Problem::in_chain)?;
        Ok(Filter::Has(Has {
            source,
            parameter: parameter.id,
            filter: Box::new(filter),
        }))
    }
}

/// The type with this name, or an error with those that are near.
pub(super) fn type_named(name: &str) -> Result<ResourceType, Problem> {
    ResourceType::parse(name).ok_or_else(|| {
        let known = definitions::resource_types().iter().copied();
        Problem::unknown(QueryErrorKind::UnknownType, "the resource type", name, known)
    })
}
