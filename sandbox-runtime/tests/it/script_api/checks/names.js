// Which name is the one to use.
import { findName, formatName } from "nhs";

const maiden = { use: "maiden", family: "Jones" };
const none = { family: "Smith" };
const usual = { use: "usual", family: "Usual" };
const official = { use: "official", family: "Official" };
const old = { use: "old", family: "Old" };
const temporary = { use: "temp", family: "Temporary" };
const ended = { use: "usual", family: "Ended", period: { end: "2001-01-01" } };
findName({ name: [maiden, none] }).family; // => "Smith"
findName({ name: [old, maiden, temporary] }).family; // => "Temporary"
findName({ name: [temporary, none] }).family; // => "Smith"
findName({ name: [old, none, official, usual] }).family; // => "Usual"
findName({ name: [none, official] }).family; // => "Official"
findName({ name: [ended, none] }).family; // => "Smith"
findName({ name: [maiden] }).family; // => "Jones"
findName({ name: [none, maiden] }, "maiden").family; // => "Jones"
formatName([maiden, none]); // => "Smith"
