//! `app.toml`: what an app says about itself, and what it may do. `docs/reference/app-toml.md` describes every key.

mod error;
mod limits;
mod parse;
mod schedule;
mod uses;

use std::collections::BTreeMap;

use mock_nhs_interfaces::value::NhsNumber;
use serde::{Deserialize, Serialize};

pub use error::ManifestError;
pub use limits::{LimitName, ManifestLimits};
pub use schedule::{Every, Schedule};
pub use uses::Use;

use super::{AppName, FilePath, SecretName};

/// Name of the file.
pub const MANIFEST_FILE: &str = "app.toml";
/// Scripts that run where the file names neither a script nor a component: the first that is there.
pub const USUAL_MAINS: [&str; 3] = ["app.js", "app.mjs", "app.ts"];

/// What an app says about itself. The default is an app that says nothing: it may use every interface, and no more than
/// every run may.
///
/// ```
/// # use platform::model::Manifest;
/// let manifest = Manifest::parse("title = \"BMI\"\nuses = [\"pds\"]").unwrap();
/// assert!(manifest.allows_interface("pds") && !manifest.allows_interface("ods"));
/// let error = Manifest::parse("titel = \"BMI\"").unwrap_err();
/// assert_eq!(error.to_string(), "app.toml line 1: there is no key titel; did you mean title?");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Manifest {
    /// The app's name in addresses; the name of its folder where this is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<AppName>,
    /// What people read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it is for, in one paragraph.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Who answers for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// What runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<Entry>,
    /// What the builder's machine runs before a deploy; never run by a server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub build: Option<String>,
    /// What it may call; everything where this is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uses: Option<Vec<Use>>,
    /// Who logs in to interfaces that demand it.
    #[serde(skip_serializing_if = "Login::is_default")]
    pub login: Login,
    /// The secrets that it gets as environment variables.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<SecretName>,
    /// Environment variables with their values.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub config: BTreeMap<String, String>,
    /// When it is run without anybody asking.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Schedule>,
    /// Limits that differ from the server's.
    #[serde(skip_serializing_if = "ManifestLimits::is_empty")]
    pub limits: ManifestLimits,
}

/// What runs when the app is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Entry {
    /// `main`: the script that exports the handler.
    Main(FilePath),
    /// `component`: the file of a component.
    Component(FilePath),
}

/// Who logs in to interfaces that demand it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Login {
    /// The sandbox: calls without `Authorization` get the workspace's own token, that of a healthcare worker.
    #[default]
    Managed,
    /// The sandbox, for the application by itself.
    ManagedApplication,
    /// The sandbox, for this patient.
    ManagedPatient(NhsNumber),
    /// The app.
    Own,
}

impl Login {
    fn is_default(&self) -> bool {
        *self == Self::Managed
    }
}

impl TryFrom<String> for Login {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.as_str() {
            "managed" => Ok(Self::Managed),
            "managed:application" => Ok(Self::ManagedApplication),
            "own" => Ok(Self::Own),
            other => {
                let number = other
                    .strip_prefix("managed:patient:")
                    .and_then(|number| number.parse().ok());
                number.map(Self::ManagedPatient).ok_or_else(|| {
                    "login is \"managed\" (as a healthcare worker), \"managed:application\" or \"managed:patient:9000000009\" \
                     (with an NHS number), so that the sandbox logs in, or \"own\", so that the app does."
                        .to_owned()
                })
            }
        }
    }
}

impl From<Login> for String {
    fn from(login: Login) -> Self {
        match login {
            Login::Managed => "managed".to_owned(),
            Login::ManagedApplication => "managed:application".to_owned(),
            Login::ManagedPatient(number) => format!("managed:patient:{number}"),
            Login::Own => "own".to_owned(),
        }
    }
}

impl Manifest {
    /// Reads the text of an `app.toml`. What needs the server to judge (whether an interface exists, whether a limit is
    /// within the server's maximum) is judged when it is deployed.
    ///
    /// # Errors
    /// [`ManifestError`] names the first line that cannot be used, and what would be right.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        parse::parse(text)
    }

    /// Whether calls of the interface with this id are allowed.
    #[must_use]
    pub fn allows_interface(&self, id: &str) -> bool {
        self.allows(|using| matches!(using, Use::Interface(allowed) if &**allowed == id))
    }

    /// Whether calls of the app of this name are allowed.
    #[must_use]
    pub fn allows_app(&self, name: &str) -> bool {
        self.allows(|using| matches!(using, Use::App(allowed) if allowed.as_str() == name))
    }

    fn allows(&self, is_meant: impl Fn(&Use) -> bool) -> bool {
        self.uses.as_ref().is_none_or(|uses| uses.iter().any(is_meant))
    }

    /// The line for `app.toml` that allows `more` beside what is allowed already: `uses = ["pds", "app:letters"]`.
    #[must_use]
    pub fn uses_line_with(&self, more: &Use) -> String {
        let uses = self.uses.iter().flatten().chain([more]);
        let list: Vec<String> = uses.map(|using| format!("\"{using}\"")).collect();
        format!("uses = [{}]", list.join(", "))
    }
}
