//! What a builder deploys: an app, which points at one of its versions.

use serde::{Deserialize, Serialize};
use store::BlobId;
use time::OffsetDateTime;

use super::AppName;

/// An app of a workspace; it answers requests with its current version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeployedApp {
    /// The name in its address.
    pub name: AppName,
    /// What people read; made from the name until a manifest says otherwise.
    pub title: String,
    /// The number of the version that answers requests.
    pub current: u32,
    /// The highest version number ever handed out, so that no number is used twice.
    pub latest: u32,
    /// When the first version was deployed.
    pub created_at: OffsetDateTime,
    /// When the current version was deployed.
    pub updated_at: OffsetDateTime,
}

/// One immutable deployment of an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Counts from 1 within its app.
    pub number: u32,
    /// The component, by the SHA-256 of its bytes.
    pub component: BlobId,
    /// Size of the component.
    pub size_bytes: u64,
    /// When it was deployed.
    pub deployed_at: OffsetDateTime,
    /// The toolchain that the component names as its maker, where it names one.
    pub made_with: Option<String>,
    /// Who put it there.
    pub origin: Origin,
}

/// Who deployed a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// It came with the program.
    Shipped,
    /// Somebody deployed it.
    Deployed,
}

/// A version that has no number yet.
#[derive(Debug, Clone)]
pub struct NewVersion {
    /// The component, already among the blobs.
    pub component: BlobId,
    /// Size of the component.
    pub size_bytes: u64,
    /// The toolchain that the component names as its maker.
    pub made_with: Option<String>,
    /// Who deploys it.
    pub origin: Origin,
}

/// Makes a readable title out of a name: `patient-lookup` → `Patient lookup`.
pub(crate) fn title_of(name: &AppName) -> String {
    let words = name.as_str().replace('-', " ");
    let mut letters = words.chars();
    letters
        .next()
        .map(|first| first.to_ascii_uppercase().to_string() + letters.as_str())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles() {
        assert_eq!(
            title_of(&AppName::new("patient-lookup").unwrap()),
            "Patient lookup"
        );
    }
}
