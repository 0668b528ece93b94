//! Makes a text of a length, a format or an expression.

use regex_syntax::Parser;
use regex_syntax::hir::{Class, Hir, HirKind};

use super::super::TextRules;
use super::super::expression::translated;
use crate::budget::Budget;
use crate::limits::MAX_MADE_TEXT;

/// Words of made texts: recognisable as nobody's data.
const WORDS: &str = "made up";
/// How far repetitions grow beyond their least while a length is looked for.
const MOST_EXTRA: u32 = 70;

/// A text that fits; `None` when none was found.
pub(super) fn make(rules: Option<&TextRules>, budget: &Budget<'_>) -> Option<String> {
    let Some(rules) = rules else {
        return Some(WORDS.to_owned());
    };
    let fits = |text: &String| {
        let length = text.chars().count();
        rules.min_length.is_none_or(|least| length >= least)
            && rules.max_length.is_none_or(|most| length <= most)
            && rules.expression.as_ref().is_none_or(|expression| {
                budget.spend(expression.steps(text.len())) && expression.regex.is_match(text)
            })
            && rules.format.is_none_or(|format| format.fits(text))
    };
    let of_format = rules.format.map(|format| format.sample().to_owned());
    if let Some(text) = of_format.filter(|text| fits(text)) {
        return Some(text);
    }
    if let Some(expression) = &rules.expression {
        if !budget.spend_bytes(expression.source.len()) {
            return None;
        }
        let hir = Parser::new().parse(&translated(&expression.source)).ok()?;
        return (0..MOST_EXTRA).find_map(|extra| {
            let mut text = String::new();
            of_expression(&hir, extra, &mut text)?;
            Some(text).filter(|text| fits(text))
        });
    }
    let least = rules.min_length.unwrap_or_default();
    if least > MAX_MADE_TEXT {
        return None;
    }
    let most = rules.max_length.unwrap_or(usize::MAX);
    let length = WORDS.len().max(least).min(most);
    Some(WORDS.chars().cycle().take(length).collect::<String>()).filter(|text| fits(text))
}

/// Writes a text that the expression matches, with every repetition `extra` times more often than it must be.
fn of_expression(hir: &Hir, extra: u32, out: &mut String) -> Option<()> {
    if out.len() > MAX_MADE_TEXT {
        return None;
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => out.push_str(std::str::from_utf8(&literal.0).ok()?),
        HirKind::Class(class) => out.push(of_class(class)?),
        HirKind::Repetition(repetition) => {
            let most = repetition.max.unwrap_or(u32::MAX);
            for _ in 0..repetition.min.saturating_add(extra).min(most) {
                of_expression(&repetition.sub, extra, out)?;
                if out.len() > MAX_MADE_TEXT {
                    return None;
                }
            }
        }
        HirKind::Capture(capture) => of_expression(&capture.sub, extra, out)?,
        HirKind::Concat(parts) => parts
            .iter()
            .try_for_each(|part| of_expression(part, extra, out))?,
        HirKind::Alternation(parts) => of_expression(parts.first()?, extra, out)?,
    }
    Some(())
}

/// A character of the class that people can read, where there is one.
fn of_class(class: &Class) -> Option<char> {
    match class {
        Class::Unicode(class) => {
            let has = |wanted: char| {
                class
                    .ranges()
                    .iter()
                    .any(|range| (range.start()..=range.end()).contains(&wanted))
            };
            "a1A0-".chars().find(|wanted| has(*wanted)).or_else(|| {
                let visible = class.ranges().iter().find(|range| range.end() > ' ');
                visible
                    .map(|range| range.start().max('!'))
                    .or_else(|| class.ranges().first().map(|range| range.start()))
            })
        }
        Class::Bytes(class) => class.ranges().first().map(|range| char::from(range.start())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::held::Held;
    use crate::pointer::Pointer;
    use crate::problem::Problems;
    use crate::schema::expression::Expressions;

    #[test]
    fn a_made_text_matches_its_expression() {
        let check = |source: &str, min: Option<usize>, max: Option<usize>| {
            let rules = TextRules {
                min_length: min,
                max_length: max,
                expression: Expressions::default().get(
                    source,
                    &Pointer::default(),
                    &Held::default(),
                    &mut Problems::default(),
                ),
                format: None,
            };
            let text = make(Some(&rules), &Budget::of(1_000)).unwrap_or_else(|| panic!("{source}"));
            assert!(rules.expression.unwrap().regex.is_match(&text), "{source} {text}");
        };
        check(r"^\d{10}$", None, None);
        check(r"^[A-Za-z0-9\-\.]{1,64}$", Some(20), Some(20));
        check(r"^(a|b)+c?$", Some(3), None);
        check(r#"^W/"[0-9]+"$"#, None, None);
        check(r"^[^\s]+(\s[^\s]+)*$", Some(5), None);
        check(
            r"([0-9]([0-9]([0-9][1-9]|[1-9]0)|[1-9]00)|[1-9]000)-(0[1-9]|1[0-2])",
            None,
            None,
        );
    }

    #[test]
    fn texts_that_would_be_too_long_are_not_made() {
        let rules = TextRules {
            min_length: Some(10_000_000),
            ..TextRules::default()
        };
        assert_eq!(make(Some(&rules), &Budget::of(1_000)), None);
    }
}
