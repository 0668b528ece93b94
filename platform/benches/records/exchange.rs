//! One connection that sends requests and reads answers, for what is not a plain repeated `GET`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// The longest wait for one answer: a transaction of the largest import.
const PATIENCE: Duration = Duration::from_secs(120);

/// A connection that is kept.
pub(crate) struct Exchange {
    connection: BufReader<TcpStream>,
    address: SocketAddr,
}

impl Exchange {
    pub(crate) fn with(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).with_context(|| format!("connecting to {address}"))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self {
            connection: BufReader::with_capacity(64 * 1024, stream),
            address,
        })
    }

    /// The answer's status and body; what is sent is FHIR.
    pub(crate) fn send(&mut self, method: &str, path: &str, body: &[u8]) -> Result<(u16, Vec<u8>)> {
        self.send_as("application/fhir+json", method, path, body)
    }

    /// The answer's status and body.
    pub(crate) fn send_as(
        &mut self,
        media_type: &str,
        method: &str,
        path: &str,
        body: &[u8],
    ) -> Result<(u16, Vec<u8>)> {
        let mut request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\ncontent-type: {media_type}\r\ncontent-length: {}\r\n\r\n",
            self.address,
            body.len()
        )
        .into_bytes();
        request.extend_from_slice(body);
        self.connection.get_mut().write_all(&request)?;
        self.answer()
    }

    /// The body of an answer that must be JSON with this status.
    pub(crate) fn json(&mut self, method: &str, path: &str, body: &[u8], status: u16) -> Result<Value> {
        let (found, text) = self.send(method, path, body)?;
        let start: String = String::from_utf8_lossy(&text).chars().take(500).collect();
        ensure!(
            found == status,
            "{method} {path} was answered with {found}: {start}"
        );
        serde_json::from_slice(&text).with_context(|| format!("{method} {path}: {start}"))
    }

    fn answer(&mut self) -> Result<(u16, Vec<u8>)> {
        let mut line = String::new();
        self.connection.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.with_context(|| format!("no status in {line:?}"))?;
        let (mut length, mut chunked) = (0, false);
        loop {
            line.clear();
            self.connection.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(':') else {
                break;
            };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse()?;
            } else if name.eq_ignore_ascii_case("transfer-encoding") {
                chunked = true;
            }
        }
        let mut body = Vec::new();
        if !chunked {
            body.resize(length, 0);
            self.connection.read_exact(&mut body)?;
            return Ok((status, body));
        }
        loop {
            line.clear();
            self.connection.read_line(&mut line)?;
            let size = usize::from_str_radix(line.trim_end(), 16).context("a chunk's size")?;
            let start = body.len();
            body.resize(start + size, 0);
            self.connection
                .read_exact(body.get_mut(start..).unwrap_or_default())?;
            line.clear();
            self.connection.read_line(&mut line)?;
            if size == 0 {
                return Ok((status, body));
            }
        }
    }
}
