//! A server inside a command: on a port of its own, with nothing kept, gone with the command.
//!
//! Owns the task that serves; it ends with [`PrivateServer::end`], or with the process.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use mock_nhs_interfaces::RateLimited;
use store::Storage;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::app::App;
use crate::config::{Config, DataConfig, ListenConfig, LogConfig, RateLimitsConfig, StoreConfig};
use crate::log::LogSink;
use crate::model::WorkspaceName;
use crate::server::{Ended, serve};
use crate::signals::Signals;

/// What the log says: only what a builder should know.
const LOG: &str = "error";

/// A server that belongs to this process.
#[derive(Debug)]
pub(super) struct PrivateServer {
    /// Everything it answers with.
    pub(super) app: Arc<App>,
    serving: JoinHandle<Ended>,
    log: LogSink,
    storage: Storage,
    // Compiled components; the last thing to go.
    _folder: TempDir,
}

impl PrivateServer {
    /// Starts one with an empty workspace, at `wanted` if that is free, else at any free port of this machine.
    pub(super) async fn start(wanted: Option<SocketAddr>, workspace: &WorkspaceName) -> anyhow::Result<Self> {
        let folder = TempDir::with_prefix("c4h-").context("no temporary folder can be made")?;
        let listener = listen(wanted).await?;
        let address = listener.local_addr()?;
        let config = Config {
            listen: ListenConfig {
                address,
                public_url: None,
            },
            data: DataConfig {
                dir: folder.path().to_owned(),
            },
            store: StoreConfig::Memory,
            // Tests ask faster than people do.
            rate_limits: RateLimitsConfig {
                limited: RateLimited::Nobody,
            },
            log: LogConfig {
                filter: LOG.to_owned(),
                ..LogConfig::default()
            },
            ..Config::default()
        };
        let log = LogSink::start(&config.log)?;
        let storage = Storage::memory();
        let app = App::build(config, storage.clone(), address, log.clone())?;
        app.workspaces
            .ensure(workspace)
            .await
            .map_err(|error| anyhow!("no workspace can be made: {error}"))?;
        let serving = tokio::spawn(serve(Arc::clone(&app), listener, Signals::listen()?));
        Ok(Self {
            app,
            serving,
            log,
            storage,
            _folder: folder,
        })
    }

    /// Ends it; what is under way is cut off.
    pub(super) async fn end(self) {
        self.serving.abort();
        // Nothing is kept, so nothing can be lost.
        let _closed = self.storage.close().await;
        self.log.flush();
    }
}

async fn listen(wanted: Option<SocketAddr>) -> anyhow::Result<TcpListener> {
    if let Some(wanted) = wanted
        && let Ok(listener) = TcpListener::bind(wanted).await
    {
        return Ok(listener);
    }
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .context("no port of this machine is free")
}
