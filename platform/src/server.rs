//! The accept loop: connections in, answers out, and an orderly end.
//!
//! ```text
//! serve
//! ├── one task a connection (ends with the connection)
//! └── signals (first: finish what runs; second: end now)
//! ```
//!
//! Our own loop and not `axum::serve`: that one gives hyper no timer, so its limit on slow request heads never fires.

mod lingering_body;
mod patient_stream;

use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::Sleep;

use self::lingering_body::body_of;
use self::patient_stream::PatientStream;
use crate::app::App;
use crate::delivery::{Hangup, HungUp};
use crate::middleware::Edge;
use crate::schedule::keep_time;
use crate::signals::Signals;

/// How long a request head may take to come; also how long an idle connection is kept. Ends a "slow loris".
const HEAD: Duration = Duration::from_secs(10);
/// The longest request head, in bytes: the 64 KiB of headers that a run may get, and the address.
const HEAD_BYTES: usize = 96 * 1024;
/// Headers of one request at most; hyper's own default.
const HEADERS: usize = 100;
/// Connections at once. Each takes about 10 KiB when idle; more wait in the kernel's line.
const CONNECTIONS: usize = 10_000;
/// How long connections are still accepted after the first signal, while `/readyz` says 503: a load balancer and a
/// page that is being loaded notice without a refused connection.
const FAREWELL: Duration = Duration::from_secs(1);
/// How long running work may take to end after that. Longer than the wall limit of a run.
const DRAIN: Duration = Duration::from_secs(25);
/// How long to wait before accepting again when the process has no file handle left.
const BREATHE: Duration = Duration::from_millis(100);

/// How serving ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// All work was finished.
    Drained,
    /// Work was cut off: a second signal came, or time ran out.
    CutOff,
}

/// Asks the system for as many file handles as it will give: the usual soft limit of 1,024 is for programs that still
/// use `select`, and would end at a thousand connections.
#[cfg(unix)]
pub(crate) fn raise_handle_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { current: _, maximum } = getrlimit(Resource::Nofile);
    // Where the system refuses, fewer connections are open at once and the rest waits.
    let _refused = setrlimit(
        Resource::Nofile,
        Rlimit {
            current: maximum,
            maximum,
        },
    );
}

/// Elsewhere there is no such limit.
#[cfg(not(unix))]
pub(crate) fn raise_handle_limit() {}

/// Serves until a signal says to stop.
pub(crate) async fn serve(app: Arc<App>, listener: TcpListener, mut signals: Signals) -> Ended {
    let edge = Edge::new(Arc::clone(&app));
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let graceful = GracefulShutdown::new();
    // Ends with this function, and so with the server, however that ends.
    let mut background = JoinSet::new();
    background.spawn(keep_time(Arc::clone(&app)));
    let scripts = app.scripts.clone();
    let warming = background.spawn(async move {
        // So that the first script does not wait for the runner; what is wrong with it is told to whoever deploys one.
        let _told_later = scripts.warm().await;
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(HEAD_BYTES)
        .max_headers(HEADERS)
        .half_close(false);
    let mut farewell = pin!(None);
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            () = over(farewell.as_mut()) => break,
            () = signals.next() => {
                if farewell.is_some() {
                    return Ended::CutOff;
                }
                app.stop();
                tracing::info!(
                    runs = app.slots.under_way(),
                    "stopping: running work is finished first, a second signal ends it now"
                );
                farewell.set(Some(tokio::time::sleep(FAREWELL)));
                continue;
            }
        };
        let (stream, place) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                if is_ours(&error) {
                    tracing::warn!(%error, "no connection can be accepted at the moment");
                    tokio::time::sleep(BREATHE).await;
                }
                continue;
            }
        };
        app.metrics.connected();
        // Answers are small and complete: waiting for more to send would only delay them.
        let _delayed = stream.set_nodelay(true);
        let edge = edge.clone();
        let service = service_fn(move |request: Request<Incoming>| {
            let edge = edge.clone();
            async move {
                let response = edge.answer(request.map(body_of)).await;
                match response.extensions().get::<Hangup>() {
                    Some(Hangup) => Err(HungUp),
                    None => Ok(response),
                }
            }
        });
        let connection =
            graceful.watch(http.serve_connection(TokioIo::new(PatientStream::new(stream)), service));
        tokio::spawn(async move {
            // How a connection breaks is the caller's business; what was asked on it is in the access log.
            let _broken = connection.await;
            drop(place);
        });
    }
    drop(listener);
    let drained = async {
        graceful.shutdown().await;
        warming.abort();
        while background.join_next().await.is_some() {}
    };
    tokio::select! {
        () = drained => Ended::Drained,
        () = signals.next() => Ended::CutOff,
        () = tokio::time::sleep(DRAIN) => Ended::CutOff,
    }
}

/// Ends when the farewell does; never before there is one.
async fn over(farewell: Pin<&mut Option<Sleep>>) {
    match farewell.as_pin_mut() {
        Some(sleep) => sleep.await,
        None => std::future::pending().await,
    }
}

async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> io::Result<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let place = Arc::clone(places)
        .acquire_owned()
        .await
        .map_err(io::Error::other)?;
    let (stream, _) = listener.accept().await?;
    Ok((stream, place))
}

/// Whether the machine and not the caller is the reason that nothing could be accepted.
fn is_ours(error: &io::Error) -> bool {
    !matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
    )
}
