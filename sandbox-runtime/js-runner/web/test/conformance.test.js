// The conformance tables under Node, on the shim of the natives: `node --test`. The run that counts is the real runner's.

import assert from "node:assert";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import "./natives.js";
const { install } = await import("../main.js");
const { corrections, tables } = await import("./conformance/cases.js");
const { setTimeout } = globalThis;

const before = Object.fromEntries(["Intl", "console", "setTimeout", "clearTimeout", "setInterval", "clearInterval", "queueMicrotask", "performance"].map((name) => [name, globalThis[name]]));
install(globalThis);
const ours = { Intl: globalThis.Intl };
for (const name of Object.keys(before)) if (name !== "Intl") Object.defineProperty(globalThis, name, { value: before[name], writable: true, configurable: true });
void setTimeout;
void ours;

for (const name of Object.keys(tables)) {
  test(name, async () => {
    const wrong = [];
    const cases = JSON.parse(readFileSync(new URL(`conformance/${name}.json`, import.meta.url)));
    assert.deepEqual(cases.map((each) => each.code), [...new Set(tables[name])], "the stored table is of other cases: node generate.js");
    for (const { code, expected } of cases) {
      // Here the decoder is Node's own.
      if (code in corrections && code.includes("TextDecoder")) continue;
      let found;
      try {
        found = String(await (0, eval)(code));
      } catch (error) {
        found = `throws ${error.name}`;
      }
      if (found !== expected) wrong.push(`${code}\n  expected ${expected}\n  found    ${found}`);
    }
    assert.equal(wrong.length, 0, `${wrong.length} of ${cases.length} differ:\n${wrong.slice(0, 40).join("\n")}`);
  });
}
