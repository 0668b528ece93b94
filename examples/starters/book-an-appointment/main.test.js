// The pages: `c4h test` sends the forms as a browser would. What is free depends on the day, and is not tested here.

import { app, assert, test } from "c4h:test";

async function send(fields) {
  const answer = await app.post("./", new URLSearchParams(fields));
  return { status: answer.status, text: await answer.text() };
}

test("the diary of the practice is shown", async () => {
  const { status, text } = await send({ nhs: "9999100007" });
  assert.equal(status, 200);
  assert.match(text, "Free in the next two weeks");
});

test("what is not free cannot be booked", async () => {
  const { status, text } = await send({ nhs: "9999100007", do: "book", slot: "T99001-gp1-1-1" });
  assert.equal(status, 409);
  assert.match(text, "Nothing was booked");
});

test("what is not booked cannot be cancelled", async () => {
  assert.match((await send({ nhs: "9999100007", do: "cancel", appointment: "p1-1" })).text, "not booked any more");
});

test("nothing is offered to somebody who has died, nor where the practice is not known", async () => {
  assert.match((await send({ nhs: "9999101607" })).text, "nothing can be booked");
  assert.match((await send({ nhs: "9000000025" })).text, "This record is restricted");
  assert.match((await send({ nhs: "9000000033" })).text, "not registered with a practice");
});
