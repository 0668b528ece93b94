//! What people do with the pages, in a real browser: the journeys themselves are in `tests/browser`.

use std::ffi::OsStr;
use std::path::Path;

use anyhow::ensure;
use reqwest::Method;
use tests::toolchains::{self, Optional};

use crate::{Journey, builder, folders};

#[tokio::test]
async fn the_pages_in_chromium() -> Journey {
    let missing = toolchains::node().err().or_else(|| toolchains::chromium().err());
    if let Some(reason) = missing {
        return Optional::Browser.skip("the pages in a browser", &reason);
    }
    let chromium = toolchains::chromium().map_err(anyhow::Error::msg)?;
    let platform = builder().start()?;
    // The journeys wait as long as people do; what turns scripts into apps takes longer to get ready on a busy machine.
    let client = platform.client()?;
    let first = client
        .request(Method::POST, "/api/v1/workspaces/demo/apps/first-script/versions")
        .header("content-type", "text/javascript")
        .body("export default { fetch() { return new Response('ready') } }");
    client.send(first).await?.expect(201)?;
    let component = folders().join("patient-lookup.wasm");
    std::fs::write(&component, examples::PATIENT_LOOKUP)?;
    let url = format!("http://{}", platform.address());
    let pictures = folders().join("screenshots");
    std::fs::create_dir_all(&pictures)?;
    let walked = toolchains::browse(
        &folders().join("browser"),
        &[
            ("C4H_URL", OsStr::new(&url)),
            ("C4H_COMPONENT", component.as_os_str()),
            ("C4H_SCREENSHOTS", pictures.as_os_str()),
            ("CHROMIUM", chromium.as_os_str()),
        ],
    );
    walked?;
    show_in_docs(&pictures)
}

/// Pictures that the documents show, of those that the journeys take.
const SHOWN: [&str; 7] = [
    "home-screen",
    "app-with-trace-screen",
    "explorer-screen",
    "explorer-answer-screen",
    "person-whole-screen",
    "build-screen",
    "workbench-call-screen",
];

/// Every picture that the documents show is taken by a journey; with `UPDATE_PICTURES` set they are taken over.
#[expect(
    clippy::disallowed_methods,
    reason = "a word to this test, as UPDATE_GOLDEN is to those of the golden files"
)]
fn show_in_docs(pictures: &Path) -> Journey {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/images");
    for name in SHOWN {
        let file = format!("{name}.png");
        let taken = pictures.join(&file);
        ensure!(taken.is_file(), "no journey takes the picture {name}");
        let shown = docs.join(&file);
        if std::env::var_os("UPDATE_PICTURES").is_some() {
            std::fs::copy(&taken, &shown)?;
        }
        ensure!(
            shown.is_file(),
            "{} is missing: run the test with UPDATE_PICTURES=1",
            shown.display()
        );
    }
    Ok(())
}
