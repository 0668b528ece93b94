//! Where key sets come from that an application does not upload but serves.

use std::fmt::Debug;

use async_trait::async_trait;
use store::WorkspaceId;

/// Fetches a key set from an address inside the sandbox. There is no way to any other address.
#[async_trait]
pub trait JwksSource: Send + Sync + Debug + 'static {
    /// The text at this address, as an app of the workspace answers it; `None` when nobody answers there.
    async fn fetch(&self, workspace: WorkspaceId, url: &str) -> Option<String>;
}
