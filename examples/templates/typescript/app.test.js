// The app's own tests: `c4h test` deploys the app to a private sandbox and runs them against it.

import { app, assert, test } from "c4h:test";

test("the form is shown", async () => {
  const answer = await app.get("/");
  assert.equal(answer.status, 200);
  assert.match(await answer.text(), /NHS number/);
});

test("a patient is found", async () => {
  const answer = await app.get("/?nhs=900+000+0009");
  const text = await answer.text();
  assert.equal(answer.status, 200);
  assert.match(text, /Smith/);
  assert.match(text, /Trevelyan Square/);
});

test("where a restricted patient lives is not shown", async () => {
  const text = await (await app.get("/?nhs=9000000025")).text();
  assert.match(text, /Restricted/);
  assert.ok(!text.includes("Address"), "the page has an address");
});

test("a number that nobody has is no patient", async () => {
  const text = await (await app.get("/?nhs=9111231130")).text();
  assert.match(text, /No patient has this NHS number/);
});

test("a number that cannot be right is told at once", async () => {
  const text = await (await app.get("/?nhs=9000000000")).text();
  assert.match(text, /class="error"/);
});

test("what people type is text and not HTML", async () => {
  const text = await (await app.get("/?nhs=%3Cscript%3E")).text();
  assert.ok(!text.includes("<script>"), "the page has a script of a stranger's");
});
