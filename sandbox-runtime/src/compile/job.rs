//! One compilation seen from the parent.

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::ChildStdin;

use super::CompilerConfig;
use super::failure::{CompileError, CompileLimit, from_exit};
use super::start::{Started, start};
use super::wire::{ANSWER_BYTES, KIND_CODE, KIND_INVALID, Order, number};

/// The most machine code that is accepted, in bytes. 32 MiB of WebAssembly make about twice as much.
const CODE_BYTES: u64 = 256 * 1024 * 1024;

/// What is kept of a child's last words, in bytes.
const LAST_WORDS_BYTES: u64 = 4 * 1024;

/// Machine code with the settings it was made with.
pub(super) type Compiled = ([u8; 32], Bytes);

pub(super) async fn run(config: &CompilerConfig, wasm: Bytes) -> Result<Compiled, CompileError> {
    let wall = config.wall_for(&wasm);
    match tokio::time::timeout(wall, talk(config, wasm)).await {
        Ok(compiled) => compiled,
        // The child died with the future.
        Err(_late) => Err(CompileError::wall(wall)),
    }
}

async fn talk(config: &CompilerConfig, wasm: Bytes) -> Result<Compiled, CompileError> {
    let Started {
        mut child,
        stdin,
        stdout,
        stderr,
    } = start(config, config.threads).await?;
    let order = Order {
        memory_bytes: config.memory_bytes,
        cpu_seconds: config.cpu_seconds_for(&wasm),
        component_bytes: u64::try_from(wasm.len()).unwrap_or(u64::MAX),
    };
    let (_written, answer, last_words) = tokio::join!(
        write(stdin, order, wasm),
        read(stdout, CODE_BYTES),
        read(stderr, LAST_WORDS_BYTES)
    );
    let status = child.wait().await.map_err(CompileError::host)?;
    let answer = answer.map_err(CompileError::host)?;
    if status.success() {
        return parse(answer);
    }
    let last_words = last_words.unwrap_or_default();
    let last_words = String::from_utf8_lossy(&last_words);
    Err(from_exit(
        status,
        last_words.trim(),
        config.memory_bytes,
        order.cpu_seconds,
    ))
}

/// A child that dies early closes its end; how it died says more than the broken pipe.
async fn write(mut stdin: ChildStdin, order: Order, wasm: Bytes) -> std::io::Result<()> {
    stdin.write_all(&order.to_bytes()).await?;
    stdin.write_all(&wasm).await?;
    stdin.shutdown().await
}

/// Reads to the end, keeps the beginning: a child that cannot write would never end.
async fn read(mut pipe: impl AsyncRead + Unpin, limit: u64) -> std::io::Result<Vec<u8>> {
    let mut kept = Vec::new();
    (&mut pipe).take(limit).read_to_end(&mut kept).await?;
    tokio::io::copy(&mut pipe, &mut tokio::io::sink()).await?;
    Ok(kept)
}

fn parse(answer: Vec<u8>) -> Result<Compiled, CompileError> {
    let broken = || CompileError::host("the compiling child's answer is broken");
    let answer = Bytes::from(answer);
    let (head, bytes) = answer.split_at_checked(ANSWER_BYTES).ok_or_else(broken)?;
    let (kind, rest) = head.split_first().ok_or_else(broken)?;
    let (settings, length) = rest.split_first_chunk::<32>().ok_or_else(broken)?;
    let length = number(length).ok_or_else(broken)?;
    match *kind {
        KIND_CODE if length > CODE_BYTES.saturating_sub(64) => {
            Err(CompileError::Limit(CompileLimit::Output { bytes: CODE_BYTES }))
        }
        _ if u64::try_from(bytes.len()) != Ok(length) => Err(broken()),
        KIND_CODE => Ok((*settings, answer.slice(ANSWER_BYTES..))),
        KIND_INVALID => {
            let message = String::from_utf8_lossy(bytes);
            let message = message
                .lines()
                .next()
                .unwrap_or_default()
                .chars()
                .take(500)
                .collect();
            Err(CompileError::Invalid { message })
        }
        _ => Err(broken()),
    }
}
