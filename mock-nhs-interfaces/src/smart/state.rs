//! What the login of the FHIR server remembers: launches, logins under way, codes and tokens. In memory, for a while.

use std::sync::Arc;

use time::OffsetDateTime;

use super::scope::Scopes;
use super::simulated::SimulatedError;
use crate::auth::CallbackUrl;
use crate::auth::shelf::Shelf;

/// A launch from inside a record.
#[derive(Clone, Debug, Default)]
pub(super) struct Launch {
    pub(super) patient: Option<Arc<str>>,
    pub(super) practitioner: Option<Arc<str>>,
    pub(super) error: Option<SimulatedError>,
}

/// Who uses the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum User {
    Practitioner(Arc<str>),
    Patient(Arc<str>),
}

impl User {
    /// Type and id of their record.
    pub(super) fn reference(&self) -> String {
        match self {
            Self::Practitioner(id) => format!("Practitioner/{id}"),
            Self::Patient(id) => format!("Patient/{id}"),
        }
    }
}

/// What an app asked for.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) client: Arc<str>,
    pub(super) callback: CallbackUrl,
    pub(super) scopes: Scopes,
    pub(super) state: Arc<str>,
    pub(super) nonce: Option<Arc<str>>,
    /// The hash of the text that whoever takes the code must know (S256).
    pub(super) challenge: Option<Arc<str>>,
    /// Whether it was launched from inside a record.
    pub(super) from_record: bool,
    pub(super) patient: Option<Arc<str>>,
    pub(super) user: Option<User>,
    pub(super) error: Option<SimulatedError>,
}

/// A login that tokens can be given out for.
#[derive(Clone, Debug)]
pub(super) struct Login {
    pub(super) asked: Asked,
    pub(super) at: OffsetDateTime,
}

/// What an access token opens.
#[derive(Clone, Debug)]
pub(super) struct Granted {
    pub(super) client: Arc<str>,
    pub(super) scopes: Scopes,
    pub(super) patient: Option<Arc<str>>,
    pub(super) user: Option<User>,
    pub(super) error: Option<SimulatedError>,
    pub(super) ends: OffsetDateTime,
}

/// What can be refreshed.
#[derive(Clone, Debug)]
pub(super) struct Refreshable {
    pub(super) login: Login,
    pub(super) ends: OffsetDateTime,
}

/// What all workspaces' launches left.
#[derive(Debug)]
pub(super) struct Shelves {
    pub(super) launches: Shelf<Launch>,
    pub(super) asked: Shelf<Asked>,
    pub(super) codes: Shelf<Login>,
    pub(super) tokens: Shelf<Granted>,
    pub(super) refreshable: Shelf<Refreshable>,
    pub(super) used: Shelf<()>,
}

impl Default for Shelves {
    fn default() -> Self {
        Self {
            launches: Shelf::new(1_000),
            asked: Shelf::new(1_000),
            codes: Shelf::new(1_000),
            tokens: Shelf::new(1_000),
            refreshable: Shelf::new(1_000),
            used: Shelf::new(5_000),
        }
    }
}
