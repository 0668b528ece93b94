//! The compiling child: bombs end in one sentence, and the program does not notice.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use bytes::Bytes;
use sandbox_runtime::compile::CompileLimit;
use sandbox_runtime::{CompileError, Compiler, CompilerConfig};

use crate::stage::{CHILD, compiler, component, handling};

/// Where the clock is all there is, it must run out; elsewhere it must not.
const LONG: Duration = Duration::from_secs(if cfg!(unix) { 600 } else { 1 });

/// `depth` loops in each other around code that changes all of `locals` variables: each loop carries each variable.
fn nested_loops(depth: usize, locals: usize) -> Bytes {
    let mut text = String::from("(func (export \"handle\") (param i32 i32)");
    text.push_str(&"(local i32)".repeat(locals));
    text.push_str(&"(loop ".repeat(depth));
    for local in 2..locals + 2 {
        let _ = write!(
            text,
            "(local.set {local} (i32.add (local.get {local}) (local.get {})))",
            local / 2
        );
    }
    text.push_str(&"(br_if 0 (local.get 2)))".repeat(depth));
    text.push(')');
    component(&text)
}

/// Many small `if`s one after the other.
#[cfg(target_os = "linux")]
fn many_ifs(count: usize, locals: usize) -> Bytes {
    let mut text = String::from("(func (export \"handle\") (param i32 i32)");
    text.push_str(&"(local i32)".repeat(locals));
    for index in 0..count {
        let local = 2 + index % locals;
        let _ = write!(
            text,
            "(if (local.get 0) (then (local.set {local} (i32.const {index}))))"
        );
    }
    text.push(')');
    component(&text)
}

#[cfg(target_os = "linux")]
fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_bomb_for_the_processor_ends_in_one_sentence() {
    let config = CompilerConfig {
        cpu_seconds: 2,
        ..CompilerConfig::new(CHILD, Vec::new())
    };
    let compiler = Compiler::new(config);
    let bomb = nested_loops(500, 500);
    let before = resident_bytes();
    let error = compiler.compile(bomb.clone()).await.unwrap_err();
    assert_eq!(error, CompileError::Limit(CompileLimit::Cpu { seconds: 2 }));
    assert_eq!(error.code(), "compile-limit");
    assert!(error.to_string().contains("2 s of processor time"), "{error}");
    assert!(resident_bytes() < before + (64 << 20));
    // The second time nothing is started: a child would need those two seconds again.
    let started = Instant::now();
    assert_eq!(compiler.compile(bomb).await.unwrap_err(), error);
    assert!(started.elapsed() < Duration::from_secs(2));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_bomb_for_the_memory_ends_in_one_sentence() {
    let config = CompilerConfig {
        memory_bytes: 512 << 20,
        ..CompilerConfig::new(CHILD, Vec::new())
    };
    let before = resident_bytes();
    let error = Compiler::new(config)
        .compile(many_ifs(50_000, 5_000))
        .await
        .unwrap_err();
    assert_eq!(
        error,
        CompileError::Limit(CompileLimit::Memory { bytes: 512 << 20 })
    );
    assert!(error.to_string().contains("512 MiB of memory"), "{error}");
    assert!(resident_bytes() < before + (64 << 20));
}

#[cfg(not(unix))]
#[tokio::test]
async fn a_child_that_takes_too_long_is_killed() {
    let config = CompilerConfig {
        wall: Duration::from_millis(300),
        ..CompilerConfig::new(CHILD, Vec::new())
    };
    let started = Instant::now();
    let error = Compiler::new(config)
        .compile(nested_loops(500, 500))
        .await
        .unwrap_err();
    assert!(
        matches!(error, CompileError::Limit(CompileLimit::Wall { .. })),
        "{error:?}"
    );
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn what_is_no_component_is_invalid() {
    for bytes in [&b""[..], b"hello", b"\0asm\x0d\0\x01\0\xff\xff", b"(component)"] {
        let error = compiler()
            .compile(Bytes::copy_from_slice(bytes))
            .await
            .unwrap_err();
        assert_eq!(error.code(), "compile-invalid", "{error}");
    }
}

#[tokio::test]
async fn a_missing_program_is_our_fault() {
    let compiler = Compiler::new(CompilerConfig::new("/does/not/exist", Vec::new()));
    let error = compiler.compile(handling("")).await.unwrap_err();
    assert_eq!(error.code(), "platform-error");
}

#[tokio::test]
async fn the_line_is_short_and_one_compiles_at_a_time() {
    let config = CompilerConfig {
        waiting: 1,
        cpu_seconds: 1,
        wall: LONG,
        ..CompilerConfig::new(CHILD, Vec::new())
    };
    let compiler = Compiler::new(config);
    let slow = nested_loops(500, 400);
    let jobs = futures_util::future::join_all((0..4).map(|_| compiler.compile(slow.clone()))).await;
    let codes: Vec<_> = jobs.iter().map(|job| job.as_ref().unwrap_err().code()).collect();
    assert_eq!(
        codes.iter().filter(|code| **code == "busy").count(),
        2,
        "{codes:?}"
    );
}

#[tokio::test]
async fn a_group_that_sends_many_bombs_keeps_another_waiting_for_one() {
    let config = CompilerConfig {
        waiting_each: 4,
        cpu_seconds: 1,
        wall: LONG,
        ..CompilerConfig::new(CHILD, Vec::new())
    };
    let compiler = Compiler::new(config);
    let (greedy, modest) = (compiler.group(1), compiler.group(2));
    let ended = std::sync::Mutex::new(Vec::new());
    let work = async |compiler: &Compiler, wasm: Bytes, whose: &'static str| {
        let came = compiler.compile(wasm).await;
        ended.lock().unwrap().push(whose);
        came
    };
    // Each another component, because one that failed is not tried again.
    let bombs = (0..6).map(|number| work(&greedy, nested_loops(500, 400 + number), "bomb"));
    let good = handling("(call $hello (local.get $out)) (local.set $n (i32.const 4713))");
    let (bombs, good) = tokio::join!(futures_util::future::join_all(bombs), work(&modest, good, "good"));
    good.unwrap();
    let codes: Vec<_> = bombs.iter().map(|job| job.as_ref().unwrap_err().code()).collect();
    assert_eq!(codes[..5], ["compile-limit"; 5]);
    assert_eq!(codes[5], "limit-compiling", "one under way, four in line");
    let ended = ended.into_inner().unwrap();
    // The sixth is refused at once; then the one under way.
    assert_eq!(ended[..3], ["bomb", "bomb", "good"], "{ended:?}");
}

#[tokio::test]
async fn different_components_do_not_disturb_each_other() {
    let compiler = compiler();
    let good = handling("(call $hello (local.get $out))");
    let bad = Bytes::from_static(b"nonsense");
    let (good, bad) = tokio::join!(compiler.compile(good), compiler.compile(bad));
    assert!(good.is_ok());
    assert!(bad.is_err());
}
