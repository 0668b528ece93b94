// The pages: `c4h test` sends the forms as a browser would.

import { app, assert, test } from "c4h:test";

const send = async (fields) => (await app.post("./", new URLSearchParams(fields))).text();

test("the measure with a goal comes first", async () => {
  const text = await send({ nhs: "9999100007" });
  assert.match(text, "Timed Up and Go went from 48 to 16 seconds in 7 visits");
  assert.match(text, "32 seconds better");
  assert.match(text, "Next goal: 14 seconds by 15 December 2026. Still to go: 2.");
});

test("another measure can be chosen", async () => {
  const text = await send({ nhs: "9999100007", measure: "sit-to-stand" });
  assert.match(text, "9 times in 30 seconds better");
});

test("guidance is local, national and international", async () => {
  const text = await send({ nhs: "9999100805" });
  for (const words of ["<h3>Local</h3>", "<h3>National</h3>", "<h3>International</h3>", "NG236"]) assert.match(text, words);
});

test("nothing measured is said", async () => {
  const text = await send({ nhs: "9999101518" });
  assert.match(text, "No measure of rehabilitation is recorded");
  assert.match(text, "No goals are recorded");
});

test("a record that must stay closed stays closed", async () => {
  assert.match(await send({ nhs: "9000000025" }), "This record is restricted");
  assert.match(await send({ nhs: "9999101607" }), "This patient has died");
  assert.match(await send({ nhs: "9999101704" }), "does not want the record to be shared");
});
