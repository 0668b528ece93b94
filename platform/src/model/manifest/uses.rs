//! What an app may call: `uses` in `app.toml`.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::AppName;

/// What stands before the name of an app.
const APP: &str = "app:";

/// One thing that an app may call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Use {
    /// An interface, by its id: `pds`.
    Interface(Box<str>),
    /// Another app of the same workspace: `app:letters`.
    App(AppName),
}

impl TryFrom<String> for Use {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if let Some(name) = text.strip_prefix(APP) {
            return AppName::new(name)
                .map(Self::App)
                .map_err(|error| error.to_string());
        }
        let is_id = text.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase())
            && text.len() <= 40
            && text
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if is_id {
            return Ok(Self::Interface(text.into()));
        }
        let shown: String = text.chars().take(60).collect();
        Err(format!(
            "{shown:?} is neither an interface, such as \"pds\", nor an app of this workspace, such as \"app:letters\"."
        ))
    }
}

impl From<Use> for String {
    fn from(using: Use) -> Self {
        using.to_string()
    }
}

impl fmt::Display for Use {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Interface(id) => f.write_str(id),
            Self::App(name) => write!(f, "{APP}{name}"),
        }
    }
}
