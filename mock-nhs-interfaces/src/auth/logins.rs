//! Logins under way and what they left: requests, codes, refresh tokens, identifiers that were used.

use std::sync::Arc;

use store::WorkspaceId;
use time::{Duration, OffsetDateTime};

use super::callback_url::CallbackUrl;
use super::people::LoggedIn;
use super::shelf::Shelf;

/// How long somebody may look at the login page.
pub(crate) const PAGE_LIFE: Duration = Duration::minutes(30);
/// How long a code is good for: as long as RFC 6749 section 4.1.2 allows.
pub(crate) const CODE_LIFE: Duration = Duration::minutes(10);

/// A request to log in that an application sent a browser with.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) api_key: Arc<str>,
    pub(crate) callback_url: CallbackUrl,
    /// The application's own text, given back to it.
    pub(crate) state: Arc<str>,
    /// Whether it wants an id token.
    pub(crate) wants_id_token: bool,
    pub(crate) nonce: Option<Arc<str>>,
    /// The hash of the text that proves that whoever takes the code is who asked for it (RFC 7636, S256).
    pub(crate) challenge: Option<Arc<str>>,
    pub(crate) provider: Provider,
}

/// Who lets people log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Provider {
    /// NHS Care Identity Service 2, for healthcare workers.
    Cis2,
    /// NHS login, for citizens.
    NhsLogin,
}

/// Somebody has logged in, and the browser is on its way back.
#[derive(Clone, Debug)]
pub(crate) struct Answered {
    pub(crate) asked: Asked,
    pub(crate) person: LoggedIn,
    pub(crate) at: OffsetDateTime,
}

/// A login that tokens were given out for.
#[derive(Clone, Debug)]
pub(crate) struct Refreshable {
    pub(crate) api_key: Arc<str>,
    pub(crate) person: LoggedIn,
    pub(crate) session: Option<Arc<str>>,
    /// When the first token of the login was given out, which the life of all is counted from.
    pub(crate) since: OffsetDateTime,
    /// How often it was refreshed.
    pub(crate) count: u32,
}

/// What all workspaces' logins left.
#[derive(Debug)]
pub(crate) struct Logins {
    /// Login pages that somebody looks at, by the name in their address.
    pub(crate) asked: Shelf<Asked>,
    /// Logins on their way back to the platform, by the platform's own state.
    pub(crate) answered: Shelf<Answered>,
    /// Codes that applications can exchange.
    pub(crate) codes: Shelf<Answered>,
    /// Refresh tokens.
    pub(crate) refreshable: Shelf<Refreshable>,
    /// Identifiers of signed tokens that were used.
    pub(crate) used: Shelf<()>,
}

impl Default for Logins {
    fn default() -> Self {
        Self {
            asked: Shelf::new(1_000),
            answered: Shelf::new(1_000),
            codes: Shelf::new(1_000),
            refreshable: Shelf::new(1_000),
            // More than a workspace's rate limit lets through in the five minutes that a token lives.
            used: Shelf::new(5_000),
        }
    }
}

impl Logins {
    /// Ends the refresh tokens of a session; answers how many.
    pub(crate) fn end_session(&self, workspace: WorkspaceId, session: &str) -> usize {
        self.refreshable
            .remove_where(workspace, |login| login.session.as_deref() == Some(session))
    }
}
