//! The definitions that a workspace holds: what its codes, value sets and profiles mean.

use std::borrow::Cow;
use std::sync::Arc;

use definitions::terminology::{SystemCode, Terminology};
use fhir::json::Json;
use validation::Library;

use super::View;
use crate::ResourceType;

/// The types that define something.
pub(crate) const DEFINING: &[&str] = &["CodeSystem", "ValueSet", "ConceptMap", "StructureDefinition"];

impl View {
    /// R4's own definitions, those of installed packages, and those that stand in the workspace. Made when it is first asked
    /// for, and again only after a definition or a package was changed.
    #[must_use]
    pub fn library(&self) -> Arc<Library> {
        let base = self.base();
        self.overlay().library(base).get(base.packages(), |packages| {
            let kinds = DEFINING.iter().filter_map(|name| ResourceType::parse(name));
            let own = kinds.flat_map(|kind| self.of_type(kind));
            let trees = own.filter_map(|record| Json::parse(&record.text).ok().map(Arc::new));
            Library::new(packages, trees)
        })
    }
}

impl View {
    /// The canonical address of a value set that may be named by its place here, `ValueSet/1`.
    /// <https://hl7.org/fhir/R4/search.html#token>
    fn canonical<'a>(&self, value_set: &'a str) -> Option<Cow<'a, str>> {
        let Some(id) = value_set.strip_prefix("ValueSet/") else {
            return Some(Cow::Borrowed(value_set));
        };
        let record = self.read(ResourceType::parse("ValueSet")?, id)?;
        let tree = Json::parse(&record.text).ok()?;
        tree.text("url").map(|url| Cow::Owned(url.to_owned()))
    }
}

impl Terminology for View {
    fn in_value_set(&self, value_set: &str, system: Option<&str>, code: &str) -> Option<bool> {
        let canonical = self.canonical(value_set)?;
        self.library().in_value_set(&canonical, system, code)
    }

    fn codes_in_value_set(&self, value_set: &str) -> Option<Vec<SystemCode>> {
        let canonical = self.canonical(value_set)?;
        self.library().codes_in_value_set(&canonical)
    }

    fn codes_below(&self, system: &str, code: &str) -> Option<Vec<String>> {
        self.library().codes_below(system, code)
    }

    fn codes_above(&self, system: &str, code: &str) -> Option<Vec<String>> {
        self.library().codes_above(system, code)
    }
}
