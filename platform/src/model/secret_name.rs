//! The name of a secret: one that every system takes as the name of an environment variable.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Longest name, in bytes.
const LENGTH: usize = 64;

/// The name of a secret, such as `NOTIFY_KEY`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SecretName(Box<str>);

/// Why a text is no name of a secret; `Display` is one sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{found} is not the name of a secret: use 1 to 64 capital letters A to Z, digits and underscores, starting with a letter, for example NOTIFY_KEY."
)]
pub struct SecretNameError {
    found: String,
}

impl SecretName {
    /// Checks `text` and takes it as a name.
    ///
    /// # Errors
    /// [`SecretNameError`] has the rule in it.
    pub fn new(text: &str) -> Result<Self, SecretNameError> {
        let first = text.bytes().next().is_some_and(|byte| byte.is_ascii_uppercase());
        let rest = text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
        if first && rest && text.len() <= LENGTH {
            return Ok(Self(text.into()));
        }
        // Somebody may have typed the value where the name belongs, so little of it is shown.
        let found = format!("{:?}", text.chars().take(24).collect::<String>());
        Err(SecretNameError { found })
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for SecretName {
    type Error = SecretNameError;
    fn try_from(text: String) -> Result<Self, SecretNameError> {
        Self::new(&text)
    }
}

impl From<SecretName> for String {
    fn from(name: SecretName) -> Self {
        name.0.into()
    }
}

impl fmt::Display for SecretName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for SecretName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets() {
        for good in ["A", "NOTIFY_KEY", "KEY2", &"A".repeat(64)] {
            assert_eq!(SecretName::new(good).unwrap().as_str(), good);
        }
        for bad in [
            "",
            "a",
            "1A",
            "_A",
            "A-B",
            "A B",
            "Ä",
            "A\0",
            "A=B",
            &"A".repeat(65),
        ] {
            assert!(
                SecretName::new(bad)
                    .unwrap_err()
                    .to_string()
                    .contains("NOTIFY_KEY"),
                "{bad:?}"
            );
        }
    }
}
