// What the console shows of objects, as Node shows it.

import assert from "node:assert";
import { test } from "node:test";
import { inspect as nodeInspect } from "node:util";
import "./natives.js";

const { Blob: NodeBlob, File: NodeFile } = globalThis;
const { Blob, File } = await import("../blob.js");
const { format } = await import("../inspect.js");

/** Each is made twice, with the classes of either side. */
const SAME = {
  blob: ({ Blob }) => new Blob(["abc"], { type: "x" }),
  file: ({ File }) => new File(["abc"], "n.txt", { type: "text/plain", lastModified: 5 }),
  "blob in an array": ({ Blob }) => [new Blob(["a"])],
  "an object in itself": () => {
    const object = { a: 1 };
    return Object.assign(object, { self: object, list: [object, { object }] });
  },
  "two objects in each other": () => {
    const [one, other] = [{ name: "one" }, {}];
    one.other = other;
    other.one = one;
    return [one, other];
  },
  "a map in itself": () => {
    const map = new Map();
    return map.set("map", map);
  },
  "a class in itself": () =>
    new (class Ward {
      self = this;
    })(),
  "the same object twice": () => {
    const object = { a: 1 };
    return { object, again: object };
  },
};

for (const [name, make] of Object.entries(SAME)) {
  test(name, () => assert.equal(format([make({ Blob, File })]), nodeInspect(make({ Blob: NodeBlob, File: NodeFile ?? File }))));
}

const withoutStack = (text) => text.replace(/\n {4,}at .*/g, "");

test("a cause is shown as what it is", () => {
  const check = (error, expected) => assert.equal(withoutStack(format([error])), expected);
  check(new Error("x", { cause: { code: 4, deep: { a: [1] } } }), "Error: x\n  cause: { code: 4, deep: { a: [ 1 ] } }");
  check(new Error("x", { cause: "text" }), "Error: x\n  cause: 'text'");
  check(new Error("x", { cause: new TypeError("y", { cause: { z: 1 } }) }), "Error: x\n  cause: TypeError: y\n    cause: { z: 1 }");
  check(new AggregateError([new Error("y")], "x"), "AggregateError: x\n  errors: [\n    Error: y\n  ]");
  const own = new Error("x");
  own.cause = own;
  check(own, "<ref *1> Error: x\n  cause: [Circular *1]");
});
