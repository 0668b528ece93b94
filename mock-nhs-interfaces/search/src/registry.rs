//! Every search parameter of every resource type, and what it reads of a resource.

mod compile;
mod expression;
pub(crate) mod program;

use std::collections::HashMap;
use std::sync::OnceLock;

use definitions::{SearchParameter, SearchParameterKind};

pub use compile::CompileError;
use program::Node;
pub(crate) use program::Reader;

use crate::query::{ParameterId, ResourceType};

/// The parameters of R4 by type and code. Programs that read them are made when the first resource of a type comes.
#[derive(Debug)]
pub struct Registry {
    parameters: Vec<Parameter>,
    types: Vec<TypeParameters>,
}

/// One parameter of one type.
#[derive(Debug)]
pub struct Parameter {
    /// Its number, also its place among all.
    pub id: ParameterId,
    /// The type whose resources have it.
    pub resource_type: ResourceType,
    /// What R4 says of it.
    pub definition: &'static SearchParameter,
}

#[derive(Debug)]
struct TypeParameters {
    /// First and end of the type's parameters, which stand together, by code.
    first: usize,
    end: usize,
    program: OnceLock<Program>,
}

/// What is read of the resources of one type.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) root: Node,
    /// Parameters that find nothing, and why.
    failed: Vec<(ParameterId, CompileError)>,
}

impl Registry {
    /// The parameters of R4.
    #[must_use]
    pub fn r4() -> &'static Self {
        static R4: OnceLock<Registry> = OnceLock::new();
        R4.get_or_init(Self::new)
    }

    fn new() -> Self {
        let definitions = definitions::search_parameters();
        let mut parameters: Vec<Parameter> = Vec::new();
        let mut types = Vec::new();
        for resource_type in ResourceType::all() {
            let first = parameters.len();
            let mut own: Vec<&SearchParameter> = definitions
                .iter()
                .filter(|definition| is_of(definition, resource_type))
                .collect();
            own.sort_unstable_by_key(|definition| definition.code);
            for definition in own {
                let Ok(number) = u16::try_from(parameters.len()) else {
                    break;
                };
                parameters.push(Parameter {
                    id: ParameterId(number),
                    resource_type,
                    definition,
                });
            }
            types.push(TypeParameters {
                first,
                end: parameters.len(),
                program: OnceLock::new(),
            });
        }
        Self { parameters, types }
    }

    /// The parameters of a type, by code.
    #[must_use]
    pub fn of_type(&self, resource_type: ResourceType) -> &[Parameter] {
        let found = self.types.get(usize::from(resource_type.0));
        found
            .and_then(|own| self.parameters.get(own.first..own.end))
            .unwrap_or_default()
    }

    /// A parameter by its type and code.
    #[must_use]
    pub fn find(&self, resource_type: ResourceType, code: &str) -> Option<&Parameter> {
        let own = self.of_type(resource_type);
        let place = own
            .binary_search_by(|parameter| parameter.definition.code.cmp(code))
            .ok()?;
        own.get(place)
    }

    /// A parameter by its number.
    #[must_use]
    pub fn get(&self, id: ParameterId) -> Option<&Parameter> {
        self.parameters.get(usize::from(id.0))
    }

    /// How many parameters there are: numbers run from 0 to this.
    #[must_use]
    pub fn len(&self) -> usize {
        self.parameters.len()
    }

    /// Whether there are none, which never is so.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parameters.is_empty()
    }

    /// The parameters of a type that find nothing in a resource, and why.
    ///
    /// `_content` is such a one: it is answered by reading resources, see [`crate::query::Filter::Content`].
    #[must_use]
    pub fn failed(&self, resource_type: ResourceType) -> &[(ParameterId, CompileError)] {
        self.program(resource_type)
            .map(|program| program.failed.as_slice())
            .unwrap_or_default()
    }

    pub(crate) fn program(&self, resource_type: ResourceType) -> Option<&Program> {
        let own = self.types.get(usize::from(resource_type.0))?;
        Some(own.program.get_or_init(|| {
            let mut program = Program {
                root: Node::default(),
                failed: Vec::new(),
            };
            for parameter in self.of_type(resource_type) {
                // The store knows these without looking into the text.
                if matches!(parameter.definition.code, "_id" | "_lastUpdated") {
                    continue;
                }
                let made = compile::compile(
                    &mut program.root,
                    resource_type,
                    parameter.id,
                    parameter.definition,
                );
                if let Err(error) = made {
                    program.failed.push((parameter.id, error));
                }
            }
            program
        }))
    }

    /// What a query must know of the readers of a parameter.
    pub(crate) fn traits(&self, parameter: &Parameter) -> Traits {
        let mut traits = Traits::default();
        if let Some(program) = self.program(parameter.resource_type) {
            traits.collect(&program.root, parameter.id);
        }
        traits
    }
}

/// What of a parameter's values is not in the values themselves.
#[derive(Debug, Default)]
pub(crate) struct Traits {
    /// Systems that are implied where a value has none.
    pub(crate) implied_systems: Vec<&'static str>,
    /// Whether values may have systems of their own.
    pub(crate) has_systems: bool,
    /// Whether values may be telephone numbers.
    pub(crate) is_contact: bool,
    codes: Vec<&'static str>,
    /// Whether values may be other than these codes.
    is_open: bool,
}

/// The system of `true` and `false`. Source: <https://hl7.org/fhir/R4/search.html#token>.
const BOOLEAN_SYSTEM: &str = "http://terminology.hl7.org/CodeSystem/special-values";

impl Traits {
    /// Whether a value can be this code: one of the value set, where there is nothing else.
    pub(crate) fn has_code(&self, code: &str) -> bool {
        self.is_open
            || self.codes.is_empty()
            || self.codes.iter().any(|known| known.eq_ignore_ascii_case(code))
    }

    /// Whether values may have no system of their own.
    pub(crate) fn may_be_without_system(&self) -> bool {
        !self.has_systems || !self.implied_systems.is_empty()
    }

    /// All codes that there can be, sorted; empty where there can be any.
    pub(crate) fn closed_codes(&self) -> Vec<&'static str> {
        let mut codes = if self.is_open {
            Vec::new()
        } else {
            self.codes.clone()
        };
        codes.sort_unstable();
        codes.dedup();
        codes
    }

    fn collect(&mut self, node: &Node, wanted: ParameterId) {
        for (reader, _) in node
            .readers
            .iter()
            .filter(|(_, parameters)| parameters.contains(&wanted))
        {
            let has_systems = matches!(
                reader,
                Reader::ContactPoint | Reader::Coding | Reader::CodeableConcept | Reader::Identifier
            );
            self.has_systems |= has_systems;
            self.is_contact |= *reader == Reader::ContactPoint;
            if let Reader::Code(Some(value_set)) = reader
                && let Some(codes) = definitions::bound_codes(value_set)
            {
                self.implied_systems.extend(codes.systems());
                self.codes.extend(codes.codes());
            } else if matches!(reader, Reader::Boolean | Reader::ExistsAndIsNotFalse(_)) {
                self.implied_systems.push(BOOLEAN_SYSTEM);
                self.codes.extend(["true", "false"]);
            } else {
                self.is_open = true;
            }
        }
        node.each_below(&mut |below| self.collect(below, wanted));
    }
}

fn is_of(definition: &SearchParameter, resource_type: ResourceType) -> bool {
    // A named query is an operation of its own, and there is none.
    definition.code != "_query"
        && definition.base.iter().any(|base| match *base {
            "Resource" => true,
            "DomainResource" => !matches!(resource_type.name(), "Binary" | "Bundle" | "Parameters"),
            base => base == resource_type.name(),
        })
}

/// A parameter's definition by its canonical URL.
pub(crate) fn by_url(url: &str) -> Option<&'static SearchParameter> {
    static BY_URL: OnceLock<HashMap<&'static str, &'static SearchParameter>> = OnceLock::new();
    BY_URL
        .get_or_init(|| {
            definitions::search_parameters()
                .iter()
                .map(|one| (one.url, one))
                .collect()
        })
        .get(url)
        .copied()
}

impl Parameter {
    /// What kind of values it compares.
    #[must_use]
    pub fn kind(&self) -> SearchParameterKind {
        self.definition.kind
    }

    /// The types that a reference may lead to; every type where the definition names none.
    pub fn targets(&self) -> Vec<ResourceType> {
        let named: Vec<ResourceType> = self
            .definition
            .targets
            .iter()
            .filter_map(|name| ResourceType::parse(name))
            .collect();
        if named.is_empty() && self.kind() == SearchParameterKind::Reference {
            ResourceType::all().collect()
        } else {
            named
        }
    }
}

#[cfg(test)]
mod tests;
