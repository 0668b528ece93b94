//! Modifiers, and which kinds of parameters have which. Source: <https://hl7.org/fhir/R4/search.html#modifiers>.

use definitions::SearchParameterKind as Kind;

use super::error::{Problem, QueryErrorKind, listed};
use crate::query::ResourceType;
use crate::registry::Parameter;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Modifier {
    None,
    Missing,
    Exact,
    Contains,
    Text,
    Not,
    Above,
    Below,
    In,
    NotIn,
    OfType,
    Identifier,
    /// `:Patient` on a reference.
    Type(ResourceType),
}

fn allowed(kind: Kind) -> &'static [(&'static str, Modifier)] {
    const MISSING: (&str, Modifier) = ("missing", Modifier::Missing);
    match kind {
        Kind::String => &[
            MISSING,
            ("exact", Modifier::Exact),
            ("contains", Modifier::Contains),
        ],
        Kind::Token => &[
            MISSING,
            ("text", Modifier::Text),
            ("not", Modifier::Not),
            ("above", Modifier::Above),
            ("below", Modifier::Below),
            ("in", Modifier::In),
            ("not-in", Modifier::NotIn),
            ("of-type", Modifier::OfType),
        ],
        Kind::Reference => &[
            MISSING,
            ("identifier", Modifier::Identifier),
            ("text", Modifier::Text),
            ("above", Modifier::Above),
            ("below", Modifier::Below),
        ],
        Kind::Uri => &[MISSING, ("above", Modifier::Above), ("below", Modifier::Below)],
        Kind::Number | Kind::Date | Kind::Quantity | Kind::Composite | Kind::Special => &[MISSING],
    }
}

impl Modifier {
    /// Reads what stands after the colon, if anything does.
    pub(super) fn parse(parameter: &Parameter, text: Option<&str>) -> Result<Self, Problem> {
        let Some(text) = text else { return Ok(Self::None) };
        let kind = parameter.kind();
        let found = allowed(kind)
            .iter()
            .find(|(name, _)| *name == text)
            .map(|(_, modifier)| *modifier);
        if let Some(modifier) = found {
            return Ok(modifier);
        }
        let names = || allowed(kind).iter().map(|(name, _)| *name);
        if kind == Kind::Reference {
            let targets = parameter.targets();
            return match ResourceType::parse(text) {
                Some(wanted) if targets.contains(&wanted) => Ok(Self::Type(wanted)),
                _ => Err(Problem::unknown(
                    QueryErrorKind::UnknownModifier,
                    "the modifier",
                    text,
                    names().chain(targets.iter().map(|target| target.name())),
                )),
            };
        }
        let problem = Problem::unknown(QueryErrorKind::UnknownModifier, "the modifier", text, names());
        Err(problem.and(&format!("a {} takes {}", kind.code(), listed(names()))))
    }
}
