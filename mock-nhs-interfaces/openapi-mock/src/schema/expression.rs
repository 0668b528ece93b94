//! Regular expressions of a document: those of JavaScript, as far as an engine that never goes back understands them.

use std::collections::HashMap;
use std::sync::Arc;

use regex::{Regex, RegexBuilder};

use super::Expression;
use crate::held::Held;
use crate::limits::{
    EXPRESSION_SIZES, ExpressionSize, MAX_EXPRESSION_CHARACTERS, MAX_EXPRESSIONS, MAX_EXPRESSIONS_BYTES,
};
use crate::pointer::Pointer;
use crate::problem::{Problems, quoted};

/// Every different expression of a document, compiled once.
#[derive(Debug, Default)]
pub(super) struct Expressions {
    known: HashMap<Box<str>, Option<Expression>>,
    /// Bytes that all of them together can come to.
    bytes: usize,
    /// Bytes that were compiled, also of those that came to be too large: compiling takes time.
    tried_bytes: usize,
}

impl Expressions {
    /// The expression; `None`, and a problem, when it cannot be checked here.
    pub(super) fn get(
        &mut self,
        source: &str,
        pointer: &Pointer<'_>,
        held: &Held,
        problems: &mut Problems,
    ) -> Option<Expression> {
        if let Some(known) = self.known.get(source) {
            return known.clone();
        }
        if self.known.len() >= MAX_EXPRESSIONS {
            problems.broken(
                pointer,
                format!("there are more than {MAX_EXPRESSIONS} expressions; the others are not checked."),
            );
            return None;
        }
        let expression = match self.compiled(source) {
            Ok((regex, size)) => {
                self.bytes += size.held_bytes();
                held.take(size.held_bytes());
                Some(Expression {
                    source: Arc::from(source),
                    regex,
                    bytes_in_a_step: size.bytes_in_a_step,
                })
            }
            Err(reason) => {
                problems.odd(
                    pointer,
                    format!("the expression {} is not checked here: {reason}.", quoted(source)),
                );
                None
            }
        };
        self.known.insert(source.into(), expression.clone());
        expression
    }
}

impl Expressions {
    /// The expression, and how large it came to be; why not, otherwise.
    fn compiled(&mut self, source: &str) -> Result<(Regex, ExpressionSize), &'static str> {
        if source.len() > MAX_EXPRESSION_CHARACTERS {
            return Err("it is too large");
        }
        let translated = translated(source);
        for size in EXPRESSION_SIZES {
            self.tried_bytes += size.compiled_bytes;
            if self.bytes + size.held_bytes() > MAX_EXPRESSIONS_BYTES
                || self.tried_bytes > MAX_EXPRESSIONS_BYTES
            {
                return Err("with the others it is too large");
            }
            let compiled = RegexBuilder::new(&translated)
                .size_limit(size.compiled_bytes)
                .dfa_size_limit(size.cache_bytes)
                .build();
            match compiled {
                Ok(regex) => return Ok((regex, size)),
                Err(regex::Error::CompiledTooBig(_)) => {}
                Err(_) => return Err("it is not regular, or not written as expressions are"),
            }
        }
        Err("it is too large")
    }
}

/// The same in the words of our engine: in JavaScript, `\d` and `\w` are of ASCII, and `[` needs no escape inside brackets.
pub(super) fn translated(source: &str) -> String {
    let mut out = String::with_capacity(source.len() + 16);
    let mut is_inside = false;
    let mut characters = source.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('d') => out += if is_inside { "0-9" } else { "[0-9]" },
                Some('w') => out += if is_inside { "0-9A-Za-z_" } else { "[0-9A-Za-z_]" },
                Some('D') if !is_inside => out += "[^0-9]",
                Some('W') if !is_inside => out += "[^0-9A-Za-z_]",
                // Escapes that mean the character itself.
                Some(other) if other.is_ascii_punctuation() || other == ' ' => {
                    if other != ' ' {
                        out.push('\\');
                    }
                    out.push(other);
                }
                Some(other) => {
                    out.push('\\');
                    out.push(other);
                }
                None => out.push('\\'),
            },
            '[' if is_inside => match characters.peek() {
                // `[:ascii:]` is understood as it is meant.
                Some(':') => out.push('['),
                Some(_) | None => out += "\\[",
            },
            '[' => {
                is_inside = true;
                out.push('[');
                if characters.peek() == Some(&'^') {
                    out.push('^');
                    characters.next();
                }
                if characters.peek() == Some(&']') {
                    out += "\\]";
                    characters.next();
                }
            }
            ']' => {
                let ends_class = out.ends_with(':');
                out.push(']');
                is_inside = ends_class && is_inside;
            }
            // Set operations of our engine, which are plain characters in JavaScript.
            '&' | '~' if is_inside => {
                out.push('\\');
                out.push(character);
            }
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_of_javascript_are_understood() {
        let check = |source: &str, text: &str, expected: bool| {
            let mut problems = Problems::default();
            let expression =
                Expressions::default().get(source, &Pointer::default(), &Held::default(), &mut problems);
            let expression = expression.unwrap_or_else(|| panic!("{source}: {problems:?}"));
            assert_eq!(expression.regex.is_match(text), expected, "{source} {text}");
        };
        check(r"^\d{10}$", "9000000009", true);
        check(r"^\d{10}$", "٩٠٠٠٠٠٠٠٠٩", false);
        check(r#"^W/"[0-9]+"$"#, "W/\"2\"", true);
        check(
            r"^https\:\/\/fhir\.nhs\.uk\/Id\/nhs-number\|(\d+)$",
            "https://fhir.nhs.uk/Id/nhs-number|1",
            true,
        );
        check(r"^Bearer\ [[:ascii:]]+$", "Bearer x", true);
        check(r"[ \r\n\t\S]+", "a b", true);
        check(r"[A-Z|a-z&&]{2}", "&|", true);
        check(r"^[^\s]+(\s[^\s]+)*$", "a b", true);
        check(r"^[[]a]$", "[a]", true);
    }

    #[test]
    fn what_cannot_be_checked_is_said() {
        for source in [
            "^(?=.{1,64}$)a$",
            r"(a)\1",
            "(",
            "((((a{1000}){1000}){1000}){1000})",
        ] {
            let mut problems = Problems::default();
            assert!(
                Expressions::default()
                    .get(source, &Pointer::default(), &Held::default(), &mut problems)
                    .is_none(),
                "{source}"
            );
            assert_eq!(problems.found.len(), 1, "{source}");
        }
    }
}
