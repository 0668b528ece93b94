//! Whether texts and numbers fit.

use fhir::decimal::Decimal;

use super::found::{At, Found};
use super::{Check, Cure};
use crate::problem::quoted;
use crate::schema::{NumberRules, SchemaId, TextRules};

impl Check<'_> {
    pub(super) fn text(
        &mut self,
        id: SchemaId,
        rules: &TextRules,
        text: &str,
        at: &At<'_>,
        found: &mut Found,
    ) {
        // A text is looked at by its bytes; a step is about a hundred of them.
        if !self.step(1 + text.len() / 100) {
            return;
        }
        if rules.min_length.is_some() || rules.max_length.is_some() {
            let length = text.chars().count();
            if let Some(least) = rules.min_length.filter(|least| length < *least) {
                found.add(
                    at,
                    Cure::Make(id),
                    format!("must have at least {least} characters"),
                );
            }
            if let Some(most) = rules.max_length.filter(|most| length > *most) {
                found.add(at, Cure::Make(id), format!("must have at most {most} characters"));
            }
        }
        if let Some(expression) = &rules.expression
            && self.step(expression.steps(text.len()))
            && !expression.regex.is_match(text)
        {
            found.add(
                at,
                Cure::Make(id),
                format!("must match {}", quoted(&expression.source)),
            );
        }
        if let Some(format) = rules.format
            && !format.fits(text)
        {
            found.add(at, Cure::Make(id), format!("must be {}", format.words()));
        }
    }
}

pub(super) fn number(id: SchemaId, rules: &NumberRules, text: &str, at: &At<'_>, found: &mut Found) {
    let Ok(value) = Decimal::parse(text) else {
        return;
    };
    if let Some(bound) = &rules.least
        && (value < bound.value || (bound.is_open && value == bound.value))
    {
        let words = if bound.is_open { "more than" } else { "at least" };
        found.add(at, Cure::Make(id), format!("must be {words} {}", bound.value));
    }
    if let Some(bound) = &rules.most
        && (value > bound.value || (bound.is_open && value == bound.value))
    {
        let words = if bound.is_open { "less than" } else { "at most" };
        found.add(at, Cure::Make(id), format!("must be {words} {}", bound.value));
    }
    if let Some(step) = &rules.multiple_of {
        let times = value.checked_div(step).map(|times| times.rounded(0));
        let whole = times.and_then(|times| times.checked_mul(step));
        if whole.is_some_and(|whole| whole != value) {
            found.add(at, Cure::Make(id), format!("must be a multiple of {step}"));
        }
    }
}
