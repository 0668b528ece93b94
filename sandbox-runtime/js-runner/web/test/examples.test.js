// The examples of the documents under Node. The run that counts is that of tests/it/script_api.rs in the real runner,
// which reads them by the same rules:
//   EXPRESSION; // => VALUE        const NAME = EXPRESSION; // => VALUE        STATEMENT; // throws "part of the sentence"
//   and in a block with `export default`: // METHOD /path [body] => STATUS part of the body

import assert from "node:assert";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { environment, network } from "./natives.js";

const REPOSITORY = new URL("../../../../", import.meta.url);
const { handle, install } = await import("../main.js");
const keep = Object.fromEntries(["console", "setTimeout", "clearTimeout", "setInterval", "clearInterval", "queueMicrotask", "performance"].map((name) => [name, globalThis[name]]));
install(globalThis);
for (const [name, value] of Object.entries(keep)) Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });

const answers = JSON.parse(readFileSync(new URL("answers.json", import.meta.url)));
const values = new Map();
const reply = (status, body) => ({ status, headers: [["content-type", "application/json"]], body: __c4h.encodeUtf8(typeof body === "string" ? body : JSON.stringify(body)) });
network.send = async ({ method, url, body }) => {
  if (url.startsWith("https://store.c4h.internal/values")) {
    const key = decodeURIComponent(new URL(url).pathname.slice("/values/".length));
    if (method === "PUT") values.set(key, __c4h.decodeUtf8(body));
    else if (method === "DELETE") values.delete(key);
    else if (method === "POST") {
      values.set(key, `${Number(values.get(key) ?? 0) + Number(new URL(url).searchParams.get("add"))}`);
      return reply(200, values.get(key));
    }
    else if (!key) return reply(200, { keys: [...values.keys()].filter((each) => each.startsWith(new URL(url).searchParams.get("prefix") ?? "")).sort(), next: null });
    else return values.has(key) ? reply(200, values.get(key)) : reply(404, {});
    return { status: 204, headers: [], body: new Uint8Array() };
  }
  const found = answers.find((each) => each.url === url);
  if (!found) throw Object.assign(new Error(`${url} is not known here`), { code: "HTTP-request-denied" });
  return reply(found.status, found.body);
};
environment.GREETING = "hello";

const folder = mkdtempSync(join(tmpdir(), "examples-"));
const local = (path) => new URL(path, import.meta.url).href;
const imports = (line) => line.replace(/from "nhs"/, `from "${local("../nhs.js")}"`).replace(/from "c4h:test"/, `from "${local("../test.js")}"`);

for (const name of ["nhs-module.md", "javascript.md"]) {
  const text = readFileSync(new URL(`docs/reference/${name}`, REPOSITORY), "utf8");
  let blocks = 0;
  for (const { index, 1: code } of text.matchAll(/^```js\n([\s\S]*?)^```$/gm)) {
    const line = text.slice(0, index).split("\n").length;
    const file = join(folder, `${name}-${line}.mjs`);
    blocks++;
    test(`${name} line ${line}`, async () => {
      const lines = code.split("\n").map(imports);
      if (code.includes("export default")) {
        writeFileSync(file, lines.join("\n"));
        const app = (await import(pathToFileURL(file))).default;
        const requests = [...code.matchAll(/^\/\/ ([A-Z]+) (\/\S*)(?: (.*?))? => (\d+) ?(.*)$/gm)];
        assert.ok(requests.length, "this example is not run: it has no line // GET / => 200 text");
        for (const [, method, path, body, status, part] of requests) {
          const headers = body === undefined ? [] : [["content-type", body.startsWith("{") ? "application/json" : "application/x-www-form-urlencoded"]];
          const answer = await handle(app, { method, url: `http://app.test${path}`, headers, body: body === undefined ? null : __c4h.encodeUtf8(body) });
          const found = typeof answer.body === "string" ? answer.body : answer.body ? __c4h.decodeUtf8(answer.body) : "";
          assert.equal(answer.status, Number(status), `${method} ${path}: ${found}`);
          assert.ok(found.includes(part), `${method} ${path}: expected ${part} in ${found}`);
        }
        return;
      }
      const head = [`import { check, throws } from "${local("harness.js")}";`];
      const body = [];
      let checks = 0;
      for (const each of lines) {
        const gives = /^(?:const (\w+) = )?(.+?);? \/\/ => (.+)$/.exec(each);
        const fails = /^(.+?);? \/\/ throws (".*")$/.exec(each);
        if (each.startsWith("import ")) head.push(each);
        else if (gives) {
          if (gives[1]) body.push(`const ${gives[1]} = ${gives[2]};`);
          body.push(`check(${JSON.stringify(each)}, ${gives[1] ?? `(${gives[2]})`}, (${gives[3]}));`);
          checks++;
        } else if (fails) {
          body.push(`await throws(${JSON.stringify(each)}, async () => { ${fails[1]}; }, ${fails[2]});`);
          checks++;
        } else {
          assert.ok(!/\/\/ (=>|throws)/.test(each), `this line cannot be checked: ${each}`);
          body.push(each);
        }
      }
      assert.ok(checks, "this example is not run: it has no line with // => or // throws");
      writeFileSync(file, `${head.join("\n")}\nexport async function run(env) {\n${body.join("\n")}\n}\n`);
      const { store } = await import("../store.js");
      await (await import(pathToFileURL(file))).run({ store, ...environment });
    });
  }
  test(`${name} has examples`, () => assert.ok(blocks));
}
