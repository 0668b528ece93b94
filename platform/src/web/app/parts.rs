//! What an app's page says about its versions and its manifest.

use serde::Deserialize;

use crate::model::{AppName, Manifest, Origin, SecretName, Version, WorkspaceName, preview_name};
use crate::web::words::{self, Moment};

/// One version in the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct VersionRow {
    pub(super) number: u32,
    pub(super) is_current: bool,
    pub(super) shipped: bool,
    pub(super) deployed: Moment,
    pub(super) made_with: String,
    pub(super) size: String,
    /// The beginning of its SHA-256.
    pub(super) component: String,
    /// Where this version answers, current or not.
    pub(super) preview: String,
    /// Addresses of its files, and what they are.
    pub(super) downloads: Vec<(String, &'static str)>,
}

/// What a redirect to this page may tell it.
#[derive(Debug, Default, Deserialize)]
pub(in crate::web) struct Told {
    #[serde(default)]
    pub(super) deployed: String,
    /// The version that the app was pointed at.
    #[serde(default)]
    pub(super) used: String,
    /// The secret that was set.
    #[serde(default)]
    pub(super) secret: String,
}

/// Says what happened, if it can be true: it comes from the address, and anybody can write an address.
pub(super) fn news(told: &Told, versions: &[Version], set: &[SecretName]) -> Option<(&'static str, String)> {
    let version = |number: &str| {
        let number: u32 = number.parse().ok()?;
        versions.iter().find(|version| version.number == number)
    };
    if let Some(version) = version(&told.deployed) {
        let number = version.number;
        return Some((
            "Deployed",
            format!("Version {number} is deployed and answers requests."),
        ));
    }
    if let Some(version) = version(&told.used) {
        let number = version.number;
        return Some((
            "Changed",
            format!("Version {number} answers requests from now on."),
        ));
    }
    let name = set.iter().find(|name| name.as_str() == told.secret)?;
    Some((
        "Saved",
        format!("The secret {name} has a new value. The next run gets it."),
    ))
}

/// What the manifest says, in plain words.
pub(super) fn facts(manifest: &Manifest) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    let mut add = |name, value: Option<String>| facts.extend(value.map(|value| (name, value)));
    add("What it is for", manifest.description.clone());
    add("Owner", manifest.owner.clone());
    let uses = manifest.uses.as_ref().map(|uses| match uses.as_slice() {
        [] => "None".to_owned(),
        some => some
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", "),
    });
    let all = || "All, because its app.toml does not say which".to_owned();
    add("Interfaces it may use", Some(uses.unwrap_or_else(all)));
    let schedule = manifest.schedule.as_ref();
    add(
        "Runs by itself",
        schedule.map(|schedule| format!("Every {}, at {}", schedule.every, schedule.path)),
    );
    facts
}

pub(super) fn current(number: u32, versions: &[Version]) -> String {
    let made_with = versions
        .iter()
        .find(|version| version.number == number)
        .and_then(|version| version.made_with.as_ref())
        .map(|made_with| format!(", made with {made_with}"));
    format!("{number}{}", made_with.unwrap_or_default())
}

pub(super) fn row(
    version: &Version,
    current: u32,
    (workspace, app): (&WorkspaceName, &AppName),
) -> VersionRow {
    let api = format!(
        "/api/v1/workspaces/{workspace}/apps/{app}/versions/{}",
        version.number
    );
    let mut downloads = vec![(format!("{api}/component"), "Download the component")];
    if version.source.is_some() {
        downloads.push((format!("{api}/files"), "Its files"));
    }
    VersionRow {
        preview: format!("/w/{workspace}/apps/{}/", preview_name(app, version.number)),
        downloads,
        number: version.number,
        is_current: version.number == current,
        shipped: version.origin == Origin::Shipped,
        deployed: words::moment(version.deployed_at),
        made_with: version
            .made_with
            .clone()
            .unwrap_or_else(|| "Not stated".to_owned()),
        size: words::bytes(version.size_bytes),
        component: version.component.to_string().chars().take(12).collect::<String>() + "…",
    }
}
