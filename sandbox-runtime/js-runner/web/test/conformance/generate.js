// Writes the expectations from Node itself: `node generate.js`. Node must have full ICU data (every official build has).

import { writeFileSync } from "node:fs";
import { corrections, tables } from "./cases.js";

for (const [name, codes] of Object.entries(tables)) {
  const cases = [];
  for (const code of new Set(codes)) cases.push({ code, expected: corrections[code] ?? (await answer(code)) });
  const lines = cases.map((each) => JSON.stringify(each));
  writeFileSync(new URL(`${name}.json`, import.meta.url), `[\n${lines.join(",\n")}\n]\n`);
}

/** The answer as text; for an error its class (DOMExceptions by name), as the words of the message are our own. */
async function answer(code) {
  try {
    return String(await (0, eval)(code));
  } catch (error) {
    return `throws ${error.name}`;
  }
}
