//! Links to other resources.

use super::token::coded;
use crate::extract::{absolute, is_id, local};
use crate::fold::fold;
use crate::operand::{Operand, ReferenceTest, SystemTest};
use crate::parse::error::{Problem, shown};
use crate::parse::modifier::Modifier;
use crate::parse::{Compiler, escape};
use crate::query::ResourceType;
use crate::registry::Parameter;
use crate::value::Reference;

impl Compiler<'_> {
    pub(in crate::parse) fn reference(
        &self,
        parameter: &Parameter,
        modifier: Modifier,
        value: &str,
    ) -> Result<Vec<Operand>, Problem> {
        let test = match modifier {
            Modifier::Identifier => match coded(value)? {
                (SystemTest::Is(system), code) if code.is_empty() => ReferenceTest::IdentifierSystem(system),
                (_, code) if code.is_empty() => {
                    return Err(Problem::value("it has neither a system nor a value"));
                }
                (system, code) => ReferenceTest::identifier(system, &code),
            },
            Modifier::Text => {
                let text = fold(&escape::plain(value));
                if text.is_empty() {
                    return Err(Problem::value("`:text` needs at least one character"));
                }
                ReferenceTest::Text(text)
            }
            Modifier::Type(wanted) => self.link(parameter, Some(wanted), &escape::plain(value))?,
            // No other modifier is for references.
            Modifier::None
            | Modifier::Missing
            | Modifier::Exact
            | Modifier::Contains
            | Modifier::Not
            | Modifier::Above
            | Modifier::Below
            | Modifier::In
            | Modifier::NotIn
            | Modifier::OfType => self.link(parameter, None, &escape::plain(value))?,
        };
        Ok(vec![Operand::Reference(test)])
    }

    /// `id`, `Type/id`, an absolute URL, or a canonical. Source: <https://hl7.org/fhir/R4/search.html#reference>.
    pub(in crate::parse) fn link(
        &self,
        parameter: &Parameter,
        wanted: Option<ResourceType>,
        text: &str,
    ) -> Result<ReferenceTest, Problem> {
        let base_url = self.request.base_url;
        let text = text
            .strip_prefix(base_url)
            .and_then(|rest| rest.strip_prefix('/'))
            .unwrap_or(text);
        let (resource_type, id) = match local(text) {
            Some(Reference::Local { resource_type, id }) => (Some(resource_type), id),
            _ if is_id(text) => {
                // With a single type there is nothing to choose.
                let targets = parameter.targets();
                let only = targets.first().copied().filter(|_| targets.len() == 1);
                (wanted.or(only), text.into())
            }
            _ => {
                return match absolute(text) {
                    Some(Reference::Url { url, version }) => Ok(ReferenceTest::Url { url, version }),
                    _ => Err(Problem::value(format!(
                        "`{}` is not an id, `Type/id` or a URL",
                        shown(text)
                    ))),
                };
            }
        };
        if let (Some(wanted), Some(own)) = (wanted, resource_type)
            && wanted != own
        {
            return Err(Problem::value(format!(
                "the modifier says {} and the value says {}",
                wanted.name(),
                own.name()
            )));
        }
        let url = resource_type.map(|own| format!("{base_url}/{}/{id}", own.name()).into());
        Ok(ReferenceTest::Local {
            resource_type,
            id,
            url,
        })
    }
}
