//! What any interface states about itself, built in or added: what pages, the API and documents are made from.
//!
//! [`Interface`](crate::Interface) is the statement of those that are built in, a constant; this is the same in words that can also be read
//! from an OpenAPI document.

mod added;
mod built_in;

use std::borrow::Cow;

use http::Method;

use crate::Profile;
use crate::interface::{FhirVersion, FieldKind, Login, Need, Place};

/// Words: constants of the program, or read from a document.
pub type Words = Cow<'static, str>;

/// One interface.
#[derive(Clone, Debug)]
pub struct Statement {
    /// Short name in addresses, labels and manifests.
    pub id: Words,
    /// Its name in plain words.
    pub title: Words,
    /// What it is for, in one plain sentence.
    pub summary: Words,
    /// The path under which it is reached on every host.
    pub path_prefix: Words,
    /// The page about it, where there is one.
    pub specification: Option<Words>,
    /// The FHIR version of its resources, where that is known.
    pub fhir_version: Option<FhirVersion>,
    /// The profiles that it can be called in.
    pub profiles: Vec<Profile>,
    /// The ways to log in that it understands.
    pub logins: Vec<Login>,
    /// What can be asked of it.
    pub operations: Vec<OperationStatement>,
    /// What answers differently from the real one, one plain sentence each.
    pub deviations: Vec<Words>,
    /// Where it comes from.
    pub origin: Origin,
}

/// Where an interface comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A part of the program.
    BuiltIn,
    /// Added to the workspace, from an OpenAPI document.
    Added,
}

impl Origin {
    /// The name in lists.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::BuiltIn => "built-in",
            Self::Added => "added",
        }
    }
}

/// One thing that can be asked of an interface.
#[derive(Clone, Debug)]
pub struct OperationStatement {
    /// Its id.
    pub id: Words,
    /// What it does in plain words.
    pub title: Words,
    /// What it does, in one plain sentence.
    pub summary: Words,
    /// Request method.
    pub method: Method,
    /// Path below the prefix, with `{name}` for the parts that vary.
    pub path: Words,
    /// The ways to log in that open it; any one is enough.
    pub logins: Vec<Login>,
    /// What can be filled in.
    pub fields: Vec<FieldStatement>,
    /// Requests that show what it does.
    pub examples: Vec<ExampleStatement>,
    /// The errors that it can answer.
    pub faults: Vec<FaultStatement>,
}

/// One blank to fill in.
#[derive(Clone, Debug)]
pub struct FieldStatement {
    /// Name in the request.
    pub name: Words,
    /// Where in the request it goes.
    pub place: Place,
    /// Label in plain words.
    pub title: Words,
    /// What may be filled in.
    pub kind: FieldKind,
    /// The only values that are let in, where there are few.
    pub choices: Vec<Words>,
    /// What to know before filling it in.
    pub hint: Words,
    /// Whether it must be there.
    pub need: Need,
    /// Something that works.
    pub example: Words,
    /// Whether it is a secret that proves who is calling.
    pub is_credential: bool,
}

/// A request worth trying, and what it is answered with.
#[derive(Clone, Debug)]
pub struct ExampleStatement {
    /// What it shows.
    pub title: Words,
    /// Path below the prefix, with its query.
    pub path_and_query: Words,
    /// Request headers besides the login and those that the fields ask for.
    pub headers: Vec<(Words, Words)>,
    /// Media type and text of what is sent.
    pub body: Option<(Words, Words)>,
    /// Status of the answer.
    pub status: u16,
    /// The only profile in which it is so; `None` where it is so in all.
    pub profile: Option<Profile>,
}

/// An error that an operation can answer.
#[derive(Clone, Debug)]
pub struct FaultStatement {
    /// HTTP status.
    pub status: u16,
    /// The interface's own code; empty where it has none.
    pub code: Words,
    /// When it happens, in one plain sentence.
    pub when: Words,
}
