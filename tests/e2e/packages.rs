//! A builder installs UK Core: from then on `$validate` knows its profiles, in every workspace and after a restart.

use std::path::{Path, PathBuf};

use anyhow::ensure;
use reqwest::Method;
use serde_json::{Value, json};
use tests::Client;
use tests::toolchains::Optional;

use crate::{Journey, builder};

const PROFILE: &str = "https://fhir.hl7.org.uk/StructureDefinition/UKCore-Patient";

/// The package file beside the project, or why there is none.
fn uk_core() -> Result<PathBuf, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/packages");
    let files = std::fs::read_dir(&folder).map_err(|_| format!("{} is not there", folder.display()))?;
    let mut files = files.flatten().map(|entry| entry.path());
    files
        .find(|path| path.extension().is_some_and(|extension| extension == "tgz"))
        .ok_or_else(|| format!("no package lies in {}", folder.display()))
}

/// The errors that `$validate` finds in a patient who is to be as UK Core says.
async fn validate(client: &Client, patient: &Value) -> anyhow::Result<Vec<String>> {
    let path = format!("/w/demo/fhir/Patient/$validate?profile={PROFILE}");
    let request = client
        .request(Method::POST, &path)
        .header("content-type", "application/fhir+json")
        .body(patient.to_string());
    let outcome = client.send(request).await?.expect(200)?.json()?;
    let issues = outcome["issue"].as_array().cloned().unwrap_or_default();
    Ok(issues
        .iter()
        .filter(|issue| issue["severity"] == "error")
        .map(|issue| issue["diagnostics"].as_str().unwrap_or_default().to_owned())
        .collect())
}

#[tokio::test]
async fn profiles_of_a_package_are_known_to_validate() -> Journey {
    let file = match uk_core() {
        Ok(file) => file,
        Err(reason) => return Optional::Packages.skip("installing a package", &reason),
    };
    let folder = tempfile::tempdir()?;
    let first = builder().data_dir(folder.path()).start()?;
    let client = first.client()?;
    // UK Core wants an NHS number to have its value.
    let wrong = json!({
        "resourceType": "Patient",
        "identifier": [{ "system": "https://fhir.nhs.uk/Id/nhs-number" }],
    });
    let before = validate(&client, &wrong).await?;
    ensure!(
        before.iter().any(|said| said.contains("UKCore-Patient")),
        "a profile that nobody has installed is named: {before:?}"
    );

    let command = first.command();
    let path = file.to_string_lossy().into_owned();
    let told = command.run(["packages", "install", &path]).await?.success()?;
    ensure!(told.contains("Installed fhir.r4.ukcore"), "{told}");
    let after = validate(&client, &wrong).await?;
    ensure!(after.iter().any(|said| said.contains("value")), "{after:?}");
    let right = json!({ "resourceType": "Patient", "name": [{ "family": "Example" }] });
    let issues = validate(&client, &right).await?;
    ensure!(issues.is_empty(), "{issues:?}");

    let no_package = folder.path().join("no-package.tgz");
    std::fs::write(&no_package, "this is no archive")?;
    let path = no_package.to_string_lossy().into_owned();
    let sentence = command.run(["packages", "install", &path]).await?.failure(1)?;
    ensure!(sentence.contains("no FHIR package"), "{sentence}");
    let sentence = command
        .run(["packages", "remove", "nothing@1"])
        .await?
        .failure(1)?;
    ensure!(sentence.contains("no package"), "{sentence}");
    first.stop()?;

    let second = builder().data_dir(folder.path()).start()?;
    let client = second.client()?;
    ensure!(
        validate(&client, &wrong).await? == after,
        "a restart forgot the package"
    );
    let listed = second.command().run(["packages", "list"]).await?.success()?;
    let package = listed.trim();
    ensure!(package.starts_with("fhir.r4.ukcore"), "{listed}");
    second
        .command()
        .run(["packages", "remove", package])
        .await?
        .success()?;
    ensure!(
        validate(&client, &wrong).await? == before,
        "a removed package is still known"
    );
    second.stop()
}
