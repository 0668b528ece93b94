//! Rules in `FHIRPath`: evaluating one on an element, and saying what came of it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use definitions::Node as Definition;
use fhir::fhirpath::{Context, Expression, Node, PathError};
use fhir::json::Json;

use crate::instance::Instance;
use crate::issue::{IssueCode, Issues, Place, Severity};
use crate::model::R4Model;

/// The steps of one evaluation. R4's dearest rule takes some 20,000 on a large questionnaire.
const MAX_STEPS: u64 = 200_000;

/// What rules know besides the element that they are about.
#[derive(Clone, Copy)]
pub(crate) struct Surroundings<'r> {
    /// The resource that the element is in.
    pub(crate) resource: &'r Json,
    /// The same, or the one that contains it.
    pub(crate) root: &'r Json,
    /// What is now, in microseconds since 1970.
    pub(crate) now_micros: i64,
}

/// One rule as an issue tells of it.
pub(crate) struct Rule<'a> {
    pub(crate) key: &'a str,
    pub(crate) human: &'a str,
    pub(crate) severity: Severity,
    pub(crate) expression: Result<&'a Expression, &'a PathError>,
}

impl Rule<'_> {
    /// Evaluates the rule on an element and reports when it is broken, or cannot be evaluated.
    pub(crate) fn check(
        &self,
        instance: &Instance<'_>,
        around: Surroundings<'_>,
        place: &Place<'_>,
        issues: &mut Issues,
    ) {
        let outcome = self
            .expression
            .map_err(Clone::clone)
            .and_then(|expression| holds(expression, instance, around));
        match outcome {
            Ok(true) => {}
            Ok(false) => issues.add(self.severity, place, IssueCode::Invariant, || {
                format!("{} ({}).", self.human.trim_end_matches('.'), self.key)
            }),
            Err(error) => issues.add(Severity::Information, place, IssueCode::NotSupported, || {
                format!("The rule {} could not be checked: {error}.", self.key)
            }),
        }
    }
}

fn holds(
    expression: &Expression,
    instance: &Instance<'_>,
    around: Surroundings<'_>,
) -> Result<bool, PathError> {
    let type_name = instance.type_name();
    let holder = instance
        .node
        .and_then(Definition::element)
        .map_or(type_name, |element| element.path);
    let focus = if instance.is_resource() {
        Node::resource(instance.json)
    } else {
        Node::element(instance.json, instance.shadow, type_name, holder)
    };
    let context = Context {
        resource: around.resource,
        root_resource: around.root,
        max_steps: MAX_STEPS,
        model: Some(&R4Model),
        ..Context::of(around.resource, around.now_micros)
    };
    expression.holds(focus, &context)
}

/// The expression of one of R4's own rules, parsed once.
pub(crate) fn r4_expression(text: &'static str) -> Arc<Result<Expression, PathError>> {
    type Parsed = HashMap<&'static str, Arc<Result<Expression, PathError>>>;
    static PARSED: OnceLock<Mutex<Parsed>> = OnceLock::new();
    let mut parsed = PARSED
        .get_or_init(Mutex::default)
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    Arc::clone(
        parsed
            .entry(text)
            .or_insert_with(|| Arc::new(Expression::parse(text))),
    )
}

#[cfg(test)]
mod tests {
    use definitions::{ArtefactKind, artefacts};
    use fhir::fhirpath::Expression;
    use fhir::json::Json;

    #[test]
    fn every_rule_of_r4_can_be_read() {
        let types = definitions::type_names()
            .iter()
            .filter_map(|name| definitions::type_definition(name));
        let rules = types
            .flat_map(|definition| &definition.elements)
            .flat_map(|element| &element.constraints);
        let mut unread: Vec<String> = rules
            .filter_map(|rule| {
                Some(format!(
                    "{}: {}",
                    rule.key,
                    Expression::parse(rule.expression?).err()?
                ))
            })
            .collect();
        unread.dedup();
        assert!(unread.is_empty(), "{unread:#?}");
    }

    #[test]
    fn the_rules_of_r4s_own_profiles_and_extensions_can_be_read() {
        let mut unread = Vec::new();
        for artefact in artefacts()
            .iter()
            .filter(|one| one.kind == ArtefactKind::StructureDefinition)
        {
            let json = Json::parse(artefact.text().as_bytes()).unwrap();
            let profile = crate::profile::Profile::of(&json).unwrap();
            assert!(!profile.elements.is_empty(), "{}", artefact.url);
            for rule in profile.elements.iter().flat_map(|element| &element.constraints) {
                if let Err(error) = &rule.expression {
                    unread.push(format!("{} {}: {error}", artefact.url, rule.key));
                }
            }
        }
        assert!(unread.is_empty(), "{unread:#?}");
    }
}
