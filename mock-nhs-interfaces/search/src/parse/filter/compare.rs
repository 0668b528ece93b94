//! The operators of `_filter`. Source: <https://hl7.org/fhir/R4/search_filter.html#ops>.

use definitions::SearchParameterKind as Kind;

use super::grammar::Comparison;
use crate::fold::fold;
use crate::operand::{DateTest, Operand, Prefix, StringTest};
use crate::parse::error::{Problem, QueryErrorKind, listed};
use crate::parse::modifier::Modifier;
use crate::parse::operand::date_range;
use crate::parse::parameter::missing;
use crate::parse::{Compiler, escape};
use crate::query::{Filter, ResourceType, ValueFilter};
use crate::registry::Parameter;

const OPERATORS: [&str; 18] = [
    "eq", "ne", "co", "sw", "ew", "gt", "lt", "ge", "le", "ap", "sa", "eb", "pr", "po", "ss", "sb", "in",
    "ni",
];

impl Compiler<'_> {
    /// One comparison of one parameter.
    pub(super) fn compare(
        &self,
        resource_type: ResourceType,
        name: &str,
        comparison: &Comparison,
    ) -> Result<Filter, Problem> {
        let (operator, value) = (comparison.operator.as_str(), &comparison.value);
        if !OPERATORS.contains(&operator) && operator != "re" {
            return Err(Problem::unknown(
                QueryErrorKind::InvalidValue,
                "the operator",
                operator,
                OPERATORS.into_iter().chain(["re"]),
            ));
        }
        match name {
            "_id" => return self.compare_id(operator, &value.text),
            "_lastUpdated" => {
                let prefixed = format!("{operator}{}", value.text);
                return if is_prefix(operator) {
                    Ok(Filter::LastUpdated(vec![self.date(&prefixed)?]))
                } else {
                    Err(unfit(operator, Kind::Date))
                };
            }
            _ => {}
        }
        let parameter = self.parameter(resource_type, name)?;
        let kind = parameter.kind();
        let is_ordered = matches!(kind, Kind::Date | Kind::Number | Kind::Quantity);
        let is_text = matches!(kind, Kind::String | Kind::Uri);
        let piece = if value.is_quoted || is_text {
            escape::escaped(&value.text)
        } else {
            value.text.clone()
        };
        let plain = |modifier| self.compared(parameter, modifier, &piece);
        let text = |test: fn(Box<str>) -> StringTest| {
            let folded = fold(&value.text);
            if folded.is_empty() {
                return Err(Problem::empty());
            }
            Ok(values(parameter, vec![Operand::String(test(folded))]))
        };
        match operator {
            "pr" => present(parameter, &value.text),
            "eq" if kind == Kind::String => text(StringTest::Is),
            "ne" if kind == Kind::String => Ok(Filter::Not(Box::new(text(StringTest::Is)?))),
            "co" if kind == Kind::String => text(StringTest::Contains),
            "sw" if kind == Kind::String => text(StringTest::Starts),
            "ew" if kind == Kind::String => text(StringTest::Ends),
            "sw" if kind == Kind::Uri => plain(Modifier::Below),
            _ if is_ordered && is_prefix(operator) => {
                self.compared(parameter, Modifier::None, &format!("{operator}{piece}"))
            }
            "po" if kind == Kind::Date => {
                let test = DateTest {
                    prefix: Prefix::Ap,
                    range: date_range(&value.text)?,
                };
                Ok(values(parameter, vec![Operand::Date(test)]))
            }
            "eq" if !is_ordered => plain(Modifier::None),
            "ne" if !is_ordered => Ok(Filter::Not(Box::new(plain(Modifier::None)?))),
            "re" if kind == Kind::Reference => plain(Modifier::None),
            "in" if kind == Kind::Token => plain(Modifier::In),
            "ni" if kind == Kind::Token => Ok(Filter::Not(Box::new(plain(Modifier::In)?))),
            // The value subsumes what is in the resource; or is subsumed by it.
            "ss" if kind == Kind::Token => plain(Modifier::Below),
            "sb" if kind == Kind::Token => plain(Modifier::Above),
            _ => Err(unfit(operator, kind)),
        }
    }

    fn compared(&self, parameter: &Parameter, modifier: Modifier, piece: &str) -> Result<Filter, Problem> {
        Ok(values(parameter, self.operands(parameter, modifier, piece)?))
    }

    fn compare_id(&self, operator: &str, id: &str) -> Result<Filter, Problem> {
        self.spend(1)?;
        let is = Filter::Id(vec![id.into()]);
        match operator {
            "eq" => Ok(is),
            "ne" => Ok(Filter::Not(Box::new(is))),
            _ => Err(unfit(operator, Kind::Token)),
        }
    }
}

fn present(parameter: &Parameter, value: &str) -> Result<Filter, Problem> {
    match value {
        "true" => missing(parameter, "false"),
        "false" => missing(parameter, "true"),
        _ => Err(Problem::value("`pr` takes `true` or `false`")),
    }
}

fn values(parameter: &Parameter, any_of: Vec<Operand>) -> Filter {
    Filter::Value(ValueFilter {
        parameter: parameter.id,
        any_of,
        negated: false,
    })
}

fn is_prefix(operator: &str) -> bool {
    Prefix::ALL.iter().any(|prefix| prefix.as_str() == operator)
}

fn unfit(operator: &str, kind: Kind) -> Problem {
    let fit: &[&str] = match kind {
        Kind::String => &["eq", "ne", "co", "sw", "ew", "pr"],
        Kind::Token => &["eq", "ne", "in", "ni", "ss", "sb", "pr"],
        Kind::Reference => &["eq", "ne", "re", "pr"],
        Kind::Uri => &["eq", "ne", "sw", "pr"],
        Kind::Date => &["eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap", "po", "pr"],
        Kind::Number | Kind::Quantity => &["eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap", "pr"],
        Kind::Composite | Kind::Special => &["eq", "ne", "pr"],
    };
    Problem::value(format!(
        "`{operator}` does not fit a {}; it takes {}",
        kind.code(),
        listed(fit.iter().copied())
    ))
}
