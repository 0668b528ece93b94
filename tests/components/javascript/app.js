// A JavaScript app as its own tool chain builds it: says hello, and asks the NHS's Hello World for its message.

addEventListener("fetch", (event) => event.respondWith(answer(event.request)));

async function answer(request) {
  if (new URL(request.url).pathname === "/call") {
    const hello = await fetch("https://int.api.service.nhs.uk/hello-world/hello/world");
    const { message } = await hello.json();
    return new Response(`${hello.status} ${message}\n`);
  }
  return new Response("Hello from JavaScript\n");
}
