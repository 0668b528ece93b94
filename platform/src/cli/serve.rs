//! `c4h serve`: the server, until a signal ends it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use clap::Args;
use store::Storage;
use tokio::net::TcpListener;

use super::output;
use crate::app::App;
use crate::config::{
    AccessConfig, Config, DataConfig, Environment, LimitsConfig, ListenConfig, LogConfig, PopulationConfig,
    RateLimitsConfig, StoreConfig, TracesConfig,
};
use crate::log::LogSink;
use crate::server::{Ended, raise_handle_limit, serve as serve_requests};
use crate::signals::Signals;
use crate::startup;

/// Serve the sandbox
#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    /// Where to answer; an address that other computers reach needs a trainer password [env: C4H_LISTEN] [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// File whose first line is the trainer's password; with one, callers need the link of their workspace [env: C4H_TRAINER_PASSWORD, the password itself]
    #[arg(long, value_name = "FILE")]
    trainer_password_file: Option<String>,
    /// Where others reach the server, when that is a name of this computer or a proxy in front, such as https://c4h.example.org [env: C4H_PUBLIC_URL]
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Folder that keeps everything [env: C4H_DATA_DIR] [default: data]
    #[arg(long, value_name = "FOLDER")]
    data_dir: Option<String>,
    /// What keeps the rows: sled (files), memory (nothing stays) [env: C4H_STORE] [default: sled]
    #[arg(long, value_name = "ENGINE")]
    store: Option<String>,
    /// How many made-up people workspaces start from [env: C4H_POPULATION] [default: 1000]
    #[arg(long, value_name = "NUMBER")]
    population: Option<String>,
    /// The number that these people follow from [env: C4H_SEED] [default: 1]
    #[arg(long, value_name = "NUMBER")]
    seed: Option<String>,
    /// Who may send int interfaces only 5 requests a second and 300 a minute, as at the NHS: apps, or on for everybody (the workspace's own token as well), or off [env: C4H_RATE_LIMITS] [default: apps]
    #[arg(long, value_name = "APPS|ON|OFF")]
    rate_limits: Option<String>,
    /// Lower or raise a limit, such as cpu_ms=2000; again for more [env: C4H_LIMIT]
    #[arg(long = "limit", value_name = "NAME=NUMBER")]
    limits: Vec<String>,
    /// Lower or raise what kept traces may take, such as disk_app_bytes=33554432; again for more [env: C4H_TRACES]
    #[arg(long, value_name = "NAME=NUMBER")]
    traces: Vec<String>,
    /// Lines on standard error: text, or json for machines [env: C4H_LOG_FORMAT] [default: text]
    #[arg(long, value_name = "FORMAT")]
    log_format: Option<String>,
    /// What is logged, such as warn, or info,access=off [env: C4H_LOG] [default: info]
    #[arg(long, value_name = "FILTER")]
    log: Option<String>,
}

impl ServeArgs {
    fn config(&self, environment: &Environment) -> anyhow::Result<Config> {
        let listen = ListenConfig::read(self.listen.as_deref(), environment)?
            .known_as(self.public_url.as_deref(), environment)?;
        let access = AccessConfig::read(self.trainer_password_file.as_deref(), environment)?;
        access.allow(&listen)?;
        Ok(Config {
            listen,
            access,
            data: DataConfig::read(self.data_dir.as_deref(), environment)?,
            store: StoreConfig::read(self.store.as_deref(), environment)?,
            population: PopulationConfig::read(
                self.population.as_deref(),
                self.seed.as_deref(),
                environment,
            )?,
            rate_limits: RateLimitsConfig::read(self.rate_limits.as_deref(), environment)?,
            limits: LimitsConfig::read(&self.limits, environment)?,
            traces: TracesConfig::read(&self.traces, environment)?,
            log: LogConfig::read(self.log_format.as_deref(), self.log.as_deref(), environment)?,
            compile_program: None,
        })
    }
}

pub(super) async fn serve(args: ServeArgs, environment: &Environment) -> anyhow::Result<ExitCode> {
    let config = args.config(environment)?;
    let log = LogSink::start(&config.log)?;
    // From here on a signal is an orderly end, also while the server is still starting.
    let signals = Signals::listen().context("the signals that end the program cannot be listened for")?;
    raise_handle_limit();
    let storage = open(&config)?;
    let ended = start(config, storage.clone(), log.clone(), signals).await;
    let closed = storage.close().await;
    match &ended {
        Ok(Ended::Drained) => tracing::info!("stopped"),
        Ok(Ended::CutOff) => tracing::warn!("stopped before all work was finished"),
        Err(_) => {}
    }
    log.flush();
    ended?;
    closed.context("the last changes may not be on the disk")?;
    Ok(ExitCode::SUCCESS)
}

fn open(config: &Config) -> anyhow::Result<Storage> {
    match config.store {
        StoreConfig::Sled => Ok(Storage::open(&config.data.dir)?),
        StoreConfig::Memory => Ok(Storage::memory()),
    }
}

async fn start(
    config: Config,
    storage: Storage,
    log: LogSink,
    mut signals: Signals,
) -> anyhow::Result<Ended> {
    let wanted = config.listen.address;
    let listener = TcpListener::bind(wanted)
        .await
        .map_err(|error| explain(wanted, &error))?;
    let app = App::build(config, storage, listener.local_addr()?, log)?;
    crate::hardening::after_start();
    tokio::select! {
        prepared = startup::prepare(&app) => prepared.map_err(|error| anyhow!("{}", startup_sentence(&error)))?,
        () = signals.next() => return Ok(Ended::CutOff),
    }
    // The port is open and everything is there: whoever connects from now on is answered.
    output::line(&format!("Code4Health Sandbox ready: {}", app.base_url()));
    if app.config.listen.public_url.is_none()
        && app.address.ip().is_unspecified()
        && let Some(ip) = address_for_others()
    {
        let others = SocketAddr::new(ip, app.address.port());
        output::line(&format!(
            "Others reach it at http://{others}; log in there as the trainer for the links of the workspaces"
        ));
    }
    let ended = serve_requests(Arc::clone(&app), listener, signals).await;
    app.traces.close();
    Ok(ended)
}

/// The address of this computer on the way to other networks. Nothing is sent: the system only chooses.
fn address_for_others() -> Option<IpAddr> {
    // An address for documents (RFC 5737), which nobody has.
    const ELSEWHERE: (Ipv4Addr, u16) = (Ipv4Addr::new(192, 0, 2, 1), 9);
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect(ELSEWHERE).ok()?;
    let ip = socket.local_addr().ok()?.ip();
    (!ip.is_unspecified() && !ip.is_loopback()).then_some(ip)
}

fn startup_sentence(error: &crate::error::AppError) -> String {
    let reason = error.private().unwrap_or_else(|| error.public().detail);
    format!("the server could not be prepared: {reason}")
}

fn explain(address: SocketAddr, error: &std::io::Error) -> anyhow::Error {
    let port = address.port();
    if error.kind() == std::io::ErrorKind::AddrInUse {
        let other = SocketAddr::new(address.ip(), port.checked_add(1).unwrap_or(8080));
        return anyhow!(
            "port {port} is taken by another program; stop that one, or choose another port with --listen {other}"
        );
    }
    if error.kind() == std::io::ErrorKind::PermissionDenied {
        let other = SocketAddr::new(address.ip(), 8080);
        return anyhow!(
            "port {port} is not open to this user; choose one above 1023, such as --listen {other}"
        );
    }
    anyhow!("cannot listen on {address}: {error}; choose another address with --listen")
}
