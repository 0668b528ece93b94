//! The list of all attacks, in the hostile guest's README: each row names the tests that make it, and they look for what the row promises.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};

use crate::Journey;

const README: &str = include_str!("../guests/hostile/README.md");

/// Where a file is that the list names.
fn place(file: &str) -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    match file.split_once('/') {
        Some(("e2e", _)) => here.join(file),
        Some(("it", rest)) => here.join("../sandbox-runtime/tests/it").join(rest),
        _ => here.join("..").join(file),
    }
}

/// The functions, constants and texts of a file, each with its name, its attributes and all its lines.
fn items(source: &str) -> BTreeMap<String, String> {
    let mut items = BTreeMap::new();
    let mut item = String::new();
    let mut name = None;
    for line in source.lines() {
        item.push_str(line);
        item.push('\n');
        if name.is_none() && !line.starts_with([' ', '/', '#']) {
            name = name_of(line);
        }
        // The end of an item stands at the beginning of a line, or the item is a line.
        let ends = line.starts_with(['}', ']']) || line.ends_with(';') && !line.starts_with(' ');
        if ends || line.is_empty() && name.is_none() {
            if let Some(name) = name.take() {
                items.insert(name, std::mem::take(&mut item));
            }
            item.clear();
        }
    }
    items
}

fn name_of(line: &str) -> Option<String> {
    let mut words = line.split_whitespace();
    words.find(|word| ["fn", "const", "static"].contains(word))?;
    let name = words.next()?;
    let end = name.find(|letter: char| !letter.is_alphanumeric() && letter != '_');
    Some(name.split_at(end.unwrap_or(name.len())).0.to_owned())
}

/// The source of a test with everything of its file that it uses.
fn with_what_it_uses(items: &BTreeMap<String, String>, test: &str) -> Option<String> {
    let mut text = items.get(test)?.clone();
    let mut used = vec![test];
    loop {
        let more = items.iter().find(|(name, _)| {
            !used.contains(&name.as_str())
                && text
                    .split(|letter: char| !letter.is_alphanumeric() && letter != '_')
                    .any(|word| word == name.as_str())
        });
        let Some((name, source)) = more else {
            return Some(text);
        };
        used.push(name);
        text.push_str(source);
    }
}

/// What stands between backquotes.
fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// A row: its name, the guest's paths, what must come of it, and the tests.
fn check_row(row: &str) -> Journey {
    let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
    let [_, _, guest, must_come, _, tests] = cells[..] else {
        anyhow::bail!("not six cells")
    };
    let tests: Vec<_> = quoted(tests).collect();
    ensure!(
        !tests.is_empty() && tests.len().is_multiple_of(2),
        "no pairs of file and test"
    );
    let mut sources = String::new();
    for pair in tests.chunks_exact(2) {
        let (file, test) = (pair[0], pair[1]);
        let path = place(file);
        let source = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let items = items(&source);
        let source = items.get(test).with_context(|| format!("{file} has no {test}"))?;
        ensure!(
            source.contains("#[test]") || source.contains("#[tokio::test"),
            "{test} is no test"
        );
        sources.push_str(&with_what_it_uses(&items, test).context("it was there")?);
    }
    let sources = sources.to_lowercase();
    for word in quoted(guest).chain(quoted(must_come)) {
        ensure!(
            sources.contains(&word.to_lowercase()),
            "none of its tests has anything to do with {word}"
        );
    }
    Ok(())
}

#[test]
fn every_row_of_the_list_is_a_test_that_looks_for_what_it_says() -> Journey {
    let rows: Vec<_> = README.lines().filter(|line| line.starts_with("| W")).collect();
    ensure!(rows.len() == 23, "{} rows", rows.len());
    for (number, row) in (1..).zip(rows) {
        ensure!(row.starts_with(&format!("| W{number} |")), "out of order: {row}");
        check_row(row).with_context(|| format!("W{number}"))?;
    }
    Ok(())
}

#[test]
fn a_row_without_its_test_or_without_what_it_promises_is_found() {
    let row =
        |must_come: &str, tests: &str| check_row(&format!("| W0 | attack | | {must_come} | | {tests} |"));
    let table = "`e2e/hostile_rows.rs` `a_table_without_end_is_refused`";
    assert!(row("503 `limit-table`", table).is_ok());
    assert!(row("503 `limit-memory`", table).is_err());
    assert!(row("503", "`e2e/hostile_rows.rs`").is_err());
    assert!(row("503", "`e2e/hostile_rows.rs` `no_such_test`").is_err());
    // A function that is there and no test.
    assert!(row("503", "`e2e/hostile_rows.rs` `pace`").is_err());
}

/// What the guest does is in its README, every path of it.
#[test]
fn every_path_of_the_guest_is_described() -> Journey {
    let described: Vec<_> = README
        .lines()
        .filter_map(|line| line.strip_prefix("| `/"))
        .filter_map(|rest| rest.split(['`', '?']).next())
        .collect();
    let guest = include_str!("../guests/hostile/src/lib.rs");
    let known: Vec<_> = guest
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("\"/"))
        .filter_map(|rest| rest.split('"').next())
        .collect();
    for path in &known {
        ensure!(described.contains(path), "/{path} is not in the README");
    }
    ensure!(described.len() == known.len(), "{described:?} and {known:?}");
    Ok(())
}
