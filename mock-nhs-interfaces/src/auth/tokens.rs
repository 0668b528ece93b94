//! Who is logged in where: the access tokens that the login gave out, and whom each speaks for.

use std::sync::Arc;

use store::WorkspaceId;
use time::OffsetDateTime;

use super::shelf::{Found, Shelf};
use crate::value::NhsNumber;

/// Most tokens that one workspace holds at a time.
const MOST_TOKENS: usize = 1_000;

/// What an access token opens, and for whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Grant {
    /// The API key of the application that holds the token; `None` for the workspace's own token.
    pub(crate) application: Option<Arc<str>>,
    /// Whom it speaks for.
    pub(crate) principal: Principal,
}

/// Whom a token speaks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Principal {
    /// The application itself: nobody is logged in.
    Application,
    /// A healthcare worker who is logged in with CIS2.
    HealthcareWorker {
        /// The worker's unique user identifier (UUID in CIS2's sense: twelve digits).
        user_id: Arc<str>,
        /// How sure CIS2 is of them.
        assurance: Assurance,
    },
    /// A citizen who is logged in with NHS login.
    Citizen {
        /// Their NHS number.
        nhs_number: NhsNumber,
        /// How sure NHS login is of them.
        proofing: Proofing,
    },
}

/// Authenticator assurance level of CIS2, the lowest first.
/// Source: <https://pages.nist.gov/800-63-3/sp800-63b.html#sec4>
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Assurance {
    /// One factor.
    Aal1,
    /// Two factors.
    Aal2,
    /// Two factors, one of them hardware: a smartcard.
    Aal3,
}

impl Assurance {
    /// Every level.
    pub(crate) const ALL: [Self; 3] = [Self::Aal3, Self::Aal2, Self::Aal1];

    /// The digit in CIS2's claim `authentication_assurance_level`.
    pub(crate) const fn digit(self) -> &'static str {
        match self {
            Self::Aal1 => "1",
            Self::Aal2 => "2",
            Self::Aal3 => "3",
        }
    }

    /// The level with this digit.
    pub(crate) fn from_digit(digit: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.digit() == digit)
    }
}

/// Identity proofing level of NHS login, the lowest first.
/// Source: <https://nhsconnect.github.io/nhslogin/vectors-of-trust/>
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Proofing {
    /// An email address.
    P0,
    /// Details that agree with a record.
    P5,
    /// A document and a face.
    P9,
}

impl Proofing {
    /// Every level.
    pub(crate) const ALL: [Self; 3] = [Self::P9, Self::P5, Self::P0];

    /// The name in NHS login's claim `identity_proofing_level`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::P0 => "P0",
            Self::P5 => "P5",
            Self::P9 => "P9",
        }
    }

    /// The level of this name.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }
}

/// An access token as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Issued {
    /// What it opens.
    pub(crate) grant: Grant,
    /// The login that it came from; `None` where nobody logged in here.
    pub(crate) session: Option<Arc<str>>,
}

/// The tokens of all workspaces.
#[derive(Debug)]
pub(crate) struct Tokens {
    shelf: Shelf<Issued>,
}

impl Default for Tokens {
    fn default() -> Self {
        Self {
            shelf: Shelf::new(MOST_TOKENS),
        }
    }
}

impl Tokens {
    /// Remembers a token until it ends.
    pub(crate) fn add(&self, workspace: WorkspaceId, token: Arc<str>, issued: Issued, ends: OffsetDateTime) {
        self.shelf.put(workspace, token, issued, ends);
    }

    /// What this token opens now.
    pub(crate) fn look_up(&self, workspace: WorkspaceId, token: &str, now: OffsetDateTime) -> Found<Issued> {
        self.shelf.get(workspace, token, now)
    }

    /// Ends the tokens that came from this login.
    pub(crate) fn end_session(&self, workspace: WorkspaceId, session: &str) -> usize {
        self.shelf
            .remove_where(workspace, |issued| issued.session.as_deref() == Some(session))
    }
}
