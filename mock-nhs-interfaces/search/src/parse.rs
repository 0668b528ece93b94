//! From the text of a query to a [`Query`], or to everything that is wrong with it.
//!
//! Source: <https://hl7.org/fhir/R4/search.html>.

mod chain;
mod compartment;
mod error;
mod escape;
mod filter;
mod has;
mod hierarchy;
mod include;
mod limits;
mod modifier;
mod operand;
mod pairs;
mod parameter;
mod result;
mod target;

pub use compartment::membership;
pub use error::{QueryErrorKind, QuerySyntaxError, QuerySyntaxErrors};
pub use limits::*;

use std::cell::Cell;

use definitions::terminology::Terminology;

use crate::operand::Operand;
use crate::query::{Compartment, Filter, Query, ResourceType, Target};
use crate::registry::Registry;
use error::Problem;
use pairs::Pair;

/// The parameter in which a `next` link carries its cursor.
pub const CURSOR: &str = "_cursor";

/// What is asked, and what the answer depends on.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// What is searched.
    pub scope: &'a Scope,
    /// Queries as they stand after `?` or in the form body of `_search`; all of them count.
    pub texts: &'a [&'a str],
    /// What to do about parameters that nobody knows.
    pub handling: Handling,
    /// The server's own address, without a slash at the end: links below it are local.
    pub base_url: &'a str,
    /// Now, in microseconds since 1970: `ap` widens dates by a tenth of how far away they are.
    pub now_us: i64,
    /// Who knows about codes.
    pub terminology: &'a dyn Terminology,
}

/// What is searched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Resources of one type: `/Patient?…`.
    Type(ResourceType),
    /// Resources of the types in `_type`, or of all: `/?…`.
    System,
    /// What belongs to a resource: `/Patient/1/Observation?…`, or `/Patient/1/*?…`.
    Compartment(Compartment, Option<ResourceType>),
}

/// What becomes of parameters that nobody knows, and of those without a value.
/// Source: <https://hl7.org/fhir/R4/search.html#errors>.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Handling {
    /// `Prefer: handling=strict`: an unknown parameter is an error. One that is known and has no value is passed over: R4 says
    /// that it is none.
    #[default]
    Strict,
    /// `Prefer: handling=lenient`: an unknown parameter is dropped, and named in [`Query::ignored`]. One without a value is
    /// passed over.
    Lenient,
    /// For conditions that choose the resource which is written: a parameter without a value is an error too, because
    /// without it the conditions could choose another resource.
    Criteria,
}

/// Understands a query.
///
/// # Errors
/// Everything that is wrong with it, up to [`ERRORS`] things.
pub fn parse(registry: &Registry, request: &Request<'_>) -> Result<Query, QuerySyntaxErrors> {
    let compiler = Compiler {
        registry,
        request,
        conditions: Cell::new(0),
        is_quiet: Cell::new(false),
    };
    let mut errors = Errors::default();
    let mut query = Query::default();
    let pairs = errors.take("", pairs::pairs(request.texts)).unwrap_or_default();
    let (types, pairs) = target::types(request.scope, pairs, &mut errors);
    query.targets = types
        .into_iter()
        .map(|resource_type| Target {
            resource_type,
            filters: Vec::new(),
        })
        .collect();
    for pair in &pairs {
        if errors.are_enough() {
            break;
        }
        let understood = compiler.pair(pair, &mut query);
        match understood {
            Ok(Understood::Yes) => pairs::push_text(&mut query.text, pair),
            Ok(Understood::NotOurs) => {}
            Err(problem) if request.handling != Handling::Criteria && problem.is_empty() => {}
            Err(problem) if request.handling == Handling::Lenient && problem.may_be_ignored() => {
                query.ignored.push(error::shown(&pair.name).into());
            }
            Err(problem) => errors.push(&pair.name, problem),
        }
    }
    errors.take("_summary", result::check(&query));
    errors.take("", compartment::add(&compiler, &mut query));
    if errors.found.is_empty() {
        Ok(query)
    } else {
        Err(QuerySyntaxErrors(errors.found))
    }
}

/// Whether a parameter is part of the search.
enum Understood {
    Yes,
    /// It says how to write the answer, or where its page begins, not what is in it.
    NotOurs,
}

/// What is needed to understand one parameter.
struct Compiler<'a> {
    registry: &'a Registry,
    request: &'a Request<'a>,
    /// How many conditions were made so far, against chains that branch into every type at every step.
    conditions: Cell<usize>,
    /// Whether an unknown name needs no near ones, because an error about it was already made for another type.
    is_quiet: Cell<bool>,
}

impl Compiler<'_> {
    fn pair(&self, pair: &Pair, query: &mut Query) -> Result<Understood, Problem> {
        if let Some(understood) = result::result_parameter(self, pair, query)? {
            return Ok(understood);
        }
        // All or none: what one type does not have is dropped, or refused, for all.
        let filters = query
            .targets
            .iter()
            .map(|target| self.filter(target.resource_type, &pair.name, &pair.value, 0));
        let filters = filters.collect::<Result<Vec<_>, _>>()?;
        for (target, filter) in query.targets.iter_mut().zip(filters) {
            target.filters.push(filter);
        }
        Ok(Understood::Yes)
    }

    /// Counts conditions.
    fn spend(&self, conditions: usize) -> Result<(), Problem> {
        self.conditions.set(self.conditions.get() + conditions);
        if self.conditions.get() > CONDITIONS {
            return Err(Problem::too_costly(format!(
                "it makes more than {CONDITIONS} conditions; name the types it goes through"
            )));
        }
        Ok(())
    }
}

/// What was found wrong so far.
#[derive(Default)]
struct Errors {
    found: Vec<QuerySyntaxError>,
}

impl Errors {
    fn are_enough(&self) -> bool {
        self.found.len() >= ERRORS
    }

    fn push(&mut self, parameter: &str, problem: Problem) {
        if !self.are_enough() {
            self.found.push(problem.about(parameter));
        }
    }

    fn take<T>(&mut self, parameter: &str, result: Result<T, Problem>) -> Option<T> {
        result.map_err(|problem| self.push(parameter, problem)).ok()
    }
}

/// A fuzz target: any bytes as a query of the system and of a type. Must not panic, and must understand its own text again as the same.
pub fn fuzz_query(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let observation = ResourceType::parse("Observation").map(Scope::Type);
    for scope in [Scope::System].into_iter().chain(observation) {
        let understand = |text: &str| {
            let request = Request {
                scope: &scope,
                texts: &[text],
                handling: Handling::Lenient,
                base_url: "http://localhost/fhir",
                now_us: 0,
                terminology: &definitions::terminology::NoTerminology,
            };
            parse(Registry::r4(), &request)
        };
        if let Ok(query) = understand(&text) {
            for filter in query.targets.iter().flat_map(|target| &target.filters) {
                exercise(filter);
            }
            let again = understand(&query.text)
                .ok()
                .map(|again| (again.targets, again.text));
            assert!(
                again == Some((query.targets, query.text)),
                "not understood again: {text}"
            );
        }
    }
}

/// Asks every operand about the ends of its ranges; how many it accepts.
fn exercise(filter: &Filter) -> usize {
    match filter {
        Filter::Value(value) => {
            let asked = |operand: &Operand| {
                let ranges = operand.ranges();
                let ends = ranges.iter().flat_map(|range| [&range.low, &range.high]);
                ends.filter(|end| operand.accepts(end)).count()
            };
            value.any_of.iter().map(asked).sum()
        }
        Filter::And(filters) | Filter::Or(filters) => filters.iter().map(exercise).sum(),
        Filter::Not(filter) => exercise(filter),
        Filter::Chain(chain) => chain.targets.iter().map(|(_, filter)| exercise(filter)).sum(),
        Filter::Has(has) => exercise(&has.filter),
        Filter::Missing { .. }
        | Filter::Hierarchy(_)
        | Filter::Id(_)
        | Filter::LastUpdated(_)
        | Filter::List(_)
        | Filter::Content(_) => 0,
    }
}

#[cfg(test)]
mod tests;
