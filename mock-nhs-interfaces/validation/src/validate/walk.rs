//! The walk through a resource for everything that needs more than its shape: rules, bindings, codes, extensions, claimed profiles.

use std::cell::Cell;

use definitions::{BindingStrength, Constraint, bound_codes};

use crate::codes::{check_binding, check_coding};
use crate::instance::Instance;
use crate::issue::{Issues, Place, Severity};
use crate::library::Library;
use crate::rules::{Rule, Surroundings, r4_expression};

/// Rules of R4 that the check of the shape knows already, and tells in its own words.
const KNOWN_FROM_SHAPE: [&str; 9] = [
    "dom-2", "dom-3", "dom-4", "dom-5", "ele-1", "ext-1", "ref-1", "txt-1", "txt-2",
];

/// What the walk carries along.
pub(super) struct Walk<'w, 'i> {
    pub(super) library: &'w Library,
    pub(super) left: &'w Cell<usize>,
    pub(super) issues: &'i mut Issues,
}

impl<'r> Walk<'_, '_> {
    /// One element, which is in `holder`, and everything in it.
    pub(super) fn element(
        &mut self,
        instance: &Instance<'r>,
        holder: &Instance<'r>,
        around: Surroundings<'r>,
        place: &Place<'_>,
    ) {
        let left = self.left.get();
        if left == 0 || self.issues.is_full() {
            return;
        }
        self.left.set(left - 1);
        let around = surroundings(instance, around);
        self.rules(instance, around, place);
        if instance.is_resource() {
            self.claimed(instance, around, place);
        }
        self.binding(instance, place);
        match instance.type_name() {
            "Coding" => check_coding(self.library, instance, place, self.issues),
            "Extension" => self.extension(instance, holder, around, place),
            _ => {}
        }
        for found in instance.all() {
            let step = place.step(found.step);
            match found.index {
                Some(index) => self.element(&found.instance, instance, around, &step.item(index)),
                None => self.element(&found.instance, instance, around, &step),
            }
        }
    }

    /// The rules that R4 has for the element where it is, and for its type.
    fn rules(&mut self, instance: &Instance<'r>, around: Surroundings<'r>, place: &Place<'_>) {
        let here = instance.child.map(|child| child.element);
        // An element that states its own children is its own root.
        let root = instance
            .node
            .and_then(definitions::Node::element)
            .filter(|root| here.is_none_or(|here| !std::ptr::eq(here, *root)));
        for element in here.into_iter().chain(root) {
            for constraint in &element.constraints {
                self.rule(constraint, instance, around, place);
            }
        }
    }

    fn rule(
        &mut self,
        constraint: &'static Constraint,
        instance: &Instance<'r>,
        around: Surroundings<'r>,
        place: &Place<'_>,
    ) {
        let Some(text) = constraint
            .expression
            .filter(|_| KNOWN_FROM_SHAPE.binary_search(&constraint.key).is_err())
        else {
            return;
        };
        let severity = match constraint.severity {
            definitions::Severity::Error => Severity::Error,
            definitions::Severity::Warning => Severity::Warning,
            definitions::Severity::BestPractice => Severity::Information,
        };
        let expression = r4_expression(text);
        let rule = Rule {
            key: constraint.key,
            human: constraint.human,
            severity,
            expression: (*expression).as_ref(),
        };
        rule.check(instance, around, place, self.issues);
    }

    /// The bindings that the shape's check leaves out: those that are not required, and those whose codes cannot be listed.
    fn binding(&mut self, instance: &Instance<'r>, place: &Place<'_>) {
        let binding = instance.child.and_then(|child| child.element.binding.as_ref());
        let Some((strength, value_set)) = binding.and_then(|one| Some((one.strength, one.value_set?))) else {
            return;
        };
        let checked = strength == BindingStrength::Required && bound_codes(value_set).is_some();
        let listed = strength != BindingStrength::Required || value_set.contains("loinc.org");
        if !checked && listed {
            check_binding(self.library, instance, (strength, value_set), place, self.issues);
        }
    }
}

/// What is around the elements of a resource: the resource, and what contains it.
fn surroundings<'r>(instance: &Instance<'r>, around: Surroundings<'r>) -> Surroundings<'r> {
    if !instance.is_resource() {
        return around;
    }
    let contained = instance
        .child
        .is_some_and(|child| child.element.name == "contained");
    Surroundings {
        resource: instance.json,
        root: if contained { around.root } else { instance.json },
        ..around
    }
}
