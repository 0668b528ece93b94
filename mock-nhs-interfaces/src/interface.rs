//! What every interface states about itself: one statement, from which pages, documents and routes are made.
//!
//! An operation's statement holds its handler, so routes and statement cannot drift apart.

mod day;
mod example;
mod field;
mod login;
mod operation;
mod route;

use std::pin::Pin;

use axum::body::Body;
use http::Response;

use crate::Profile;
use crate::exchange::Exchange;
use crate::failure::Failer;

pub(crate) use day::dated;
pub use example::{Example, ExampleBody};
pub use field::{Field, FieldKind, Need, Place};
pub use login::Login;
pub use operation::{Fault, MissingOperation, Operation};
pub(crate) use route::{Refusal, Route, path_value};

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

/// What answers an operation.
pub(crate) type Handler = for<'a> fn(&'a Exchange<'a>) -> Answer<'a>;
/// An answer on its way.
pub(crate) type Answer<'a> = Pin<Box<dyn Future<Output = Response<Body>> + Send + 'a>>;
/// What says no in the interface's own shape.
pub(crate) type Refuser = fn(&Exchange<'_>, &Refusal) -> Response<Body>;
