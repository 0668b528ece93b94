//! The tests of an app as an app of their own, which stands beside the one it tests.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail};
use bytes::Bytes;
use http::{Method, StatusCode};
use sandbox_runtime::script::{Script, ScriptBuildError};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::report::{Failure, Verdict};
use crate::api::versions::DeployedVersion;
use crate::cli::client::{Client, Refusal, Upload};
use crate::cli::folder::{Part, is_test};
use crate::cli::private_server::PrivateServer;
use crate::model::AppName;

/// The file that brings the tests of all files together; no file of a folder has this name.
const MAIN: &str = "c4h-tests.js";
/// Names of the app that the tests become; the second for an app that has the first itself.
const NAMES: [&str; 2] = ["c4h-tests", "c4h-tests-of-it"];

/// Tests that are ready to run.
#[derive(Debug)]
pub(super) struct Suite<'c> {
    client: &'c Client,
    /// The app under test.
    tested: AppName,
    /// The tests.
    name: AppName,
    sources: BTreeMap<String, Bytes>,
}

/// A test as the suite lists it.
#[derive(Debug, Deserialize)]
pub(super) struct Listed {
    pub(super) name: String,
    #[serde(default)]
    pub(super) skipped: bool,
}

/// How a test came out, as the suite tells it.
#[derive(Debug, Deserialize)]
struct Came {
    ok: bool,
    #[serde(default)]
    skipped: bool,
    #[serde(default)]
    message: String,
    #[serde(default)]
    stack: String,
}

impl<'c> Suite<'c> {
    /// Puts the test files together and deploys them beside the app.
    pub(super) async fn build(
        server: &PrivateServer,
        client: &'c Client,
        tested: &AppName,
        sources: Vec<Part>,
    ) -> anyhow::Result<Self> {
        let mut files: BTreeMap<String, Bytes> =
            sources.into_iter().map(|part| (part.path, part.bytes)).collect();
        let sources = files.clone();
        files.insert(MAIN.to_owned(), main(files.keys().map(String::as_str)).into());
        let script = Script {
            files,
            main: MAIN.to_owned(),
            tests: true,
        };
        let built = server
            .app
            .scripts
            .build(script)
            .await
            .map_err(|error| match error {
                ScriptBuildError::Script(error) => anyhow::Error::from(refusal(error)),
                other @ ScriptBuildError::Compile(_) => {
                    anyhow::anyhow!("the tests cannot be compiled: {other}")
                }
            })?;
        let name = NAMES.iter().find(|name| **name != tested.as_str());
        let name = AppName::new(name.context("one of two names is free")?)?;
        let manifest = format!(
            "title = \"Tests of {tested}\"\ncomponent = \"tests.wasm\"\n[config]\nC4H_TEST_APP = \"{tested}\"\n"
        );
        let parts = [("app.toml", manifest.into()), ("tests.wasm", built.component)];
        let parts = parts.map(|(path, bytes)| Part {
            path: path.to_owned(),
            bytes,
        });
        let _deployed: DeployedVersion = client.deploy(&name, Upload::Folder(parts.into()), true).await?;
        Ok(Self {
            client,
            tested: tested.clone(),
            name,
            sources,
        })
    }

    /// The tests in the order in which they are written.
    pub(super) async fn list(&self) -> anyhow::Result<Vec<Listed>> {
        let (status, body) = self.client.run(Method::GET, &self.name, "/tests").await?;
        match read(status, &body) {
            Ok(list) => Ok(list),
            Err(sentence) => bail!(sentence),
        }
    }

    /// Runs one, with the app's values as they are after a deploy: none.
    pub(super) async fn run(&self, index: usize) -> anyhow::Result<Verdict> {
        self.client
            .delete(&format!("/apps/{}/values", self.tested))
            .await?;
        let path = format!("/tests/{index}");
        let (status, body) = self.client.run(Method::POST, &self.name, &path).await?;
        Ok(match read::<Came>(status, &body) {
            Ok(came) if came.skipped => Verdict::Skipped,
            Ok(came) if came.ok => Verdict::Passed,
            Ok(came) => Verdict::Failed(self.failure(came)),
            // The run itself ended: a limit, or an error that the test did not wait for.
            Err(sentence) => Verdict::Failed(Failure {
                message: sentence,
                ..Failure::default()
            }),
        })
    }

    fn failure(&self, came: Came) -> Failure {
        let place = came.stack.lines().find_map(|line| self.place(line));
        let source_line = place.as_ref().and_then(|(file, line, _)| {
            let text = std::str::from_utf8(self.sources.get(file)?).ok()?;
            text.lines().nth(line.checked_sub(1)?)
        });
        Failure {
            message: came.message,
            source_line: source_line.map(str::to_owned),
            place: place.map(|(file, line, column)| format!("{file}:{line}{column}")),
        }
    }

    /// The place in a line such as `    at check (app.test.js:12:5)`, if it is in a file of the folder.
    fn place(&self, line: &str) -> Option<(String, usize, String)> {
        let inner = line.trim().trim_start_matches("at ");
        let inner = inner.rsplit_once('(').map_or(inner, |(_, place)| place);
        let inner = inner.trim_end_matches(')');
        let (file, line, column) = match inner.rsplitn(3, ':').collect::<Vec<_>>().as_slice() {
            [column, line, file] => ((*file).to_owned(), *line, format!(":{column}")),
            [line, file] => ((*file).to_owned(), *line, String::new()),
            _ => return None,
        };
        let number = line.parse().ok()?;
        self.sources.contains_key(&file).then_some((file, number, column))
    }
}

/// Imports every file with tests; their tests register themselves in the order of the files.
fn main<'f>(files: impl Iterator<Item = &'f str>) -> String {
    let imports = files
        .filter(|file| is_test(file))
        .map(|file| format!("import \"./{file}\";\n"));
    imports
        .chain(["export { tests as default } from \"c4h:test\";\n".to_owned()])
        .collect()
}

fn read<A: DeserializeOwned>(status: StatusCode, body: &[u8]) -> Result<A, String> {
    if status.is_success()
        && let Ok(answer) = serde_json::from_slice(body)
    {
        return Ok(answer);
    }
    match serde_json::from_slice::<Refusal>(body) {
        Ok(refusal) => Err(refusal.to_string()),
        Err(_) => Err(format!(
            "the tests answered {status} instead of how they came out"
        )),
    }
}

fn refusal(error: sandbox_runtime::script::ScriptError) -> Refusal {
    Refusal {
        detail: error.message,
        code: error.code.to_owned(),
        file: error.file,
        line: error.line,
        column: error.column,
        source_line: error.source_line,
    }
}

#[cfg(test)]
mod tests {
    use super::main;

    #[test]
    fn every_file_with_tests_is_imported() {
        let files = ["app.js", "app.test.js", "lib/dates.test.ts", "test.js"];
        assert_eq!(
            main(files.into_iter()),
            "import \"./app.test.js\";\nimport \"./lib/dates.test.ts\";\nexport { tests as default } from \"c4h:test\";\n"
        );
    }
}
