//! `$lookup`: what is known about one code: <https://hl7.org/fhir/R4/codesystem-operation-lookup.html>.

use definitions::ArtefactKind;
use fhir::json::Json;

use super::TerminologyError;
use crate::library::Library;

/// What is known about a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookupAnswer {
    /// The name of the code system.
    pub name: String,
    pub version: Option<String>,
    /// The code as the system writes it.
    pub code: String,
    pub display: Option<String>,
    pub definition: Option<String>,
    pub is_abstract: bool,
    pub designations: Vec<Designation>,
    /// What the system states, then `parent` and `child` by the system's order.
    pub properties: Vec<Property>,
}

/// Another name of a concept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Designation {
    pub language: Option<String>,
    /// A Coding.
    pub used_as: Option<Json>,
    pub value: String,
}

/// One property of a concept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property {
    pub code: String,
    /// The key of the value, such as `valueCode`.
    pub key: String,
    pub value: Json,
    /// For `parent` and `child`: what the other concept is called.
    pub description: Option<String>,
}

impl Library {
    /// Looks up a code.
    ///
    /// # Errors
    /// The system is not here, or has no such code as far as it is here.
    pub fn lookup(
        &self,
        system: &str,
        version: Option<&str>,
        code: &str,
    ) -> Result<LookupAnswer, TerminologyError> {
        let codes = self.known_code_system(system, version)?;
        let concept = codes.find(code).and_then(|number| codes.concept(number));
        let concept = concept.ok_or_else(|| TerminologyError::NoSuchCode {
            system: system.to_owned(),
            code: code.to_owned(),
            near: codes.near(code),
        })?;
        let stated = concept
            .properties
            .iter()
            .filter(|(code, _, _)| !matches!(&**code, "parent" | "child"));
        let mut properties: Vec<Property> = stated
            .map(|(code, key, value)| Property {
                code: code.to_string(),
                key: key.to_string(),
                value: value.clone(),
                description: None,
            })
            .collect();
        for (name, numbers) in [("parent", &concept.parents), ("child", &concept.children)] {
            let others = numbers.iter().filter_map(|number| codes.concept(*number));
            properties.extend(others.map(|other| Property {
                code: name.to_owned(),
                key: "valueCode".to_owned(),
                value: Json::String(other.code.clone()),
                description: other.display.as_deref().map(str::to_owned),
            }));
        }
        Ok(LookupAnswer {
            name: codes.name.to_string(),
            version: codes.version.as_deref().map(str::to_owned),
            code: concept.code.to_string(),
            display: concept.display.as_deref().map(str::to_owned),
            definition: concept.definition.as_deref().map(str::to_owned),
            is_abstract: concept.is_abstract(),
            designations: concept.designations.clone(),
            properties,
        })
    }

    /// The code system, or why there is none.
    pub(super) fn known_code_system(
        &self,
        system: &str,
        version: Option<&str>,
    ) -> Result<std::sync::Arc<super::CodeSystem>, TerminologyError> {
        let canonical = version.map_or_else(|| system.to_owned(), |version| format!("{system}|{version}"));
        self.code_system(&canonical)
            .ok_or_else(|| TerminologyError::NotFound {
                kind: "code system",
                near: self.near(ArtefactKind::CodeSystem, &canonical),
                url: canonical,
            })
    }
}
