//! One element of a profile's snapshot.

use std::collections::HashSet;
use std::sync::OnceLock;

use definitions::BindingStrength;
use fhir::fhirpath::{Expression, PathError};
use fhir::json::Json;

use super::slicing::Slicing;
use crate::issue::Severity;

/// One element, or one slice of an element.
#[derive(Debug)]
pub(crate) struct ProfileElement {
    /// The last part of its path, such as `value[x]`.
    pub(crate) name: Box<str>,
    /// The name of the slice, when it is one.
    pub(crate) slice: Option<Box<str>>,
    pub(crate) min: usize,
    /// `None` is `*`.
    pub(crate) max: Option<usize>,
    pub(crate) types: Vec<ProfileType>,
    pub(crate) fixed: Option<Json>,
    pub(crate) pattern: Option<Json>,
    /// In characters.
    pub(crate) max_length: Option<usize>,
    pub(crate) binding: Option<(BindingStrength, Box<str>)>,
    /// Without those that R4 itself has: they are checked with the type.
    pub(crate) constraints: Vec<ProfileConstraint>,
    pub(crate) slicing: Option<Slicing>,
    /// Whether it, or something below it, has a fixed value or a pattern.
    pub(crate) is_fixed: bool,
    pub(crate) children: Vec<usize>,
    pub(crate) slices: Vec<usize>,
}

/// One type that the element may have.
#[derive(Debug)]
pub(crate) struct ProfileType {
    pub(crate) code: Box<str>,
    pub(crate) profiles: Vec<Box<str>>,
    pub(crate) targets: Vec<Box<str>>,
}

/// A rule of the profile.
#[derive(Debug)]
pub(crate) struct ProfileConstraint {
    pub(crate) key: Box<str>,
    pub(crate) severity: Severity,
    pub(crate) human: Box<str>,
    pub(crate) expression: Result<Expression, PathError>,
}

impl ProfileElement {
    pub(super) fn of(json: &Json, path: &str) -> Self {
        let items = |key| json.get(key).and_then(Json::as_array).unwrap_or_default();
        let number = |key| {
            json.get(key)
                .and_then(Json::as_number)
                .and_then(|number| number.parse().ok())
        };
        let binding = json.get("binding").and_then(|binding| {
            Some((
                BindingStrength::of(binding.text("strength")?)?,
                binding.text("valueSet")?.into(),
            ))
        });
        let (fixed, pattern) = (valued(json, "fixed"), valued(json, "pattern"));
        Self {
            is_fixed: fixed.is_some() || pattern.is_some(),
            name: path.rsplit('.').next().unwrap_or(path).into(),
            slice: json.text("sliceName").map(Box::from),
            min: number("min").unwrap_or_default(),
            max: json.text("max").and_then(|max| max.parse().ok()),
            types: items("type").iter().map(ProfileType::of).collect(),
            fixed,
            pattern,
            max_length: number("maxLength"),
            binding,
            constraints: items("constraint")
                .iter()
                .filter_map(ProfileConstraint::of)
                .collect(),
            slicing: json.get("slicing").map(Slicing::of),
            children: Vec::new(),
            slices: Vec::new(),
        }
    }
}

impl ProfileType {
    fn of(json: &Json) -> Self {
        let list = |key| {
            json.get(key)
                .map(|list| list.items().filter_map(Json::as_str).map(Box::from).collect())
        };
        Self {
            code: json.text("code").unwrap_or_default().into(),
            profiles: list("profile").unwrap_or_default(),
            targets: list("targetProfile").unwrap_or_default(),
        }
    }
}

impl ProfileConstraint {
    fn of(json: &Json) -> Option<Self> {
        let expression = json.text("expression")?;
        if r4_rules().contains(expression) {
            return None;
        }
        let severity = if json.text("severity") == Some("error") {
            Severity::Error
        } else {
            Severity::Warning
        };
        Some(Self {
            key: json.text("key").unwrap_or_default().into(),
            severity,
            human: json.text("human").unwrap_or_default().into(),
            expression: Expression::parse(expression),
        })
    }
}

/// The expressions of R4's own rules.
fn r4_rules() -> &'static HashSet<&'static str> {
    static RULES: OnceLock<HashSet<&'static str>> = OnceLock::new();
    RULES.get_or_init(|| {
        let types = definitions::type_names()
            .iter()
            .filter_map(|name| definitions::type_definition(name));
        let elements = types.flat_map(|definition| &definition.elements);
        elements
            .flat_map(|element| &element.constraints)
            .filter_map(|one| one.expression)
            .collect()
    })
}

/// `fixedCode`, `patternCodeableConcept` and the like.
fn valued(json: &Json, prefix: &str) -> Option<Json> {
    let is_it = |key: &str| {
        key.strip_prefix(prefix)
            .is_some_and(|rest| rest.starts_with(|letter: char| letter.is_ascii_uppercase()))
    };
    json.as_object()?
        .iter()
        .find(|(key, _)| is_it(key))
        .map(|(_, value)| value.clone())
}
