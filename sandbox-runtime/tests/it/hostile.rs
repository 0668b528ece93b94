//! Components that nobody's compiler makes, by the thousand: whatever they are, what comes of them is an answer or a named failure.

mod calls_of_the_child;
mod damaged;
mod generated;
mod regressions;

use bytes::Bytes;
use sandbox_runtime::inspect::{UploadLimits, check_upload};
use sandbox_runtime::{CompileError, Limits, LoadError, RunError};

use crate::stage::{Nobody, SANDBOX, compiler, context, get};

/// What came of a file, in the word that its builder would see: `answered`, or the code of the refusal.
///
/// Fails the test where the platform itself is to blame, which no file may bring about.
async fn fate(wasm: Bytes) -> &'static str {
    if let Err(error) = check_upload(&wasm, &UploadLimits::DEFAULT) {
        return error.code();
    }
    let artefact = match compiler().compile(wasm).await {
        Ok(artefact) => artefact,
        Err(CompileError::Host { detail }) => panic!("{detail}"),
        Err(error) => return error.code(),
    };
    let guest = match SANDBOX.load(&artefact) {
        Ok(guest) => guest,
        // What was compiled just now is the platform's own.
        Err(LoadError::Foreign(reason)) => panic!("{reason}"),
        Err(LoadError::DoesNotFit(_)) => return "load-does-not-fit",
        Err(LoadError::TooLarge { .. }) => return "load-too-large",
    };
    let limits = Limits {
        cpu_ms: 50,
        wall_ms: 2_000,
        ..Limits::DEFAULT
    };
    let run = SANDBOX.handle(&guest, get("/"), context(limits, Nobody)).await;
    match run.answer {
        Ok(_) => "answered",
        Err(RunError::Host { detail }) => panic!("{detail}"),
        Err(error) => error.code(),
    }
}

/// Every end that a file may come to here. What is not in the list is news, and somebody has to look at it.
const NAMED: [&str; 17] = [
    "answered",
    "upload-malformed",
    "upload-invalid",
    "upload-too-complex",
    "upload-unknown-imports",
    "upload-no-handler",
    "compile-limit",
    "compile-invalid",
    "load-does-not-fit",
    "load-too-large",
    "limit-cpu",
    "limit-memory",
    "limit-stack",
    "limit-table",
    "app-error-response",
    "app-no-response",
    "app-trap",
];

/// How often each fate came about, for the message of a test that fails.
type Fates = std::collections::BTreeMap<&'static str, u32>;

/// Without the names at its end, which nobody reads: cut off, they would leave a good component.
fn tiny() -> Bytes {
    let mut bytes = wat::parse_str(include_str!("hostile/tiny.wat")).unwrap();
    let mut last = 8;
    let mut section = last;
    while section < bytes.len() {
        let digits = bytes[section + 1..]
            .iter()
            .position(|byte| byte & 0x80 == 0)
            .unwrap()
            + 1;
        let length = bytes[section + 1..][..digits]
            .iter()
            .rev()
            .fold(0, |length, byte| length << 7 | usize::from(byte & 0x7f));
        let end = section + 1 + digits + length;
        if bytes[section] != 0 {
            last = end;
        }
        section = end;
    }
    bytes.truncate(last);
    Bytes::from(bytes)
}
