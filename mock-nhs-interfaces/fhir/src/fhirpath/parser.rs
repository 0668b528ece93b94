//! The grammar of `FHIRPath` (<http://hl7.org/fhirpath/N1/grammar.html>), by operator precedence.

use super::ast::{Expr, Operator, TypeName};
use super::error::PathError;
use super::function::Function;
use super::lexer::{Token, tokens};
use super::value::Quantity;
use super::{MAX_EXPRESSION_BYTES, MAX_EXPRESSION_DEPTH};
use crate::date::{ClockTime, DateTime};
use crate::decimal::Decimal;

/// An expression and how deep it is nested. Long chains are deep as well: evaluating and dropping them recurses.
type Deep = (Expr, usize);

pub(super) fn parse(text: &str) -> Result<Expr, PathError> {
    if text.len() > MAX_EXPRESSION_BYTES {
        return Err(PathError::TooLong);
    }
    let mut parser = Parser {
        tokens: tokens(text)?,
        place: 0,
        open: 0,
    };
    let (expression, _) = parser.expression(0)?;
    if *parser.peek() != Token::End {
        return Err(parser.syntax("an operator or the end"));
    }
    Ok(expression)
}

struct Parser {
    tokens: Vec<(usize, Token)>,
    place: usize,
    /// Expressions that are being read inside each other.
    open: usize,
}

/// How strongly operators bind, from the grammar; the strongest of `is`/`as` and `|` lie between.
const UNION: u8 = 7;
const TYPE: u8 = 8;
const UNARY: u8 = 11;

fn binary(token: &Token) -> Option<(Operator, u8)> {
    let (text, named) = match token {
        Token::Symbol(symbol) => (*symbol, false),
        Token::Name(name) => (&**name, true),
        _ => return None,
    };
    let found = match (text, named) {
        ("implies", true) => (Operator::Implies, 1),
        ("or", true) => (Operator::Or, 2),
        ("xor", true) => (Operator::Xor, 2),
        ("and", true) => (Operator::And, 3),
        ("in", true) => (Operator::In, 4),
        ("contains", true) => (Operator::Contains, 4),
        ("=", false) => (Operator::Equal, 5),
        ("!=", false) => (Operator::NotEqual, 5),
        ("~", false) => (Operator::Equivalent, 5),
        ("!~", false) => (Operator::NotEquivalent, 5),
        ("<", false) => (Operator::Less, 6),
        ("<=", false) => (Operator::LessOrEqual, 6),
        (">", false) => (Operator::Greater, 6),
        (">=", false) => (Operator::GreaterOrEqual, 6),
        ("|", false) => (Operator::Union, UNION),
        ("+", false) => (Operator::Plus, 9),
        ("-", false) => (Operator::Minus, 9),
        ("&", false) => (Operator::Concatenate, 9),
        ("*", false) => (Operator::Times, 10),
        ("/", false) => (Operator::Divide, 10),
        ("div", true) => (Operator::WholeDivide, 10),
        ("mod", true) => (Operator::Modulo, 10),
        _ => return None,
    };
    Some(found)
}

fn checked(expression: Expr, depth: usize) -> Result<Deep, PathError> {
    if depth > MAX_EXPRESSION_DEPTH {
        Err(PathError::TooDeep)
    } else {
        Ok((expression, depth))
    }
}

impl Parser {
    fn peek(&self) -> &Token {
        self.tokens
            .get(self.place)
            .map_or(&Token::End, |(_, token)| token)
    }

    fn next(&mut self) -> Token {
        let token = self.peek().clone();
        self.place += 1;
        token
    }

    fn take(&mut self, symbol: &str) -> bool {
        let there = matches!(self.peek(), Token::Symbol(found) if *found == symbol);
        self.place += usize::from(there);
        there
    }

    fn expect(&mut self, symbol: &'static str) -> Result<(), PathError> {
        if self.take(symbol) {
            Ok(())
        } else {
            Err(self.syntax(symbol))
        }
    }

    fn syntax(&self, wanted: &'static str) -> PathError {
        let last = self.tokens.last().map_or(0, |(at, _)| *at);
        PathError::Syntax {
            at: self.tokens.get(self.place).map_or(last, |(at, _)| *at),
            wanted,
        }
    }

    /// An expression whose operators bind more strongly than `least`.
    fn expression(&mut self, least: u8) -> Result<Deep, PathError> {
        self.open += 1;
        if self.open > MAX_EXPRESSION_DEPTH {
            return Err(PathError::TooDeep);
        }
        let mut left = self.prefix()?;
        loop {
            if let Token::Name(word) = self.peek()
                && matches!(&**word, "is" | "as")
                && TYPE > least
            {
                let is = &**word == "is";
                self.place += 1;
                let type_name = self.type_name()?;
                let operand = Box::new(left.0);
                let wrapped = if is {
                    Expr::Is { operand, type_name }
                } else {
                    Expr::As { operand, type_name }
                };
                left = checked(wrapped, left.1 + 1)?;
                continue;
            }
            let Some((operator, strength)) = binary(self.peek()).filter(|(_, strength)| *strength > least)
            else {
                break;
            };
            self.place += 1;
            let right = self.expression(strength)?;
            let depth = left.1.max(right.1) + 1;
            let wrapped = Expr::Binary {
                operator,
                left: Box::new(left.0),
                right: Box::new(right.0),
            };
            left = checked(wrapped, depth)?;
        }
        self.open -= 1;
        Ok(left)
    }

    fn prefix(&mut self) -> Result<Deep, PathError> {
        if self.take("-") {
            let (operand, depth) = self.expression(UNARY - 1)?;
            return checked(Expr::Negative(Box::new(operand)), depth + 1);
        }
        if self.take("+") {
            let (operand, depth) = self.expression(UNARY - 1)?;
            return checked(Expr::Positive(Box::new(operand)), depth + 1);
        }
        let mut left = self.term()?;
        loop {
            if self.take(".") {
                let (target, depth) = left;
                left = self.invocation(Some(target), depth)?;
            } else if self.take("[") {
                let (index, index_depth) = self.expression(0)?;
                self.expect("]")?;
                let depth = left.1.max(index_depth) + 1;
                left = checked(
                    Expr::Item {
                        target: Box::new(left.0),
                        index: Box::new(index),
                    },
                    depth,
                )?;
            } else {
                return Ok(left);
            }
        }
    }

    fn term(&mut self) -> Result<Deep, PathError> {
        let wrong = self.syntax("a value");
        let expression = match self.peek().clone() {
            Token::Symbol("(") => {
                self.place += 1;
                let inner = self.expression(0)?;
                self.expect(")")?;
                return Ok(inner);
            }
            Token::Symbol("{") => {
                self.place += 1;
                self.expect("}")?;
                return Ok((Expr::Empty, 1));
            }
            Token::Name(name) if matches!(&*name, "true" | "false") => Expr::Boolean(&*name == "true"),
            Token::Name(_) | Token::Quoted(_) | Token::Dollar(_) => return self.invocation(None, 0),
            Token::String(text) => Expr::String(text),
            Token::Percent(name) => Expr::Variable(name),
            Token::Date(text) => Expr::Date(DateTime::parse_literal(&text).map_err(|_| wrong)?),
            Token::Time(text) => Expr::Time(ClockTime::parse_literal(&text).map_err(|_| wrong)?),
            Token::Number(text) => {
                self.place += 1;
                return Ok((self.number(&text, wrong)?, 1));
            }
            Token::Symbol(_) | Token::End => return Err(wrong),
        };
        self.place += 1;
        Ok((expression, 1))
    }

    /// A number, or a quantity when a unit follows.
    fn number(&mut self, text: &str, wrong: PathError) -> Result<Expr, PathError> {
        let value = Decimal::parse(text).map_err(|_| wrong.clone())?;
        let unit = match self.peek() {
            Token::String(unit) => Some(unit.clone()),
            Token::Name(word) => Quantity::calendar_unit(word).map(Into::into),
            _ => None,
        };
        if let Some(unit) = unit {
            self.place += 1;
            return Ok(Expr::Quantity(Box::new(Quantity { value, unit })));
        }
        if text.contains('.') {
            Ok(Expr::Decimal(value))
        } else {
            value.to_i64().map(Expr::Integer).ok_or(wrong)
        }
    }

    /// A name or a call, of a target or of the focus.
    fn invocation(&mut self, target: Option<Expr>, depth: usize) -> Result<Deep, PathError> {
        let wrong = self.syntax("a name");
        let name = match self.next() {
            Token::Dollar(name) if target.is_none() => {
                return match &*name {
                    "this" => Ok((Expr::This, 1)),
                    "index" => Ok((Expr::Index, 1)),
                    "total" => Ok((Expr::Total, 1)),
                    _ => Err(wrong),
                };
            }
            Token::Name(name) | Token::Quoted(name) => name,
            _ => return Err(wrong),
        };
        let target = target.map(Box::new);
        if !self.take("(") {
            return checked(Expr::Member { target, name }, depth + 1);
        }
        let mut arguments = Vec::new();
        let mut deepest = depth;
        if !self.take(")") {
            loop {
                let (argument, depth) = self.expression(0)?;
                deepest = deepest.max(depth);
                arguments.push(argument);
                if self.take(")") {
                    break;
                }
                self.expect(",")?;
            }
        }
        let function = Function::find(&name, arguments.len())?;
        check_arguments(function, &mut arguments)?;
        checked(
            Expr::Call {
                target,
                function,
                arguments,
            },
            deepest + 1,
        )
    }

    fn type_name(&mut self) -> Result<TypeName, PathError> {
        let wrong = self.syntax("the name of a type");
        let (mut name, mut depth) = self.invocation(None, 0)?;
        if self.take(".") {
            (name, depth) = self.invocation(Some(name), depth)?;
        }
        let _bounded = depth;
        name.as_type_name().ok_or(wrong)
    }
}

/// What can be known of arguments before anything is evaluated.
fn check_arguments(function: Function, arguments: &mut [Expr]) -> Result<(), PathError> {
    match (function, arguments) {
        (Function::OfType | Function::Is | Function::As, [argument]) if argument.as_type_name().is_none() => {
            Err(PathError::Arguments(function.name()))
        }
        (Function::Matches | Function::MatchesFull | Function::ReplaceMatches, [pattern, ..]) => {
            if let Expr::String(text) = pattern {
                *pattern = Expr::Pattern(Box::new(super::pattern(text, function == Function::MatchesFull)?));
            }
            Ok(())
        }
        _ => Ok(()),
    }
}
