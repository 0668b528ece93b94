//! One value of a parameter, as what is asked of the values of resources.

mod date;
mod quantity;
mod reference;
mod token;

pub(super) use date::range as date_range;

use definitions::SearchParameterKind as Kind;

use super::error::{Problem, QueryErrorKind};
use super::modifier::Modifier;
use super::{Compiler, escape};
use crate::fold::{fold, phonetic};
use crate::key::split_version;
use crate::operand::{CompositeTest, Operand, StringTest, UriTest};
use crate::registry::{self, Parameter, Traits};

impl Compiler<'_> {
    /// What a value asks; several operands where one value stands for several codes.
    pub(super) fn operands(
        &self,
        parameter: &Parameter,
        modifier: Modifier,
        value: &str,
    ) -> Result<Vec<Operand>, Problem> {
        if parameter.kind() == Kind::Composite {
            return Ok(vec![self.composite(parameter, value)?]);
        }
        self.simple(parameter, modifier, value)
    }

    fn simple(
        &self,
        parameter: &Parameter,
        modifier: Modifier,
        value: &str,
    ) -> Result<Vec<Operand>, Problem> {
        let one = match parameter.kind() {
            Kind::Token => return self.token(parameter, modifier, value),
            Kind::Reference => return self.reference(parameter, modifier, value),
            Kind::String => Operand::String(string(parameter, modifier, value)?),
            Kind::Date => Operand::Date(self.date(value)?),
            Kind::Number => Operand::Number(quantity::number(&escape::plain(value))?),
            Kind::Quantity => Operand::Quantity(quantity::quantity(value)?),
            Kind::Uri => Operand::Uri(uri(modifier, value)),
            Kind::Special if parameter.definition.code == "near" => Operand::Near(quantity::near(value)?),
            Kind::Special | Kind::Composite => {
                return Err(Problem::new(
                    QueryErrorKind::NotSupported,
                    "it cannot be searched by",
                ));
            }
        };
        Ok(vec![one])
    }

    /// `code$value`: a value for each component. Source: <https://hl7.org/fhir/R4/search.html#combining>.
    fn composite(&self, parameter: &Parameter, value: &str) -> Result<Operand, Problem> {
        let components = &parameter.definition.components;
        let pieces = escape::split(value, '$');
        if pieces.len() != components.len() || pieces.iter().any(|piece| piece.is_empty()) {
            return Err(Problem::value(format!(
                "it takes {} values with `$` between them",
                components.len()
            )));
        }
        let mut tests = Vec::new();
        for (component, piece) in components.iter().zip(pieces) {
            let definition = registry::by_url(component.definition)
                .ok_or_else(|| Problem::new(QueryErrorKind::NotSupported, "one of its parts is not known"))?;
            // The same parameter where the type has it by itself; otherwise only its kind counts.
            let part = self.registry.find(parameter.resource_type, definition.code);
            let part = match part {
                Some(part) if part.definition.url == definition.url => part,
                _ => &Parameter {
                    id: parameter.id,
                    resource_type: parameter.resource_type,
                    definition,
                },
            };
            tests.push(self.part(part, piece)?);
        }
        Ok(Operand::Composite(CompositeTest(tests)))
    }

    fn part(&self, part: &Parameter, piece: &str) -> Result<Operand, Problem> {
        let mut operands = self.simple(part, Modifier::None, piece)?;
        // Where a code stands for itself with and without its implied system, the last is the one without.
        operands.pop().ok_or_else(Problem::empty)
    }

    fn traits(&self, parameter: &Parameter) -> Traits {
        self.registry.traits(parameter)
    }
}

fn string(parameter: &Parameter, modifier: Modifier, value: &str) -> Result<StringTest, Problem> {
    let written = escape::plain(value);
    let folded = fold(&written);
    if folded.is_empty() {
        return Err(Problem::value(
            "a text of spaces is in every text; give it at least one character",
        ));
    }
    if parameter.definition.code == "phonetic" && modifier == Modifier::None {
        let code = phonetic(&folded).ok_or_else(|| Problem::value("it needs a name in Latin letters"))?;
        return Ok(StringTest::Is(code));
    }
    Ok(if modifier == Modifier::Exact {
        StringTest::Exact(written.into())
    } else if modifier == Modifier::Contains {
        StringTest::Contains(folded)
    } else {
        StringTest::Starts(folded)
    })
}

fn uri(modifier: Modifier, value: &str) -> UriTest {
    // A `|` before a canonical's version is part of the value.
    let uri: Box<str> = escape::plain(value).into();
    if modifier == Modifier::Below {
        match split_version(&uri) {
            (url, Some(version)) => UriTest::BelowVersion {
                url: url.into(),
                version: version.into(),
            },
            (_, None) => UriTest::Below(uri),
        }
    } else if modifier == Modifier::Above {
        UriTest::Above(uri)
    } else {
        UriTest::Is(uri)
    }
}
