//! What a builder sent and has to change: the manifest, the files, a script, a secret. All answered with 422.

use sandbox_runtime::script::ScriptError;

use crate::model::{FilePathError, MANIFEST_FILE, ManifestError, ScenarioError, SecretNameError};

/// Longest sentence about a script, in characters: an exception may carry any text.
const SENTENCE_CHARS: usize = 1_000;

/// Why what a builder sent cannot be used; `Display` is for the builder.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    /// `app.toml` cannot be used.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// A file of the app folder has a name that cannot be.
    #[error(transparent)]
    Path(#[from] FilePathError),
    /// The files do not make an app.
    #[error("{0}")]
    Files(String),
    /// A script cannot be built.
    #[error("{}", script_sentence(.0))]
    Script(Box<ScriptError>),
    /// The name of a secret breaks the rules.
    #[error(transparent)]
    SecretName(#[from] SecretNameError),
    /// The value of a secret breaks the rules.
    #[error("{0}")]
    SecretValue(String),
    /// A secret that no manifest names would never reach the app.
    #[error(
        "The app does not declare the secret {name}; add this line to {MANIFEST_FILE} and deploy it: {line}"
    )]
    UndeclaredSecret {
        /// The secret.
        name: String,
        /// The line.
        line: String,
    },
    /// A file is no scenario.
    #[error("The scenario cannot be used. {0}")]
    Scenario(#[from] ScenarioError),
    /// A file is no FHIR package.
    #[error("The file is no FHIR package that can be used: {0}.")]
    Package(String),
    /// Nothing can be made of an OpenAPI document.
    #[error("No interface can be made of this: {0}.")]
    Interface(String),
    /// A number of a version that cannot be one.
    #[error("{0}")]
    Body(String),
}

/// Place and message as one sentence on one line; the line of the source stands beside it.
fn script_sentence(error: &ScriptError) -> String {
    let mut said = error.clone();
    said.source_line = None;
    let said = said.to_string();
    let words: Vec<&str> = said.split_whitespace().collect();
    let line: String = words.join(" ").chars().take(SENTENCE_CHARS).collect();
    if line.ends_with(['.', '?', '!']) {
        line
    } else {
        format!("{line}.")
    }
}

/// Where in what was sent the reason is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) file: Option<String>,
    pub(crate) line: Option<u32>,
    pub(crate) column: Option<u32>,
    pub(crate) source_line: Option<String>,
}

impl Unfit {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Manifest(_) => "bad-manifest",
            Self::Path(_) | Self::Files(_) => "bad-app-files",
            Self::Script(error) => error.code,
            Self::SecretName(_) | Self::SecretValue(_) => "bad-secret",
            Self::UndeclaredSecret { .. } => "undeclared-secret",
            Self::Scenario(_) => "bad-scenario",
            Self::Package(_) => "bad-package",
            Self::Interface(_) => "bad-interface",
            Self::Body(_) => "bad-body",
        }
    }

    pub(crate) fn place(&self) -> Place {
        match self {
            Self::Manifest(error) => Place {
                file: Some(MANIFEST_FILE.to_owned()),
                line: error.line,
                column: error.column,
                source_line: error.source_line.clone(),
            },
            Self::Script(error) => Place {
                file: error.file.clone(),
                line: error.line,
                column: error.column,
                source_line: error.source_line.clone(),
            },
            Self::Scenario(error) => Place {
                line: error.line,
                ..Place::default()
            },
            Self::Path(_)
            | Self::Files(_)
            | Self::SecretName(_)
            | Self::SecretValue(_)
            | Self::UndeclaredSecret { .. }
            | Self::Package(_)
            | Self::Interface(_)
            | Self::Body(_) => Place::default(),
        }
    }
}
