//! What a repetition is not given as it was.

use sha2::{Digest as _, Sha256};

use super::{Tape, TapedCall, TapedValue};
use crate::trace::MASKED;

/// Tells another value of a secret from this one. Sixteen bits see a change and say next to nothing about the value, on however many
/// tapes they stand: for one value they are always the same.
pub(crate) fn check_of(name: &str, value: &str) -> u16 {
    let mut hash = Sha256::new();
    hash.update(b"c4h secret\0");
    hash.update(name);
    hash.update([0]);
    hash.update(value);
    let hashed: [u8; 32] = hash.finalize().into();
    hashed.first_chunk().copied().map_or(0, u16::from_be_bytes)
}

/// Whether a secret was masked in these bytes.
pub(super) fn is_masked(bytes: &[u8]) -> bool {
    bytes.windows(MASKED.len()).any(|window| window == MASKED)
}

impl Tape {
    /// What a run that repeats this one is not given as it was, each in one plain sentence; `secret` gives the value that a secret has
    /// now.
    pub(crate) fn differences(&self, secret: impl Fn(&str) -> Option<String>) -> Vec<String> {
        let mut differences = Vec::new();
        let mut withheld: Vec<&str> = self
            .headers
            .iter()
            .filter(|(_, value)| is_masked(value.as_bytes()))
            .map(|(name, _)| name.as_str())
            .collect();
        withheld.dedup();
        if !withheld.is_empty() {
            differences.push(format!(
                "Cookies, keys and secrets of a request are not recorded: the app was given [secret] in these headers of the request: {}.",
                withheld.join(", ")
            ));
        }
        if is_masked(&self.body.0) || is_masked(self.uri.as_bytes()) {
            differences.push(
                "Secrets are not recorded: the app was given [secret] where one stood in the request."
                    .to_owned(),
            );
        }
        if self.calls.iter().any(TapedCall::is_masked) {
            differences.push(
                "Secrets are not recorded: the app was given [secret] where one stood in an answer to a call.".to_owned(),
            );
        }
        for (name, value) in &self.environment {
            if *value != TapedValue::Secret {
                continue;
            }
            let check = self.checks.iter().find(|(of, _)| of == name);
            match (secret(name), check) {
                (None, _) => differences.push(format!("The secret {name} has no value now.")),
                (Some(now), Some((_, check))) if check_of(name, &now) != *check => {
                    differences.push(format!(
                        "The secret {name} has another value now than it had then."
                    ));
                }
                (Some(_), _) => {}
            }
        }
        differences
    }
}
