// The pages: `c4h test` sends the forms as a browser would.

import { app, assert, test } from "c4h:test";

const send = async (nhs) => (await app.post("./", new URLSearchParams({ nhs }))).text();

test("everything that Dorothy takes, with allergies on top", async () => {
  const text = await send("9999100503");
  for (const words of ["2 active", "Allergy to penicillin", "Aspirin allergy", "Given by the hospital", "Bought at the pharmacy", "Warfarin 1mg tablets"]) assert.match(text, words);
  assert.ok(text.indexOf("Allergies</h2>") < text.indexOf("Repeats"), "allergies come first");
});

test("an allergy that ended is not an allergy", async () => {
  const text = await send("9999101208");
  assert.match(text, "None active");
  assert.match(text, "tolerates amoxicillin");
});

test("none known, and not asked, are two things", async () => {
  assert.match(await send("9999100309"), "No known allergies, asked on");
  assert.match(await send("9999101518"), "this is not the same as no allergies");
});

test("what the hospital started and stopped", async () => {
  const text = await send("9999100600");
  assert.match(text, "Stopped by the hospital after the heart attack");
  assert.match(text, "From the hospital");
});

test("a record that must stay closed stays closed", async () => {
  assert.match(await send("9000000025"), "This record is restricted");
  assert.match(await send("9999101607"), "This patient has died");
  const refused = await send("9999101704");
  assert.match(refused, "does not want the record to be shared");
  assert.doesNotMatch(refused, /tablets|Allergies/);
});
