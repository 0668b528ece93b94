//! What people do with the pages, in a real browser: the journeys themselves are in `tests/browser`.

use std::ffi::OsStr;

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
    toolchains::browse(
        &folders().join("browser"),
        &[
            ("C4H_URL", OsStr::new(&url)),
            ("C4H_COMPONENT", component.as_os_str()),
            ("C4H_SCREENSHOTS", pictures.as_os_str()),
            ("CHROMIUM", chromium.as_os_str()),
        ],
    )
}
