//! `_include` and `_revinclude`. Source: <https://hl7.org/fhir/R4/search.html#include>.

use definitions::SearchParameterKind;

use super::Compiler;
use super::error::{Problem, QueryErrorKind};
use super::has::type_named;
use super::limits::INCLUDES;
use crate::query::{Include, IncludeParameter, Query, ResourceType};

impl Compiler<'_> {
    /// `Type:parameter`, `Type:parameter:Target`, `Type:*`, `*`.
    pub(super) fn include(
        &self,
        code: &str,
        modifier: Option<&str>,
        value: &str,
        query: &mut Query,
    ) -> Result<(), Problem> {
        let iterate = match modifier {
            None => false,
            Some("iterate") => true,
            Some(other) => {
                return Err(Problem::unknown(
                    QueryErrorKind::UnknownModifier,
                    "the modifier",
                    other,
                    ["iterate"],
                ));
            }
        };
        if value.is_empty() {
            return Err(Problem::empty());
        }
        if query.includes.len() + query.reverse_includes.len() >= INCLUDES {
            return Err(Problem::too_costly(format!(
                "there are more than {INCLUDES} of it"
            )));
        }
        let include = self.included(value, iterate)?;
        match code {
            "_include" => query.includes.push(include),
            _ => query.reverse_includes.push(include),
        }
        Ok(())
    }

    fn included(&self, value: &str, iterate: bool) -> Result<Include, Problem> {
        let mut parts = value.split(':');
        let (source, parameter, target, rest) = (parts.next(), parts.next(), parts.next(), parts.next());
        if (source, parameter) == (Some("*"), None) {
            return Ok(Include {
                source: None,
                parameter: IncludeParameter::All,
                target: None,
                iterate,
            });
        }
        let (Some(source), Some(code), None) = (source, parameter, rest) else {
            return Err(Problem::value(
                "it is written `Type:parameter`, `Type:parameter:Target`, `Type:*` or `*`",
            ));
        };
        let source = type_named(source)?;
        let target = target.map(type_named).transpose()?;
        let parameter = if code == "*" {
            IncludeParameter::All
        } else {
            self.one(source, code, target)?
        };
        Ok(Include {
            source: Some(source),
            parameter,
            target,
            iterate,
        })
    }

    fn one(
        &self,
        source: ResourceType,
        code: &str,
        target: Option<ResourceType>,
    ) -> Result<IncludeParameter, Problem> {
        let Some(parameter) = self.registry.find(source, code) else {
            let of_kind = self
                .registry
                .of_type(source)
                .iter()
                .filter(|own| own.kind() == SearchParameterKind::Reference);
            let what = format!("for {}, the parameter", source.name());
            let known = of_kind.map(|own| own.definition.code);
            return Err(Problem::unknown(QueryErrorKind::InvalidValue, &what, code, known));
        };
        if parameter.kind() != SearchParameterKind::Reference {
            return Err(Problem::value(format!(
                "`{code}` of {} is a {}, not a reference",
                source.name(),
                parameter.kind().code()
            )));
        }
        if let Some(target) = target
            && !parameter.targets().contains(&target)
        {
            return Err(Problem::value(format!(
                "`{code}` of {} never leads to {}",
                source.name(),
                target.name()
            )));
        }
        Ok(IncludeParameter::One(parameter.id))
    }
}
