//! The search parameters that R4 defines, as HL7 publishes them: <https://hl7.org/fhir/R4/searchparameter-registry.html>.

use std::sync::OnceLock;

use crate::columns::{Columns, fields};

static TABLE: &str = include_str!(concat!(env!("OUT_DIR"), "/tables/out/search-parameters.tsv"));

/// What kind of value a parameter compares: <https://hl7.org/fhir/R4/search.html#ptypes>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SearchParameterKind {
    Number,
    Date,
    String,
    Token,
    Reference,
    Composite,
    Quantity,
    Uri,
    /// Has rules of its own, such as `near`.
    Special,
}

impl SearchParameterKind {
    /// The code that R4 gives the kind.
    pub fn code(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Date => "date",
            Self::String => "string",
            Self::Token => "token",
            Self::Reference => "reference",
            Self::Composite => "composite",
            Self::Quantity => "quantity",
            Self::Uri => "uri",
            Self::Special => "special",
        }
    }

    fn of(code: &str) -> Self {
        match code {
            "number" => Self::Number,
            "date" => Self::Date,
            "string" => Self::String,
            "token" => Self::Token,
            "reference" => Self::Reference,
            "composite" => Self::Composite,
            "quantity" => Self::Quantity,
            "uri" => Self::Uri,
            // A kind that R4 does not know would be one with rules of its own.
            _ => Self::Special,
        }
    }
}

/// One search parameter.
#[derive(Debug)]
pub struct SearchParameter {
    /// What callers write in a query, such as `birthdate` or `_id`.
    pub code: &'static str,
    /// The name for programmers; mostly the code.
    pub name: &'static str,
    /// The canonical address, by which composites name their components.
    pub url: &'static str,
    /// The types it may be used on; `Resource` and `DomainResource` stand for every type below them.
    pub base: Vec<&'static str>,
    pub kind: SearchParameterKind,
    /// The `FHIRPath` that finds the values, over all types in `base`; three parameters have none.
    pub expression: Option<&'static str>,
    /// The types that a reference parameter may point at.
    pub targets: Vec<&'static str>,
    /// The parts of a composite, in order.
    pub components: Vec<Component>,
}

/// One part of a composite search parameter.
#[derive(Debug)]
pub struct Component {
    /// The address of the parameter that says how the part is compared.
    pub definition: &'static str,
    /// The `FHIRPath` of the part, from the composite's own expression onwards.
    pub expression: &'static str,
}

/// All 1,378 search parameters of R4, in HL7's order.
pub fn search_parameters() -> &'static [SearchParameter] {
    static PARAMETERS: OnceLock<Vec<SearchParameter>> = OnceLock::new();
    PARAMETERS.get_or_init(|| TABLE.lines().map(parse).collect())
}

fn parse(line: &'static str) -> SearchParameter {
    let mut columns = Columns::of(line);
    SearchParameter {
        code: columns.text(),
        name: columns.text(),
        url: columns.text(),
        kind: SearchParameterKind::of(columns.text()),
        base: columns.items(),
        targets: columns.items(),
        expression: columns.optional(),
        components: columns
            .items()
            .into_iter()
            .map(|item| {
                let [definition, expression] = fields(item);
                Component {
                    definition,
                    expression,
                }
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use super::{SearchParameterKind, search_parameters};

    #[test]
    fn counts_by_kind_are_those_of_the_registry() {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for parameter in search_parameters() {
            *counts.entry(parameter.kind.code()).or_default() += 1;
        }
        let expected = [
            ("token", 539),
            ("reference", 472),
            ("string", 133),
            ("date", 109),
            ("composite", 46),
            ("uri", 45),
            ("quantity", 27),
            ("number", 6),
            ("special", 1),
        ];
        assert_eq!(counts, HashMap::from(expected));
        assert_eq!(search_parameters().len(), 1_378);
        let without: Vec<&str> = search_parameters()
            .iter()
            .filter(|one| one.expression.is_none())
            .map(|one| one.code)
            .collect();
        assert_eq!(without.len(), 3, "{without:?}");
    }

    #[test]
    fn a_composite_names_parameters_that_exist() {
        let urls: HashSet<&str> = search_parameters()
            .iter()
            .map(|parameter| parameter.url)
            .collect();
        for parameter in search_parameters() {
            let composite = parameter.kind == SearchParameterKind::Composite;
            assert_eq!(composite, !parameter.components.is_empty(), "{}", parameter.url);
            for component in &parameter.components {
                assert!(
                    urls.contains(component.definition),
                    "{} of {}",
                    component.definition,
                    parameter.url
                );
                assert!(!component.expression.is_empty());
            }
        }
    }

    #[test]
    fn a_shared_parameter_keeps_every_base() {
        let birthdate = search_parameters()
            .iter()
            .find(|one| one.url.ends_with("individual-birthdate"))
            .unwrap();
        assert_eq!(birthdate.code, "birthdate");
        assert_eq!(birthdate.base, ["Patient", "Person", "RelatedPerson"]);
        assert_eq!(
            birthdate.expression,
            Some("Patient.birthDate | Person.birthDate | RelatedPerson.birthDate")
        );
    }
}
