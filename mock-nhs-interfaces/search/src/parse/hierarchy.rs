//! `:above` and `:below` on references: through what is part of what, and through versions of canonicals.
//!
//! R4 has hierarchies where a type refers to itself as to its whole, and names `Location.partOf` and `Organization.partOf`.
//! Here it is every reference parameter `partof`, `part-of` or `parent` of a type that can lead to the same type.
//! Source: <https://hl7.org/fhir/R4/search.html#recursive>.

use super::error::{Problem, QueryErrorKind, listed};
use super::modifier::Modifier;
use super::{Compiler, escape};
use crate::operand::{Operand, ReferenceTest};
use crate::query::{Direction, Filter, Hierarchy, ParameterId, ResourceType, ValueFilter};
use crate::registry::{Parameter, Registry};

/// Codes of parameters that lead from a part to its whole.
const UP: [&str; 3] = ["partof", "part-of", "parent"];

/// What can be named.
const TAKES: &str = "`:above` and `:below` take a resource of this server, `:below` also a canonical URL with the beginning of a version, as in `http://example.com/Questionnaire/a|1.2`";

impl Compiler<'_> {
    /// Any of the values separated by commas.
    pub(super) fn hierarchies(
        &self,
        parameter: &Parameter,
        modifier: Modifier,
        value: &str,
    ) -> Result<Filter, Problem> {
        let pieces = escape::split(value, ',');
        self.spend(pieces.len())?;
        let mut any = pieces
            .into_iter()
            .map(|piece| self.hierarchy_of(parameter, modifier, piece))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(match any.len() {
            1 => any.remove(0),
            _ => Filter::Or(any),
        })
    }

    fn hierarchy_of(
        &self,
        parameter: &Parameter,
        modifier: Modifier,
        piece: &str,
    ) -> Result<Filter, Problem> {
        if piece.is_empty() {
            return Err(Problem::value("one of its values is empty"));
        }
        let named = self.link(parameter, None, &escape::plain(piece))?;
        if let ReferenceTest::Local {
            resource_type, id, ..
        } = named
        {
            let resource_type = match resource_type {
                Some(said) => said,
                None => only_hierarchy(self.registry, parameter)?,
            };
            return self.place(parameter, modifier, resource_type, id);
        }
        let ReferenceTest::Url {
            url,
            version: Some(version),
        } = named
        else {
            return Err(Problem::value(TAKES));
        };
        if modifier != Modifier::Below {
            return Err(Problem::value(TAKES));
        }
        let test = ReferenceTest::UrlBelow { url, version };
        Ok(Filter::Value(ValueFilter {
            parameter: parameter.id,
            any_of: vec![Operand::Reference(test)],
            negated: false,
        }))
    }

    fn place(
        &self,
        parameter: &Parameter,
        modifier: Modifier,
        resource_type: ResourceType,
        id: Box<str>,
    ) -> Result<Filter, Problem> {
        let up = ways_up(self.registry, resource_type);
        if up.is_empty() {
            return Err(no_hierarchy(
                self.registry,
                &format!("a {}", resource_type.name()),
            ));
        }
        Ok(Filter::Hierarchy(Hierarchy {
            parameter: parameter.id,
            resource_type,
            id,
            url_before_id: format!("{}/{}/", self.request.base_url, resource_type.name()).into(),
            up,
            direction: if modifier == Modifier::Above {
                Direction::Above
            } else {
                Direction::Below
            },
        }))
    }
}

/// The parameters by which resources of a type say what they are part of.
fn ways_up(registry: &Registry, resource_type: ResourceType) -> Vec<ParameterId> {
    UP.iter()
        .filter_map(|code| registry.find(resource_type, code))
        .filter(|parameter| parameter.targets().contains(&resource_type))
        .map(|parameter| parameter.id)
        .collect()
}

/// The one type among a parameter's targets that has a hierarchy.
fn only_hierarchy(registry: &Registry, parameter: &Parameter) -> Result<ResourceType, Problem> {
    let targets = parameter.targets();
    let mut found = targets
        .into_iter()
        .filter(|target| !ways_up(registry, *target).is_empty());
    match (found.next(), found.next()) {
        (Some(only), None) => Ok(only),
        (Some(one), Some(_)) => Err(Problem::value(format!(
            "it can lead to several types; say which, as in `{}/1`",
            one.name()
        ))),
        (None, _) => Err(no_hierarchy(
            registry,
            &format!("what `{}` leads to", parameter.definition.code),
        )),
    }
}

fn no_hierarchy(registry: &Registry, what: &str) -> Problem {
    let known = ResourceType::all().filter(|one| !ways_up(registry, *one).is_empty());
    let known = listed(known.map(ResourceType::name));
    Problem::new(
        QueryErrorKind::NotSupported,
        format!("{what} has nothing above or below it; {known} have"),
    )
}
