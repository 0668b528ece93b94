//! Which function does what: the one table of calls.

use super::{Evaluated, Evaluator, Items, Scope, boolean, single, truth};
use crate::date::{DAY_US, DateTime, Precision};
use crate::fhirpath::ast::Expr;
use crate::fhirpath::error::PathError;
use crate::fhirpath::function::Function;
use crate::fhirpath::value::Value;

impl<'a> Evaluator<'_, 'a> {
    pub(super) fn call(
        &self,
        function: Function,
        items: &[Value<'a>],
        arguments: &'a [Expr],
        scope: &Scope<'_, 'a>,
    ) -> Evaluated<'a> {
        if let [argument] = arguments
            && let Some(result) = self.with_one(function, items, argument, scope)
        {
            return result;
        }
        if arguments.is_empty()
            && let Some(result) = self.without_arguments(function, items)
        {
            return result;
        }
        match function {
            Function::Iif => self.iif(arguments, items, scope),
            Function::Aggregate => self.aggregate(items, arguments, scope),
            Function::Join => self.join(items, arguments, scope),
            Function::Trace => self.copied(items),
            Function::Round => {
                let places = arguments
                    .first()
                    .map(|places| self.integer(places, scope, "round"));
                self.rounding(function, items, places.transpose()?.flatten())
            }
            Function::ToQuantity | Function::ConvertsToQuantity => {
                let unit = arguments
                    .first()
                    .map(|unit| self.string(unit, scope, "toQuantity"));
                self.conversion(function, items, unit.transpose()?.flatten().as_deref())
            }
            _ => self.text_function(function, items, arguments, scope),
        }
    }

    /// Functions whose one argument is not a text; `None` for others.
    fn with_one(
        &self,
        function: Function,
        items: &[Value<'a>],
        argument: &'a Expr,
        scope: &Scope<'_, 'a>,
    ) -> Option<Evaluated<'a>> {
        let other = || self.eval(argument, scope);
        Some(match function {
            Function::Exists => self.exists(items, argument, scope),
            Function::All => self.all(items, argument, scope),
            Function::Where => self.filter(items, argument, scope),
            Function::Select => self.select(items, argument, scope),
            Function::Repeat => self.repeat(items, argument, scope),
            Function::OfType | Function::As => {
                let type_name = argument.as_type_name()?;
                Ok(self.of_type(items, &type_name))
            }
            Function::Is => self.is(items, &argument.as_type_name()?),
            Function::SubsetOf => other().and_then(|other| self.subset(items, &other)),
            Function::SupersetOf => other().and_then(|other| self.subset(&other, items)),
            Function::Intersect => other().and_then(|other| {
                let shared = self.shared(items, &other, true)?;
                self.distinct(&shared)
            }),
            Function::Exclude => other().and_then(|other| self.shared(items, &other, false)),
            Function::Union => other().and_then(|other| self.distinct(&[items, &other].concat())),
            Function::Combine => other().map(|other| [items, &other].concat()),
            Function::Skip => self
                .integer(argument, scope, "skip")
                .map(|count| items.iter().skip(amount(count)).cloned().collect()),
            Function::Take => self
                .integer(argument, scope, "take")
                .map(|count| items.iter().take(amount(count)).cloned().collect()),
            Function::Extension => self
                .string(argument, scope, "extension")
                .and_then(|url| match url {
                    Some(url) => self.extension(items, &url),
                    None => Ok(Vec::new()),
                }),
            Function::ConformsTo | Function::MemberOf => Err(PathError::Unsupported(function.name())),
            _ => return None,
        })
    }

    fn without_arguments(&self, function: Function, items: &[Value<'a>]) -> Option<Evaluated<'a>> {
        let some = |wanted: bool| items.iter().any(|item| item.as_boolean() == Some(wanted));
        let every = |wanted: bool| items.iter().all(|item| item.as_boolean() == Some(wanted));
        let one = |item: Option<&Value<'a>>| Ok(item.cloned().into_iter().collect());
        if let Err(error) = self.charge(items.len() / 8) {
            return Some(Err(error));
        }
        Some(match function {
            Function::Empty => Ok(boolean(Some(items.is_empty()))),
            Function::Exists => Ok(boolean(Some(!items.is_empty()))),
            Function::AllTrue => Ok(boolean(Some(every(true)))),
            Function::AllFalse => Ok(boolean(Some(every(false)))),
            Function::AnyTrue => Ok(boolean(Some(some(true)))),
            Function::AnyFalse => Ok(boolean(Some(some(false)))),
            Function::Count => Ok(i64::try_from(items.len())
                .map(Value::Integer)
                .into_iter()
                .collect()),
            Function::Distinct => self.distinct(items),
            Function::IsDistinct => self
                .distinct(items)
                .map(|distinct| boolean(Some(distinct.len() == items.len()))),
            Function::Single => single(items, "single").map(|item| item.cloned().into_iter().collect()),
            Function::First => one(items.first()),
            Function::Last => one(items.last()),
            Function::Tail => self.copied(items.get(1..).unwrap_or_default()),
            Function::Not => self.negated(items).map(boolean),
            Function::Children => self.children(items),
            Function::Descendants => self.descendants(items),
            Function::HasValue => Ok(boolean(Some(self.has_value(items)))),
            Function::GetValue => self.get_value(items),
            Function::Resolve => self.resolve(items),
            Function::Abs | Function::Ceiling | Function::Floor | Function::Truncate => {
                self.rounding(function, items, None)
            }
            Function::Now | Function::Today | Function::TimeOfDay => Ok(self.clock(function)),
            Function::ToBoolean
            | Function::ToInteger
            | Function::ToDecimal
            | Function::ToDate
            | Function::ToDateTime
            | Function::ToTime
            | Function::ToString
            | Function::ConvertsToBoolean
            | Function::ConvertsToInteger
            | Function::ConvertsToDecimal
            | Function::ConvertsToDate
            | Function::ConvertsToDateTime
            | Function::ConvertsToTime
            | Function::ConvertsToString => self.conversion(function, items, None),
            _ => return None,
        })
    }

    fn iif(&self, arguments: &'a [Expr], items: &[Value<'a>], scope: &Scope<'_, 'a>) -> Evaluated<'a> {
        let [criterion, yes, no @ ..] = arguments else {
            return Ok(Vec::new());
        };
        // Called on a collection, the arguments see it as `$this`.
        let inner = Scope {
            focus: items,
            ..*scope
        };
        if truth(&self.eval(criterion, &inner)?)? == Some(true) {
            return self.eval(yes, &inner);
        }
        no.first().map_or(Ok(Vec::new()), |no| self.eval(no, &inner))
    }

    fn clock(&self, function: Function) -> Items<'a> {
        let now = DateTime::from_micros(self.context.now_micros);
        vec![match function {
            Function::Now => Value::Date(now),
            Function::TimeOfDay => Value::Time(now.clock_time()),
            _ => {
                let mut day = DateTime::from_micros(self.context.now_micros.div_euclid(DAY_US) * DAY_US);
                (day.precision, day.offset_minutes) = (Precision::Day, None);
                Value::Date(day)
            }
        }]
    }
}

fn amount(count: Option<i64>) -> usize {
    usize::try_from(count.unwrap_or(0)).unwrap_or(0)
}
