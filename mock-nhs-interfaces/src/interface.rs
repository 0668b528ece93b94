//! What every interface states about itself: one statement, from which pages, documents and routes are made.
//!
//! An operation's statement holds its handler, so routes and statement cannot drift apart.

use std::pin::Pin;

use axum::body::Body;
use http::{Method, Response};

use crate::Profile;
use crate::exchange::Exchange;
use crate::failure::Failer;

/// One mocked NHS API.
#[derive(Debug)]
pub struct Interface {
    /// Short name in addresses, labels and file names, such as `pds`. Never changes once published.
    pub id: &'static str,
    /// The name NHS England gives it, in plain words.
    pub title: &'static str,
    /// What it is for, in one plain sentence.
    pub summary: &'static str,
    /// The path that NHS England serves it under, the same on every host. Starts with `/`, does not end with one.
    pub path_prefix: &'static str,
    /// NHS England's page about it.
    pub specification: &'static str,
    /// The FHIR version of its resources; `None` where it does not speak FHIR.
    pub fhir_version: Option<FhirVersion>,
    /// The profiles it can be called in. In another profile it says so and names one of these.
    pub profiles: &'static [Profile],
    /// The ways to log in that are understood here today.
    pub logins: &'static [Login],
    /// What can be asked of it.
    pub operations: &'static [Operation],
    /// What the NHS's own interface can be asked and this one cannot, yet.
    pub missing: &'static [MissingOperation],
    /// What answers differently from the NHS's own interface, one plain sentence each.
    pub deviations: &'static [&'static str],
    pub(crate) refuse: Refuser,
    /// How it says that a limit was passed, or what a fault makes it say: [`in_own_shape`](crate::failure::in_own_shape)
    /// unless it has words of its own.
    pub(crate) fail: Failer,
}

/// A version of FHIR.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FhirVersion {
    /// FHIR STU3, 3.0.1.
    Stu3,
    /// FHIR R4, 4.0.1.
    R4,
}

impl FhirVersion {
    /// The number in FHIR's own list of versions.
    pub const fn number(self) -> &'static str {
        match self {
            Self::Stu3 => "3.0.1",
            Self::R4 => "4.0.1",
        }
    }

    /// The name people say.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stu3 => "STU3",
            Self::R4 => "R4",
        }
    }
}

/// A way to log in.
/// Source: <https://digital.nhs.uk/developer/guides-and-documentation/security-and-authorisation>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Login {
    /// Nobody logs in.
    Open,
    /// The application names itself with an API key in the header `apikey`.
    ApiKey,
    /// The application has a token of its own, got with a signed JWT; it goes in the header `Authorization`.
    Application,
    /// A healthcare worker is logged in; their token goes in the header `Authorization`.
    HealthcareWorker,
    /// A patient or another citizen is logged in; their token goes in the header `Authorization`.
    Citizen,
    /// A mailbox of MESH, by a token that is made anew for every request; it goes in the header `Authorization`.
    Mailbox,
}

impl Login {
    /// The name in plain words.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Open => "No login",
            Self::ApiKey => "API key of the application",
            Self::Application => "Access token of the application",
            Self::HealthcareWorker => "Access token of a healthcare worker",
            Self::Citizen => "Access token of a patient",
            Self::Mailbox => "Token of a MESH mailbox",
        }
    }

    /// The request header it travels in; `None` where nothing is sent.
    pub const fn header(self) -> Option<&'static str> {
        match self {
            Self::Open => None,
            Self::ApiKey => Some("apikey"),
            Self::Application | Self::HealthcareWorker | Self::Citizen | Self::Mailbox => {
                Some("Authorization")
            }
        }
    }
}

/// One thing that can be asked of an interface.
#[derive(Debug)]
pub struct Operation {
    /// Name of the operation and of its handler, such as `read_patient`.
    pub id: &'static str,
    /// What it does in plain words, such as "Read a patient".
    pub title: &'static str,
    /// What it does, in one plain sentence.
    pub summary: &'static str,
    /// Request method.
    pub method: Method,
    /// Path below [`Interface::path_prefix`], with `{name}` for the parts that vary.
    pub path: &'static str,
    /// The ways to log in that open it; any one of them is enough.
    pub logins: &'static [Login],
    /// What can be filled in.
    pub fields: &'static [Field],
    /// Requests that show what it does, each answered as it says.
    pub examples: &'static [Example],
    /// The errors it can answer.
    pub faults: &'static [Fault],
    /// Media type of a good answer.
    pub media_type: &'static str,
    /// NHS England's page about this operation.
    pub specification: &'static str,
    pub(crate) handler: Handler,
}

/// One blank to fill in.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Name in the request.
    pub name: &'static str,
    /// Where in the request it goes.
    pub place: Place,
    /// Label in plain words.
    pub title: &'static str,
    /// What to know before filling it in, in one sentence.
    pub hint: &'static str,
    /// What may be filled in.
    pub kind: FieldKind,
    /// Whether it must be there.
    pub need: Need,
    /// Something that works.
    pub example: &'static str,
}

/// Where a field goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In place of `{name}` in the path.
    Path,
    /// After the question mark.
    Query,
    /// As a request header.
    Header,
    /// In the body: a member of a form or of a JSON object, or the whole body where the name is `body`.
    Body,
}

/// Whether a field must be filled in, and how often it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Once, always.
    Required,
    /// At least once.
    RequiredRepeatable,
    /// At most once.
    Optional,
    /// Any number of times.
    OptionalRepeatable,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// An NHS number.
    NhsNumber,
    /// Words; `*` stands for any characters where `wildcards` is true.
    Text {
        /// Whether `*` is understood.
        wildcards: bool,
    },
    /// A date as `2010-10-22`, with `eq`, `ge` or `le` before it.
    DateRange,
    /// One of a few words.
    Choice(&'static [&'static str]),
    /// `true` or `false`.
    Flag,
    /// A whole number, both ends included.
    Number {
        /// Smallest.
        least: u32,
        /// Largest.
        most: u32,
    },
    /// A UUID.
    Uuid,
    /// The code of an organisation.
    OdsCode,
    /// A secret that proves who is calling.
    Credential,
    /// A JSON document, such as a FHIR resource.
    Json,
    /// The entity tag of a version, such as `W/"2"`.
    EntityTag,
}

impl FieldKind {
    /// The only words that may be filled in; empty where others may be as well.
    pub const fn choices(self) -> &'static [&'static str] {
        if let Self::Choice(choices) = self {
            choices
        } else {
            &[]
        }
    }
}

/// A request worth trying, and what it is answered with.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// What it shows, in plain words.
    pub title: &'static str,
    /// Path below the prefix, with its query.
    pub path_and_query: &'static str,
    /// Request headers besides the login and the headers that the operation's fields ask for: name and value.
    pub headers: &'static [(&'static str, &'static str)],
    /// What is sent; `None` for a request without a body.
    pub body: Option<ExampleBody>,
    /// Status of the answer, when the caller is logged in and names the request.
    pub status: u16,
    /// The only profile in which it is so; `None` where it is so in all.
    pub profile: Option<Profile>,
}

/// The body of a request worth trying.
#[derive(Clone, Copy, Debug)]
pub struct ExampleBody {
    /// Its media type.
    pub media_type: &'static str,
    /// The text.
    pub text: &'static str,
}

impl Example {
    /// A request without a body.
    pub const fn get(title: &'static str, path_and_query: &'static str, status: u16) -> Self {
        Self {
            title,
            path_and_query,
            headers: &[],
            body: None,
            status,
            profile: None,
        }
    }

    /// A request with a body.
    pub const fn sending(
        title: &'static str,
        path_and_query: &'static str,
        body: ExampleBody,
        status: u16,
    ) -> Self {
        Self {
            title,
            path_and_query,
            headers: &[],
            body: Some(body),
            status,
            profile: None,
        }
    }

    /// The same, in this profile only.
    pub const fn only_in(self, profile: Profile) -> Self {
        Self {
            profile: Some(profile),
            ..self
        }
    }

    /// The same, with these request headers.
    pub const fn with_headers(self, headers: &'static [(&'static str, &'static str)]) -> Self {
        Self { headers, ..self }
    }
}

/// An error that an operation can answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// HTTP status.
    pub status: u16,
    /// The interface's own code.
    pub code: &'static str,
    /// The interface's own words.
    pub display: &'static str,
    /// When it happens, in one plain sentence.
    pub when: &'static str,
}

/// Something the NHS's own interface can be asked and ours cannot, yet.
#[derive(Debug)]
pub struct MissingOperation {
    /// What it does in plain words.
    pub title: &'static str,
    /// Request method.
    pub method: Method,
    /// Path below the prefix, as in [`Operation::path`].
    pub path: &'static str,
    /// NHS England's page about it.
    pub specification: &'static str,
}

/// What answers an operation.
pub(crate) type Handler = for<'a> fn(&'a Exchange<'a>) -> Answer<'a>;
/// An answer on its way.
pub(crate) type Answer<'a> = Pin<Box<dyn Future<Output = Response<Body>> + Send + 'a>>;
/// What says no in the interface's own shape.
pub(crate) type Refuser = fn(&Exchange<'_>, &Refusal) -> Response<Body>;

/// Why a request did not reach an operation.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The NHS's interface has it, ours does not yet.
    NotBuilt(&'static MissingOperation),
    /// The interface does not answer in the profile of this host.
    ProfileNotOffered,
    /// The path is known, the method is not.
    UnknownMethod,
    /// The path is not known.
    UnknownPath,
    /// `OPTIONS` without the headers of a preflight request.
    OptionsWithoutPreflight,
    /// `_status` without the platform's monitoring key.
    NotMonitoring,
    /// The body is longer than an interface reads, or broke off.
    UnreadableBody,
}

/// Where a request leads.
#[derive(Debug)]
pub(crate) enum Route {
    /// To an operation, with the parts of the path that vary.
    Operation(&'static Operation),
    /// Nowhere.
    Refused(Refusal),
}

impl Interface {
    /// Whether an operation knows its caller by an API key.
    pub fn takes_api_key(&self) -> bool {
        self.logins.contains(&Login::ApiKey)
    }

    /// The part of `path` below this interface's prefix, when it is this interface's.
    pub(crate) fn below_prefix<'p>(&self, path: &'p str) -> Option<&'p str> {
        let rest = path.strip_prefix(self.path_prefix)?;
        (rest.is_empty() || rest.starts_with('/')).then_some(rest)
    }

    /// The methods that a path, below the prefix, is answered with.
    pub(crate) fn methods(&self, path: &str) -> Vec<&'static str> {
        let operations = self.operations.iter();
        operations
            .filter(|operation| matches_pattern(operation.path, path))
            .map(|operation| match operation.method {
                Method::POST => "POST",
                Method::PUT => "PUT",
                Method::PATCH => "PATCH",
                Method::DELETE => "DELETE",
                Method::HEAD => "HEAD",
                _ => "GET",
            })
            .collect()
    }

    /// Finds the operation for a request; `path` is below the prefix.
    pub(crate) fn route(&'static self, profile: Profile, method: &Method, path: &str) -> Route {
        let mut path_is_known = false;
        for operation in self.operations {
            if matches_pattern(operation.path, path) {
                path_is_known = true;
                if operation.method == *method {
                    return if self.profiles.contains(&profile) {
                        Route::Operation(operation)
                    } else {
                        Route::Refused(Refusal::ProfileNotOffered)
                    };
                }
            }
        }
        for missing in self.missing {
            if matches_pattern(missing.path, path) {
                path_is_known = true;
                if missing.method == *method {
                    return Route::Refused(Refusal::NotBuilt(missing));
                }
            }
        }
        Route::Refused(if path_is_known {
            Refusal::UnknownMethod
        } else {
            Refusal::UnknownPath
        })
    }
}

/// Whether `path` has the shape of `pattern`: the same segments, with any text, but some, where the pattern has `{name}`.
fn matches_pattern(pattern: &str, path: &str) -> bool {
    let mut expected = pattern.split('/');
    let mut given = path.split('/');
    loop {
        match (expected.next(), given.next()) {
            (None, None) => return true,
            (Some(expected), Some(given)) if is_variable(expected) => {
                if given.is_empty() {
                    return false;
                }
            }
            (Some(expected), Some(given)) if expected == given => {}
            _ => return false,
        }
    }
}

/// The text of `path` where `pattern` has `{name}`.
pub(crate) fn path_value<'p>(pattern: &str, path: &'p str, name: &str) -> Option<&'p str> {
    let place = pattern.split('/').position(|segment| {
        segment
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'))
            .is_some_and(|inside| inside == name)
    })?;
    path.split('/').nth(place)
}

fn is_variable(segment: &str) -> bool {
    segment.starts_with('{') && segment.ends_with('}')
}

#[cfg(test)]
mod tests {
    use super::{matches_pattern, path_value};

    #[test]
    fn a_pattern_matches_whole_segments_only() {
        let check = |pattern: &str, path: &str, expected: bool| {
            assert_eq!(matches_pattern(pattern, path), expected, "{pattern} {path}");
        };
        check("/Patient", "/Patient", true);
        check("/Patient", "/Patient/", false);
        check("/Patient", "/Patients", false);
        check("/Patient/{id}", "/Patient/1", true);
        check("/Patient/{id}", "/Patient/", false);
        check("/Patient/{id}", "/Patient/1/", false);
        check("/Patient/{id}/RelatedPerson", "/Patient/1/RelatedPerson", true);
        check("/Patient/{id}", "", false);
    }

    #[test]
    fn the_varying_part_of_a_path_is_found_by_its_name() {
        assert_eq!(path_value("/Patient/{id}", "/Patient/42", "id"), Some("42"));
        assert_eq!(path_value("/Patient/{id}", "/Patient/42", "other"), None);
    }
}
