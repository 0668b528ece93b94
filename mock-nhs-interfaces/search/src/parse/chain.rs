//! `subject:Patient.organization.name`: through references. Source: <https://hl7.org/fhir/R4/search.html#chaining>.

use definitions::SearchParameterKind;

use super::Compiler;
use super::error::{Problem, QueryErrorKind};
use super::modifier::Modifier;
use crate::query::{Chain, Filter, ResourceType};

impl Compiler<'_> {
    /// A reference, and a condition on where it leads.
    pub(super) fn chain(
        &self,
        resource_type: ResourceType,
        head: &str,
        rest: &str,
        value: &str,
        depth: usize,
    ) -> Result<Filter, Problem> {
        self.follow(resource_type, head, |target| {
            self.filter(target, rest, value, depth + 1)
        })
    }

    /// A reference, written with or without its type, and a condition on each type that it may lead to. Types that do not have what the
    /// condition names are left out; there must be one that has.
    pub(super) fn follow(
        &self,
        resource_type: ResourceType,
        head: &str,
        condition: impl Fn(ResourceType) -> Result<Filter, Problem>,
    ) -> Result<Filter, Problem> {
        let (code, kind) = match head.split_once(':') {
            Some((code, kind)) => (code, Some(kind)),
            None => (head, None),
        };
        let parameter = self.parameter(resource_type, code)?;
        if parameter.kind() != SearchParameterKind::Reference {
            let kind = parameter.kind().code();
            return Err(Problem::value(format!(
                "`{code}` is a {kind}, not a reference, so nothing can follow it after a dot"
            )));
        }
        let types = match kind {
            None => parameter.targets(),
            Some(_) => {
                let Modifier::Type(wanted) = Modifier::parse(parameter, kind)? else {
                    let what = "before a dot only a type can stand after the colon";
                    return Err(Problem::new(QueryErrorKind::UnknownModifier, what));
                };
                vec![wanted]
            }
        };
        let mut targets = Vec::new();
        let mut first_problem = None;
        let was_quiet = self.is_quiet.get();
        for target in types {
            self.is_quiet.set(was_quiet || first_problem.is_some());
            let made = condition(target);
            self.is_quiet.set(was_quiet);
            match made {
                Ok(filter) => targets.push((target, filter)),
                Err(problem) if problem.ends_all() => return Err(problem),
                Err(problem) => first_problem = first_problem.or(Some(problem)),
            }
        }
        match (targets.is_empty(), first_problem) {
            (true, Some(problem)) => Err(problem.in_chain()),
            (true, None) => Err(Problem::value(format!("`{code}` leads nowhere"))),
            (false, _) => Ok(Filter::Chain(Chain {
                parameter: parameter.id,
                targets,
            })),
        }
    }
}
