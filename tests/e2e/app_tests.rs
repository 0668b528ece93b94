//! A builder tests: `c4h test` tells what holds, what does not, and where.

use std::path::Path;

use anyhow::ensure;

use crate::{Journey, command, folders};

const APP: &str = r#"
import { greet } from "./lib/greet.js";
export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname === "/boom") return undefined.x;
    if (pathname === "/for-ever") while (true) {}
    if (pathname === "/kept") return Response.json((await env.store.get("kept")) ?? null);
    if (pathname === "/keep") await env.store.set("kept", 1);
    return new Response(greet(env.GREETING));
  },
};
"#;

const TESTS: &str = r#"import { app, assert, test } from "c4h:test";
import { greet } from "./lib/greet.js";

test("a unit of the app", () => {
  assert.equal(greet("Hello"), "Hello, ward 7");
});

test("the app with its configuration", async () => {
  const answer = await app.get("/");
  assert.equal(await answer.text(), "Good morning, ward 7");
});

test("something is kept", async () => {
  await app.get("/keep");
  assert.deepEqual(await (await app.get("/kept")).json(), 1);
});

test("nothing is left of the test before", async () => {
  assert.deepEqual(await (await app.get("/kept")).json(), null);
});
"#;

const FAILING: &str = r#"import { app, assert, test } from "c4h:test";

test("this does not hold", async () => {
  const answer = await app.get("/");
  assert.equal(answer.status, 404);
});

test("an app that fails is seen", async () => {
  const answer = await app.get("/boom");
  assert.equal(answer.status, 500);
});

test("a test for ever", () => {
  while (true) {}
});

test.skip("not yet", () => {});
"#;

fn write(folder: &Path, files: &[(&str, &str)]) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder.join("lib"))?;
    for (path, text) in files {
        std::fs::write(folder.join(path), text)?;
    }
    Ok(())
}

#[tokio::test]
async fn what_holds_and_what_does_not() -> Journey {
    let folder = tempfile::tempdir_in(folders())?;
    let command = command().folder(folder.path());
    write(
        folder.path(),
        &[
            (
                "app.toml",
                "name = \"ward\"\n[config]\nGREETING = \"Good morning\"\n",
            ),
            ("app.js", APP),
            (
                "lib/greet.js",
                "export const greet = (words) => `${words}, ward 7`;\n",
            ),
        ],
    )?;
    let none = command.run(["test"]).await?.failure(1)?;
    ensure!(none.contains("app.test.js"), "{none}");

    write(folder.path(), &[("app.test.js", TESTS)])?;
    let told = command.run(["test"]).await?.success()?;
    ensure!(
        told.contains("running 4 tests") && told.contains("test result: ok. 4 passed; 0 failed"),
        "{told}"
    );
    let told = command.run(["test", "--filter", "unit"]).await?.success()?;
    ensure!(
        told.contains("running 1 test\n") && told.contains("1 passed; 0 failed; 0 skipped; 3 filtered out"),
        "{told}"
    );

    // TypeScript beside JavaScript, a test that fails, one that never ends.
    write(
        folder.path(),
        &[
            ("lib/failing.test.js", FAILING),
            (
                "types.test.ts",
                "import { assert, test } from \"c4h:test\";\ntest(\"typed\", (): void => assert.ok(true as boolean));\n",
            ),
        ],
    )?;
    let ended = command.run(["test"]).await?;
    ensure!(ended.code == 1, "{ended:?}");
    let told = &ended.stdout;
    for words in [
        "running 9 tests",
        "test a unit of the app ... ok",
        "test typed ... ok",
        "test an app that fails is seen ... ok",
        "test not yet ... skipped",
        "test this does not hold ... FAILED",
        "test a test for ever ... FAILED",
        "expected 404, found 200",
        "at lib/failing.test.js:5:",
        "> assert.equal(answer.status, 404);",
        "limit-cpu",
        "test result: FAILED. 6 passed; 2 failed; 1 skipped",
    ] {
        ensure!(told.contains(words), "no {words:?} in {told}");
    }

    // A mistake in a test is told before anything runs.
    write(
        folder.path(),
        &[(
            "lib/failing.test.js",
            "import { test } from \"c4h:test\";\ntest(;\n",
        )],
    )?;
    let ended = command.run(["test"]).await?;
    ensure!(
        ended.code == 1 && ended.stdout.is_empty() && ended.stderr.contains("lib/failing.test.js:2:6"),
        "{ended:?}"
    );
    ensure!(
        ended.stderr.contains("  2 | test(;\n    |      ^"),
        "{}",
        ended.stderr
    );
    Ok(())
}
