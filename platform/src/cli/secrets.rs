//! `c4h secrets`: what an app must know and nobody may see. Values go in and never come out.

use std::io::{self, IsTerminal as _, Read as _};
use std::process::ExitCode;

use anyhow::{Context as _, ensure};
use clap::{Args, Subcommand};

use super::{ServerArgs, output};
use crate::api::secrets::SecretList;
use crate::config::Environment;
use crate::model::{AppName, SecretName};

/// More than a secret has, in bytes; keeps a wrong file from being sent.
const VALUE_BYTES: u64 = 64 * 1024;

/// List, set or remove the secrets of an app
#[derive(Debug, Args)]
pub(super) struct SecretsArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List the names of an app's secrets; values are never shown
    List {
        /// Name of the app
        app: String,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Set a secret; its value is read from standard input, or asked for
    Set {
        /// Name of the app
        app: String,
        /// Name of the secret, such as NOTIFY_KEY
        name: String,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Remove a secret
    Remove {
        /// Name of the app
        app: String,
        /// Name of the secret
        name: String,
        #[command(flatten)]
        server: ServerArgs,
    },
}

pub(super) async fn secrets(args: SecretsArgs, environment: &Environment) -> anyhow::Result<ExitCode> {
    match args.action {
        Action::List { app, server } => {
            let client = server.client(environment)?;
            let app = AppName::new(&app)?;
            let list: SecretList = client.read(&format!("/apps/{app}/secrets")).await?;
            show(&app, &list, server.json);
        }
        Action::Set { app, name, server } => {
            let client = server.client(environment)?;
            let (app, name) = (AppName::new(&app)?, SecretName::new(&name)?);
            let value = value(&name)?;
            client
                .put_text(&format!("/apps/{app}/secrets/{name}"), value)
                .await?;
            output::line(&format!("{name} is set for {app}; its next run has it"));
        }
        Action::Remove { app, name, server } => {
            let client = server.client(environment)?;
            let (app, name) = (AppName::new(&app)?, SecretName::new(&name)?);
            client.delete(&format!("/apps/{app}/secrets/{name}")).await?;
            output::line(&format!("{name} is removed from {app}"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn show(app: &AppName, list: &SecretList, json: bool) {
    if json {
        output::json(list);
    } else if list.secrets.is_empty() {
        output::line(&format!(
            "{app} has no secrets; name them in app.toml: secrets = [\"NOTIFY_KEY\"]"
        ));
    } else {
        let heading = ["SECRET", "VALUE"].map(str::to_owned).to_vec();
        let rows = list.secrets.iter().map(|secret| {
            let state = match (secret.set, secret.declared) {
                (true, true) => "set".to_owned(),
                (true, false) => "set, and the current version does not ask for it".to_owned(),
                (false, _) => format!("missing: c4h secrets set {app} {}", secret.name),
            };
            vec![secret.name.clone(), state]
        });
        output::table(&[heading].into_iter().chain(rows).collect::<Vec<_>>());
    }
}

/// Never from an argument: those are in the shell's history, and every user of the machine can list them.
fn value(name: &SecretName) -> anyhow::Result<String> {
    let mut text = String::new();
    let read = if io::stdin().is_terminal() {
        output::ask(&format!("Value of {name}: "));
        let read = quietly(|| io::stdin().read_line(&mut text));
        output::aside(&[String::new()]);
        read
    } else {
        io::stdin().take(VALUE_BYTES + 1).read_to_string(&mut text)
    };
    read.context("the value cannot be read; it must be text")?;
    // The line end is the shell's, not the secret's.
    let value = text.strip_suffix('\n').unwrap_or(&text);
    let value = value.strip_suffix('\r').unwrap_or(value);
    ensure!(
        !value.is_empty(),
        "no value came on standard input; for example: c4h secrets set APP {name} < FILE"
    );
    ensure!(
        value.len() <= usize::try_from(VALUE_BYTES).unwrap_or(usize::MAX),
        "the value has more than {VALUE_BYTES} bytes; is it the right file?"
    );
    Ok(value.to_owned())
}

/// Reads without showing what is typed.
#[cfg(unix)]
fn quietly<T>(read: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
    let stdin = io::stdin();
    let before = tcgetattr(&stdin)?;
    let mut quiet = before.clone();
    quiet.local_modes.remove(LocalModes::ECHO);
    tcsetattr(&stdin, OptionalActions::Flush, &quiet)?;
    let read = read();
    tcsetattr(&stdin, OptionalActions::Flush, &before)?;
    read
}

/// Here the terminal shows what is typed.
#[cfg(not(unix))]
fn quietly<T>(read: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    read()
}
