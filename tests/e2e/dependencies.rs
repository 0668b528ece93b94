//! What the program is built of: each accepted advisory is still about what is in Cargo.lock and is told in docs/SECURITY.md, and each licence is
//! one of those in deny.toml. New advisories are for `cargo deny`, which needs the network for them; this needs none.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use anyhow::{Context as _, ensure};
use serde_json::Value;

use crate::Journey;

const POLICY: &str = include_str!("../../deny.toml");
const SECURITY: &str = include_str!("../../docs/SECURITY.md");
const LOCK: &str = include_str!("../../Cargo.lock");

/// The advisories that are accepted, each with its reason.
fn accepted() -> BTreeMap<&'static str, &'static str> {
    let entries = POLICY
        .lines()
        .filter_map(|line| line.trim().strip_prefix("{ id = \""));
    entries
        .filter_map(|entry| {
            let (id, rest) = entry.split_once('"')?;
            Some((id, rest.split('"').nth(1)?))
        })
        .collect()
}

/// Whether a licence's expression (SPDX, with the old slash for "or") can be met with those that are allowed.
fn is_met(expression: &str, allowed: &BTreeSet<&str>) -> Option<bool> {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let words: Vec<_> = spaced.split_whitespace().collect();
    let mut rest = &words[..];
    let met = any(&mut rest, allowed)?;
    rest.is_empty().then_some(met)
}

fn any(words: &mut &[&str], allowed: &BTreeSet<&str>) -> Option<bool> {
    let mut met = all(words, allowed)?;
    while let ["OR", rest @ ..] = *words {
        *words = rest;
        met |= all(words, allowed)?;
    }
    Some(met)
}

fn all(words: &mut &[&str], allowed: &BTreeSet<&str>) -> Option<bool> {
    let mut met = one(words, allowed)?;
    while let ["AND", rest @ ..] = *words {
        *words = rest;
        met &= one(words, allowed)?;
    }
    Some(met)
}

fn one(words: &mut &[&str], allowed: &BTreeSet<&str>) -> Option<bool> {
    match *words {
        ["(", rest @ ..] => {
            *words = rest;
            let met = any(words, allowed)?;
            let [")", rest @ ..] = *words else { return None };
            *words = rest;
            Some(met)
        }
        [licence, "WITH", exception, rest @ ..] => {
            *words = rest;
            Some(allowed.contains(&*format!("{licence} WITH {exception}")))
        }
        [licence, rest @ ..] => {
            *words = rest;
            // "or any later version" is met by the version itself.
            Some(allowed.contains(licence.trim_end_matches('+')))
        }
        [] => None,
    }
}

#[test]
fn every_accepted_advisory_is_told_and_still_about_what_is_here() -> Journey {
    let accepted = accepted();
    ensure!(!accepted.is_empty(), "deny.toml was not read");
    let (_, told) = SECURITY
        .split_once("### Accepted advisories")
        .context("the heading in docs/SECURITY.md")?;
    let told = told.split("\n#").next().unwrap_or_default();
    let ids: BTreeSet<_> = told
        .split(|letter: char| !letter.is_alphanumeric() && letter != '-')
        .filter(|word| word.starts_with("RUSTSEC-"))
        .collect();
    ensure!(
        ids == accepted.keys().copied().collect(),
        "docs/SECURITY.md tells {ids:?}, deny.toml accepts {:?}",
        accepted.keys()
    );
    for (id, reason) in accepted {
        let mut words = reason.split(' ');
        let (name, version) = (words.next().context(id)?, words.next().context(id)?);
        ensure!(
            LOCK.contains(&format!("name = \"{name}\"\nversion = \"{version}\"\n")),
            "{id} was accepted for {name} {version}, which is no longer here: look at it again, or take it out"
        );
        let row = told.lines().find(|line| line.contains(id)).context(id)?;
        ensure!(
            row.contains(&format!("`{name}` {version}")),
            "{id}: docs/SECURITY.md does not name {name} {version}"
        );
    }
    // The reason that one of them does no harm.
    ensure!(
        include_str!("../../Cargo.toml")
            .lines()
            .any(|line| line.starts_with("wasmtime = ") && line.contains("\"gc\"")),
        "wasmtime is built without its feature gc"
    );
    Ok(())
}

#[test]
fn everything_is_under_a_licence_that_is_allowed() -> Journey {
    let (_, list) = POLICY.split_once("\nallow = [").context("the allowed licences")?;
    let allowed: BTreeSet<_> = list
        .split(']')
        .next()
        .into_iter()
        .flat_map(|list| list.split('"').skip(1).step_by(2))
        .collect();
    let cargo = env!("CARGO");
    let about = Command::new(cargo).arg("-vV").output()?;
    let about = String::from_utf8(about.stdout)?;
    let host = about.lines().find_map(|line| line.strip_prefix("host: "));
    let metadata = Command::new(cargo)
        .args(["metadata", "--format-version=1", "--locked", "--offline"])
        .args([
            "--manifest-path",
            concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"),
        ])
        .args(["--filter-platform", host.context("where cargo runs")?])
        .output()?;
    ensure!(
        metadata.status.success(),
        "{}",
        String::from_utf8_lossy(&metadata.stderr)
    );
    let metadata: Value = serde_json::from_slice(&metadata.stdout)?;
    let used: BTreeSet<_> = metadata["resolve"]["nodes"]
        .as_array()
        .context("what is used")?
        .iter()
        .filter_map(|node| node["id"].as_str())
        .collect();
    let packages = metadata["packages"].as_array().context("packages")?;
    let mut looked_at = 0;
    for package in packages {
        if !package["id"].as_str().is_some_and(|id| used.contains(id)) {
            continue;
        }
        let licence = package["license"].as_str().unwrap_or_default();
        ensure!(
            is_met(licence, &allowed) == Some(true),
            "{} is under {licence:?}",
            package["id"]
        );
        looked_at += 1;
    }
    ensure!(looked_at > 300, "{looked_at} packages");
    Ok(())
}

#[test]
fn licences_are_read_as_they_are_written() {
    let allowed = BTreeSet::from(["MIT", "Apache-2.0 WITH LLVM-exception", "BSD-3-Clause", "MPL-2.0"]);
    for (expression, met) in [
        ("MIT", Some(true)),
        ("MIT/Apache-2.0", Some(true)),
        ("MPL-2.0+", Some(true)),
        ("Apache-2.0", Some(false)),
        ("Apache-2.0 WITH LLVM-exception OR GPL-3.0", Some(true)),
        ("(GPL-3.0 OR MIT) AND BSD-3-Clause", Some(true)),
        ("MIT AND GPL-3.0", Some(false)),
        ("GPL-3.0 OR MIT AND GPL-2.0", Some(false)),
        ("", None),
        ("(MIT", None),
        ("MIT MIT", None),
    ] {
        assert_eq!(is_met(expression, &allowed), met, "{expression}");
    }
}
