//! The examination, one function a concern.

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use bytes::Bytes;
use sandbox_runtime::compile::{Attempt, CallFilter, Outcome, try_in_compile_child};
use sandbox_runtime::{
    Allocation, Compiler, CompilerConfig, SLOW_LANE_HAS_LOW_PRIORITY, Sandbox, SandboxConfig,
};
use store::{OpenError, Storage};
use tokio::net::TcpListener;

use super::Finding;
use crate::app::COMPILE_CHILD;

/// Below this a deploy may fail: the largest component, its machine code and the store's log fit three times.
const DISK_FAIL_BYTES: u64 = 256 << 20;
/// Below this a class of thirty may run out of space within a day.
const DISK_WARN_BYTES: u64 = 2 << 30;
/// How long the server that may already answer on the port gets to say so.
const ASK: Duration = Duration::from_secs(2);

/// The data folder: usable, free, sound.
pub(super) async fn storage(dir: &Path) -> Vec<Finding> {
    const WHAT: &str = "data folder";
    let shown = dir.display();
    if !dir.exists() {
        let parent = dir
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        let probe = parent.join(format!(".c4h-doctor-{}", std::process::id()));
        return vec![
            match std::fs::create_dir(&probe).and_then(|()| std::fs::remove_dir(&probe)) {
                Ok(()) => Finding::ok(
                    WHAT,
                    format!("{shown} is not there yet; the first start makes it"),
                ),
                Err(error) => Finding::fail(
                    WHAT,
                    format!(
                        "{shown} cannot be made ({error}); choose a folder you may write to with --data-dir"
                    ),
                ),
            },
        ];
    }
    let storage = match Storage::open(dir) {
        Ok(storage) => storage,
        Err(OpenError::InUse { holder, .. }) => {
            let process = holder.map(|id| format!(", process {id}")).unwrap_or_default();
            return vec![Finding::ok(
                WHAT,
                format!("{shown} is in use by a running server{process}"),
            )];
        }
        Err(error) => return vec![Finding::fail(WHAT, error.to_string())],
    };
    let mut findings = vec![Finding::ok(
        WHAT,
        format!("{shown} can be opened and nobody else has it"),
    )];
    let health = storage.store.health().await;
    let blobs = storage.blobs.health().await;
    match health.refusal.as_ref().or(blobs.refusal.as_ref()) {
        Some(refusal) => findings.push(Finding::fail(
            "store",
            format!("it takes no changes: {refusal}; restore your last dump into a new folder: c4h restore FILE --data-dir NEW"),
        )),
        None => findings.push(Finding::ok(
            "store",
            format!("{} takes changes, {} KiB, revision {}", health.engine, health.size_bytes / 1024, health.last_revision),
        )),
    }
    for path in &health.quarantined {
        findings.push(Finding::warn(
            "store",
            format!("a damaged snapshot was set aside: {}; nothing is lost, but check the disk and make a dump: c4h dump FILE", path.display()),
        ));
    }
    if let Err(error) = storage.close().await {
        findings.push(Finding::fail(
            "store",
            format!("the last sync failed: {error}; check the disk"),
        ));
    }
    findings
}

/// Room on the disk of the data folder.
#[cfg(unix)]
pub(super) fn free_disk(dir: &Path) -> Finding {
    const WHAT: &str = "disk";
    let nearest = dir
        .ancestors()
        .find(|folder| folder.exists())
        .unwrap_or(Path::new("."));
    match rustix::fs::statvfs(nearest) {
        Ok(stat) => {
            let free = stat.f_bavail.saturating_mul(stat.f_frsize);
            let sentence = format!("{} MiB are free", free >> 20);
            if free < DISK_FAIL_BYTES {
                Finding::fail(
                    WHAT,
                    format!("{sentence}; make room, or choose another folder with --data-dir"),
                )
            } else if free < DISK_WARN_BYTES {
                Finding::warn(WHAT, format!("{sentence}; enough to start, not for a class"))
            } else {
                Finding::ok(WHAT, sentence)
            }
        }
        Err(error) => Finding::warn(WHAT, format!("the free space is not known: {error}")),
    }
}

/// Room on the disk of the data folder.
#[cfg(not(unix))]
pub(super) fn free_disk(_dir: &Path) -> Finding {
    let least = DISK_WARN_BYTES >> 20;
    Finding::warn(
        "disk",
        format!(
            "the free space is not measured on this system; have {least} MiB or more ({} MiB at least)",
            DISK_FAIL_BYTES >> 20
        ),
    )
}

/// The engine, its memory pool, and the compiling child under its limits.
pub(super) async fn sandbox() -> Vec<Finding> {
    let sandbox = match Sandbox::new(SandboxConfig::default()) {
        Ok(sandbox) => sandbox,
        Err(error) => {
            return vec![Finding::fail(
                "sandbox",
                format!("{error}; this processor or system is not supported"),
            )];
        }
    };
    let pool = match sandbox.allocation() {
        Allocation::Pooling => Finding::ok("sandbox", "guests get their memory from a pool"),
        Allocation::OnDemand { reason } => Finding::warn(
            "sandbox",
            format!(
                "no memory pool ({reason}): runs are safe but slower; raise the limit on address space (ulimit -v) if there is one"
            ),
        ),
    };
    vec![pool, compile_child(&sandbox).await]
}

async fn compile_child(sandbox: &Sandbox) -> Finding {
    const WHAT: &str = "compiler";
    let program = match std::env::current_exe() {
        Ok(program) => program,
        Err(error) => return Finding::fail(WHAT, format!("the path of this program is not known: {error}")),
    };
    let compiler = Compiler::new(CompilerConfig::new(program, vec![COMPILE_CHILD.into()]));
    let started = Instant::now();
    let compiled = compiler
        .compile(Bytes::from_static(examples::PATIENT_LOOKUP))
        .await;
    match compiled.map(|artefact| sandbox.load(&artefact)) {
        Ok(Ok(_)) => Finding::ok(
            WHAT,
            format!(
                "an example compiled within its limits in {} ms",
                started.elapsed().as_millis()
            ),
        ),
        Ok(Err(error)) => Finding::fail(WHAT, format!("what it made cannot be loaded: {error}")),
        Err(error) => Finding::fail(
            WHAT,
            format!("{error}; is a limit on processes or memory set for this user (ulimit -a)?"),
        ),
    }
}

/// The port: free, or answered by a server of ours.
pub(super) async fn port(address: SocketAddr) -> Finding {
    const WHAT: &str = "port";
    match TcpListener::bind(address).await {
        Ok(_) => Finding::ok(WHAT, format!("{address} is free")),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            if answers(address).await {
                return Finding::ok(WHAT, format!("a server answers at http://{address}"));
            }
            Finding::fail(
                WHAT,
                format!(
                    "{address} is taken by another program; stop it, or choose another port with --listen"
                ),
            )
        }
        Err(error) => Finding::fail(
            WHAT,
            format!("{address} cannot be used: {error}; choose another with --listen"),
        ),
    }
}

async fn answers(address: SocketAddr) -> bool {
    let client = reqwest::Client::builder().no_proxy().timeout(ASK).build();
    let Ok(client) = client else { return false };
    let health = client
        .get(format!("http://{address}/api/v1/workspaces"))
        .send()
        .await;
    health.is_ok_and(|answer| answer.status().is_success())
}

/// What the compiling child is kept from: tried, not assumed. And where long runs go.
pub(super) async fn isolation() -> Vec<Finding> {
    const WHAT: &str = "isolation";
    let Ok(program) = std::env::current_exe() else {
        return Vec::new();
    };
    let config = CompilerConfig::new(program, vec![COMPILE_CHILD.into()]);
    let tried = tokio::task::spawn_blocking(move || {
        let tries = Attempt::ALL.iter().copied();
        tries
            .map(|attempt| (attempt, try_in_compile_child(&config, attempt, CallFilter::On)))
            .collect::<Vec<_>>()
    });
    let Ok(tried) = tried.await else {
        return Vec::new();
    };
    let mut able = Vec::new();
    let mut unknown = Vec::new();
    for (attempt, outcome) in &tried {
        match outcome {
            Ok(Outcome::Refused | Outcome::Ended) => {}
            Ok(Outcome::Done) => able.push(attempt.words()),
            Err(error) => unknown.push(format!("{} ({error})", attempt.words())),
        }
    }
    let child = if !able.is_empty() {
        Finding::warn(
            WHAT,
            format!(
                "the compiling child can {} here; only Linux with seccomp keeps it from that, so deploy components of people you know, or run the server there",
                able.join(", ")
            ),
        )
    } else if unknown.is_empty() {
        let all: Vec<_> = Attempt::ALL.iter().map(|attempt| attempt.words()).collect();
        Finding::ok(
            WHAT,
            format!("the compiling child cannot {} (tried)", in_words(&all)),
        )
    } else {
        Finding::warn(
            WHAT,
            format!(
                "it is not known whether the compiling child can {}; deploy components of people you know",
                unknown.join(", ")
            ),
        )
    };
    let lane = if SLOW_LANE_HAS_LOW_PRIORITY {
        Finding::ok(WHAT, "runs that take long go on at low priority")
    } else {
        Finding::warn(
            WHAT,
            "runs that take long go on in threads of normal priority here, one fewer than there are processors; heavy apps slow others down more than on Linux",
        )
    };
    vec![child, lane]
}

/// "a, b or c".
fn in_words(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// What is weaker on this operating system.
pub(super) fn platform() -> Vec<Finding> {
    const WHAT: &str = "system";
    let mut findings = Vec::new();
    if !cfg!(unix) {
        findings.push(Finding::warn(
            WHAT,
            "the compiling child is limited in time but not in memory here; deploy components of people you know, or run the server on Linux or macOS",
        ));
        findings.push(Finding::warn(
            WHAT,
            "only Ctrl-C ends the server in order here; do not end it from the task manager",
        ));
    }
    if cfg!(target_os = "macos") {
        findings.push(Finding::warn(
            WHAT,
            "the memory limit of the compiling child is weaker here than on Linux; its time limits hold",
        ));
    }
    if findings.is_empty() {
        findings.push(Finding::ok(WHAT, "every limit holds here"));
    }
    findings
}
