//! What a path names.

use crate::ResourceType;

/// What a path below the base names. Ids are not checked yet: an id that cannot be one is one that nothing has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route<'a> {
    /// The base itself.
    System,
    Metadata,
    SystemHistory,
    SystemSearch,
    Type(ResourceType),
    TypeHistory(ResourceType),
    TypeSearch(ResourceType),
    Instance(ResourceType, &'a str),
    InstanceHistory(ResourceType, &'a str),
    Version(ResourceType, &'a str, &'a str),
    /// `Patient/1/Observation`; `None`: `Patient/1/*`.
    Compartment(ResourceType, &'a str, Option<ResourceType>),
    CompartmentSearch(ResourceType, &'a str, Option<ResourceType>),
    SystemOperation(&'a str),
    TypeOperation(ResourceType, &'a str),
    InstanceOperation(ResourceType, &'a str, &'a str),
}

/// Why a path names nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoRoute<'a> {
    /// It begins, or goes on, with something that is no resource type.
    Type(&'a str),
    /// FHIR has no such path.
    Path,
}

/// What a path names. Resource types, ids and operations need no percent-encoding, so none is undone.
pub(super) fn route(path: &str) -> Result<Route<'_>, NoRoute<'_>> {
    let path = path.trim_matches('/');
    if path.is_empty() {
        return Ok(Route::System);
    }
    let mut all = path.split('/');
    let segments = [all.next(), all.next(), all.next(), all.next()].map(Option::unwrap_or_default);
    if all.next().is_some() || path.contains("//") {
        return Err(NoRoute::Path);
    }
    match segments {
        ["metadata", "", "", ""] => Ok(Route::Metadata),
        ["_history", "", "", ""] => Ok(Route::SystemHistory),
        ["_search", "", "", ""] => Ok(Route::SystemSearch),
        [name, "", "", ""] if name.starts_with('$') => Ok(Route::SystemOperation(name)),
        [name, rest @ ..] => {
            let kind = ResourceType::parse(name).ok_or(NoRoute::Type(name))?;
            below_type(kind, rest)
        }
    }
}

fn below_type<'a>(kind: ResourceType, rest: [&'a str; 3]) -> Result<Route<'a>, NoRoute<'a>> {
    match rest {
        ["", "", ""] => Ok(Route::Type(kind)),
        ["_history", "", ""] => Ok(Route::TypeHistory(kind)),
        ["_search", "", ""] => Ok(Route::TypeSearch(kind)),
        [name, "", ""] if name.starts_with('$') => Ok(Route::TypeOperation(kind, name)),
        [id, "", ""] => Ok(Route::Instance(kind, id)),
        [id, "_history", ""] => Ok(Route::InstanceHistory(kind, id)),
        [id, "_history", version] => Ok(Route::Version(kind, id, version)),
        [id, name, ""] if name.starts_with('$') => Ok(Route::InstanceOperation(kind, id, name)),
        [id, member, last] => {
            let member = match member {
                "*" => None,
                name => Some(ResourceType::parse(name).ok_or(NoRoute::Type(name))?),
            };
            match last {
                "" => Ok(Route::Compartment(kind, id, member)),
                "_search" => Ok(Route::CompartmentSearch(kind, id, member)),
                _ => Err(NoRoute::Path),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{NoRoute, Route, route};
    use crate::ResourceType;

    #[test]
    fn every_path_of_r4_is_known_and_no_other() {
        let patient = ResourceType::parse("Patient").unwrap();
        let observation = ResourceType::parse("Observation").unwrap();
        let cases = [
            ("", Ok(Route::System)),
            ("/", Ok(Route::System)),
            ("/metadata", Ok(Route::Metadata)),
            ("/_history", Ok(Route::SystemHistory)),
            ("/_search", Ok(Route::SystemSearch)),
            ("/$export", Ok(Route::SystemOperation("$export"))),
            ("/Patient", Ok(Route::Type(patient))),
            ("/Patient/", Ok(Route::Type(patient))),
            ("/Patient/_search", Ok(Route::TypeSearch(patient))),
            ("/Patient/_history", Ok(Route::TypeHistory(patient))),
            ("/Patient/$match", Ok(Route::TypeOperation(patient, "$match"))),
            ("/Patient/1", Ok(Route::Instance(patient, "1"))),
            ("/Patient/1/_history", Ok(Route::InstanceHistory(patient, "1"))),
            ("/Patient/1/_history/2", Ok(Route::Version(patient, "1", "2"))),
            (
                "/Patient/1/$everything",
                Ok(Route::InstanceOperation(patient, "1", "$everything")),
            ),
            (
                "/Patient/1/Observation",
                Ok(Route::Compartment(patient, "1", Some(observation))),
            ),
            ("/Patient/1/*", Ok(Route::Compartment(patient, "1", None))),
            (
                "/Patient/1/Observation/_search",
                Ok(Route::CompartmentSearch(patient, "1", Some(observation))),
            ),
            ("/patient", Err(NoRoute::Type("patient"))),
            ("/Patient/1/observation", Err(NoRoute::Type("observation"))),
            ("/Patient/1/Observation/2", Err(NoRoute::Path)),
            ("/Patient/1/_history/2/3", Err(NoRoute::Path)),
            ("/Patient//1", Err(NoRoute::Path)),
            ("/metadata/1", Err(NoRoute::Type("metadata"))),
        ];
        for (path, expected) in cases {
            assert_eq!(route(path), expected, "{path}");
        }
    }
}
