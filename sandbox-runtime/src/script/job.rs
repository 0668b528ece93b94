//! The worker seen from the program: a child process that is asked one script at a time.

use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout};

use super::wire::{self, Allowance, Answer, EXIT_OVER_CPU, FRAME_BYTES, Head, Order};
use crate::compile::{CompileError, CompilerConfig, Started, start};

/// Scripts after which a worker is replaced: what leaks or fragments does so for a bounded time.
const SCRIPTS_EACH: u32 = 2_000;

/// Threads of a worker. Somebody looks at the button that they have pressed: it has two, also where two is all there are.
const THREADS: usize = 2;

/// What is kept of a worker's last words, in bytes.
const LAST_WORDS_BYTES: u64 = 4 * 1024;

/// How long it is waited for the end of a worker that says nothing more.
const LAST_BREATH: Duration = Duration::from_secs(5);

/// Why a worker did not answer.
#[derive(Debug)]
pub(super) enum Lost {
    /// The script took more than its processor time.
    OverCpu,
    /// It died, or what it said was broken.
    Died(String),
}

/// A running worker. Dropping it kills it.
#[derive(Debug)]
pub(super) struct Worker {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    scripts: u32,
}

impl Worker {
    /// Starts a worker and waits until it is ready.
    pub(super) async fn start(config: &CompilerConfig, allowance: Allowance) -> Result<Self, CompileError> {
        let Started {
            child,
            stdin,
            stdout,
            stderr,
        } = start(config, THREADS).await?;
        tokio::spawn(log_last_words(stderr));
        let mut worker = Self {
            child,
            input: stdin,
            output: BufReader::with_capacity(256 * 1024, stdout),
            scripts: 0,
        };
        worker
            .input
            .write_all(&wire::start(allowance))
            .await
            .map_err(CompileError::host)?;
        worker.frame().await.map_err(CompileError::host)?;
        Ok(worker)
    }

    /// Whether it has done its share.
    pub(super) fn is_worn(&self) -> bool {
        self.scripts >= SCRIPTS_EACH
    }

    /// One script. After an error, or when the future is dropped, the worker is of no more use.
    pub(super) async fn work(&mut self, order: Order) -> Result<Answer, Lost> {
        self.scripts += 1;
        match self.ask(order).await {
            Ok(answer) => Ok(answer),
            Err(detail) => Err(self.why_lost(detail).await),
        }
    }

    /// How it ended says more than the broken pipe.
    async fn why_lost(&mut self, detail: String) -> Lost {
        let ended = tokio::time::timeout(LAST_BREATH, self.child.wait()).await;
        let code = ended.ok().and_then(Result::ok).and_then(|status| status.code());
        if code == Some(i32::from(EXIT_OVER_CPU)) {
            return Lost::OverCpu;
        }
        Lost::Died(detail)
    }

    async fn ask(&mut self, order: Order) -> Result<Answer, String> {
        let order = serde_json::to_vec(&order).map_err(|error| error.to_string())?;
        let length = u32::try_from(order.len()).map_err(|error| error.to_string())?;
        let sent = async {
            self.input.write_all(&length.to_le_bytes()).await?;
            self.input.write_all(&order).await?;
            self.input.flush().await
        };
        sent.await.map_err(|error| error.to_string())?;
        let head = self.frame().await?;
        match serde_json::from_slice(&head).map_err(|error| error.to_string())? {
            Head::Built { settings, times } => {
                let component = self.frame().await?;
                let code = self.frame().await?;
                tracing::debug!(
                    ?times,
                    component_bytes = component.len(),
                    code_bytes = code.len(),
                    "a script was built"
                );
                Ok(Answer::Built {
                    component,
                    settings,
                    code,
                })
            }
            Head::Problem(problem) => Ok(Answer::Problem(problem)),
            Head::Invalid(message) => Ok(Answer::Invalid(message)),
        }
    }

    async fn frame(&mut self) -> Result<Bytes, String> {
        let length = self
            .output
            .read_u32_le()
            .await
            .map_err(|error| error.to_string())?;
        if length > FRAME_BYTES {
            return Err("the worker's answer is too long".to_owned());
        }
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let mut bytes = Vec::with_capacity(length);
        let part = u64::try_from(length).unwrap_or(u64::MAX);
        (&mut self.output)
            .take(part)
            .read_to_end(&mut bytes)
            .await
            .map_err(|error| error.to_string())?;
        if bytes.len() != length {
            return Err("the worker's answer broke off".to_owned());
        }
        Ok(bytes.into())
    }
}

/// What a worker says when it dies is for whoever reads the program's log. Ends with the worker.
async fn log_last_words(mut stderr: ChildStderr) {
    let mut words = Vec::new();
    let read = (&mut stderr).take(LAST_WORDS_BYTES).read_to_end(&mut words).await;
    if read.is_ok() && !words.is_empty() {
        tracing::warn!(words = %String::from_utf8_lossy(&words), "the worker for scripts said something");
    }
    // Read on: a worker that cannot write would never end.
    let _ = tokio::io::copy(&mut stderr, &mut tokio::io::sink()).await;
}
