//! Compares what a component imports and exports with what is offered and needed.

use super::error::UploadError;
use super::structure::Structure;
use crate::capability::keyvalue;

/// The packages of [`OFFERED`], for sentences.
pub(super) const PACKAGES: [&str; 8] = [
    "wasi:cli",
    "wasi:clocks",
    "wasi:filesystem",
    "wasi:http",
    "wasi:io",
    "wasi:keyvalue (0.2.0-draft2)",
    "wasi:random",
    "wasi:sockets",
];

/// Every interface that is linked, without its version. `tests/it/uploads.rs` proves the list against the linker.
pub(super) const OFFERED: [&str; 29] = [
    "wasi:cli/environment",
    "wasi:cli/exit",
    "wasi:cli/stderr",
    "wasi:cli/stdin",
    "wasi:cli/stdout",
    "wasi:cli/terminal-input",
    "wasi:cli/terminal-output",
    "wasi:cli/terminal-stderr",
    "wasi:cli/terminal-stdin",
    "wasi:cli/terminal-stdout",
    "wasi:clocks/monotonic-clock",
    "wasi:clocks/wall-clock",
    "wasi:filesystem/preopens",
    "wasi:filesystem/types",
    "wasi:http/outgoing-handler",
    "wasi:http/types",
    "wasi:io/error",
    "wasi:io/poll",
    "wasi:io/streams",
    "wasi:random/insecure",
    "wasi:random/insecure-seed",
    "wasi:random/random",
    "wasi:sockets/instance-network",
    "wasi:sockets/ip-name-lookup",
    "wasi:sockets/network",
    "wasi:sockets/tcp",
    "wasi:sockets/tcp-create-socket",
    "wasi:sockets/udp",
    "wasi:sockets/udp-create-socket",
];

/// The export that makes a component an app.
const HANDLER: &str = "wasi:http/incoming-handler";

/// The export that makes a component a command-line program.
const COMMAND: &str = "wasi:cli/run";

/// Names further apart than this are not the same name misspelt.
const NEAR: usize = 4;

pub(super) fn check(structure: &Structure) -> Result<(), UploadError> {
    let names = || structure.exports.iter().chain(&structure.imports);
    let has_handler = structure.exports.iter().any(|name| is_02(name, HANDLER));
    if !has_handler {
        if let Some(name) = names().find(|name| is_wasi_03(name)) {
            return Err(UploadError::Wasi03 { name: name.clone() });
        }
        if let Some(name) = structure.exports.iter().find(|name| base(name) == COMMAND) {
            return Err(UploadError::Command { name: name.clone() });
        }
        return Err(UploadError::NoHandler {
            exports: structure.exports.clone(),
        });
    }
    let unknown: Vec<_> = structure
        .imports
        .iter()
        .filter(|name| !is_offered(name))
        .map(|name| (name.clone(), nearest(name)))
        .collect();
    if let Some((name, _)) = unknown.iter().find(|(name, _)| is_wasi_03(name)) {
        return Err(UploadError::Wasi03 { name: name.clone() });
    }
    if unknown.is_empty() {
        Ok(())
    } else {
        Err(UploadError::UnknownImports { unknown })
    }
}

fn base(name: &str) -> &str {
    name.split_once('@').map_or(name, |(base, _)| base)
}

fn version(name: &str) -> &str {
    name.split_once('@').map_or("", |(_, version)| version)
}

/// All 0.2 versions are compatible with each other.
fn is_02(name: &str, interface: &str) -> bool {
    base(name) == interface && (version(name) == "0.2" || version(name).starts_with("0.2."))
}

/// Drafts are compatible with nothing but themselves.
fn is_offered(name: &str) -> bool {
    keyvalue::INTERFACES.contains(&name) || OFFERED.iter().any(|offered| is_02(name, offered))
}

fn is_wasi_03(name: &str) -> bool {
    name.starts_with("wasi:") && version(name).starts_with("0.3")
}

fn nearest(name: &str) -> Option<&'static str> {
    // Of a draft the right interface in the wrong version is more likely than a slip of the pen.
    if let Some(other) = keyvalue::INTERFACES
        .iter()
        .find(|offered| base(offered) == base(name))
    {
        return Some(other);
    }
    let name: String = base(name).chars().take(64).collect();
    OFFERED
        .iter()
        .map(|offered| (distance(&name, offered), *offered))
        .filter(|(distance, _)| *distance <= NEAR)
        .min()
        .map(|(_, offered)| offered)
}

/// How many letters must change to turn one into the other (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (above, letter) in one.chars().enumerate() {
        let mut diagonal = above;
        let mut left = above + 1;
        let mut next = vec![left];
        for (old, candidate) in row.iter().skip(1).zip(&other) {
            let substituted = diagonal + usize::from(letter != *candidate);
            left = substituted.min(left + 1).min(old + 1);
            diagonal = *old;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_count_letters() {
        for (one, other, expected) in [
            ("", "", 0),
            ("a", "", 1),
            ("kitten", "sitting", 3),
            ("flaw", "lawn", 2),
            ("same", "same", 0),
        ] {
            assert_eq!(distance(one, other), expected, "{one} {other}");
        }
    }

    #[test]
    fn a_misspelt_name_finds_its_neighbour() {
        assert_eq!(
            nearest("wasi:http/outgoing-handle"),
            Some("wasi:http/outgoing-handler")
        );
        assert_eq!(nearest("acme:database/query"), None);
        assert_eq!(
            nearest("wasi:keyvalue/store@0.2.0-draft"),
            Some("wasi:keyvalue/store@0.2.0-draft2")
        );
    }
}
