//! A machine that is busy with other things is not the fault of what is compiled on it.
//!
//! The children are stopped by signals, which is what a starved process looks like from outside: the clock goes on and its processor time
//! does not.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use sandbox_runtime::script::{Script, ScriptBuildError, Scripts};
use sandbox_runtime::{CompileError, Compiler, CompilerConfig};

use crate::stage::{CHILD, handling};

/// A program that does what the child does, and lets a test take hold of it.
struct Held {
    folder: tempfile::TempDir,
}

impl Held {
    /// Does `first` before it becomes the child.
    fn new(first: &str) -> Self {
        use std::os::unix::fs::PermissionsExt as _;
        let held = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        let folder = held.folder.path().display();
        let text = format!(
            "#!/bin/sh\necho $$ > {folder}/new && mv {folder}/new {folder}/pid\n{first}\nexec {CHILD}\n"
        );
        // Written by another process: a program that this one holds open for writing while another test forks cannot be started.
        let mut write = std::process::Command::new("/bin/sh")
            .args(["-c", "cat > \"$0\" && chmod 755 \"$0\""])
            .arg(held.program())
            .stdin(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        std::io::Write::write_all(&mut write.stdin.take().unwrap(), text.as_bytes()).unwrap();
        assert!(write.wait().unwrap().success());
        assert_eq!(
            std::fs::metadata(held.program()).unwrap().permissions().mode() & 0o777,
            0o755
        );
        held
    }

    fn program(&self) -> PathBuf {
        self.folder.path().join("child")
    }

    /// The process, once it is there.
    async fn pid(&self) -> Pid {
        let path = self.folder.path().join("pid");
        until(|| path.exists()).await;
        let number = std::fs::read_to_string(path).unwrap().trim().parse().unwrap();
        Pid::from_raw(number).unwrap()
    }
}

async fn until(mut there: impl FnMut() -> bool) {
    let started = Instant::now();
    while !there() {
        assert!(started.elapsed() < Duration::from_secs(60), "it does not come");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[cfg(target_os = "linux")]
fn is_stopped(pid: Pid) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).unwrap_or_default();
    stat.rsplit(')')
        .next()
        .unwrap_or_default()
        .trim_start()
        .starts_with('T')
}

fn config(program: &Path) -> CompilerConfig {
    CompilerConfig::new(program, Vec::new())
}

#[test]
fn the_clock_is_far_behind_the_processor_time() {
    let config = config(Path::new(CHILD));
    assert!(config.wall >= 30 * Duration::from_secs(config.cpu_seconds));
    assert!(config.wall_per_mib >= 10 * Duration::from_secs(config.cpu_seconds_per_mib));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_component_compiles_however_long_its_child_had_to_wait() {
    let held = Held::new("kill -STOP $$");
    let compiler = Compiler::new(CompilerConfig {
        cpu_seconds: 2,
        ..config(&held.program())
    });
    let component = handling("(call $hello (local.get $out)) (local.set $n (i32.const 4711))");
    let letting_go = async {
        let pid = held.pid().await;
        until(|| is_stopped(pid)).await;
        // More than its processor time, on the clock.
        tokio::time::sleep(Duration::from_secs(3)).await;
        kill_process(pid, Signal::CONT).unwrap();
    };
    let (compiled, ()) = tokio::join!(compiler.compile(component), letting_go);
    compiled.unwrap();
}

#[tokio::test]
async fn a_machine_that_never_gets_to_it_is_named_and_the_component_is_not_remembered() {
    let folder = tempfile::tempdir().unwrap();
    let once = folder.path().join("once").display().to_string();
    let held = Held::new(&format!("test -e {once} || {{ touch {once}; kill -STOP $$; }}"));
    let compiler = Compiler::new(CompilerConfig {
        wall: Duration::from_secs(8),
        ..config(&held.program())
    });
    let component = handling("(call $hello (local.get $out)) (local.set $n (i32.const 4712))");
    let error = compiler.compile(component.clone()).await.unwrap_err();
    assert_eq!(error, CompileError::Starved { seconds: 8 });
    assert_eq!(error.code(), "machine-busy");
    assert!(error.to_string().contains("not the component's fault"), "{error}");
    // The second child is let run.
    compiler.compile(component).await.unwrap();
}

/// A top level that takes a good part of its processor time.
fn busy(rounds: u32) -> Script {
    Script::single(
        "app.js",
        format!(
            "let sum = 0; for (let i = 0; i < {rounds}; i++) sum += i % 7; export default {{ fetch() {{ return new Response(sum) }} }}"
        ),
    )
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_script_is_built_however_little_its_worker_gets_of_the_processor() {
    let held = Held::new("");
    let scripts = Scripts::new(CompilerConfig {
        script_cpu: Duration::from_secs(10),
        ..config(&held.program())
    });
    scripts.warm().await.unwrap();
    let pid = held.pid().await;
    let started = Instant::now();
    let mut building = Box::pin(scripts.build(busy(5_000_000)));
    // A twentieth of a processor, for longer than the top level may take of one.
    let built = loop {
        kill_process(pid, Signal::STOP).unwrap();
        tokio::time::sleep(Duration::from_millis(570)).await;
        kill_process(pid, Signal::CONT).unwrap();
        if let Ok(built) = tokio::time::timeout(Duration::from_millis(30), &mut building).await {
            break built;
        }
    };
    built.unwrap();
    assert!(
        started.elapsed() > Duration::from_secs(2),
        "{:?} is not long enough to show anything",
        started.elapsed()
    );
    assert_eq!(scripts.workers_started(), 1);
}

#[tokio::test]
async fn a_script_that_takes_too_much_of_the_processor_is_told_so_and_the_next_one_is_built() {
    let scripts = Scripts::new(CompilerConfig {
        script_cpu: Duration::from_millis(1_000),
        ..config(Path::new(CHILD))
    });
    let error = scripts.build(busy(u32::MAX)).await.unwrap_err();
    let ScriptBuildError::Script(error) = error else {
        panic!("{error:?}")
    };
    assert_eq!(error.code, "script-limit");
    assert!(
        error.message.contains("more than 1 s of processor time"),
        "{error}"
    );
    scripts.build(busy(1)).await.unwrap();
    assert_eq!(scripts.workers_started(), 2);
}
