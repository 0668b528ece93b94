//! Whose request it is.

use std::fmt;
use std::sync::Arc;

use store::{Clock, WorkspaceId};

use crate::fault::Faults;

/// The workspace that a request belongs to, and what the interfaces need of it.
#[derive(Clone)]
pub struct Tenant {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The workspace's clock, which its people can move.
    pub clock: Arc<dyn Clock>,
    /// The workspace's own access token: that of a healthcare worker.
    pub access_token: Arc<str>,
    /// Where the caller reaches the interfaces of the profile that is asked, without a slash at the end:
    /// `http://127.0.0.1:8080/w/demo/nhs/int` from outside, `https://int.api.service.nhs.uk` from an app.
    pub base_url: Arc<str>,
    /// What goes wrong in the workspace on purpose.
    pub faults: Arc<Faults>,
    /// The app of the sandbox that asks; `None` for a caller from outside.
    pub caller: Option<Arc<str>>,
}

impl Tenant {
    /// A text that tells this workspace from others in what is signed for it, and says nothing else.
    pub(crate) fn realm(&self) -> String {
        let digest = <sha2::Sha256 as sha2::Digest>::digest(self.access_token.as_bytes());
        crate::auth::jwt::base64(digest.get(..12).unwrap_or_default())
    }
}

impl fmt::Debug for Tenant {
    // The token opens the workspace's interfaces: it stays out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tenant")
            .field("workspace", &self.workspace)
            .field("clock", &self.clock)
            .field("base_url", &self.base_url)
            .field("caller", &self.caller)
            .finish_non_exhaustive()
    }
}
