//! Parameters that say what comes back and in which order. Source: <https://hl7.org/fhir/R4/search.html#return>.

use definitions::SearchParameterKind;

use super::error::{Problem, QueryErrorKind, shown};
use super::limits::{PAGE, SORT_KEYS};
use super::pairs::Pair;
use super::{CURSOR, Compiler, Understood};
use crate::query::{Query, Sort, SortBy, Summary, Total};

/// Reads a parameter of the result; `None` for one that is none.
pub(super) fn result_parameter(
    compiler: &Compiler<'_>,
    pair: &Pair,
    query: &mut Query,
) -> Result<Option<Understood>, Problem> {
    let (code, modifier) = match pair.name.split_once(':') {
        Some((code, modifier)) => (code, Some(modifier)),
        None => (pair.name.as_str(), None),
    };
    let value = pair.value.as_str();
    match code {
        "_include" | "_revinclude" => compiler.include(code, modifier, value, query)?,
        // Chosen by whoever writes the answer.
        "_format" | "_pretty" => return Ok(Some(Understood::NotOurs)),
        CURSOR => {
            query.cursor = Some(value.into());
            return Ok(Some(Understood::NotOurs));
        }
        // Read before all others.
        "_type" => {}
        "_sort" | "_count" | "_total" | "_summary" | "_elements" | "_contained" | "_containedType"
        | "_score" | "_query" => {
            super::parameter::plain(modifier)?;
            if value.is_empty() {
                return Err(Problem::empty());
            }
            plain(compiler, code, value, query)?;
        }
        _ => return Ok(None),
    }
    Ok(Some(Understood::Yes))
}

/// What cannot be asked together. Source: <https://hl7.org/fhir/R4/search.html#summary>.
pub(super) fn check(query: &Query) -> Result<(), Problem> {
    let includes = query.includes.len() + query.reverse_includes.len();
    if query.summary == Summary::Text && includes > 0 {
        return Err(Problem::value(
            "with `text` nothing can be included; leave `_include` and `_revinclude` out, or ask for `true`",
        ));
    }
    Ok(())
}

fn plain(compiler: &Compiler<'_>, code: &str, value: &str, query: &mut Query) -> Result<(), Problem> {
    match code {
        "_sort" => once(query.sort.is_empty()).and_then(|()| sort(compiler, value, query))?,
        "_count" => {
            once(query.count.is_none())?;
            query.count = Some(count(value)?);
        }
        "_total" => {
            once(query.total == Total::Unasked)?;
            let known = [
                ("none", Total::None),
                ("estimate", Total::Estimate),
                ("accurate", Total::Accurate),
            ];
            query.total = choice(value, &known)?;
        }
        "_summary" => {
            once(query.summary == Summary::False)?;
            let known = [
                ("true", Summary::True),
                ("text", Summary::Text),
                ("data", Summary::Data),
                ("count", Summary::Count),
                ("false", Summary::False),
            ];
            query.summary = choice(value, &known)?;
        }
        "_elements" => query.elements.extend(elements(query, value)?),
        // Contained resources are never matches by themselves.
        "_contained" => choice(value, &[("false", ())])?,
        _ => {
            return Err(Problem::new(
                QueryErrorKind::NotSupported,
                "it is part of R4, but not offered here",
            ));
        }
    }
    Ok(())
}

fn once(is_first: bool) -> Result<(), Problem> {
    if is_first {
        Ok(())
    } else {
        Err(Problem::value("it is given twice"))
    }
}

fn count(value: &str) -> Result<usize, Problem> {
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit ask for more than a page.
        return Ok(value.parse().map_or(PAGE, |count: usize| count.min(PAGE)));
    }
    Err(Problem::value(format!(
        "`{}` is not a number of resources",
        shown(value)
    )))
}

fn choice<T: Copy>(value: &str, known: &[(&str, T)]) -> Result<T, Problem> {
    let found = known
        .iter()
        .find(|(name, _)| *name == value)
        .map(|(_, choice)| *choice);
    found.ok_or_else(|| {
        let names = || known.iter().map(|(name, _)| *name);
        let problem = Problem::unknown(QueryErrorKind::InvalidValue, "the value", value, names());
        problem.and(&format!("it takes {}", super::error::listed(names())))
    })
}

fn elements(query: &Query, value: &str) -> Result<Vec<Box<str>>, Problem> {
    let types: Vec<&str> = query
        .targets
        .iter()
        .map(|target| target.resource_type.name())
        .collect();
    let named = |name: &str| {
        // `Patient.name` counts for patients only, as in later versions; `*` is no element.
        let name = name.rsplit('.').next().unwrap_or(name);
        let nodes = || types.iter().filter_map(|name| definitions::Node::of_type(name));
        let is_known = nodes().any(|node| {
            node.child(name).is_some() || node.children().any(|element| element.choice() == Some(name))
        });
        if is_known {
            return Ok(name.into());
        }
        // Of one type all elements can be named; of all types there are too many.
        let known = nodes()
            .take(1)
            .flat_map(definitions::Node::children)
            .map(|element| element.name);
        Err(Problem::unknown(
            QueryErrorKind::InvalidValue,
            "the element",
            name,
            known,
        ))
    };
    value.split(',').map(str::trim).map(named).collect()
}

fn sort(compiler: &Compiler<'_>, value: &str, query: &mut Query) -> Result<(), Problem> {
    let keys: Vec<&str> = value.split(',').map(str::trim).collect();
    if keys.len() > SORT_KEYS {
        return Err(Problem::too_costly(format!("it has more than {SORT_KEYS} keys")));
    }
    for key in keys {
        let (descending, code) = match key.strip_prefix('-') {
            Some(code) => (true, code),
            None => (false, key),
        };
        let by = match code {
            "_id" => SortBy::Id,
            "_lastUpdated" => SortBy::LastUpdated,
            code => parameter(compiler, query, code)?,
        };
        query.sort.push(Sort { by, descending });
    }
    Ok(())
}

fn parameter(compiler: &Compiler<'_>, query: &Query, code: &str) -> Result<SortBy, Problem> {
    let types = || query.targets.iter().map(|target| target.resource_type);
    let found: Vec<_> = types()
        .filter_map(|resource_type| compiler.registry.find(resource_type, code))
        .collect();
    let Some(first) = found.first() else {
        return Err(match types().next() {
            Some(resource_type) => match compiler.parameter(resource_type, code) {
                Err(problem) => problem.in_chain(),
                Ok(_) => Problem::value(format!("`{code}` is not known")),
            },
            None => Problem::value("there is no type to sort"),
        });
    };
    let has_no_order = matches!(
        first.kind(),
        SearchParameterKind::Composite | SearchParameterKind::Special
    );
    if has_no_order || matches!(code, "_text" | "_content") {
        let what = format!("nothing can be sorted by `{code}`: its values have no order");
        return Err(Problem::new(QueryErrorKind::NotSupported, what));
    }
    let of_types = found
        .iter()
        .map(|parameter| (parameter.resource_type, parameter.id));
    Ok(SortBy::Parameter(of_types.collect()))
}
