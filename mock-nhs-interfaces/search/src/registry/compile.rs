//! From a parameter's expression to places in a resource, by the definitions of its elements.

use definitions::{BindingStrength, Child, SearchParameter, SearchParameterKind};

use super::expression::{Path, Step, alternatives, parse};
use super::program::{Component, Composite, Move, Node, Reader};
use crate::query::{ParameterId, ResourceType};

/// Why a parameter finds nothing in a type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CompileError {
    /// It has no expression: `_text`, `_content`, `_query`.
    #[error("has no expression")]
    NoExpression,
    /// The expression goes beyond what is understood.
    #[error("`{0}` is not understood")]
    NotUnderstood(String),
    /// The expression names an element that the type does not have.
    #[error("there is no element `{0}`")]
    NoElement(String),
    /// No value of a kind that the parameter could compare is at the end of the path.
    #[error("`{0}` cannot be read as a value of this kind")]
    NoReader(String),
}

/// Adds what a parameter reads to the program of a type.
pub(super) fn compile(
    root: &mut Node,
    resource_type: ResourceType,
    id: ParameterId,
    definition: &SearchParameter,
) -> Result<(), CompileError> {
    let type_name = resource_type.name();
    if definition.code == "_text" {
        let div = [into("text"), into("div")];
        root.reach(&div, |node| node.read(Reader::Narrative, id));
        return Ok(());
    }
    let expression = definition.expression.ok_or(CompileError::NoExpression)?;
    let mut is_of_type = false;
    for alternative in alternatives(expression) {
        let path = parse(alternative).map_err(CompileError::NotUnderstood)?;
        let Some((Step::Name(base), steps)) = path.steps.split_first() else {
            return Err(CompileError::NotUnderstood(alternative.to_owned()));
        };
        // `InsurancePlan-name` is written without its type.
        let steps = if base.starts_with(|first: char| first.is_ascii_lowercase()) {
            &path.steps
        } else if [type_name, "Resource", "DomainResource"].contains(&base.as_str()) {
            steps
        } else {
            continue;
        };
        is_of_type = true;
        let start = Place::root(type_name).ok_or_else(|| CompileError::NoElement(type_name.to_owned()))?;
        let path = Path {
            steps: steps.to_vec(),
            ..path
        };
        if definition.kind == SearchParameterKind::Composite {
            composite(root, &start, &path, id, definition)?;
        } else {
            for (moves, reader) in leaves(&start, &path, definition)? {
                root.reach(&moves, |node| node.read(reader, id));
            }
        }
    }
    if is_of_type {
        Ok(())
    } else {
        Err(CompileError::NoElement(type_name.to_owned()))
    }
}

fn composite(
    root: &mut Node,
    start: &Place,
    path: &Path,
    id: ParameterId,
    definition: &SearchParameter,
) -> Result<(), CompileError> {
    for place in walk(start, &path.steps)? {
        let mut components = Vec::new();
        for part in &definition.components {
            let of = super::by_url(part.definition)
                .ok_or_else(|| CompileError::NotUnderstood(part.definition.to_owned()))?;
            let mut component = Component::default();
            for alternative in alternatives(expression_of(part)) {
                let path = parse(alternative).map_err(CompileError::NotUnderstood)?;
                let (from, node) = if path.from_resource {
                    (start, &mut component.from_resource)
                } else {
                    (&place, &mut component.from_item)
                };
                let from = Place {
                    moves: Vec::new(),
                    ..from.clone()
                };
                for (moves, reader) in leaves(&from, &path, of)? {
                    node.reach(&moves, |node| node.read(reader, id));
                }
            }
            components.push(component);
        }
        root.reach(&place.moves, |node| {
            node.composites.push(Composite {
                parameter: id,
                components,
            })
        });
    }
    Ok(())
}

/// The expression of a component; R4 has those of `DocumentReference-relationship` the wrong way round: a code where its definition is a
/// reference, and a reference where it is a code.
fn expression_of(component: &definitions::Component) -> &'static str {
    match component.definition {
        "http://hl7.org/fhir/SearchParameter/DocumentReference-relatesto" => "target",
        "http://hl7.org/fhir/SearchParameter/DocumentReference-relation" => "code",
        _ => component.expression,
    }
}

/// Where a path leads, and how to read what is there.
fn leaves(
    start: &Place,
    path: &Path,
    definition: &SearchParameter,
) -> Result<Vec<(Vec<Move>, Reader)>, CompileError> {
    let shown = || format!("{:?}", path.steps);
    let places = walk(start, &path.steps)?;
    if path.exists_and_is_not_false {
        let mut keys = Vec::new();
        let mut parent = Vec::new();
        for place in &places {
            if let Some((Move::Into { key, .. }, before)) = place.moves.split_last() {
                keys.push(key.clone());
                parent = before.to_vec();
            }
        }
        return Ok(vec![(parent, Reader::ExistsAndIsNotFalse(keys.into()))]);
    }
    let found: Vec<_> = places
        .into_iter()
        .filter_map(|place| {
            let reader = reader(definition, &place)?;
            Some((place.moves, reader))
        })
        .collect();
    if found.is_empty() {
        Err(CompileError::NoReader(shown()))
    } else {
        Ok(found)
    }
}

/// A place in the definitions.
#[derive(Debug, Clone)]
struct Place {
    moves: Vec<Move>,
    node: Option<definitions::Node>,
    type_name: &'static str,
    value_set: Option<&'static str>,
    resolves_to: Option<ResourceType>,
}

impl Place {
    fn root(type_name: &str) -> Option<Self> {
        let node = definitions::Node::of_type(type_name)?;
        let type_name = node.definition().name;
        Some(Self {
            moves: Vec::new(),
            node: Some(node),
            type_name,
            value_set: None,
            resolves_to: None,
        })
    }

    fn child(&self, key: &str, child: Child) -> Self {
        let binding = child.element.binding.as_ref();
        let mut moves = self.moves.clone();
        moves.push(into(key));
        Self {
            moves,
            node: child.node(),
            type_name: child.type_name(),
            value_set: binding
                .filter(|one| one.strength == BindingStrength::Required)
                .and_then(|one| one.value_set),
            resolves_to: None,
        }
    }

    /// Every key that a name may stand for: a choice has one for each of its types.
    fn children(&self, name: &str) -> Vec<Self> {
        let Some(node) = self.node else { return Vec::new() };
        if let Some(child) = node.child(name) {
            return vec![self.child(name, child)];
        }
        let is_choice = |key: &&'static str| {
            node.child(key)
                .is_some_and(|child| child.element.choice() == Some(name))
        };
        node.keys()
            .filter(is_choice)
            .filter_map(|key| Some(self.child(key, node.child(key)?)))
            .collect()
    }
}

fn into(key: &str) -> Move {
    Move::Into {
        key: key.into(),
        first_only: false,
    }
}

fn walk(start: &Place, steps: &[Step]) -> Result<Vec<Place>, CompileError> {
    let mut places = vec![start.clone()];
    for step in steps {
        let mut next = Vec::new();
        for mut place in places {
            match step {
                Step::Name(name) => next.extend(place.children(name)),
                // R4 writes `DateTime` for `dateTime` in one place.
                Step::As(kind) => {
                    if place.type_name.eq_ignore_ascii_case(kind) {
                        next.push(place);
                    }
                }
                Step::Where { member, value } => {
                    place.moves.push(Move::Where {
                        member: member.as_str().into(),
                        value: value.as_str().into(),
                    });
                    next.push(place);
                }
                Step::ResolvesTo(kind) => {
                    place.resolves_to = ResourceType::parse(kind);
                    next.push(place);
                }
                Step::First => {
                    if let Some(Move::Into { first_only, .. }) = place.moves.last_mut() {
                        *first_only = true;
                    }
                    next.push(place);
                }
            }
        }
        if next.is_empty() {
            return Err(CompileError::NoElement(format!("{step:?}")));
        }
        places = next;
    }
    Ok(places)
}

fn reader(definition: &SearchParameter, place: &Place) -> Option<Reader> {
    use SearchParameterKind as Kind;
    Some(match (definition.kind, place.type_name) {
        (Kind::Token, "Coding") => Reader::Coding,
        (Kind::Token, "CodeableConcept") => Reader::CodeableConcept,
        (Kind::Token, "Identifier") => Reader::Identifier,
        (Kind::Token, "ContactPoint") => Reader::ContactPoint,
        (Kind::Token, "code") => Reader::Code(place.value_set),
        (Kind::Token, "boolean") => Reader::Boolean,
        (Kind::Token, "string" | "uri" | "id" | "canonical" | "url" | "oid" | "uuid") => Reader::PlainToken,
        (Kind::Token, name) if name.ends_with("System.String") => Reader::PlainToken,
        (Kind::String, "HumanName") if definition.code == "phonetic" => Reader::PhoneticName,
        (Kind::String, "HumanName") => Reader::HumanName,
        (Kind::String, "Address") => Reader::Address,
        (Kind::String, "string" | "markdown" | "code" | "id" | "uri") => Reader::Text,
        (Kind::Reference, "Reference") => Reader::Reference(place.resolves_to),
        (Kind::Reference, "canonical" | "uri") => Reader::Canonical,
        (Kind::Reference, "Resource") => {
            let targets = definition
                .targets
                .iter()
                .filter_map(|name| ResourceType::parse(name));
            Reader::Resource(targets.collect())
        }
        (Kind::Date, "date" | "dateTime" | "instant") => Reader::Date,
        (Kind::Date, "Period") => Reader::Period,
        (Kind::Date, "Timing") => Reader::Timing,
        (Kind::Number, "integer" | "positiveInt" | "unsignedInt" | "decimal") => Reader::Number,
        (
            Kind::Quantity,
            "Quantity" | "SimpleQuantity" | "Age" | "Duration" | "Count" | "Distance" | "MoneyQuantity",
        ) => Reader::Quantity,
        (Kind::Quantity, "Money") => Reader::Money,
        (Kind::Quantity, "Range") => Reader::Range,
        (Kind::Quantity, "SampledData") => Reader::SampledData,
        (Kind::Uri, "uri" | "url" | "canonical" | "oid" | "uuid") => Reader::Uri,
        (Kind::Special, "BackboneElement") if definition.code == "near" => Reader::Position,
        _ => return None,
    })
}
