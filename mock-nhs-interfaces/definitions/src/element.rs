//! What a `StructureDefinition` says about one element: <https://hl7.org/fhir/R4/elementdefinition.html>.

use std::sync::OnceLock;

use crate::columns::{Columns, fields};

static CONSTRAINTS: &str = include_str!(concat!(env!("OUT_DIR"), "/tables/out/constraints.tsv"));

/// One element of a type, as its snapshot states it.
#[derive(Debug)]
pub struct Element {
    /// From the type onwards, such as `Patient.contact.name`; a choice keeps its `[x]`.
    pub path: &'static str,
    /// The last part of the path; `value[x]` for a choice, the type's own name for its root.
    pub name: &'static str,
    pub min: u32,
    /// `None` is `*`.
    pub max: Option<u32>,
    /// More than one makes it a choice. Empty for roots and where `content_reference` is given.
    pub types: Vec<ElementType>,
    /// The path of the element whose children this one has too, such as `Bundle.link`.
    pub content_reference: Option<&'static str>,
    pub binding: Option<Binding>,
    /// Part of what `_summary=true` answers.
    pub is_summary: bool,
    pub is_modifier: bool,
    pub constraints: Vec<&'static Constraint>,
    /// The exact value as JSON text.
    pub fixed: Option<&'static str>,
    /// What the value must contain at least, as JSON text.
    pub pattern: Option<&'static str>,
    /// For the value of a primitive type: the regular expression that R4 gives.
    pub regex: Option<&'static str>,
}

impl Element {
    /// The name without `[x]`, when the element may take several types.
    pub fn choice(&self) -> Option<&'static str> {
        self.name.strip_suffix("[x]")
    }

    /// Whether JSON writes it as an array, even with one value.
    pub fn is_list(&self) -> bool {
        self.max.is_none_or(|max| max > 1)
    }
}

/// One type that an element may have.
#[derive(Debug)]
pub struct ElementType {
    /// The name of the type, such as `HumanName` or `code`.
    pub code: &'static str,
    /// Profiles on the type of which one must be met.
    pub profiles: Vec<&'static str>,
    /// For `Reference` and `canonical`: the profiles of what may be pointed at; empty means anything.
    pub target_profiles: Vec<&'static str>,
}

impl ElementType {
    /// The resource types that may be pointed at; `Resource` stands for any.
    pub fn targets(&self) -> impl Iterator<Item = &'static str> {
        self.target_profiles
            .iter()
            .map(|profile| profile.rsplit('/').next().unwrap_or(profile))
    }
}

/// The value set that an element's codes come from.
#[derive(Debug)]
pub struct Binding {
    pub strength: BindingStrength,
    /// With the version that R4 names after `|`.
    pub value_set: Option<&'static str>,
}

/// How firmly a value set is meant: <https://hl7.org/fhir/R4/terminologies.html#strength>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BindingStrength {
    Example,
    Preferred,
    Extensible,
    Required,
}

impl BindingStrength {
    /// The strength with this R4 code.
    pub fn of(code: &str) -> Option<Self> {
        match code {
            "example" => Some(Self::Example),
            "preferred" => Some(Self::Preferred),
            "extensible" => Some(Self::Extensible),
            "required" => Some(Self::Required),
            _ => None,
        }
    }
}

/// How bad it is to break a constraint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    Error,
    Warning,
    /// A warning that R4 marks as best practice only, such as `dom-6`.
    BestPractice,
}

/// A rule in `FHIRPath`.
#[derive(Debug)]
pub struct Constraint {
    /// Its name, such as `pat-1`.
    pub key: &'static str,
    pub severity: Severity,
    /// The rule in words.
    pub human: &'static str,
    /// Must be true of every value of the element; some rules exist in words only.
    pub expression: Option<&'static str>,
}

fn constraints() -> &'static [Constraint] {
    static ALL: OnceLock<Vec<Constraint>> = OnceLock::new();
    ALL.get_or_init(|| {
        let parse = |line| {
            let mut columns = Columns::of(line);
            let key = columns.text();
            let error = columns.text() == "error";
            let best_practice = columns.optional().is_some();
            Constraint {
                key,
                severity: match (error, best_practice) {
                    (true, _) => Severity::Error,
                    (false, true) => Severity::BestPractice,
                    (false, false) => Severity::Warning,
                },
                human: columns.text(),
                expression: columns.optional(),
            }
        };
        CONSTRAINTS.lines().map(parse).collect()
    })
}

/// Reads one line of the table of types after its mark.
pub(crate) fn parse(columns: &mut Columns) -> Element {
    let path = columns.text();
    Element {
        path,
        name: path.rsplit('.').next().unwrap_or(path),
        min: columns.text().parse().unwrap_or_default(),
        max: columns.text().parse().ok(),
        types: columns.items().into_iter().map(element_type).collect(),
        content_reference: columns.optional(),
        binding: {
            let strength = BindingStrength::of(columns.text());
            let value_set = columns.optional();
            strength.map(|strength| Binding { strength, value_set })
        },
        is_summary: false,
        is_modifier: false,
        constraints: Vec::new(),
        fixed: None,
        pattern: None,
        regex: None,
    }
    .with_rest(columns)
}

impl Element {
    fn with_rest(mut self, columns: &mut Columns) -> Self {
        let flags = columns.text();
        self.is_summary = flags.contains('s');
        self.is_modifier = flags.contains('m');
        let numbers = columns
            .text()
            .split(' ')
            .filter_map(|number| number.parse::<usize>().ok());
        self.constraints = numbers.filter_map(|number| constraints().get(number)).collect();
        self.fixed = columns.optional();
        self.pattern = columns.optional();
        self.regex = columns.optional();
        self
    }
}

fn element_type(item: &'static str) -> ElementType {
    let [code, profiles, targets] = fields(item);
    let list = |text: &'static str| text.split(' ').filter(|one| !one.is_empty()).collect();
    ElementType {
        code,
        profiles: list(profiles),
        target_profiles: list(targets),
    }
}
