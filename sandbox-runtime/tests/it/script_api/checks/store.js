// What env.store takes, and what it says of the rest.
await env.store.set("a/b c.d", [1, null]);
await env.store.get("a/b c.d"); // => [1, null]
await env.store.get("..."); // => undefined
await env.store.get("."); // throws "A key of the store is a text of 1 to 256 bytes other than \".\" and \"..\", and the text \".\" is none"
await env.store.set("..", 1); // throws "A key of the store is a text"
await env.store.delete(".."); // throws "A key of the store is a text"
await env.store.add("."); // throws "A key of the store is a text"
await env.store.get(7); // throws "and the number 7 is none"
await env.store.set("a", undefined); // throws "The store keeps what JSON can hold"
await env.store.set("a", () => 1); // throws "The store keeps what JSON can hold"

await env.store.add("n", -3); // => -3
await env.store.add("n", 9007199254740991); // => 9007199254740988
await env.store.add("n", 1.5); // throws "The store adds a whole number, and the number 1.5 is none"
await env.store.add("n", 1e21); // throws "The store adds a whole number"
await env.store.add("n", NaN); // throws "The store adds a whole number"
await env.store.add("n", "1"); // throws "and the text \"1\" is none"
await env.store.add("n", 1n); // throws "The store adds a whole number"

// Kept by something else, over wasi:keyvalue or by a call.
await fetch("https://store.c4h.internal/values/plain", { method: "PUT", body: "three words, no JSON" });
await env.store.get("plain"); // throws "What the store keeps under \"plain\" is not JSON, so store.set did not put it there. Read it with fetch(\"https://store.c4h.internal/values/plain\")"
