//! What a builder deploys: an app, which points at one of its versions.

use time::OffsetDateTime;

use super::AppName;

/// An app of a workspace; it answers requests with its current version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeployedApp {
    /// The name in its address.
    pub name: AppName,
    /// What people read: what the current version's manifest says, else made from the name.
    pub title: String,
    /// The number of the version that answers requests.
    pub current: u32,
    /// The highest version number ever handed out, so that no number is used twice.
    pub latest: u32,
    /// When the first version was deployed.
    pub created_at: OffsetDateTime,
    /// When it last got another current version.
    pub updated_at: OffsetDateTime,
}

/// Whether a new version answers the app's requests from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activate {
    /// At once.
    Now,
    /// Not before somebody points the app at it; until then it answers under its own address.
    Later,
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
