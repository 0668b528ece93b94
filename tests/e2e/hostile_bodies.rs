//! Uploads whose bodies have no end, lie about their length, break off or are packed: cut off, and nothing left behind.

use anyhow::{Context as _, ensure};
use reqwest::Method;
use tests::raw;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::hostile_uploads::{nothing_is_left, stayed_small};
use crate::{Journey, builder, shared};

#[tokio::test]
async fn bodies_without_end_are_cut_off() -> Journey {
    let platform = builder().start()?;
    let client = platform.client()?;
    let at_rest = platform.memory_kib();
    let path = "/api/v1/workspaces/demo/apps/endless/versions";

    // Announced as too long: refused before it is sent.
    let head = |length: &str| {
        format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/wasm\r\n{length}\r\n\r\n"
        )
    };
    let answer = raw::exchange(
        platform.address(),
        head("content-length: 107374182400").as_bytes(),
    )
    .await?;
    ensure!(
        raw::status(&answer)? == 413 && answer.contains("limit-request-body"),
        "{answer}"
    );

    // Not announced: cut off where the limit is.
    let mut stream = TcpStream::connect(platform.address()).await?;
    stream
        .write_all(head("transfer-encoding: chunked").as_bytes())
        .await?;
    let chunk = [b"100000\r\n".as_slice(), &vec![0; 1 << 20], b"\r\n"].concat();
    let mut sent = 0;
    // The server closes at some point, and a write then fails.
    while sent < 2_000 && stream.write_all(&chunk).await.is_ok() {
        sent += 1;
    }
    ensure!(sent < 2_000, "the server read 2,000 MiB");

    // One byte more than the largest component, all of it sent.
    let request = client
        .request(Method::POST, path)
        .header("content-type", "application/wasm");
    client
        .send(request.body(vec![0; (32 << 20) + 1]))
        .await?
        .expect_problem(413, "limit-request-body")?;
    nothing_is_left(&client, "endless").await?;
    stayed_small(&platform, at_rest)
}

#[tokio::test]
async fn a_length_that_lies_and_a_caller_that_hangs_up_leave_nothing() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    let good = examples::HELLO;
    let path = "/api/v1/workspaces/demo/apps/hung-up/versions";
    let head = |length: usize| {
        format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/wasm\r\ncontent-length: {length}\r\n\r\n"
        )
    };
    // Hung up in the middle, at several places.
    for part in [0, 1, good.len() / 2, good.len() - 1] {
        let mut stream = TcpStream::connect(platform.address()).await?;
        stream.write_all(head(good.len()).as_bytes()).await?;
        stream.write_all(good.get(..part).context("a part")?).await?;
        stream.shutdown().await?;
        drop(stream);
    }
    nothing_is_left(&client, "hung-up").await?;

    // Shorter than announced by the header than it is: what comes behind is no request of ours.
    let short = [head(8).as_bytes(), good].concat();
    let answer = raw::exchange(platform.address(), &short).await?;
    ensure!(raw::status(&answer)? == 422, "{answer}");
    ensure!(
        answer.matches("HTTP/1.1").count() == 1,
        "the rest was taken for a request: {answer}"
    );

    // Two lengths, or a length and chunks: nobody can know where such a request ends.
    for lines in [
        format!("content-length: {}\r\ncontent-length: 8", good.len()),
        "content-length: 8\r\ntransfer-encoding: chunked".to_owned(),
        "content-length: -1".to_owned(),
        "content-length: +8".to_owned(),
    ] {
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/wasm\r\n{lines}\r\n\r\nabcdefgh"
        );
        let answer = raw::exchange(platform.address(), request.as_bytes()).await?;
        let status = raw::status(&answer)?;
        ensure!(
            matches!(status, 400 | 422) && answer.matches("HTTP/1.1").count() == 1,
            "{lines}: {answer}"
        );
    }
    nothing_is_left(&client, "hung-up").await
}

#[tokio::test]
async fn an_encoded_body_is_not_unpacked() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    for encoding in ["gzip", "br", "deflate", "zstd", "gzip, gzip"] {
        let request = client
            .request(Method::POST, "/api/v1/workspaces/demo/apps/encoded/versions")
            .header("content-type", "application/wasm")
            .header("content-encoding", encoding)
            .body([0x1f, 0x8b, 8, 0].repeat(1_000));
        client.send(request).await?.expect_problem(415, "encoded-body")?;
    }
    nothing_is_left(&client, "encoded").await
}
