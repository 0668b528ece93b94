//! What a request asks of the FHIR server, as far as scopes care.
//! Source: <https://hl7.org/fhir/R4/http.html>

use http::{Method, Uri};

use crate::smart::scope::Act;

/// One request, by what it touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Interaction<'u> {
    /// A search of one type; `by_form` where the parameters are in the body.
    Search { kind: &'u str, by_form: bool },
    /// A search of what belongs to a record.
    Compartment {
        owner: &'u str,
        id: &'u str,
        kind: &'u str,
    },
    /// One record, or its versions.
    Instance { kind: &'u str, id: &'u str, act: Act },
    /// A new record.
    Create { kind: &'u str },
    /// All that belongs to a patient.
    Everything { id: &'u str },
    /// Something that is about no patient in particular.
    Whole { kind: &'u str, act: Act },
}

impl<'u> Interaction<'u> {
    /// What the request asks; `None` where FHIR has no such path or method.
    pub(super) fn of(method: &Method, uri: &'u Uri) -> Option<Self> {
        let segments: Vec<&str> = uri.path().trim_matches('/').split('/').collect();
        let is_get = matches!(*method, Method::GET | Method::HEAD);
        let is_post = *method == Method::POST;
        let whole = |kind, act| Some(Self::Whole { kind, act });
        match segments.as_slice() {
            // A batch may hold anything.
            [""] if is_post => whole("*", Act::Delete),
            [""] | ["_search" | "_history"] => whole("*", Act::Search),
            [operation] if operation.starts_with('$') => whole("*", Act::Read),
            [kind] | [kind, "_search"] if is_get => Some(Self::Search { kind, by_form: false }),
            [kind, "_search"] if is_post => Some(Self::Search { kind, by_form: true }),
            [kind] if is_post => Some(Self::Create { kind }),
            // Conditional: which record it is, the server finds out.
            [kind] => whole(kind, changed(method)?),
            [kind, "_history"] => whole(kind, Act::Read),
            [kind, operation] if operation.starts_with('$') => whole(kind, Act::Read),
            ["Patient", id, "$everything"] => Some(Self::Everything { id }),
            [kind, id] | [kind, id, "_history"] | [kind, id, "_history", _] => {
                let act = if is_get { Act::Read } else { changed(method)? };
                Some(Self::Instance { kind, id, act })
            }
            [kind, id, operation] if operation.starts_with('$') => Some(Self::Instance {
                kind,
                id,
                act: Act::Read,
            }),
            [owner, id, kind] | [owner, id, kind, "_search"] => Some(Self::Compartment { owner, id, kind }),
            _ => None,
        }
    }

    /// The type that a scope must name; `*` for every one.
    pub(super) const fn kind(&self) -> &'u str {
        match self {
            Self::Search { kind, .. }
            | Self::Compartment { kind, .. }
            | Self::Instance { kind, .. }
            | Self::Create { kind }
            | Self::Whole { kind, .. } => kind,
            Self::Everything { .. } => "*",
        }
    }

    /// What a scope must allow.
    pub(super) const fn act(&self) -> Act {
        match self {
            Self::Search { .. } | Self::Compartment { .. } | Self::Everything { .. } => Act::Search,
            Self::Instance { act, .. } | Self::Whole { act, .. } => *act,
            Self::Create { .. } => Act::Create,
        }
    }
}

fn changed(method: &Method) -> Option<Act> {
    match *method {
        Method::PUT | Method::PATCH => Some(Act::Update),
        Method::DELETE => Some(Act::Delete),
        _ => None,
    }
}

/// The types that a search brings along; `*` where it does not name them.
pub(super) fn included(query: &str) -> Vec<String> {
    form_urlencoded::parse(query.as_bytes())
        .filter_map(|(name, value)| {
            let name = name.split(':').next().unwrap_or_default();
            let mut parts = value.split(':');
            let kind = match name {
                "_include" => parts.nth(2),
                "_revinclude" => parts.next(),
                _ => return None,
            };
            Some(kind.filter(|kind| !kind.is_empty()).unwrap_or("*").to_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_told_apart() {
        let check = |method: Method, path: &str, kind: &str, act: Act| {
            let uri: Uri = path.parse().unwrap();
            let interaction = Interaction::of(&method, &uri).unwrap();
            assert_eq!(
                (interaction.kind(), interaction.act()),
                (kind, act),
                "{method} {path}"
            );
        };
        check(Method::GET, "/Observation?code=1", "Observation", Act::Search);
        check(Method::POST, "/Observation/_search", "Observation", Act::Search);
        check(Method::GET, "/Observation/1", "Observation", Act::Read);
        check(Method::GET, "/Observation/1/_history/2", "Observation", Act::Read);
        check(Method::PUT, "/Observation/1", "Observation", Act::Update);
        check(Method::PATCH, "/Observation/1", "Observation", Act::Update);
        check(Method::DELETE, "/Observation/1", "Observation", Act::Delete);
        check(Method::POST, "/Observation", "Observation", Act::Create);
        check(
            Method::PUT,
            "/Observation?identifier=1",
            "Observation",
            Act::Update,
        );
        check(Method::GET, "/Patient/1/Observation", "Observation", Act::Search);
        check(Method::GET, "/Patient/1/*", "*", Act::Search);
        check(Method::GET, "/Patient/1/$everything", "*", Act::Search);
        check(Method::GET, "/Observation/$lastn", "Observation", Act::Read);
        check(Method::POST, "/", "*", Act::Delete);
        check(Method::GET, "/", "*", Act::Search);
        check(Method::GET, "/_history", "*", Act::Search);
        let uri: Uri = "/a/b/c/d/e/f".parse().unwrap();
        assert_eq!(Interaction::of(&Method::GET, &uri), None);
    }

    #[test]
    fn what_a_search_brings_along_is_known() {
        assert_eq!(
            included("_include=Observation:subject:Patient&code=1"),
            ["Patient"]
        );
        assert_eq!(
            included("_include=Observation:subject&_revinclude:iterate=Provenance:target"),
            ["*", "Provenance"]
        );
        assert!(included("code=_include").is_empty());
    }
}
