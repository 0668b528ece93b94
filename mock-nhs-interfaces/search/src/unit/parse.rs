//! Reads UCUM's terms. Source: <https://ucum.org/ucum#section-Syntax-Rules>.

use fhir::decimal::Decimal;

use super::Unit;
use super::atoms::{self, Atoms};

/// Bytes of a code: the longest in FHIR's own value set of units has 24.
const MAX_BYTES: usize = 64;
/// Parentheses within parentheses.
const MAX_DEPTH: usize = 4;

/// A whole code.
pub(super) fn unit(code: &str) -> Option<Unit> {
    unit_of(atoms::all(), code)
}

/// The same, of these units.
pub(super) fn unit_of(atoms: &Atoms, code: &str) -> Option<Unit> {
    if code.is_empty() || code.len() > MAX_BYTES {
        return None;
    }
    let mut rest = code;
    let unit = term(atoms, &mut rest, 0)?;
    rest.is_empty().then_some(unit)
}

/// Factors with `.` and `/` between them, read from left to right.
fn term(atoms: &Atoms, rest: &mut &str, depth: usize) -> Option<Unit> {
    if depth > MAX_DEPTH {
        return None;
    }
    let mut product = Unit::one();
    let mut divides = take(rest, '/');
    let mut is_first = !divides;
    loop {
        let factor = component(atoms, rest, depth)?;
        product = if is_first {
            factor
        } else if divides {
            product.times(&factor.inverted()?)?
        } else {
            product.times(&factor)?
        };
        is_first = false;
        divides = take(rest, '/');
        if !divides && !take(rest, '.') {
            return Some(product);
        }
    }
}

/// A unit with its power, a number, something in parentheses, or an annotation.
fn component(atoms: &Atoms, rest: &mut &str, depth: usize) -> Option<Unit> {
    if take(rest, '(') {
        let inner = term(atoms, rest, depth + 1)?;
        return take(rest, ')').then_some(inner);
    }
    if rest.starts_with('{') {
        annotation(rest)?;
        return Some(Unit::one());
    }
    let unit = if rest.starts_with(|first: char| first.is_ascii_digit()) {
        number(rest)?
    } else {
        let atom = atoms.find(symbol(rest)?)?;
        atom.to_the(power(rest)?)?
    };
    if rest.starts_with('{') {
        annotation(rest)?;
    }
    Some(unit)
}

/// `{beats}`: says something to people, nothing to us.
fn annotation(rest: &mut &str) -> Option<()> {
    let (_, after) = rest.split_once('}')?;
    *rest = after;
    Some(())
}

/// `12`, `10*3`, `10^-6`.
fn number(rest: &mut &str) -> Option<Unit> {
    let digits = digits(rest);
    if digits == "10" && (take(rest, '*') || take(rest, '^')) {
        let power = power(rest)?;
        return Some(Unit::number(Decimal::parse(&format!("1e{power}")).ok()?));
    }
    let value = Decimal::parse(digits).ok().filter(|value| !value.is_zero())?;
    Some(Unit::number(value))
}

/// The power behind a symbol; 1 where there is none.
fn power(rest: &mut &str) -> Option<i32> {
    let is_negative = take(rest, '-');
    let is_signed = is_negative || take(rest, '+');
    let digits = digits(rest);
    if digits.is_empty() {
        return (!is_signed).then_some(1);
    }
    let power: i32 = digits.parse().ok().filter(|power| (1..=99).contains(power))?;
    Some(if is_negative { -power } else { power })
}

/// The symbol of a unit, with its prefix; what stands in brackets may hold anything.
fn symbol<'c>(rest: &mut &'c str) -> Option<&'c str> {
    let mut is_within = false;
    let end = rest
        .char_indices()
        .find(|(_, character)| {
            match character {
                '[' => is_within = true,
                ']' => is_within = false,
                _ => {}
            }
            !is_within
                && matches!(
                    character,
                    '.' | '/' | '(' | ')' | '{' | '}' | '0'..='9' | '+' | '-'
                )
        })
        .map_or(rest.len(), |(at, _)| at);
    let (symbol, after) = rest.split_at_checked(end)?;
    *rest = after;
    (!symbol.is_empty()).then_some(symbol)
}

fn digits<'c>(rest: &mut &'c str) -> &'c str {
    let end = rest
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(rest.len());
    let (digits, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
    *rest = after;
    digits
}

fn take(rest: &mut &str, wanted: char) -> bool {
    match rest.strip_prefix(wanted) {
        Some(after) => {
            *rest = after;
            true
        }
        None => false,
    }
}
