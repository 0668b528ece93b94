//! Contracts that are files: compared here, rewritten with `UPDATE_GOLDEN=1`.

use std::path::PathBuf;

use crate::TestResult;
use crate::server::Server;

const FILES: [&str; 3] = ["errors.txt", "help.txt", "openapi.json"];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/golden")
}

/// Compares a text with its file.
pub(crate) fn check(file: &str, found: &str) -> TestResult {
    assert!(FILES.contains(&file), "{file} is missing from the list");
    let path = folder().join(file);
    if std::env::vars_os().any(|(name, _)| name == "UPDATE_GOLDEN") {
        std::fs::write(&path, found)?;
    }
    let expected = std::fs::read_to_string(&path)?;
    let differs = expected
        .lines()
        .zip(found.lines())
        .find(|(expected, found)| expected != found);
    assert!(
        expected == found,
        "{file} differs, first here: {differs:?}; UPDATE_GOLDEN=1 rewrites it"
    );
    Ok(())
}

#[test]
fn every_file_is_somebodys() -> TestResult {
    for entry in std::fs::read_dir(folder())? {
        let name = entry?.file_name();
        assert!(FILES.iter().any(|file| name == *file), "{name:?} is nobody's");
    }
    Ok(())
}

#[test]
fn the_help_of_every_command() -> TestResult {
    check("help.txt", &platform::all_help())
}

#[tokio::test]
async fn the_openapi_document() -> TestResult {
    let server = Server::start().await?;
    let answer = server.get("/api/v1/openapi.json").await;
    assert_eq!(answer.headers["content-type"], "application/json");
    check("openapi.json", &answer.text())
}
