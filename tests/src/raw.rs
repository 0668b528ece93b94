//! Requests that no decent client sends: bytes as they stand, over a connection of their own.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// As long as [`crate::Client`] waits.
const PATIENCE: Duration = Duration::from_secs(60);

/// Sends the bytes and reads everything until the other side closes. Say `connection: close` in the request.
///
/// # Errors
/// When the connection fails before anything was answered, or nothing ends in time.
pub async fn exchange(address: SocketAddr, request: &[u8]) -> anyhow::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    // A server that refuses early closes while we still write; what counts is what it answered.
    let written = stream.write_all(request).await;
    let mut answer = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer))
        .await
        .context("no end in time")?;
    if answer.is_empty() {
        written?;
        read?;
    }
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// `GET target` with these header lines, the target as it stands.
///
/// # Errors
/// As [`exchange`].
pub async fn get(address: SocketAddr, target: &str, headers: &[&str]) -> anyhow::Result<String> {
    let mut request = format!("GET {target} HTTP/1.1\r\nconnection: close\r\n");
    for line in headers {
        request.push_str(line);
        request.push_str("\r\n");
    }
    request.push_str("\r\n");
    exchange(address, request.as_bytes()).await
}

/// The status in the first line of an answer.
///
/// # Errors
/// When there is none.
pub fn status(answer: &str) -> anyhow::Result<u16> {
    let word = answer
        .split_whitespace()
        .nth(1)
        .with_context(|| format!("no status in {answer:?}"))?;
    Ok(word.parse()?)
}
