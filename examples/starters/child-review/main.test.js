// The pages: `c4h test` sends the forms as a browser would.

import { app, assert, test } from "c4h:test";

async function send(fields) {
  const answer = await app.post("./", new URLSearchParams(fields));
  return { status: answer.status, text: await answer.text() };
}

const ANSWERS = { talking: "yes", moving: "no", hands: "no", people: "no", senses: "no", daily: "no", plan: "Hearing test, and see again in six weeks" };

test("growth is shown on the standard, and corrected when the birth is known", async () => {
  const plain = await send({ nhs: "9999100309" });
  assert.match(plain.text, "The record does not say at how many weeks");
  assert.match(plain.text, /on the|between the/);
  const corrected = await send({ nhs: "9999100309", gestation: "36", measure: "length" });
  assert.match(corrected.text, "Born at 36 weeks: ages are corrected up to one year");
  assert.match(corrected.text, "not on this standard");
});

test("answers are saved once, however often they are sent", async () => {
  const token = "00000000-0000-4000-8000-000000000001";
  const first = await send({ nhs: "9999100309", token, ...ANSWERS });
  assert.match(first.text, "Saved to the record");
  const again = await send({ nhs: "9999100309", token, ...ANSWERS });
  assert.equal(again.text.split("Hearing test, and see again").length, 2, "kept once");
});

test("a question that nobody asked is not an answer", async () => {
  const { text } = await send({ nhs: "9999100309", token: "x", ...ANSWERS, moving: "" });
  assert.match(text, "Moving: sitting, crawling, walking: choose one");
  assert.doesNotMatch(text, "Saved to the record");
});

test("a concern needs a plan", async () => {
  const { text } = await send({ nhs: "9999100309", token: "x", ...ANSWERS, plan: " " });
  assert.match(text, "Enter what was agreed");
});

test("too old, and of no known age", async () => {
  assert.match((await send({ nhs: "9999101003" })).text, "children under five");
  assert.match((await send({ nhs: "9000000033" })).text, "not known when this patient was born");
});

test("a record that must stay closed stays closed", async () => {
  assert.match((await send({ nhs: "9000000025" })).text, "This record is restricted");
  assert.match((await send({ nhs: "9999101607" })).text, "This patient has died");
  assert.match((await send({ nhs: "9999101704" })).text, "does not want the record to be shared");
});
