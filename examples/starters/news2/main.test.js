// The pages: `c4h test` sends the forms as a browser would.

import { app, assert, test } from "c4h:test";

async function send(fields) {
  const answer = await app.post("./", new URLSearchParams(fields));
  return { status: answer.status, text: await answer.text() };
}

const SET = { breaths: "22", saturation: "95", scale: "1", oxygen: "air", systolic: "105", pulse: "112", alert: "alert", temperature: "38.4" };

test("a set without a patient is scored", async () => {
  const { text } = await send(SET);
  assert.match(text, "NEWS2 7");
  assert.match(text, "high risk");
});

test("half a set is no set: what is missing is asked for", async () => {
  const { text } = await send({ ...SET, pulse: "", oxygen: "" });
  assert.match(text, "Enter pulse");
  assert.match(text, "Choose air or oxygen");
  assert.doesNotMatch(text, "risk</span>");
});

test("a slip of the keyboard is not scored", async () => {
  const { text } = await send({ ...SET, temperature: "384", systolic: "1o5" });
  assert.match(text, "Temperature must be between 25 and 45");
  assert.match(text, "Systolic blood pressure must be a number");
});

test("the trend of somebody who gets worse, as the ward scored it", async () => {
  const { text } = await send({ nhs: "9999100201" });
  assert.match(text, "NEWS2 went from 3 to 9 in 6 sets");
  assert.match(text, "Oxygen saturation, scale 2");
  assert.doesNotMatch(text, "Check which saturation scale");
});

test("a set of long ago is told as old, and asks for no action", async () => {
  const { text } = await send({ nhs: "9999100600" });
  assert.match(text, "more than 12 hours ago");
});

test("no score in pregnancy", async () => {
  assert.match((await send({ nhs: "9999100406" })).text, "NEWS2 is not for pregnancy");
});

test("no score for a child, nor for somebody whose age is not known", async () => {
  assert.match((await send({ nhs: "9999101003" })).text, "NEWS2 is for people of 16 and over");
  assert.match((await send({ nhs: "9000000033" })).text, "not known how old");
});

test("a record that must stay closed stays closed", async () => {
  assert.match((await send({ nhs: "9000000025" })).text, "This record is restricted");
  assert.match((await send({ nhs: "9999101607" })).text, "This patient has died");
  assert.match((await send({ nhs: "9999101704" })).text, "does not want the record to be shared");
});
