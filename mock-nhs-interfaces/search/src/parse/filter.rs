//! `_filter`: conditions with `and`, `or`, `not` and parentheses. Source: <https://hl7.org/fhir/R4/search_filter.html>.

mod compare;
mod grammar;

use super::Compiler;
use super::error::Problem;
use super::limits::{DEPTH, FILTER_BYTES};
use crate::query::{Filter, ResourceType};
use grammar::{Comparison, Expression, Segment};

impl Compiler<'_> {
    /// The condition that an expression makes.
    pub(super) fn filter_expression(
        &self,
        resource_type: ResourceType,
        text: &str,
        depth: usize,
    ) -> Result<Filter, Problem> {
        if text.len() > FILTER_BYTES {
            return Err(Problem::too_costly(format!(
                "it is longer than {FILTER_BYTES} bytes"
            )));
        }
        self.expression(resource_type, &grammar::parse(text)?, depth)
    }

    /// Its recursion is bounded by what the grammar accepts.
    fn expression(
        &self,
        resource_type: ResourceType,
        expression: &Expression,
        depth: usize,
    ) -> Result<Filter, Problem> {
        let all = |expressions: &[Expression]| {
            expressions
                .iter()
                .map(|one| self.expression(resource_type, one, depth))
                .collect::<Result<Vec<_>, _>>()
        };
        match expression {
            Expression::And(expressions) => Ok(Filter::And(all(expressions)?)),
            Expression::Or(expressions) => Ok(Filter::Or(all(expressions)?)),
            Expression::Not(expression) => Ok(Filter::Not(Box::new(self.expression(
                resource_type,
                expression,
                depth,
            )?))),
            Expression::Comparison(comparison) => {
                self.path(resource_type, &comparison.path, comparison, depth)
            }
        }
    }

    fn path(
        &self,
        resource_type: ResourceType,
        path: &[Segment],
        comparison: &Comparison,
        depth: usize,
    ) -> Result<Filter, Problem> {
        if depth > DEPTH {
            return Err(Problem::too_costly(format!(
                "it follows more than {DEPTH} references"
            )));
        }
        self.spend(1)?;
        let found = match path {
            [] => return Err(Problem::value("a comparison begins with the name of a parameter")),
            [last] => match &last.condition {
                None => self.compare(resource_type, &last.name, comparison),
                Some(condition) => self.leads_to(resource_type, &last.name, condition, comparison, depth),
            },
            [first, rest @ ..] => self.follow(resource_type, &first.name, |target| {
                let mut all = Vec::new();
                if let Some(condition) = &first.condition {
                    all.push(self.expression(target, condition, depth + 1)?);
                }
                all.push(self.path(target, rest, comparison, depth + 1)?);
                Ok(Filter::And(all))
            }),
        };
        // A name within the expression is no reason to drop the whole.
        found.map_err(Problem::in_chain)
    }

    /// `subject[active eq true] pr true`: whether there is a reference to what meets a condition.
    fn leads_to(
        &self,
        resource_type: ResourceType,
        name: &str,
        condition: &Expression,
        comparison: &Comparison,
        depth: usize,
    ) -> Result<Filter, Problem> {
        let found = self.follow(resource_type, name, |target| {
            if depth >= DEPTH {
                return Err(Problem::too_costly(format!(
                    "it follows more than {DEPTH} references"
                )));
            }
            self.expression(target, condition, depth + 1)
        })?;
        match (comparison.operator.as_str(), comparison.value.text.as_str()) {
            ("pr", "true") => Ok(found),
            ("pr", "false") => Ok(Filter::Not(Box::new(found))),
            _ => Err(Problem::value(
                "after a condition in brackets only `pr` with `true` or `false` can stand",
            )),
        }
    }
}
