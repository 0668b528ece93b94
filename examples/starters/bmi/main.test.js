// The pages: `c4h test` sends the forms as a browser would.

import { app, assert, test } from "c4h:test";

const send = async (fields) => (await app.post("./", new URLSearchParams(fields))).text();

test("two numbers make a BMI", async () => {
  const text = await send({ weight: "80", height: "175" });
  assert.match(text, "BMI 26.1");
  assert.match(text, "Overweight");
  assert.match(await send({ weight: "70", height: "174", lower: "yes" }), "Overweight");
});

test("metres are asked for again, not worked out", async () => {
  const text = await send({ weight: "80", height: "1.75" });
  assert.match(text, "Height must be between 100 and 250 cm");
  assert.doesNotMatch(text, "BMI 2");
});

test("the trend of a weight that came down", async () => {
  const text = await send({ nhs: "9999100104" });
  assert.match(text, "kg less");
  assert.match(text, "measurements. The table below has every value.");
});

test("a weight of two years ago is told as old", async () => {
  assert.match(await send({ nhs: "9999101402" }), "more than a year old");
});

test("nothing measured, no BMI", async () => {
  assert.match(await send({ nhs: "9999101518" }), "no weight and no height");
});

test("no classes for a child, nor in pregnancy", async () => {
  assert.match(await send({ nhs: "9999100406" }), "This patient is pregnant");
  assert.match(await send({ nhs: "9999100309" }), "BMI centiles");
});

test("a record that must stay closed stays closed", async () => {
  assert.match(await send({ nhs: "9000000025" }), "This record is restricted");
  assert.match(await send({ nhs: "9999101607" }), "This patient has died");
  assert.match(await send({ nhs: "9999101704" }), "does not want the record to be shared");
});
