//! Names of workspaces and apps: one DNS label each, because both become parts of host names.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Shortest and longest name, in characters.
///
/// A DNS label allows 63; 39 leaves room for a marker before or behind the name (a preview, a version).
const LENGTH: std::ops::RangeInclusive<usize> = 2..=39;

/// Names that would read as a part of the platform in an address, or that cannot be a file name on Windows.
const RESERVED: &[&str] = &[
    "admin",
    "api",
    "app",
    "apps",
    "assets",
    "aux",
    "com1",
    "com2",
    "com3",
    "com4",
    "con",
    "fhir",
    "healthz",
    "localhost",
    "lpt1",
    "lpt2",
    "lpt3",
    "metrics",
    "nhs",
    "nul",
    "platform",
    "prn",
    "readyz",
    "static",
    "www",
];

/// Why a text is not a name; `Display` is one sentence with the rule in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// The text breaks the form of a name.
    #[error(
        "{found} is not a name: use 2 to 39 characters, small letters a to z, digits and single hyphens, starting with a letter and not ending with a hyphen, for example patient-lookup."
    )]
    Form {
        /// The text, quoted, escaped and cut.
        found: String,
    },
    /// The name has a meaning of its own here.
    #[error("The name \"{found}\" is kept for the platform itself; choose another, for example my-{found}.")]
    Reserved {
        /// The name.
        found: String,
    },
}

fn check(text: &str) -> Result<Box<str>, NameError> {
    let first = text.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
    let rest = text
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    // "--" is refused because `xn--` labels are somebody else's alphabet and could imitate another name.
    let hyphens = !text.ends_with('-') && !text.contains("--");
    if !(first && rest && hyphens && LENGTH.contains(&text.len())) {
        let found = format!("{:?}", text.chars().take(60).collect::<String>());
        return Err(NameError::Form { found });
    }
    if RESERVED.contains(&text) {
        return Err(NameError::Reserved {
            found: text.to_owned(),
        });
    }
    Ok(text.into())
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Box<str>);

        impl $name {
            /// Checks `text` and takes it as a name.
            ///
            /// # Errors
            /// [`NameError`] says which rule the text breaks.
            pub fn new(text: &str) -> Result<Self, NameError> {
                check(text).map(Self)
            }

            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = NameError;
            fn from_str(text: &str) -> Result<Self, NameError> {
                Self::new(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = NameError;
            fn try_from(text: String) -> Result<Self, NameError> {
                Self::new(&text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0.into()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }
    };
}

name! {
    /// The name of a workspace, for example `demo`.
    WorkspaceName
}
name! {
    /// The name of an app inside its workspace, for example `patient-lookup`.
    AppName
}
name! {
    /// The name of a checkpoint of a workspace, for example `before-lunch`.
    CheckpointName
}

impl WorkspaceName {
    /// The name of the workspace that every installation starts with.
    pub const DEMO: &str = "demo";

    /// The workspace that every installation starts with.
    #[must_use]
    pub fn demo() -> Self {
        Self(Self::DEMO.into())
    }
}

impl AppName {
    /// Makes a name out of free text, such as the stem of a file: what is not allowed becomes a hyphen.
    ///
    /// # Errors
    /// [`NameError`] when nothing usable is left.
    ///
    /// ```
    /// # use platform::model::AppName;
    /// assert_eq!(AppName::from_text("Patient_Lookup (2)").unwrap().as_str(), "patient-lookup-2");
    /// ```
    pub fn from_text(text: &str) -> Result<Self, NameError> {
        let mut name = String::new();
        for character in text.chars() {
            let character = character.to_ascii_lowercase();
            if character.is_ascii_lowercase() || (character.is_ascii_digit() && !name.is_empty()) {
                name.push(character);
            } else if !name.is_empty() && !name.ends_with('-') {
                name.push('-');
            }
        }
        name.truncate(*LENGTH.end());
        Self::new(name.trim_end_matches('-')).map_err(|error| match error {
            NameError::Form { .. } => NameError::Form {
                found: format!("{:?}", text.chars().take(60).collect::<String>()),
            },
            NameError::Reserved { found } => NameError::Reserved { found },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_labels() {
        for good in [
            "demo",
            "a1",
            "patient-lookup",
            "a23456789012345678901234567890123456789",
        ] {
            assert_eq!(AppName::new(good).unwrap().as_str(), good);
        }
        for bad in [
            "",
            "a",
            "1a",
            "-a",
            "a-",
            "a--b",
            "xn--a",
            "Demo",
            "a b",
            "a/b",
            "../a",
            "a.b",
            "a\0b",
            "a\nb",
            "ab\u{200b}",
            "pаtient",
            "a_b",
            "a%2fb",
            "a23456789012345678901234567890123456789x",
            "🏥🏥",
        ] {
            assert!(
                matches!(AppName::new(bad), Err(NameError::Form { .. })),
                "{bad:?}"
            );
        }
        for reserved in RESERVED {
            assert!(
                matches!(WorkspaceName::new(reserved), Err(NameError::Reserved { .. })),
                "{reserved}"
            );
        }
    }

    #[test]
    fn free_text_becomes_a_name() {
        for (text, name) in [
            ("patient_lookup", "patient-lookup"),
            ("2 Hello  World!", "hello-world"),
            ("Ärzte", "rzte"),
            ("app.component", "app-component"),
        ] {
            assert_eq!(AppName::from_text(text).unwrap().as_str(), name);
        }
        assert!(AppName::from_text("病院").is_err());
        assert!(AppName::from_text("con").is_err());
    }
}
