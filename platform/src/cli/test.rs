//! `c4h test`: an app's own tests, run against the app on a server that exists for them alone.

mod report;
mod suite;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context as _, ensure};
use clap::Args;

use self::report::{Report, Verdict};
use self::suite::Suite;
use super::client::{Client, Upload};
use super::folder::{AppFolder, is_test};
use super::private_server::PrivateServer;
use super::{FAILED, output};
use crate::api::versions::DeployedVersion;
use crate::config::{ClientConfig, ClientFlags, Environment};

/// Run the tests of an app, the files *.test.js and *.test.ts, on a server of their own
#[derive(Debug, Args)]
pub(super) struct TestArgs {
    /// A folder with an app.toml
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// Run only tests with this text in their name
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
}

pub(super) async fn test(args: TestArgs, environment: &Environment) -> anyhow::Result<ExitCode> {
    let started = Instant::now();
    let folder = AppFolder::open(&args.folder)?;
    let name = folder.name(None)?;
    let sources = folder.sources()?;
    ensure!(
        sources.iter().any(|part| is_test(&part.path)),
        "{} has no tests: write the first into app.test.js (docs/guides/test-your-app.md shows how)",
        args.folder.display()
    );
    folder.build().await?;
    let parts = folder.parts()?;

    let config = ClientConfig::read(ClientFlags::default(), environment)?;
    let server = PrivateServer::start(None, &config.workspace).await?;
    let client = Client::new(config)?.at(server.app.base_url());
    let outcome = async {
        let _deployed: DeployedVersion = client.deploy(&name, Upload::Folder(parts), true).await?;
        let suite = Suite::build(&server, &client, &name, sources).await?;
        run(&suite, &args, started).await
    };
    let outcome = outcome.await;
    server.end().await;
    outcome
}

async fn run(suite: &Suite<'_>, args: &TestArgs, started: Instant) -> anyhow::Result<ExitCode> {
    let all = suite.list().await.context("the tests cannot be listed")?;
    let wanted = |name: &str| {
        args.filter
            .as_ref()
            .is_none_or(|filter| name.contains(filter.as_str()))
    };
    let mut report = Report::default();
    let running = all.iter().filter(|test| wanted(&test.name)).count();
    output::line("");
    output::line(&format!(
        "running {running} {}",
        if running == 1 { "test" } else { "tests" }
    ));
    for (index, test) in all.iter().enumerate() {
        if !wanted(&test.name) {
            report.left_out();
            continue;
        }
        let verdict = if test.skipped {
            Verdict::Skipped
        } else {
            suite.run(index).await?
        };
        output::line(&report.add(&test.name, verdict));
    }
    for line in report.summary(started.elapsed()) {
        output::line(&line);
    }
    Ok(if report.is_good() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(FAILED)
    })
}
