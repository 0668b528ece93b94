//! One parameter of a query, as a condition on resources of one type.

use definitions::SearchParameterKind;

use super::error::{Problem, QueryErrorKind, shown};
use super::limits::{DEPTH, WORDS};
use super::modifier::Modifier;
use super::{Compiler, escape};
use crate::fold::fold;
use crate::operand::{Operand, StringTest};
use crate::query::{Filter, ResourceType, ValueFilter};
use crate::registry::Parameter;

impl Compiler<'_> {
    /// The condition that a name and a value make. `depth` is how many references were followed to get here.
    pub(super) fn filter(
        &self,
        resource_type: ResourceType,
        name: &str,
        value: &str,
        depth: usize,
    ) -> Result<Filter, Problem> {
        if depth > DEPTH {
            return Err(Problem::too_costly(format!(
                "it follows more than {DEPTH} references"
            )));
        }
        self.spend(1)?;
        if let Some(rest) = name.strip_prefix("_has:") {
            return self.has(resource_type, rest, value, depth);
        }
        if let Some((head, rest)) = name.split_once('.') {
            return self.chain(resource_type, head, rest, value, depth);
        }
        let (code, modifier) = match name.split_once(':') {
            Some((code, modifier)) => (code, Some(modifier)),
            None => (name, None),
        };
        let is_special = matches!(
            code,
            "_id" | "_lastUpdated" | "_list" | "_filter" | "_text" | "_content"
        );
        if is_special && value.is_empty() {
            return Err(Problem::empty());
        }
        match code {
            "_id" | "_lastUpdated" if modifier == Some("missing") => {
                return missing(self.parameter(resource_type, code)?, value);
            }
            "_id" => return ids(modifier, value),
            "_lastUpdated" => return self.last_updated(modifier, value),
            "_list" => return lists(modifier, value),
            "_filter" => {
                plain(modifier)?;
                return self.filter_expression(resource_type, value, depth);
            }
            "_text" => {
                plain(modifier)?;
                return text(self.parameter(resource_type, code)?, value);
            }
            "_content" => {
                plain(modifier)?;
                return content(value);
            }
            _ => {}
        }
        let parameter = self.parameter(resource_type, code)?;
        let modifier = Modifier::parse(parameter, modifier)?;
        if value.is_empty() {
            return Err(Problem::empty());
        }
        self.value_filter(parameter, modifier, value)
    }

    /// The parameter with this code.
    pub(super) fn parameter(&self, resource_type: ResourceType, code: &str) -> Result<&Parameter, Problem> {
        self.registry.find(resource_type, code).ok_or_else(|| {
            if self.is_quiet.get() {
                return Problem::new(QueryErrorKind::UnknownParameter, String::new());
            }
            let own = self
                .registry
                .of_type(resource_type)
                .iter()
                .map(|parameter| parameter.definition.code);
            let others = [
                "_list",
                "_has",
                "_filter",
                "_sort",
                "_count",
                "_include",
                "_revinclude",
                "_summary",
                "_elements",
                "_total",
            ];
            let what = format!("for {}, the parameter", resource_type.name());
            Problem::unknown(QueryErrorKind::UnknownParameter, &what, code, own.chain(others))
        })
    }

    fn value_filter(
        &self,
        parameter: &Parameter,
        modifier: Modifier,
        value: &str,
    ) -> Result<Filter, Problem> {
        if modifier == Modifier::Missing {
            return missing(parameter, value);
        }
        if parameter.kind() == SearchParameterKind::Reference
            && matches!(modifier, Modifier::Above | Modifier::Below)
        {
            return self.hierarchies(parameter, modifier, value);
        }
        let mut any_of = Vec::new();
        let mut versioned = Vec::new();
        for piece in escape::split(value, ',') {
            if piece.is_empty() {
                return Err(Problem::value("one of its values is empty"));
            }
            if modifier == Modifier::None {
                versioned.extend(self.of_version(parameter, piece)?);
            }
            any_of.extend(self.operands(parameter, modifier, piece)?);
        }
        self.spend(any_of.len())?;
        let negated = matches!(modifier, Modifier::Not | Modifier::NotIn);
        let found = Filter::Value(ValueFilter {
            parameter: parameter.id,
            any_of,
            negated,
        });
        if versioned.is_empty() {
            return Ok(found);
        }
        versioned.insert(0, found);
        Ok(Filter::Or(versioned))
    }

    /// `url=http://example.com/ValueSet/a|2`: the resource with this URL and, in an element of its own, this version.
    /// Source: <https://hl7.org/fhir/R4/search.html#versions>.
    fn of_version(&self, parameter: &Parameter, piece: &str) -> Result<Option<Filter>, Problem> {
        if parameter.definition.code != "url" {
            return Ok(None);
        }
        let own = self.registry.find(parameter.resource_type, "version");
        let parts = escape::split(piece, '|');
        let (Some(own), [url, version]) = (own, parts.as_slice()) else {
            return Ok(None);
        };
        let meets = |parameter: &Parameter, piece: &str| {
            Ok(Filter::Value(ValueFilter {
                parameter: parameter.id,
                any_of: self.operands(parameter, Modifier::None, piece)?,
                negated: false,
            }))
        };
        if url.is_empty() || version.is_empty() {
            return Ok(None);
        }
        self.spend(2)?;
        Ok(Some(Filter::And(vec![
            meets(parameter, url)?,
            meets(own, version)?,
        ])))
    }

    fn last_updated(&self, modifier: Option<&str>, value: &str) -> Result<Filter, Problem> {
        plain(modifier)?;
        let tests = escape::split(value, ',')
            .into_iter()
            .map(|piece| self.date(piece));
        Ok(Filter::LastUpdated(tests.collect::<Result<_, _>>()?))
    }
}

/// A parameter that has no modifiers.
pub(super) fn plain(modifier: Option<&str>) -> Result<(), Problem> {
    match modifier {
        None => Ok(()),
        Some(other) => Err(Problem::unknown(
            QueryErrorKind::UnknownModifier,
            "the modifier",
            other,
            [],
        )),
    }
}

fn ids(modifier: Option<&str>, value: &str) -> Result<Filter, Problem> {
    let ids = escape::split(value, ',').into_iter().map(|id| match id {
        "" => Err(Problem::value("one of its values is empty")),
        id => Ok(escape::plain(id).into()),
    });
    let filter = Filter::Id(ids.collect::<Result<_, _>>()?);
    match modifier {
        None => Ok(filter),
        Some("not") => Ok(Filter::Not(Box::new(filter))),
        Some(other) => Err(Problem::unknown(
            QueryErrorKind::UnknownModifier,
            "the modifier",
            other,
            ["missing", "not"],
        )),
    }
}

fn lists(modifier: Option<&str>, value: &str) -> Result<Filter, Problem> {
    plain(modifier)?;
    let ids = escape::split(value, ',').into_iter().map(|id| {
        if id.starts_with('$') {
            return Err(Problem::new(QueryErrorKind::NotSupported, "lists that the server makes, such as `$current-problems`, are not offered; give the id of a List"));
        }
        Ok(id.strip_prefix("List/").unwrap_or(id).into())
    });
    Ok(Filter::List(ids.collect::<Result<_, _>>()?))
}

/// `:missing`.
pub(super) fn missing(parameter: &Parameter, value: &str) -> Result<Filter, Problem> {
    let missing = match value {
        "true" => true,
        "false" => false,
        _ => {
            return Err(Problem::value(format!(
                "`{}` is not what `:missing` takes: `true` or `false`",
                shown(value)
            )));
        }
    };
    if parameter.kind() == SearchParameterKind::Special && parameter.definition.code != "near" {
        return Err(Problem::new(
            QueryErrorKind::UnknownModifier,
            "it has no modifier",
        ));
    }
    Ok(Filter::Missing {
        parameter: parameter.id,
        missing,
    })
}

/// `_text`: every word must stand in the narrative; any of the values separated by commas.
fn text(parameter: &Parameter, value: &str) -> Result<Filter, Problem> {
    any_words(value, |words| {
        let word = |word: Box<str>| {
            let any_of = vec![Operand::String(StringTest::Starts(word))];
            Filter::Value(ValueFilter {
                parameter: parameter.id,
                any_of,
                negated: false,
            })
        };
        Filter::And(words.into_iter().map(word).collect())
    })
}

/// `_content`: every word must stand somewhere; any of the values separated by commas.
fn content(value: &str) -> Result<Filter, Problem> {
    any_words(value, Filter::Content)
}

fn any_words(value: &str, all: impl Fn(Vec<Box<str>>) -> Filter) -> Result<Filter, Problem> {
    let mut any = Vec::new();
    let mut count = 0;
    for piece in escape::split(value, ',') {
        let folded = fold(&escape::plain(piece));
        let words: Vec<Box<str>> = folded
            .split(|character: char| !character.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(Box::from)
            .collect();
        count += words.len();
        if words.is_empty() {
            return Err(Problem::value("it has no word to look for"));
        }
        if count > WORDS {
            return Err(Problem::too_costly(format!("it has more than {WORDS} words")));
        }
        any.push(all(words));
    }
    Ok(match any.len() {
        1 => any.remove(0),
        _ => Filter::Or(any),
    })
}
