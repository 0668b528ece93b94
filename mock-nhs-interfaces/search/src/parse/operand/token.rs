//! Codes and identifiers.

use definitions::terminology::SystemCode;

use crate::extract::plain_number;
use crate::fold::{cut, fold};
use crate::operand::{Operand, SystemTest, TokenTest};
use crate::parse::error::{Problem, QueryErrorKind, listed, shown};
use crate::parse::limits::CODES;
use crate::parse::modifier::Modifier;
use crate::parse::{Compiler, escape};
use crate::registry::{Parameter, Traits};

impl Compiler<'_> {
    pub(in crate::parse) fn token(
        &self,
        parameter: &Parameter,
        modifier: Modifier,
        value: &str,
    ) -> Result<Vec<Operand>, Problem> {
        let tests = match modifier {
            Modifier::Text => {
                let text = fold(&escape::plain(value));
                if text.is_empty() {
                    return Err(Problem::value("`:text` needs at least one character"));
                }
                vec![TokenTest::Text(text)]
            }
            Modifier::OfType => vec![of_type(value)?],
            Modifier::In | Modifier::NotIn => {
                self.value_set(&self.traits(parameter), &escape::plain(value))?
            }
            Modifier::Above | Modifier::Below => self.hierarchy(modifier, value)?,
            // Of these only `:not` is for tokens, and is applied to the whole.
            Modifier::None
            | Modifier::Not
            | Modifier::Missing
            | Modifier::Exact
            | Modifier::Contains
            | Modifier::Identifier
            | Modifier::Type(_) => codes(&self.traits(parameter), value)?,
        };
        if tests.len() > CODES {
            return Err(Problem::too_costly(format!(
                "it stands for more than {CODES} codes"
            )));
        }
        Ok(tests.into_iter().map(Operand::Token).collect())
    }

    /// `:in`, `:not-in`: every code of a value set.
    fn value_set(&self, traits: &Traits, url: &str) -> Result<Vec<TokenTest>, Problem> {
        let codes = self.request.terminology.codes_in_value_set(url).ok_or_else(|| {
            let what = format!(
                "the value set `{}` is not here, or has too many codes to be searched by",
                shown(url)
            );
            Problem::new(QueryErrorKind::UnknownCode, what)
        })?;
        let with =
            |code: &SystemCode| TokenTest::code(SystemTest::Is(code.system.as_str().into()), &code.code);
        let mut tests: Vec<TokenTest> = codes.iter().map(with).collect();
        if traits.may_be_without_system() {
            tests.extend(
                codes
                    .iter()
                    .map(|code| TokenTest::code(SystemTest::None, &code.code)),
            );
        }
        Ok(tests)
    }

    /// `:above`, `:below`: a code and those that its system places so.
    fn hierarchy(&self, modifier: Modifier, value: &str) -> Result<Vec<TokenTest>, Problem> {
        let (system, code) = match coded(value)? {
            (SystemTest::Is(system), code) if !code.is_empty() => (system, code),
            _ => {
                return Err(Problem::value(
                    "`:above` and `:below` need a system and a code, as in `http://snomed.info/sct|73211009`",
                ));
            }
        };
        let terminology = self.request.terminology;
        let found = if modifier == Modifier::Above {
            terminology.codes_above(&system, &code)
        } else {
            terminology.codes_below(&system, &code)
        };
        let codes = found.ok_or_else(|| {
            let what = format!(
                "nothing is known here of what is above or below `{}` in `{}`",
                shown(&code),
                shown(&system)
            );
            Problem::new(QueryErrorKind::UnknownCode, what)
        })?;
        Ok(codes
            .into_iter()
            .map(|code| TokenTest::code(SystemTest::Is(system.clone()), &code))
            .collect())
    }
}

/// `code`, `system|code`, `|code`, `system|`. Source: <https://hl7.org/fhir/R4/search.html#token>.
fn codes(traits: &Traits, value: &str) -> Result<Vec<TokenTest>, Problem> {
    let (system, code) = coded(value)?;
    if code.is_empty() {
        let SystemTest::Is(system) = system else {
            return Err(Problem::value("it has neither a system nor a code"));
        };
        let implied = traits
            .implied_systems
            .contains(&&*system)
            .then_some(TokenTest::WithoutSystem);
        return Ok(std::iter::once(TokenTest::System(system))
            .chain(implied)
            .collect());
    }
    let code = plain_number(&code).filter(|_| traits.is_contact).unwrap_or(code);
    if !traits.has_code(&code) {
        let codes = traits.closed_codes();
        let problem = Problem::unknown(
            QueryErrorKind::InvalidValue,
            "the code",
            &code,
            codes.iter().copied(),
        );
        return Err(if codes.len() <= 12 {
            problem.and(&format!("it takes {}", listed(codes)))
        } else {
            problem
        });
    }
    let is_implied = matches!(&system, SystemTest::Is(system) if traits.implied_systems.contains(&&**system));
    let mut tests = Vec::new();
    if !is_implied || traits.has_systems {
        tests.push(TokenTest::code(system, &code));
    }
    if is_implied {
        tests.push(TokenTest::code(SystemTest::None, &code));
    }
    Ok(tests)
}

/// A system and a code; the code is empty where there is none.
pub(super) fn coded(value: &str) -> Result<(SystemTest, String), Problem> {
    match escape::split(value, '|').as_slice() {
        [code] => Ok((SystemTest::Any, escape::plain(code))),
        ["", code] => Ok((SystemTest::None, escape::plain(code))),
        [system, code] => Ok((
            SystemTest::Is(cut(&escape::plain(system)).into()),
            escape::plain(code),
        )),
        _ => Err(Problem::value(
            "it has more than one `|`; one that belongs to the code is written `\\|`",
        )),
    }
}

/// `system|code|value`: the identifier's type and its value.
fn of_type(value: &str) -> Result<TokenTest, Problem> {
    match escape::split(value, '|').as_slice() {
        [system, kind, value] if !system.is_empty() && !kind.is_empty() && !value.is_empty() => {
            Ok(TokenTest::of_type(
                &escape::plain(system),
                &escape::plain(kind),
                &escape::plain(value),
            ))
        }
        _ => Err(Problem::value(
            "`:of-type` takes the system and the code of the identifier's type, and its value: `http://terminology.hl7.org/CodeSystem/v2-0203|MR|446053`",
        )),
    }
}
