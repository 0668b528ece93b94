//! `c4h dev`: watches an app's folder, deploys what changes, and tells what the app does.
//!
//! ```text
//! develop
//! ├── one task that follows the app's runs (aborted when the command ends)
//! ├── the task of the private server, where there is one
//! └── the loop: deploy, wait for a change, deploy …; ends with the first signal
//! ```

mod builds;
mod follow;
mod watch;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context as _;
use clap::Args;
use store::{Clock as _, SystemClock};
use time::macros::format_description;

use self::follow::Following;
use self::watch::Watch;
use super::client::{Client, Refusal, Upload};
use super::folder::AppFolder;
use super::private_server::PrivateServer;
use super::{ServerArgs, output};
use crate::api::versions::DeployedVersion;
use crate::config::{Environment, ListenConfig};
use crate::model::AppName;
use crate::signals::Signals;

/// Deploy a folder again whenever a file in it changes, and show what the app does
///
/// Where no server answers at the default address, it runs one of its own, which ends with it.
#[derive(Debug, Args)]
pub(super) struct DevArgs {
    /// A folder with an app.toml
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// Name of the app [default: the name in app.toml, or the folder's]
    #[arg(long, value_name = "NAME")]
    app: Option<String>,
    #[command(flatten)]
    server: ServerArgs,
}

pub(super) async fn develop(args: DevArgs, environment: &Environment) -> anyhow::Result<ExitCode> {
    let mut signals = Signals::listen().context("the signals that end the program cannot be listened for")?;
    let folder = AppFolder::open(&args.folder)?;
    let name = folder.name(args.app.as_deref())?;
    let (client, private) = server(&args.server, environment).await?;
    let client = Arc::new(client);
    let mut heading = vec![format!(
        "{name} answers at {}/w/{}/apps/{name}/",
        client.url(),
        client.workspace()
    )];
    if private.is_some() {
        heading.push(
            "No server was running, so the command started one of its own, which keeps nothing and ends with it."
                .to_owned(),
        );
    }
    heading.push("Every save is deployed. Ctrl-C ends.".to_owned());
    say(&heading, args.server.json);
    let following = Arc::new(Following::default());
    let follower = tokio::spawn(follow::follow(
        Arc::clone(&client),
        name.clone(),
        args.server.json,
        Arc::clone(&following),
    ));
    let watch = Watch::new(folder.root.clone());
    tokio::select! {
        () = deploy_for_ever(&args, &name, &client, &following, watch) => {}
        () = signals.next() => {}
    }
    follower.abort();
    if let Some(private) = private {
        private.end().await;
    }
    Ok(ExitCode::SUCCESS)
}

/// The server that was asked for, or the one at the default address, or else one of our own there.
async fn server(
    asked: &ServerArgs,
    environment: &Environment,
) -> anyhow::Result<(Client, Option<PrivateServer>)> {
    let client = asked.client(environment)?;
    if !client.is_default() || client.is_there().await {
        return Ok((client, None));
    }
    let wanted = ListenConfig::default().address;
    let private = PrivateServer::start(Some(wanted), client.workspace_name()).await?;
    let client = client.at(private.app.base_url());
    Ok((client, Some(private)))
}

async fn deploy_for_ever(
    args: &DevArgs,
    name: &AppName,
    client: &Client,
    following: &Following,
    mut watch: Watch,
) {
    let tell = |text: &str| tell(text, args.server.json);
    let mut answering = None;
    loop {
        let started = Instant::now();
        match deploy(&args.folder, name, client, &mut watch).await {
            Ok(version) => {
                let took = started.elapsed().as_millis();
                following.ready().await;
                tell(&format!("version {version} answers, after {took} ms"));
                answering = Some(version);
            }
            Err(error) => {
                tell(&format!("{error:#}"));
                if let Some(refusal) = error.downcast_ref::<Refusal>() {
                    say(&refusal.picture(), args.server.json);
                }
                match answering {
                    Some(version) => tell(&format!("version {version} goes on answering")),
                    None => tell("nothing answers yet"),
                }
            }
        }
        let changed = watch.changed().await;
        tell(&format!("{} changed", list(&changed)));
    }
}

/// Everything is read anew: `app.toml` may be what changed.
async fn deploy(folder: &Path, name: &AppName, client: &Client, watch: &mut Watch) -> anyhow::Result<u32> {
    let folder = AppFolder::open(folder)?;
    let before = watch.see();
    let built = folder.build().await;
    // A build that did not work may have written something as well; without one, nothing is its own.
    if !matches!(built, Ok(None)) {
        watch.built(before, folder.component());
    }
    built?;
    let parts = folder.parts()?;
    let deployed: DeployedVersion = client.deploy(name, Upload::Folder(parts), true).await?;
    Ok(deployed.version.number)
}

fn list(changed: &[String]) -> String {
    match changed {
        [one] => one.clone(),
        [one, two] => format!("{one} and {two}"),
        [one, rest @ ..] => format!("{one} and {} more", rest.len()),
        [] => "nothing".to_owned(),
    }
}

/// With `--json`, standard output is the events' alone.
fn say(lines: &[String], json: bool) {
    if json {
        output::aside(lines);
    } else {
        for line in lines {
            output::line(line);
        }
    }
}

/// A line with the time of day in front, in UTC as the server tells times.
fn tell(text: &str, json: bool) {
    let time = format_description!("[hour]:[minute]:[second]");
    let now = SystemClock.now().format(time).unwrap_or_default();
    say(&[format!("{now}  {text}")], json);
}

#[cfg(test)]
mod tests {
    use super::list;

    #[test]
    fn many_files_are_one_line() {
        let files = ["a.js", "b.js", "c.js"].map(str::to_owned);
        assert_eq!(list(&files[..1]), "a.js");
        assert_eq!(list(&files[..2]), "a.js and b.js");
        assert_eq!(list(&files), "a.js and 2 more");
    }
}
