//! No harm, no guest and no journey is forgotten: what exists is tested, and what is written is run.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, ensure};

use crate::Journey;

/// The journeys' own source, by file name.
fn sources() -> anyhow::Result<Vec<(String, String)>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("e2e");
    let mut sources = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .context("a plain name")?;
        sources.push((name.to_owned(), fs::read_to_string(&path)?));
    }
    Ok(sources)
}

#[test]
fn every_file_with_journeys_is_compiled() -> Journey {
    let sources = sources()?;
    let (_, main) = sources
        .iter()
        .find(|(name, _)| name == "main")
        .context("a main file")?;
    for (name, source) in &sources {
        ensure!(
            name == "main" || main.contains(&format!("mod {name};")),
            "main.rs does not declare {name}"
        );
        ensure!(source.starts_with("//! "), "{name} does not say what it is about");
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
