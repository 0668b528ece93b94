//! No harm, no guest and no journey is forgotten: what exists is tested, and what is written is run.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, ensure};

use crate::Journey;

/// The journeys' own source, by the path of its module: `tenancy`, `tenancy::routes`.
fn sources() -> anyhow::Result<Vec<(String, String)>> {
    let mut sources = Vec::new();
    let mut folders = vec![(String::new(), Path::new(env!("CARGO_MANIFEST_DIR")).join("e2e"))];
    while let Some((parent, folder)) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path
                .file_stem()
                .and_then(|stem| stem.to_str())
                .context("a plain name")?;
            let module = if parent.is_empty() {
                name.to_owned()
            } else {
                format!("{parent}::{name}")
            };
            if path.is_dir() {
                folders.push((module, path));
            } else {
                sources.push((module, fs::read_to_string(&path)?));
            }
        }
    }
    Ok(sources)
}

#[test]
fn every_file_with_journeys_is_compiled() -> Journey {
    let sources = sources()?;
    for (module, source) in &sources {
        ensure!(
            source.starts_with("//! "),
            "{module} does not say what it is about"
        );
        if module == "main" {
            continue;
        }
        let (parent, name) = module.rsplit_once("::").unwrap_or(("main", module));
        let (_, above) = sources
            .iter()
            .find(|(name, _)| name == parent)
            .with_context(|| format!("a file {parent}"))?;
        ensure!(
            above.contains(&format!("mod {name};")),
            "{parent} does not declare {name}"
        );
    }
    Ok(())
}

#[test]
fn every_harm_of_the_hostile_guest_is_done() -> Journey {
    let readme = include_str!("../guests/hostile/README.md");
    let harms: Vec<_> = readme
        .lines()
        .filter_map(|line| line.strip_prefix("| `/")?.split(['`', '?']).next())
        .collect();
    ensure!(harms.len() >= 30, "{harms:?}");
    let sources = sources()?;
    for harm in harms {
        // At the end of an address, or before its query.
        let (whole, with_query) = (format!("/{harm}\""), format!("/{harm}?"));
        let done = sources
            .iter()
            .any(|(_, source)| source.contains(&whole) || source.contains(&with_query));
        ensure!(done, "no journey does /{harm}");
    }
    Ok(())
}

#[test]
fn every_guest_is_met() -> Journey {
    let sources = sources()?;
    let names = examples::ALL
        .iter()
        .map(|guest| guest.name)
        .chain(tests::guests::ALL.iter().map(|guest| guest.name));
    for name in names {
        let constant = name.replace('-', "_").to_uppercase();
        ensure!(
            sources.iter().any(|(_, source)| source.contains(&constant)),
            "no journey deploys {name}"
        );
    }
    Ok(())
}
