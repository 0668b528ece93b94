// Builds app.js, or another file, into a component: `node build.mjs FOLDER [SOURCE]` writes FOLDER/javascript.wasm.
// Needs `npm ci` and cargo.

import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { argv, exit } from "node:process";
import { fileURLToPath } from "node:url";

import { componentize } from "@bytecodealliance/componentize-js";

// The engine inside componentize-js 0.23.0 exports this version of the interfaces and will hear of no other.
const ENGINE_WASI = "0.2.10";

const here = dirname(fileURLToPath(import.meta.url));
const [folder, source = join(here, "app.js")] = argv.slice(2);
if (!folder) {
  console.error("usage: node build.mjs FOLDER [SOURCE]");
  exit(2);
}

const wit = await mkdtemp(join(tmpdir(), "wit-"));
try {
  await writeInterfaces(wit);
  const { component } = await componentize({
    sourcePath: source,
    witPath: wit,
    worldName: "app",
  });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "javascript.wasm"), component);
} finally {
  await rm(wit, { recursive: true });
}

// The WASI interfaces come from the crate `wasip2`, which the guests in Rust depend on. Versions 0.2.x only ever add, so
// the text of a newer one serves under the number that the engine knows.
async function writeInterfaces(wit) {
  const manifest = join(here, "../../../examples/guests/Cargo.toml");
  const metadata = execFileSync(
    "cargo",
    ["metadata", "--locked", "--format-version", "1", "--manifest-path", manifest],
    { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 },
  );
  const wasi = JSON.parse(metadata).packages.find(({ name }) => name === "wasip2");
  const shipped = join(dirname(wasi.manifest_path), "wit/deps");

  await mkdir(join(wit, "deps"));
  for (const file of await readdir(shipped)) {
    const text = await readFile(join(shipped, file), "utf8");
    await writeFile(join(wit, "deps", file), text.replace(/\b0\.2\.\d+/g, ENGINE_WASI));
  }
  await writeFile(
    join(wit, "app.wit"),
    `package code4health:app;\nworld app { include wasi:http/proxy@${ENGINE_WASI}; }\n`,
  );
}
