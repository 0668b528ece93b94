//! A value set as it is stated: what it includes and excludes, or what it lists.

use std::collections::HashMap;

use fhir::json::Json;

use super::TerminologyError;
use super::filter::Filter;

/// One value set.
#[derive(Debug)]
pub(crate) struct ValueSet {
    pub(crate) url: Box<str>,
    pub(crate) content: Definition,
}

/// How a value set says what is in it.
#[derive(Debug)]
pub(crate) enum Definition {
    Compose {
        include: Vec<Part>,
        exclude: Vec<Part>,
    },
    /// No definition, only a list that someone made.
    Listed(Vec<Part>),
}

/// One `include` or `exclude`. What it has is what all its members have together.
#[derive(Debug)]
pub(crate) struct Part {
    /// Empty when only `value_sets` say what is in it.
    pub(crate) system: Box<str>,
    /// Only these codes of the system.
    pub(crate) codes: Option<Codes>,
    pub(crate) filters: Vec<Result<Filter, TerminologyError>>,
    pub(crate) value_sets: Vec<Box<str>>,
}

/// Codes in the order of the value set, with the display that it gives them.
#[derive(Debug, Default)]
pub(crate) struct Codes {
    list: Vec<(Box<str>, Option<Box<str>>)>,
    by_code: HashMap<Box<str>, usize>,
}

impl Codes {
    fn add(&mut self, code: &str, display: Option<&str>) {
        if !self.by_code.contains_key(code) {
            self.by_code.insert(code.into(), self.list.len());
            self.list.push((code.into(), display.map(Box::from)));
        }
    }

    /// The display that the value set gives the code, if it has the code.
    pub(crate) fn get(&self, code: &str) -> Option<Option<&str>> {
        let (_, display) = self.list.get(*self.by_code.get(code)?)?;
        Some(display.as_deref())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.list
            .iter()
            .map(|(code, display)| (&**code, display.as_deref()))
    }
}

impl ValueSet {
    pub(crate) fn of(json: &Json) -> Self {
        let parts = |key| {
            let list = json
                .get("compose")
                .and_then(|compose| compose.get(key))
                .and_then(Json::as_array);
            list.unwrap_or_default().iter().map(part).collect()
        };
        let content = if json.get("compose").is_some() {
            Definition::Compose {
                include: parts("include"),
                exclude: parts("exclude"),
            }
        } else {
            let mut listed = Vec::new();
            list(
                json.get("expansion")
                    .and_then(|expansion| expansion.get("contains")),
                &mut listed,
            );
            Definition::Listed(listed)
        };
        Self {
            url: json.text("url").unwrap_or_default().into(),
            content,
        }
    }

    /// The value sets that addresses of SNOMED CT imply: everything, everything below a concept, or what a constraint names.
    ///
    /// Source: <https://hl7.org/fhir/R4/snomedct.html#implicit>.
    pub(crate) fn implied(canonical: &str) -> Option<Self> {
        let (system, wanted) = canonical.split_once("?fhir_vs")?;
        let filter = match wanted.split_once('/') {
            None if matches!(wanted, "" | "=") => None,
            Some(("=isa", code)) => Some(Ok(Filter::is_a(code))),
            Some(("=ecl", constraint)) => Some(Filter::constraint(constraint)),
            _ => return None,
        };
        if !system.starts_with("http://snomed.info/sct") {
            return None;
        }
        Some(Self {
            url: canonical.into(),
            content: Definition::Compose {
                include: vec![Part {
                    system: "http://snomed.info/sct".into(),
                    codes: None,
                    filters: filter.into_iter().collect(),
                    value_sets: Vec::new(),
                }],
                exclude: Vec::new(),
            },
        })
    }
}

fn part(json: &Json) -> Part {
    let items = |key| json.get(key).and_then(Json::as_array);
    let codes = |list: &[Json]| {
        let mut codes = Codes::default();
        for one in list {
            if let Some(code) = one.text("code") {
                codes.add(code, one.text("display"));
            }
        }
        codes
    };
    Part {
        system: json.text("system").unwrap_or_default().into(),
        codes: items("concept").map(codes),
        filters: items("filter")
            .unwrap_or_default()
            .iter()
            .map(Filter::of)
            .collect(),
        value_sets: items("valueSet")
            .unwrap_or_default()
            .iter()
            .filter_map(Json::as_str)
            .map(Box::from)
            .collect(),
    }
}

/// The codes of an expansion, each in a part of its own with its neighbours of the same system.
fn list(contains: Option<&Json>, parts: &mut Vec<Part>) {
    for one in contains.and_then(Json::as_array).unwrap_or_default() {
        let listed = one.get("abstract").and_then(Json::as_bool) != Some(true);
        if let (Some(system), Some(code), true) = (one.text("system"), one.text("code"), listed) {
            if parts.last().is_none_or(|part| &*part.system != system) {
                parts.push(Part {
                    system: system.into(),
                    codes: Some(Codes::default()),
                    filters: Vec::new(),
                    value_sets: Vec::new(),
                });
            }
            if let Some(codes) = parts.last_mut().and_then(|part| part.codes.as_mut()) {
                codes.add(code, one.text("display"));
            }
        }
        list(one.get("contains"), parts);
    }
}
