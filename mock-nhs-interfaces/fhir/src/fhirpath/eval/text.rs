//! Functions of texts. Places are counted in characters.

use std::borrow::Cow;

use super::{Evaluated, Evaluator, Items, Scope, boolean, pattern, single};
use crate::fhirpath::ast::Expr;
use crate::fhirpath::error::PathError;
use crate::fhirpath::function::Function;
use crate::fhirpath::value::Value;
use crate::narrative::check_narrative;

/// Bytes of a text that `replace` and its like may make.
const MAX_TEXT_BYTES: usize = 4 << 20;
/// Steps for compiling a pattern that is not a literal: some ten microseconds and more.
const PATTERN_STEPS: usize = 10_000;

impl<'a> Evaluator<'_, 'a> {
    pub(super) fn text_function(
        &self,
        function: Function,
        items: &[Value<'a>],
        arguments: &'a [Expr],
        scope: &Scope<'_, 'a>,
    ) -> Evaluated<'a> {
        let name = function.name();
        let Some(item) = single(items, name)? else {
            return Ok(Vec::new());
        };
        let text = item.as_text().ok_or(PathError::Type(name))?;
        self.charge(text.len() / 32)?;
        match function {
            Function::Upper => return Ok(string(text.to_uppercase())),
            Function::Lower => return Ok(string(text.to_lowercase())),
            Function::Trim => return Ok(string(text.trim().to_owned())),
            Function::Length => return Ok(integer(text.chars().count())),
            Function::ToChars => {
                self.charge(text.len())?;
                return Ok(text
                    .chars()
                    .flat_map(|character| string(character.to_string()))
                    .collect());
            }
            Function::HtmlChecks => return Ok(boolean(Some(check_narrative(&text).is_ok()))),
            Function::Substring => return self.substring(&text, arguments, scope),
            Function::Matches | Function::MatchesFull | Function::ReplaceMatches => {
                return self.regular(function, &text, arguments, scope);
            }
            _ => {}
        }
        let Some(first) = arguments.first() else {
            return Ok(Vec::new());
        };
        let Some(first) = self.string(first, scope, name)? else {
            return Ok(Vec::new());
        };
        Ok(match function {
            Function::StartsWith => boolean(Some(text.starts_with(&*first))),
            Function::EndsWith => boolean(Some(text.ends_with(&*first))),
            Function::Contains => boolean(Some(text.contains(&*first))),
            Function::IndexOf => place(&text, text.find(&*first)),
            Function::LastIndexOf => place(&text, text.rfind(&*first)),
            Function::Split => {
                self.charge(text.len())?;
                text.split(&*first)
                    .flat_map(|part| string(part.to_owned()))
                    .collect()
            }
            _ => {
                let Some(second) = arguments.get(1) else {
                    return Ok(Vec::new());
                };
                let Some(second) = self.string(second, scope, name)? else {
                    return Ok(Vec::new());
                };
                let copies = text.matches(&*first).count();
                self.sized(text.len() + copies * second.len())?;
                string(text.replace(&*first, &second))
            }
        })
    }

    fn sized(&self, bytes: usize) -> Result<(), PathError> {
        if bytes > MAX_TEXT_BYTES {
            return Err(PathError::TooCostly(self.context.max_steps));
        }
        self.charge(bytes / 64)
    }

    /// Nothing when the start lies outside the text.
    fn substring(&self, text: &str, arguments: &'a [Expr], scope: &Scope<'_, 'a>) -> Evaluated<'a> {
        let [start, rest @ ..] = arguments else {
            return Ok(Vec::new());
        };
        let Some(start) = self.integer(start, scope, "substring")? else {
            return Ok(Vec::new());
        };
        let length = match rest.first() {
            Some(length) => self.integer(length, scope, "substring")?,
            None => None,
        };
        let start = usize::try_from(start)
            .ok()
            .filter(|start| *start < text.chars().count());
        let Some(start) = start else { return Ok(Vec::new()) };
        let length = length.map_or(usize::MAX, |length| usize::try_from(length).unwrap_or(0));
        Ok(string(text.chars().skip(start).take(length).collect()))
    }

    fn regular(
        &self,
        function: Function,
        text: &str,
        arguments: &'a [Expr],
        scope: &Scope<'_, 'a>,
    ) -> Evaluated<'a> {
        let [first, rest @ ..] = arguments else {
            return Ok(Vec::new());
        };
        let compiled;
        let regex = match first {
            Expr::Pattern(regex) => &**regex,
            _ => {
                let Some(source) = self.string(first, scope, function.name())? else {
                    return Ok(Vec::new());
                };
                self.charge(PATTERN_STEPS + source.len())?;
                compiled = pattern(&source, function == Function::MatchesFull)?;
                &compiled
            }
        };
        if regex.as_str().is_empty() && function == Function::ReplaceMatches {
            return Ok(string(text.to_owned()));
        }
        // Searching is linear in the text with a factor of the pattern's size.
        self.charge(text.len() / 4)?;
        let Some(substitution) = rest.first() else {
            return Ok(boolean(Some(regex.is_match(text))));
        };
        let Some(substitution) = self.string(substitution, scope, "replaceMatches")? else {
            return Ok(Vec::new());
        };
        let mut out = String::new();
        let mut from = 0;
        for found in regex.captures_iter(text) {
            let Some(whole) = found.get(0) else { continue };
            out.push_str(text.get(from..whole.start()).unwrap_or_default());
            let before = out.len();
            found.expand(&substitution, &mut out);
            self.charge(1 + (out.len() - before) / 64)?;
            if out.len() > MAX_TEXT_BYTES {
                return Err(PathError::TooCostly(self.context.max_steps));
            }
            from = whole.end();
        }
        out.push_str(text.get(from..).unwrap_or_default());
        Ok(string(out))
    }

    /// `join`: texts of a collection in one.
    pub(super) fn join(
        &self,
        items: &[Value<'a>],
        arguments: &'a [Expr],
        scope: &Scope<'_, 'a>,
    ) -> Evaluated<'a> {
        let separator = match arguments.first() {
            Some(separator) => self.string(separator, scope, "join")?.unwrap_or_default(),
            None => Cow::Borrowed(""),
        };
        let texts: Option<Vec<_>> = items.iter().map(Value::to_text).collect();
        let texts = texts.ok_or(PathError::Type("join"))?;
        self.sized(texts.iter().map(|text| text.len() + separator.len()).sum())?;
        if texts.is_empty() {
            Ok(Vec::new())
        } else {
            Ok(string(texts.join(&*separator)))
        }
    }
}

fn string<'a>(text: String) -> Items<'a> {
    vec![Value::String(Cow::Owned(text))]
}

fn integer<'a>(count: usize) -> Items<'a> {
    i64::try_from(count).map(Value::Integer).into_iter().collect()
}

fn place<'a>(text: &str, byte: Option<usize>) -> Items<'a> {
    match byte {
        Some(byte) => integer(text.get(..byte).unwrap_or_default().chars().count()),
        None => vec![Value::Integer(-1)],
    }
}
