//! Files that are no apps, or that want to break the compiler: one clear sentence each, and nothing left behind.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use tests::bytes_of_wasm as wasm;
use tests::guests::HOSTILE;
use tests::{Client, TestPlatform, until};

use crate::{Journey, builder, shared};

/// Room that the server may take for uploads, above what it takes at rest: the largest component a few times over, or the blocks of
/// four bombs. What a compile bomb asks for is in gigabytes, and is asked of a child.
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
pub(crate) async fn nothing_is_left(client: &Client, app: &str) -> Journey {
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
            "types inside each other",
            wasm::with_nested_types(good, 1_000),
            &["upload-too-complex"],
            "types",
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

    let bombs = [
        (
            "loops in loops",
            wasm::nested_loops(500, 500)?,
            &["compile-limit"],
            "of processor time",
        ),
        // As many locals as the look at a file lets through, so that the compiler gets to see it.
        (
            "branches over many locals",
            wasm::many_branches(50_000, 3_900)?,
            &["compile-limit"],
            "of memory",
        ),
        (
            "many functions",
            wasm::many_functions(300_000)?,
            &["upload-too-complex"],
            "functions",
        ),
        (
            "deep nesting",
            wasm::module(&format!(
                "(func {} {})",
                "block ".repeat(100_000),
                "end ".repeat(100_000)
            ))?,
            &["upload-too-complex"],
            "blocks",
        ),
    ];
    let mut bombing = tokio::task::JoinSet::new();
    for (what, module, code, word) in bombs {
        let client = client.clone();
        let bomb = upload(what, wasm::with_module(examples::HELLO, &module)?, code, word);
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
    // The bombs have ten seconds of processor time each and take them; whoever had to wait for one would come to four answers.
    ensure!(served > 50, "only {served} answers while bombs were compiled");
    nothing_is_left(&client, "refused").await?;
    // A good component is compiled after all that.
    client.deploy("after", wasm::distinct(HOSTILE, "after")).await?;
    client.run("after", "/ok").await?.expect(200)?;
    stayed_small(&platform, at_rest)
}

/// The server's memory never went far above what it takes at rest; nothing to say where that cannot be read.
pub(crate) fn stayed_small(platform: &TestPlatform, at_rest: Option<(u64, u64)>) -> Journey {
    if let (Some((before, _)), Some((_, most))) = (at_rest, platform.memory_kib()) {
        ensure!(
            most < before + ROOM_KIB,
            "the server took {most} KiB, {before} KiB at rest"
        );
    }
    Ok(())
}

#[tokio::test]
async fn the_component_itself_is_never_served_as_a_page() -> Journey {
    let platform = shared()?;
    let client = platform.client()?;
    // WebAssembly and HTML at once.
    let both = wasm::distinct(examples::HELLO, "<script>alert(1)</script>");
    let deployed = client.deploy("polyglot", both).await?;
    let sha = deployed["sha256"].as_str().context("a name")?.to_owned();
    until("the app runs", Duration::from_secs(60), async || {
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
