//! Who is logged in where: the access tokens that the login gave out, and whom each speaks for.
//!
//! In memory only: a token lives ten minutes at most, and after a restart an app logs in again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use store::WorkspaceId;
use time::OffsetDateTime;

use crate::value::NhsNumber;

/// Most tokens that one workspace holds at a time; with more, those that end first go.
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
#[expect(dead_code, reason = "the login that gives tokens out comes next")]
pub(crate) enum Assurance {
    /// One factor.
    Aal1,
    /// Two factors.
    Aal2,
    /// Two factors, one of them hardware: a smartcard.
    Aal3,
}

/// Identity proofing level of NHS login, the lowest first.
/// Source: <https://nhsconnect.github.io/nhslogin/vectors-of-trust/>
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(dead_code, reason = "the login that gives tokens out comes next")]
pub(crate) enum Proofing {
    /// An email address.
    P0,
    /// Details that agree with a record.
    P5,
    /// A document and a face.
    P9,
}

/// What became of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Looked {
    /// It opens this.
    Good(Grant),
    /// It did, until it ended.
    Expired,
    /// Nobody gave it out.
    Unknown,
}

/// The tokens of all workspaces.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    // Held only to copy in or out.
    by_workspace: Mutex<HashMap<WorkspaceId, HashMap<Arc<str>, Token>>>,
}

#[derive(Debug)]
struct Token {
    grant: Grant,
    ends: OffsetDateTime,
}

impl Tokens {
    /// Remembers a token until it ends.
    pub(crate) fn add(&self, workspace: WorkspaceId, token: Arc<str>, grant: Grant, ends: OffsetDateTime) {
        let mut all = self.by_workspace.lock().unwrap_or_else(PoisonError::into_inner);
        let tokens = all.entry(workspace).or_default();
        while tokens.len() >= MOST_TOKENS {
            let first = tokens.iter().min_by_key(|(_, token)| token.ends);
            let Some(first) = first.map(|(name, _)| Arc::clone(name)) else {
                break;
            };
            tokens.remove(&first);
        }
        tokens.insert(token, Token { grant, ends });
    }

    /// What this token opens now.
    pub(crate) fn look_up(&self, workspace: WorkspaceId, token: &str, now: OffsetDateTime) -> Looked {
        let all = self.by_workspace.lock().unwrap_or_else(PoisonError::into_inner);
        match all.get(&workspace).and_then(|tokens| tokens.get(token)) {
            None => Looked::Unknown,
            Some(token) if token.ends <= now => Looked::Expired,
            Some(token) => Looked::Good(token.grant.clone()),
        }
    }
}
