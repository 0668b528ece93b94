//! A code system with its concepts and their order, read from every resource that states part of it.

use std::collections::HashMap;
use std::sync::Arc;

use fhir::json::Json;

use super::lookup::Designation;

/// How much of a system is here: <https://hl7.org/fhir/R4/valueset-codesystem-content-mode.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Content {
    /// Only what others say about some of its codes.
    Part,
    Complete,
}

/// One concept.
#[derive(Debug, Default)]
pub(crate) struct Concept {
    pub(crate) code: Box<str>,
    pub(crate) display: Option<Box<str>>,
    pub(crate) definition: Option<Box<str>>,
    pub(crate) designations: Vec<Designation>,
    /// Code of the property and its `value[x]` with the key.
    pub(crate) properties: Vec<(Box<str>, Box<str>, Json)>,
    pub(crate) parents: Vec<usize>,
    pub(crate) children: Vec<usize>,
}

impl Concept {
    fn flag(&self, code: &str) -> bool {
        self.properties
            .iter()
            .any(|(name, _, value)| &**name == code && value.as_bool() == Some(true))
    }

    /// Only groups others; not for use in records.
    pub(crate) fn is_abstract(&self) -> bool {
        self.flag("notSelectable") || self.flag("abstract")
    }

    pub(crate) fn is_inactive(&self) -> bool {
        let retired = |value: &Json| matches!(value.as_str(), Some("retired" | "deprecated" | "inactive"));
        self.flag("inactive")
            || self
                .properties
                .iter()
                .any(|(name, _, value)| &**name == "status" && retired(value))
    }
}

/// One code system, put together from all that is known of it.
#[derive(Debug)]
pub(crate) struct CodeSystem {
    pub(crate) version: Option<Box<str>>,
    pub(crate) name: Box<str>,
    pub(crate) content: Content,
    case_sensitive: bool,
    concepts: Vec<Concept>,
    by_code: HashMap<Box<str>, usize>,
}

impl CodeSystem {
    /// Puts the resources together; the first that states something wins. Supplements alone make no system.
    pub(crate) fn of(parts: &[Arc<Json>]) -> Option<Self> {
        let first = parts
            .iter()
            .find(|part| part.text("content") != Some("supplement"))?;
        let mut system = Self {
            version: first.text("version").map(Box::from),
            name: first
                .text("name")
                .or_else(|| first.text("title"))
                .unwrap_or_default()
                .into(),
            content: Content::Part,
            // R4: when it is not stated, assume that it matters.
            case_sensitive: first.get("caseSensitive").and_then(Json::as_bool) != Some(false),
            concepts: Vec::new(),
            by_code: HashMap::new(),
        };
        for part in parts {
            let complete = part.text("content") == Some("complete") && part.get("concept").is_some();
            system.content = system.content.max(if complete {
                Content::Complete
            } else {
                Content::Part
            });
            system.add(part.get("concept"), None);
        }
        system.link_by_property();
        Some(system)
    }

    fn key(&self, code: &str) -> Box<str> {
        if self.case_sensitive {
            code.into()
        } else {
            code.to_lowercase().into()
        }
    }

    /// Adds concepts below `parent`. The depth is that of the JSON, which has a limit of its own.
    fn add(&mut self, concepts: Option<&Json>, parent: Option<usize>) {
        for json in concepts.and_then(Json::as_array).unwrap_or_default() {
            let Some(code) = json.text("code") else { continue };
            let key = self.key(code);
            let number = match self.by_code.get(&key) {
                Some(number) => *number,
                None => {
                    self.by_code.insert(key, self.concepts.len());
                    self.concepts.push(Concept {
                        code: code.into(),
                        ..Concept::default()
                    });
                    self.concepts.len() - 1
                }
            };
            if let Some(concept) = self.concepts.get_mut(number) {
                concept.learn(json);
            }
            if let Some(parent) = parent {
                self.link(parent, number);
            }
            self.add(json.get("concept"), Some(number));
        }
    }

    fn link(&mut self, parent: usize, child: usize) {
        if let Some(concept) = self
            .concepts
            .get_mut(child)
            .filter(|concept| !concept.parents.contains(&parent))
        {
            concept.parents.push(parent);
            if let Some(concept) = self.concepts.get_mut(parent) {
                concept.children.push(child);
            }
        }
    }

    /// Systems may also state their order by properties, as HL7's v3 systems do.
    fn link_by_property(&mut self) {
        let mut links = Vec::new();
        for (number, concept) in self.concepts.iter().enumerate() {
            for (property, _, value) in &concept.properties {
                let other = value
                    .as_str()
                    .or_else(|| value.text("code"))
                    .and_then(|code| self.find(code));
                match (&**property, other) {
                    ("parent" | "subsumedBy", Some(other)) => links.push((other, number)),
                    ("child", Some(other)) => links.push((number, other)),
                    _ => {}
                }
            }
        }
        for (parent, child) in links {
            self.link(parent, child);
        }
    }

    /// The number of the concept with this code.
    pub(crate) fn find(&self, code: &str) -> Option<usize> {
        if self.case_sensitive {
            return self.by_code.get(code).copied();
        }
        self.by_code.get(&self.key(code)).copied()
    }

    pub(crate) fn concept(&self, number: usize) -> Option<&Concept> {
        self.concepts.get(number)
    }

    pub(crate) fn concepts(&self) -> &[Concept] {
        &self.concepts
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.content == Content::Complete
    }

    /// The concept and everything below it. Circles end where they began.
    pub(crate) fn below(&self, number: usize) -> Vec<usize> {
        self.reach(number, |concept| &concept.children)
    }

    /// The concept and everything above it.
    pub(crate) fn above(&self, number: usize) -> Vec<usize> {
        self.reach(number, |concept| &concept.parents)
    }

    fn reach(&self, number: usize, next: impl Fn(&Concept) -> &Vec<usize>) -> Vec<usize> {
        let mut seen = vec![false; self.concepts.len()];
        let mut found = Vec::new();
        let mut open = vec![number];
        while let Some(number) = open.pop() {
            let fresh = seen.get_mut(number).filter(|seen| !**seen);
            if let (Some(fresh), Some(concept)) = (fresh, self.concepts.get(number)) {
                *fresh = true;
                found.push(number);
                open.extend(next(concept).iter().rev());
            }
        }
        found
    }

    /// Whether `number` is `root` or below it.
    pub(crate) fn is_a(&self, number: usize, root: usize) -> bool {
        number == root || self.above(number).contains(&root)
    }

    /// The codes near one that the system does not have.
    pub(crate) fn near(&self, code: &str) -> Vec<String> {
        let near = definitions::near(code, self.concepts.iter().map(|concept| &*concept.code));
        near.into_iter().map(str::to_owned).collect()
    }
}

impl Concept {
    fn learn(&mut self, json: &Json) {
        let text = |key| json.text(key).map(Box::from);
        self.display = self.display.take().or_else(|| text("display"));
        self.definition = self.definition.take().or_else(|| text("definition"));
        for one in json
            .get("designation")
            .and_then(Json::as_array)
            .unwrap_or_default()
        {
            if let Some(value) = one.text("value") {
                self.designations.push(Designation {
                    language: one.text("language").map(str::to_owned),
                    used_as: one.get("use").cloned(),
                    value: value.to_owned(),
                });
            }
        }
        for one in json.get("property").and_then(Json::as_array).unwrap_or_default() {
            let value = one
                .as_object()
                .unwrap_or_default()
                .iter()
                .find(|(key, _)| key.starts_with("value"));
            if let (Some(code), Some((key, value))) = (one.text("code"), value) {
                self.properties.push((code.into(), key.clone(), value.clone()));
            }
        }
    }
}
