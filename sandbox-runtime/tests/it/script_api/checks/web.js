// What the page on JavaScript says of the web's classes, where no example shows it.
const answer = await fetch("https://int.api.service.nhs.uk/hello-world/hello/world");
answer.headers.set("x-own", "1"); // throws "cannot be changed"
answer.headers.append("x-own", "1"); // throws "cannot be changed"
answer.headers.delete("content-type"); // throws "cannot be changed"
answer.clone().headers.set("x-own", "1"); // throws "cannot be changed"
const copied = new Response(answer.body, answer);
copied.headers.set("x-own", "1");
copied.headers.get("x-own"); // => "1"
copied.headers.get("content-type"); // => "application/json"
await copied.json(); // => { message: "Hello World!" }
const headers = new Headers(answer.headers);
headers.set("x-own", "2");
headers.get("x-own"); // => "2"

Response.redirect("/new").headers.get("location"); // => "/new"
Response.redirect("/new").status; // => 302
Response.redirect("../up?a=1#b", 303).headers.get("location"); // => "../up?a=1#b"
Response.redirect("https://a.test/é").headers.get("location"); // => "https://a.test/%C3%A9"
Response.redirect("new"); // throws "Invalid URL"

const parts = async (stream) => {
  const all = [];
  for await (const part of stream) all.push(new TextDecoder().decode(part));
  return all;
};
await parts(new Response("hello").body); // => ["hello"]
await parts(new Response("").body); // => []
new Response(null).body; // => null
const stream = () => new ReadableStream({
  start(controller) {
    controller.enqueue(new TextEncoder().encode("one "));
    controller.enqueue(new TextEncoder().encode("two"));
    controller.close();
  },
});
await new Response(stream()).text(); // => "one two"
await new Request("https://a.test/", { method: "POST", body: stream() }).text(); // => "one two"
const [left, right] = stream().tee();
await parts(left); // => ["one ", "two"]
await parts(right); // => ["one ", "two"]
const pulled = new ReadableStream({
  async pull(controller) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    this.count = (this.count ?? 0) + 1;
    if (this.count > 3) controller.close();
    else controller.enqueue(new Uint8Array([64 + this.count]));
  },
});
await new Response(pulled).text(); // => "ABC"
await new Response(ReadableStream.from(["a", "b"])).text(); // => "ab"
const reader = new Response("x").body.getReader();
(await reader.read()).value; // => new Uint8Array([120])
(await reader.read()).done; // => true
const read = new Response("x");
await read.text();
read.bodyUsed; // => true
const locked = stream();
locked.getReader();
new Response(locked); // throws "is being read already"
new Response("x").body.pipeTo(); // throws "pipeTo is not here"
