//! What the server gives up and what its compiling children are kept from, read where the kernel tells it about the running processes.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use tests::bytes_of_wasm as wasm;
use tests::{Answer, Client, TestPlatform, until};
use tokio::task::JoinHandle;

use crate::{Journey, builder};

/// A child waits until a busy machine lets it run.
const PATIENCE: Duration = Duration::from_secs(120);
/// The number of the lowest priority.
const NICEST: i64 = 19;

/// A process, by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Process(u32);

impl Process {
    fn read(self, file: &str) -> anyhow::Result<String> {
        let path = format!("/proc/{}/{file}", self.0);
        let bytes = fs::read(&path).with_context(|| path.clone())?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// One line of what the kernel says of it.
    fn status(self, name: &str) -> anyhow::Result<String> {
        let status = self.read("status")?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        Ok(line
            .with_context(|| format!("{name} in {status}"))?
            .trim()
            .to_owned())
    }

    /// The soft limit and the hard one.
    fn limit(self, name: &str) -> anyhow::Result<(String, String)> {
        let limits = self.read("limits")?;
        let line = limits.lines().find_map(|line| line.strip_prefix(name));
        let mut words = line
            .with_context(|| limits.clone())?
            .split_whitespace()
            .map(str::to_owned);
        Ok((words.next().context("a limit")?, words.next().context("a limit")?))
    }

    /// A number of its line, counted from behind its name, as in proc(5) less three.
    fn stat(self, place: usize) -> anyhow::Result<i64> {
        let line = self.read("stat")?;
        let (_, numbers) = line.rsplit_once(") ").context("a name")?;
        let number = numbers.split_whitespace().nth(place).context("a number")?;
        Ok(number.parse()?)
    }

    fn parent(self) -> anyhow::Result<i64> {
        self.stat(1)
    }

    fn niceness(self) -> anyhow::Result<i64> {
        self.stat(16)
    }

    fn variables(self) -> anyhow::Result<BTreeSet<String>> {
        let all = self.read("environ")?;
        let names = all.split('\0').filter_map(|variable| variable.split('=').next());
        Ok(names.filter(|name| !name.is_empty()).map(str::to_owned).collect())
    }

    fn children(self) -> anyhow::Result<Vec<Self>> {
        let mut children = Vec::new();
        for entry in fs::read_dir("/proc")? {
            let Ok(number) = entry?.file_name().to_string_lossy().parse() else {
                continue;
            };
            // One that has gone meanwhile is nobody's child.
            if Self(number)
                .parent()
                .is_ok_and(|parent| parent == i64::from(self.0))
            {
                children.push(Self(number));
            }
        }
        Ok(children)
    }

    /// Whether the kernel filters its calls, which is the last thing that a child does to itself.
    fn is_restricted(self) -> bool {
        self.status("Seccomp").is_ok_and(|mode| mode == "2")
    }
}

/// Sends a component that keeps a compiler busy for many seconds, and waits for the child that compiles it.
async fn compiling(
    platform: &TestPlatform,
    client: &Client,
) -> anyhow::Result<(Process, JoinHandle<anyhow::Result<Answer>>)> {
    let bomb = wasm::with_module(examples::HELLO, &wasm::nested_loops(500, 500)?)?;
    let client = client.clone();
    let upload = tokio::spawn(async move { client.upload("bomb", bomb).await });
    let server = Process(platform.process());
    let child = until("a child compiles", PATIENCE, async || {
        let mut children = server.children()?.into_iter();
        // The worker for scripts is a child as well, and has no end of its processor time.
        Ok(children.find(|child| {
            child.is_restricted()
                && child
                    .limit("Max cpu time")
                    .is_ok_and(|(soft, _)| soft != "unlimited")
        }))
    });
    Ok((child.await?, upload))
}

#[tokio::test]
async fn the_server_gives_up_privileges_core_dumps_and_being_looked_at() -> Journey {
    let platform = builder().start()?;
    let server = Process(platform.process());
    ensure!(server.limit("Max core file size")? == ("0".to_owned(), "0".to_owned()));
    // Each of its threads; the one that watches the tests is there before the server begins.
    let mut threads = 0;
    for thread in fs::read_dir(format!("/proc/{}/task", server.0))? {
        let id = thread?.file_name().to_string_lossy().parse()?;
        // A thread that ended meanwhile has given up more than that.
        let (Ok(name), Ok(given_up)) = (Process(id).status("Name"), Process(id).status("NoNewPrivs")) else {
            continue;
        };
        ensure!(
            given_up == "1" || name == "under-test",
            "thread {name}: {given_up}"
        );
        threads += 1;
    }
    ensure!(threads > 1, "{threads} threads");
    // What the kernel told the process itself when it was asked.
    let log = platform.log();
    let told = log
        .iter()
        .find(|line| line.contains("hardened"))
        .context("a line of the log")?;
    ensure!(told.contains("memory_closed=true"), "{told}");
    // The files about a process whose memory is closed are root's, whoever runs it; where root runs it, they are that anyway.
    let owner = fs::metadata(format!("/proc/{}/environ", server.0))?.uid();
    ensure!(owner == 0, "user {owner} may look into the server");
    if !rustix::process::geteuid().is_root() {
        ensure!(server.read("environ").is_err(), "its environment can be read");
        ensure!(
            fs::File::open(format!("/proc/{}/mem", server.0)).is_err(),
            "its memory can be read"
        );
    }
    Ok(())
}

#[tokio::test]
async fn a_compiling_child_has_its_limits_nothing_of_the_environment_and_the_lowest_priority() -> Journey {
    let platform = builder().variable("SECRET_OF_THE_SERVER", "for nobody").start()?;
    let client = platform.client()?;
    let (compiling, upload) = compiling(&platform, &client).await?;
    let children = Process(platform.process()).children()?;
    ensure!(
        children.contains(&compiling),
        "{compiling:?} is not among {children:?}"
    );
    for child in children {
        let both = |limit: &str| (limit.to_owned(), limit.to_owned());
        for (name, limit) in [
            ("Max open files", both("32")),
            ("Max file size", both("0")),
            ("Max core file size", both("0")),
        ] {
            let found = child.limit(name)?;
            ensure!(found == limit, "{name}: {found:?}");
        }
        let (memory, _) = child.limit("Max address space")?;
        ensure!(
            memory.parse::<u64>().is_ok_and(|bytes| bytes <= 4 << 30),
            "{memory}"
        );
        ensure!(child.status("NoNewPrivs")? == "1" && child.is_restricted());
        ensure!(child.niceness()? == NICEST, "niceness {}", child.niceness()?);
        let variables = child.variables()?;
        let ours = BTreeSet::from(["MALLOC_ARENA_MAX".to_owned(), "RAYON_NUM_THREADS".to_owned()]);
        ensure!(variables == ours, "{variables:?}");
        // Threads, and nothing else.
        ensure!(child.children()?.is_empty(), "{child:?} has children");
    }
    let cpu = compiling.limit("Max cpu time")?;
    ensure!(cpu == ("10".to_owned(), "11".to_owned()), "{cpu:?}");
    ensure!(compiling.limit("Max address space")?.0 == (1_536_u64 << 20).to_string());
    upload.abort();
    Ok(())
}

/// As the kernel ends it for a call that is not in the list: which calls those are is tried in `sandbox-runtime/tests/it/hostile`.
#[tokio::test]
async fn a_child_that_the_kernel_ends_for_a_call_is_told_in_the_log_and_harms_nobody() -> Journey {
    let platform = builder().errors_are_expected().start()?;
    let client = platform.client()?;
    let (child, upload) = compiling(&platform, &client).await?;
    let id = rustix::process::Pid::from_raw(i32::try_from(child.0)?).context("a process has an id")?;
    rustix::process::kill_process(id, rustix::process::Signal::SYS)?;
    upload.await??.expect_problem(500, "platform-error")?;
    let sentence = "the compiling child was ended by the kernel for a call that no compiler makes";
    until("the log says so", PATIENCE, async || {
        let log = platform.log();
        Ok(log
            .iter()
            .any(|line| line.contains("ERROR") && line.contains(sentence))
            .then_some(()))
    })
    .await?;
    // Nothing is remembered against the file, and the next one is compiled.
    client
        .deploy("next", wasm::distinct(examples::HELLO, "next"))
        .await?;
    client.run("next", "/").await?.expect(200)?;
    client.healthy().await
}
