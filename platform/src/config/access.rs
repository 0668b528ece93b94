//! Who may come in: nothing is asked on loopback, a password of the trainer's everywhere else.

use std::fmt;
use std::path::Path;

use super::{ConfigError, Environment, ListenConfig};

/// The shortest password that is taken, in characters.
const SHORTEST: usize = 8;
/// The longest, in bytes; it travels in a header.
const LONGEST: usize = 200;

/// What the server asks of callers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccessConfig {
    /// `C4H_TRAINER_PASSWORD`, or the first line of `--trainer-password-file`. Where it is set, callers must have the link of
    /// their workspace or be the trainer.
    pub trainer_password: Option<TrainerPassword>,
}

/// The trainer's password. Kept in memory only, and out of messages.
#[derive(Clone, PartialEq, Eq)]
pub struct TrainerPassword(String);

impl fmt::Debug for TrainerPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TrainerPassword")
    }
}

impl TrainerPassword {
    /// Takes a password that is fit to be one.
    ///
    /// # Errors
    /// What is wrong with it, as the end of a sentence.
    pub fn new(text: &str) -> Result<Self, String> {
        if text.chars().count() < SHORTEST {
            return Err(format!("a password has at least {SHORTEST} characters"));
        }
        if text.len() > LONGEST || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(format!(
                "a password has letters, digits and signs of ASCII, no spaces, and at most {LONGEST} of them"
            ));
        }
        Ok(Self(text.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl AccessConfig {
    /// Reads the file that the flag names, or the variable.
    ///
    /// # Errors
    /// [`ConfigError::Value`] for a file that cannot be read and a password that is none. The password is in no message.
    pub fn read(file: Option<&str>, environment: &Environment) -> Result<Self, ConfigError> {
        let refused = |source_name: &str, value: &str, reason: String| ConfigError::Value {
            source_name: source_name.to_owned(),
            value: value.to_owned(),
            reason,
        };
        let password = match file {
            Some(path) => {
                const FLAG: &str = "--trainer-password-file";
                let text = std::fs::read_to_string(Path::new(path))
                    .map_err(|error| refused(FLAG, path, format!("the file cannot be read: {error}")))?;
                let line = text.lines().next().unwrap_or_default();
                Some(TrainerPassword::new(line).map_err(|reason| refused(FLAG, path, reason))?)
            }
            None => {
                let name = "C4H_TRAINER_PASSWORD";
                let hidden = |error| match error {
                    ConfigError::Value { reason, .. } => refused(name, "…", reason),
                    other @ ConfigError::UnknownVariable { .. } => other,
                };
                environment
                    .pick(("", None), name, TrainerPassword::new)
                    .map_err(hidden)?
            }
        };
        Ok(Self {
            trainer_password: password,
        })
    }

    /// Whether the server may answer at this address.
    ///
    /// # Errors
    /// [`ConfigError::Value`] where other computers could reach it and nobody would ask who they are.
    pub fn allow(&self, listen: &ListenConfig) -> Result<(), ConfigError> {
        if self.trainer_password.is_some() {
            return Ok(());
        }
        let public = listen.public_url.as_ref().filter(|url| !url.is_loopback());
        let (source_name, value, instead) = match public {
            _ if !listen.is_loopback() => ("--listen", listen.address.to_string(), "; or use 127.0.0.1"),
            // A proxy on this computer reaches a server on loopback, and brings the others.
            Some(url) => ("--public-url", url.as_str().to_owned(), ""),
            None => return Ok(()),
        };
        Err(ConfigError::Value {
            source_name: source_name.to_owned(),
            value,
            reason: format!(
                "other computers could reach that address, so the server needs a password for the trainer: set \
                 C4H_TRAINER_PASSWORD, or name a file that has it with --trainer-password-file{instead}"
            ),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(password: &str) -> Environment {
        Environment::from_variables([("C4H_TRAINER_PASSWORD".to_owned(), password.to_owned())]).unwrap()
    }

    #[test]
    fn a_password_comes_from_a_file_or_a_variable_and_is_in_no_message() {
        let read = AccessConfig::read(None, &environment("correct-horse")).unwrap();
        assert_eq!(read.trainer_password.as_ref().unwrap().as_str(), "correct-horse");
        assert!(!format!("{read:?}").contains("horse"));
        for bad in [
            "short",
            "with a space in it",
            "pässword-of-mine",
            &"x".repeat(201),
        ] {
            let error = AccessConfig::read(None, &environment(bad)).unwrap_err();
            let message = error.to_string();
            assert!(
                message.contains("C4H_TRAINER_PASSWORD") && !message.contains(bad),
                "{message}"
            );
        }
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("password");
        std::fs::write(&file, "of-the-trainer\nand a second line\n").unwrap();
        let read = AccessConfig::read(file.to_str(), &Environment::default()).unwrap();
        assert_eq!(read.trainer_password.unwrap().as_str(), "of-the-trainer");
        let missing = folder.path().join("missing");
        let error = AccessConfig::read(missing.to_str(), &Environment::default()).unwrap_err();
        assert!(
            error.to_string().starts_with("--trainer-password-file="),
            "{error}"
        );
    }

    #[test]
    fn an_address_that_others_reach_needs_a_password() {
        let listen = |address: &str| ListenConfig::read(Some(address), &Environment::default()).unwrap();
        let open = AccessConfig::default();
        let guarded = AccessConfig::read(None, &environment("correct-horse")).unwrap();
        assert!(open.allow(&listen("127.0.0.1:80")).is_ok());
        for address in ["0.0.0.0:8080", "192.168.1.4:8080", "[::]:80"] {
            let error = open.allow(&listen(address)).unwrap_err().to_string();
            assert!(
                error.contains("C4H_TRAINER_PASSWORD") && error.contains(address),
                "{error}"
            );
            assert!(guarded.allow(&listen(address)).is_ok());
        }
        let known_as = |url: &str| {
            let listen = ListenConfig::default().known_as(Some(url), &Environment::default());
            listen.unwrap()
        };
        for url in [
            "http://localhost:8080",
            "http://c4h.localhost",
            "http://127.0.0.1",
        ] {
            assert!(open.allow(&known_as(url)).is_ok(), "{url}");
        }
        for url in [
            "https://c4h.example.org",
            "http://192.168.1.4:8080",
            "http://notlocalhost",
        ] {
            let error = open.allow(&known_as(url)).unwrap_err().to_string();
            assert!(error.contains("--public-url") && error.contains(url), "{error}");
            assert!(guarded.allow(&known_as(url)).is_ok());
        }
    }
}
