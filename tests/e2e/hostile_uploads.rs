//! Files that are no apps, or that want to break the compiler: one clear sentence each, and nothing left behind.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use reqwest::Method;
use tests::bytes_of_wasm as wasm;
use tests::guests::HOSTILE;
use tests::{Client, TestPlatform, raw, until};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::{Journey, builder, shared};

/// Room that the server may take for uploads, above what it takes at rest: the largest component a few times over.
/// What a compile bomb asks for is in gigabytes, and is asked of a child.
const ROOM_KIB: u64 = 300 << 10;

/// A file, the code it is refused with, and a word that the sentence must hold.
struct Upload {
    what: &'static str,
    bytes: Vec<u8>,
    codes: &'static [&'static str],
    word: &'static str,
}

fn upload(
    what: &'static str,
    bytes: impl Into<Vec<u8>>,
    code: &'static [&'static str],
    word: &'static str,
) -> Upload {
    Upload {
        what,
        bytes: bytes.into(),
        codes: code,
        word,
    }
}

async fn is_refused(client: &Client, upload: Upload) -> Journey {
    let Upload {
        what,
        bytes,
        codes,
        word,
    } = upload;
    let answer = client.upload("refused", bytes).await.context(what)?;
    let problem = answer.problem().context(what)?;
    ensure!(
        answer.status == 422,
        "{what}: {} {}",
        answer.status,
        problem.detail
    );
    ensure!(
        codes.contains(&problem.code.as_str()),
        "{what}: {} {}",
        problem.code,
        problem.detail
    );
    ensure!(problem.detail.contains(word), "{what}: {}", problem.detail);
    Ok(())
}

/// Nothing to be seen of an app that was never deployed, and the server takes the next one.
async fn nothing_is_left(client: &Client, app: &str) -> Journey {
    client
        .get(&format!("/api/v1/workspaces/demo/apps/{app}"))
        .await?
        .expect_problem(404, "unknown-app")?;
    client.run(app, "/").await?.expect_problem(404, "unknown-app")?;
    let apps = client.json("/api/v1/workspaces/demo/apps").await?;
    ensure!(!apps.to_string().contains(&format!("\"{app}\"")), "{apps}");
    client.healthy().await
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one table, one row a file")]
async fn files_that_are_no_components_are_named_for_what_they_are() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    let good = examples::HELLO;
    for file in [
        upload("an empty file", Vec::new(), &["upload-empty"], "empty"),
        upload(
            "a core module",
            wasm::core_module()?,
            &["upload-core-module"],
            "wasm32-wasip2",
        ),
        upload("a module as text", "(module)", &["upload-wat"], "WAT"),
        upload(
            "a component as text",
            ";; mine\n(component)",
            &["upload-wat"],
            "WAT",
        ),
        upload(
            "JavaScript",
            "export default { async fetch() { return new Response('x'); } }",
            &["upload-javascript"],
            "JavaScript",
        ),
        upload(
            "Python",
            "import asyncio\n\ndef handle(request):\n    return None\n",
            &["upload-python", "upload-not-wasm"],
            "component",
        ),
        upload(
            "a web page",
            "<!doctype html><title>x</title>",
            &["upload-not-wasm"],
            "web page",
        ),
        upload(
            "gzip",
            [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0].repeat(9),
            &["upload-archive"],
            "unpack",
        ),
        upload(
            "zip",
            b"PK\x03\x04rest of an archive".repeat(9),
            &["upload-archive"],
            "unpack",
        ),
        upload(
            "a Linux program",
            b"\x7fELF\x02\x01\x01\0".repeat(99),
            &["upload-native"],
            "wasm32-wasip2",
        ),
        upload(
            "a Windows program",
            b"MZ\x90\0\x03\0\0\0".repeat(99),
            &["upload-native"],
            "wasm32-wasip2",
        ),
        upload(
            "noise",
            (0..4_000_u32).map(|n| (n * 7 % 251) as u8).collect::<Vec<_>>(),
            &["upload-not-wasm"],
            "\\0asm",
        ),
        upload(
            "a component cut in half",
            wasm::truncated(good, good.len() / 2)?,
            &["upload-malformed", "upload-invalid"],
            "byte",
        ),
        upload(
            "only the first bytes",
            wasm::truncated(good, 8)?,
            &["upload-no-handler", "upload-malformed"],
            "incoming-handler",
        ),
        upload(
            "a component that answers nobody",
            wasm::component("")?,
            &["upload-no-handler"],
            "incoming-handler",
        ),
        upload(
            "an unknown import",
            wasm::with_import(good, "example:missing/thing@1.0.0")?,
            &["upload-unknown-imports"],
            "example:missing/thing",
        ),
        upload(
            "key-value storage",
            wasm::with_import(good, "wasi:keyvalue/store@0.2.0")?,
            &["upload-unknown-imports"],
            "wasi:keyvalue/store",
        ),
        upload(
            "WASI of the future",
            wasm::with_import(good, "wasi:http/types@0.3.0")?,
            &["upload-wasi-03", "upload-unknown-imports"],
            "0.3",
        ),
    ] {
        is_refused(&client, file).await?;
    }
    nothing_is_left(&client, "refused").await
}

#[tokio::test]
async fn a_component_that_is_cut_or_damaged_anywhere_is_refused_or_runs() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    let good = examples::HELLO;
    let step = good.len() / 12;
    for length in (1..12).map(|part| part * step) {
        let answer = client.upload("cut", wasm::truncated(good, length)?).await?;
        ensure!(
            answer.status == 422,
            "{length} of {} bytes: {}",
            good.len(),
            answer.text()
        );
    }
    nothing_is_left(&client, "cut").await?;
    // In the head, among the sections' numbers and lengths, one bit changes everything.
    for at in (0..64).step_by(7) {
        let answer = client.upload("damaged", wasm::flipped(good, at)?).await?;
        ensure!(
            matches!(answer.status, 201 | 422),
            "bit turned at {at}: {} {}",
            answer.status,
            answer.text()
        );
        if answer.status == 201 {
            ensure!(client.run("damaged", "/").await?.status < 600);
        }
    }
    client.healthy().await
}

#[tokio::test]
async fn compile_bombs_are_ended_and_others_are_served_meanwhile() -> Journey {
    let platform = builder().start()?;
    let client = platform.client()?;
    client.deploy("bystander", examples::HELLO).await?;
    let at_rest = platform.memory_kib();

    let limits = &["upload-too-complex", "compile-limit"];
    let bombs = [
        ("loops in loops", wasm::nested_loops(500, 500)?),
        ("branches over many locals", wasm::many_branches(50_000, 5_000)?),
        ("many functions", wasm::many_functions(300_000)?),
        (
            "deep nesting",
            wasm::module(&format!(
                "(func {} {})",
                "block ".repeat(100_000),
                "end ".repeat(100_000)
            ))?,
        ),
    ];
    let mut bombing = tokio::task::JoinSet::new();
    for (what, module) in bombs {
        let client = client.clone();
        let bomb = upload(
            what,
            wasm::with_module(examples::HELLO, &module)?,
            limits,
            "component",
        );
        bombing.spawn(async move { is_refused(&client, bomb).await });
    }
    let mut served = 0_u32;
    while !bombing.is_empty() {
        client.run("bystander", "/").await?.expect(200)?;
        served += 1;
        while let Some(refused) = bombing.try_join_next() {
            refused??;
        }
    }
    ensure!(served > 0);
    nothing_is_left(&client, "refused").await?;
    // A good component is compiled after all that.
    client.deploy("after", wasm::distinct(HOSTILE, "after")).await?;
    client.run("after", "/ok").await?.expect(200)?;
    stayed_small(&platform, at_rest)
}

fn stayed_small(platform: &TestPlatform, at_rest: Option<(u64, u64)>) -> Journey {
    if let (Some((before, _)), Some((_, most))) = (at_rest, platform.memory_kib()) {
        ensure!(
            most < before + ROOM_KIB,
            "the server took {most} KiB, {before} KiB at rest"
        );
    }
    Ok(())
}

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
    let answer = client.send(request.body(vec![0; (32 << 20) + 1])).await;
    if let Ok(answer) = answer {
        answer.expect_problem(413, "limit-request-body")?;
    }
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

#[tokio::test]
async fn the_component_itself_is_never_served_as_a_page() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    // WebAssembly and HTML at once.
    let both = wasm::distinct(examples::HELLO, "<script>alert(1)</script>");
    let deployed = client.deploy("polyglot", both).await?;
    let sha = deployed["sha256"].as_str().context("a name")?.to_owned();
    until("the app runs", Duration::from_secs(10), async || {
        Ok((client.run("polyglot", "/").await?.status == 200).then_some(()))
    })
    .await?;
    for path in [
        "/w/demo/app/polyglot".to_owned(),
        format!("/assets/{sha}"),
        "/api/v1/workspaces/demo/apps/polyglot/versions/1".to_owned(),
    ] {
        let answer = client.get(&path).await?;
        ensure!(!answer.text().contains("<script>alert(1)"), "{path}");
    }
    Ok(())
}
