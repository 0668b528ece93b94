// What must stay true, whatever you change: run it with `c4h test`.

import { app, assert, test } from "c4h:test";

/** Sends the form of the app, and answers with its page. */
async function send(fields) {
  const answer = await app.post("./", new URLSearchParams(fields));
  return { status: answer.status, text: await answer.text() };
}

test("the first page asks for an NHS number and suggests people", async () => {
  const text = await (await app.get("./")).text();
  assert.match(text, '<label for="nhs">NHS number</label>');
  assert.match(text, "Margaret Holroyd");
});

test("a patient is shown with their practice", async () => {
  const { text } = await send({ nhs: "999 910 0007" });
  assert.match(text, "HOLROYD, Margaret Ann (Mrs)");
  assert.match(text, "Peppercombe Rise");
  assert.match(text, /\(T99001\)/);
});

test("where a restricted patient can be found is not shown", async () => {
  const { text } = await send({ nhs: "9000000025" });
  assert.match(text, "Restricted record");
  for (const secret of ["LS1", "01632", "Y12345", "<dt>Address</dt>"]) assert.doesNotMatch(text, secret);
});

test("what is missing is said to be not known", async () => {
  const { text } = await send({ nhs: "9000000033" });
  assert.match(text, "<dt>Name</dt><dd>Not known</dd>");
  assert.doesNotMatch(text, /undefined|null|NaN/);
});

test("a death is told first", async () => {
  const { text } = await send({ nhs: "9999101607" });
  assert.match(text, "This patient has died");
  assert.match(text, "12-Sep-2026");
});

test("a number that was replaced is followed by a person, not by the app", async () => {
  const { text } = await send({ nhs: "5900053636" });
  assert.match(text, "Is this the right patient?");
  assert.match(text, 'name="nhs" value="9732019395"');
  assert.doesNotMatch(text, "Marzipan");
});

test("a wrong number, and a number that nobody has", async () => {
  assert.match((await send({ nhs: "9000000000" })).text, "There is a problem");
  const nobody = await send({ nhs: "9111231130" });
  assert.equal(nobody.status, 404);
  assert.match(nobody.text, "Nobody has the NHS number");
});

test("people are found by name, with enough to tell them apart", async () => {
  const { text } = await send({ family: "Youds", given: "Luke", day: "24", month: "1", year: "1970" });
  assert.match(text, "People found: ");
  assert.match(text, "969 363 3679");
  assert.doesNotMatch(text, /score|checked/);
});

test("a name without a date is asked for again", async () => {
  const { text } = await send({ family: "Youds", day: "31", month: "2", year: "1970" });
  assert.match(text, "There is a problem");
  assert.match(text, 'value="Youds"');
});

test("what people type is text and not HTML", async () => {
  const { text } = await send({ nhs: "<script>alert(1)</script>" });
  assert.doesNotMatch(text, "<script>alert");
});
