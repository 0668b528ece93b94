//! The command line: one file a subcommand, each its arguments and one function; what they do is elsewhere.

#![expect(
    clippy::doc_markdown,
    reason = "doc comments of arguments are their help, where backticks would show"
)]

mod apps;
mod client;
mod clock;
mod deploy;
mod dev;
mod doctor;
mod download;
mod dump;
mod faults;
mod folder;
mod interfaces;
mod keys;
mod logs;
mod new;
mod output;
mod packages;
mod private_server;
mod replay;
mod restore;
mod rollback;
mod scenarios;
mod secrets;
mod serve;
mod sse;
mod test;
mod traces;
mod versions;
mod workspace;

use std::process::ExitCode;

use clap::{Args, CommandFactory as _, Parser, Subcommand};
use tokio::runtime::Builder;

use crate::app::COMPILE_CHILD;
use crate::config::{ClientConfig, ClientFlags, ConfigError, Environment};
use crate::serving_threads;

/// Exit code when what was asked for did not work.
const FAILED: u8 = 1;
/// Exit code when what was asked for cannot be understood.
const USAGE: u8 = 2;

/// The Code4Health Sandbox: NHS-shaped interfaces over made-up patients, and a sandbox for the apps written against them.
///
/// Without a command it serves: `c4h` is `c4h serve`.
#[derive(Debug, Parser)]
#[command(
    name = "c4h",
    version,
    args_conflicts_with_subcommands = true,
    max_term_width = 100
)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: serve::ServeArgs,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::ServeArgs),
    New(new::NewArgs),
    Dev(dev::DevArgs),
    Test(test::TestArgs),
    Deploy(deploy::DeployArgs),
    Apps(apps::AppsArgs),
    Versions(versions::VersionsArgs),
    Rollback(rollback::RollbackArgs),
    Download(download::DownloadArgs),
    Secrets(secrets::SecretsArgs),
    Keys(keys::KeysArgs),
    Logs(logs::LogsArgs),
    Traces(traces::TracesArgs),
    Replay(replay::ReplayArgs),
    Workspace(workspace::WorkspaceArgs),
    Clock(clock::ClockArgs),
    Faults(faults::FaultsArgs),
    Scenarios(scenarios::ScenariosArgs),
    Interfaces(interfaces::InterfacesArgs),
    Packages(packages::PackagesArgs),
    Doctor(doctor::DoctorArgs),
    Dump(dump::DumpArgs),
    Restore(restore::RestoreArgs),
}

/// The server that a client command talks to.
#[derive(Debug, Args)]
#[command(next_help_heading = "Server")]
struct ServerArgs {
    /// Where the server answers [env: C4H_URL] [default: http://127.0.0.1:8080]
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// Name of the workspace [env: C4H_WORKSPACE] [default: demo]
    #[arg(long, value_name = "NAME")]
    workspace: Option<String>,
    /// Bearer token, for servers that ask for one [env: C4H_TOKEN]
    #[arg(long, value_name = "TOKEN")]
    token: Option<String>,
    /// Print the server's JSON instead of text
    #[arg(long)]
    json: bool,
}

impl ServerArgs {
    fn client(&self, environment: &Environment) -> anyhow::Result<client::Client> {
        let flags = ClientFlags {
            url: self.url.as_deref(),
            workspace: self.workspace.as_deref(),
            token: self.token.as_deref(),
        };
        client::Client::new(ClientConfig::read(flags, environment)?)
    }
}

/// Runs the program with the arguments and the environment of this process.
#[must_use]
pub fn run() -> ExitCode {
    let mut arguments = std::env::args_os();
    // First of all and without anything around it: the child limits itself and must hold nothing else.
    if arguments.nth(1).is_some_and(|first| first == COMPILE_CHILD) {
        return sandbox_runtime::compile_child();
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            output::usage(&error);
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(USAGE));
        }
    };
    match execute(cli) {
        Ok(code) => code,
        Err(error) => {
            output::error(&format!("{error:#}"));
            if let Some(refusal) = error.downcast_ref::<client::Refusal>() {
                output::aside(&refusal.picture());
            }
            ExitCode::from(if error.is::<ConfigError>() { USAGE } else { FAILED })
        }
    }
}

fn execute(cli: Cli) -> anyhow::Result<ExitCode> {
    let environment = Environment::read()?;
    let command = cli.command.unwrap_or(Command::Serve(cli.serve));
    if matches!(command, Command::Serve(_)) {
        crate::hardening::before_threads();
    }
    let runtime = if matches!(command, Command::Serve(_)) {
        serving_threads::start()
    } else if matches!(command, Command::Doctor(_) | Command::Dev(_) | Command::Test(_)) {
        Builder::new_multi_thread().enable_all().build()
    } else {
        Builder::new_current_thread().enable_all().build()
    };
    let runtime = runtime?;
    let done = runtime.block_on(async {
        match command {
            Command::Serve(args) => Box::pin(serve::serve(args, &environment)).await,
            Command::New(args) => new::make_app(args),
            Command::Test(args) => Box::pin(test::test(args, &environment)).await,
            Command::Dev(args) => Box::pin(dev::develop(args, &environment)).await,
            Command::Deploy(args) => deploy::deploy(args, &environment).await,
            Command::Apps(args) => apps::list_apps(args, &environment).await,
            Command::Versions(args) => versions::list_versions(args, &environment).await,
            Command::Rollback(args) => rollback::roll_back(args, &environment).await,
            Command::Download(args) => download::download(args, &environment).await,
            Command::Secrets(args) => secrets::secrets(args, &environment).await,
            Command::Keys(args) => keys::keys(args, &environment).await,
            Command::Logs(args) => logs::show_logs(args, &environment).await,
            Command::Traces(args) => traces::show_traces(args, &environment).await,
            Command::Replay(args) => replay::replay(args, &environment).await,
            Command::Interfaces(args) => interfaces::interfaces(args, &environment).await,
            Command::Packages(args) => packages::packages(args, &environment).await,
            Command::Clock(args) => clock::clock(args, &environment).await,
            Command::Faults(args) => faults::faults(args, &environment).await,
            Command::Scenarios(args) => scenarios::scenarios(args, &environment).await,
            Command::Workspace(args) => workspace::workspace(args, &environment).await,
            Command::Doctor(args) => Box::pin(doctor::examine(args, &environment)).await,
            Command::Dump(args) => dump::dump(args, &environment).await,
            Command::Restore(args) => restore::restore(args, &environment).await,
        }
    });
    // What still runs after an end that was cut off must not keep the process.
    runtime.shutdown_background();
    done
}

/// The help of every command, for the golden file.
#[doc(hidden)]
#[must_use]
pub fn all_help() -> String {
    let mut command = Cli::command();
    command.build();
    let mut text = command.render_long_help().to_string();
    for sub in command.get_subcommands_mut() {
        if sub.get_name() != "help" {
            text.push_str(&format!(
                "\n==== c4h {} --help\n\n{}",
                sub.get_name(),
                sub.clone().render_long_help()
            ));
        }
    }
    text
}
