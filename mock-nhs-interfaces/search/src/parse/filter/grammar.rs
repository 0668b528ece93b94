//! The grammar of `_filter`. Source: <https://hl7.org/fhir/R4/search_filter.html>.
//!
//! `or` of `and` of comparisons, `not(…)` and `(…)`; a comparison is a path, an operator and a value, with spaces between; a path may hold
//! conditions in brackets: `subject[active eq true].name co "pet"`.

use crate::parse::error::{Problem, shown};
use crate::parse::limits::{FILTER_COMPARISONS, FILTER_DEPTH};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expression {
    And(Vec<Expression>),
    Or(Vec<Expression>),
    Not(Box<Expression>),
    Comparison(Comparison),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Comparison {
    pub(super) path: Vec<Segment>,
    pub(super) operator: String,
    pub(super) value: Literal,
}

/// One name of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) name: String,
    pub(super) condition: Option<Box<Expression>>,
}

/// The value of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Literal {
    pub(super) text: String,
    /// Whether it stood in quotes, so that no character in it separates.
    pub(super) is_quoted: bool,
}

pub(super) fn parse(text: &str) -> Result<Expression, Problem> {
    let mut parser = Parser {
        rest: text,
        comparisons: 0,
    };
    let expression = parser.either(FILTER_DEPTH)?;
    parser.space();
    if parser.rest.is_empty() {
        Ok(expression)
    } else {
        Err(parser.unexpected("`and`, `or`, or the end"))
    }
}

struct Parser<'t> {
    rest: &'t str,
    comparisons: usize,
}

impl Parser<'_> {
    fn either(&mut self, depth: usize) -> Result<Expression, Problem> {
        let mut any = vec![self.both(depth)?];
        while self.word("or") {
            any.push(self.both(depth)?);
        }
        Ok(if any.len() == 1 {
            any.remove(0)
        } else {
            Expression::Or(any)
        })
    }

    fn both(&mut self, depth: usize) -> Result<Expression, Problem> {
        let mut all = vec![self.one(depth)?];
        while self.word("and") {
            all.push(self.one(depth)?);
        }
        Ok(if all.len() == 1 {
            all.remove(0)
        } else {
            Expression::And(all)
        })
    }

    fn one(&mut self, depth: usize) -> Result<Expression, Problem> {
        let depth = depth.checked_sub(1).ok_or_else(|| {
            Problem::too_costly(format!(
                "it has more than {FILTER_DEPTH} parentheses within one another"
            ))
        })?;
        self.space();
        let is_not = self
            .rest
            .strip_prefix("not")
            .is_some_and(|rest| rest.trim_start().starts_with('('));
        if is_not {
            self.rest = self.rest.strip_prefix("not").unwrap_or_default();
            self.space();
        }
        if self.take('(') {
            let inner = self.either(depth)?;
            self.space();
            if !self.take(')') {
                return Err(self.unexpected("`)`"));
            }
            return Ok(if is_not {
                Expression::Not(Box::new(inner))
            } else {
                inner
            });
        }
        self.comparisons += 1;
        if self.comparisons > FILTER_COMPARISONS {
            return Err(Problem::too_costly(format!(
                "it has more than {FILTER_COMPARISONS} comparisons"
            )));
        }
        let path = self.path(depth)?;
        self.space();
        let operator = self.name();
        self.space();
        let value = self.literal()?;
        Ok(Expression::Comparison(Comparison {
            path,
            operator,
            value,
        }))
    }

    fn path(&mut self, depth: usize) -> Result<Vec<Segment>, Problem> {
        let mut path = Vec::new();
        loop {
            let name = self.name();
            if name.is_empty() {
                return Err(self.unexpected("the name of a parameter"));
            }
            let mut condition = None;
            if self.take('[') {
                condition = Some(Box::new(self.either(depth)?));
                self.space();
                if !self.take(']') {
                    return Err(self.unexpected("`]`"));
                }
            }
            path.push(Segment { name, condition });
            if !self.take('.') {
                return Ok(path);
            }
        }
    }

    /// Letters, digits, `-`, `_`, and `:` before a type.
    fn name(&mut self) -> String {
        self.take_while(|character| character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | ':'))
    }

    fn literal(&mut self) -> Result<Literal, Problem> {
        if self.take('"') {
            return self.quoted();
        }
        let text =
            self.take_while(|character| !character.is_whitespace() && !matches!(character, ')' | ']' | '('));
        if text.is_empty() {
            Err(self.unexpected("a value"))
        } else {
            Ok(Literal {
                text,
                is_quoted: false,
            })
        }
    }

    fn quoted(&mut self) -> Result<Literal, Problem> {
        let mut text = String::new();
        let mut characters = self.rest.chars();
        while let Some(character) = characters.next() {
            match character {
                '"' => {
                    self.rest = characters.as_str();
                    return Ok(Literal {
                        text,
                        is_quoted: true,
                    });
                }
                '\\' => text.extend(characters.next()),
                other => text.push(other),
            }
        }
        Err(Problem::value("a text in quotes does not end"))
    }

    fn word(&mut self, word: &str) -> bool {
        self.space();
        let Some(rest) = self.rest.strip_prefix(word) else {
            return false;
        };
        let ends = rest.starts_with(|next: char| next.is_whitespace() || next == '(');
        if ends {
            self.rest = rest;
        }
        ends
    }

    fn take(&mut self, character: char) -> bool {
        let rest = self.rest.strip_prefix(character);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn take_while(&mut self, is_part: impl Fn(char) -> bool) -> String {
        let end = self
            .rest
            .find(|character| !is_part(character))
            .unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken.to_owned()
    }

    fn space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn unexpected(&self, wanted: &str) -> Problem {
        let found = if self.rest.is_empty() {
            "it ends".to_owned()
        } else {
            format!("there is `{}`", shown(self.rest))
        };
        Problem::value(format!("where {wanted} should stand, {found}"))
    }
}
