// The time zones that there are, and what they are called.

import { londonOffset } from "./zone.js";

const UTC = /^(utc|gmt0?|gmt[+-]0|uct|zulu|universal|greenwich|etc\/(utc|gmt0?|gmt[+-]0|uct|zulu|universal|greenwich))$/i;
/** Where clocks show London's time: the general name, the summer's, and its short form in en-GB. Dublin's differed before 1972; that is not here. */
const ISLES = {
  "Europe/London": ["United Kingdom Time", "British Summer Time", "BST"],
  "Europe/Dublin": ["Ireland Time", "Irish Standard Time"],
  "Europe/Guernsey": ["Guernsey Time"],
  "Europe/Isle_of_Man": ["Isle of Man Time"],
  "Europe/Jersey": ["Jersey Time"],
};
const ALSO = { "europe/belfast": "Europe/London", gb: "Europe/London", "gb-eire": "Europe/London", eire: "Europe/Dublin" };

export const TIME_ZONES = [...Object.keys(ISLES), "UTC"];

const two = (number) => `${number}`.padStart(2, "0");

/** A time zone by its name: {name, offset(moment)}, in milliseconds. */
export function zoneOf(wanted) {
  const text = `${wanted}`;
  if (UTC.test(text)) return { name: "UTC", offset: () => 0 };
  const small = text.toLowerCase();
  const name = ALSO[small] ?? Object.keys(ISLES).find((each) => each.toLowerCase() === small);
  if (name) return { name, offset: londonOffset };
  // Etc/GMT-1 is an hour ahead: POSIX counts westwards.
  const posix = /^etc\/gmt([+-])([1-9]|1[0-4])$/i.exec(text);
  if (posix && (posix[1] === "-" || posix[2] <= 12)) {
    const hours = posix[1] === "-" ? Number(posix[2]) : -posix[2];
    return { name: `Etc/GMT${posix[1]}${posix[2]}`, offset: () => hours * 3_600_000 };
  }
  const fixed = /^([+-])(\d{2}):?(\d{2})?$/.exec(text);
  if (fixed && fixed[2] < 24 && (fixed[3] ?? 0) < 60) {
    const minutes = (fixed[1] === "-" ? -1 : 1) * (fixed[2] * 60 + Number(fixed[3] ?? 0));
    return { name: `${fixed[1]}${fixed[2]}:${fixed[3] ?? "00"}`, offset: () => minutes * 60_000 };
  }
  throw new RangeError(`Invalid time zone specified: ${text}. There are Europe/London, UTC, Europe/Dublin, and offsets such as +01:00`);
}

/** The name of a zone whose clocks are `offset` ahead at a moment. `british`: the short name of summer time is used. */
export function zoneName(zone, offset, moment, style, british) {
  const minutes = Math.round(offset / 60_000);
  const hours = Math.floor(Math.abs(minutes) / 60);
  const rest = Math.abs(minutes) % 60;
  const long = style.startsWith("long");
  const ahead = `GMT${minutes < 0 ? "-" : "+"}${long ? two(hours) : hours}${long || rest ? `:${two(rest)}` : ""}`;
  if (style.endsWith("Offset")) return ahead;
  const [general, summer, short] = ISLES[zone.name] ?? [];
  if (style.endsWith("Generic")) return general ?? ahead;
  if (zone.name === "UTC") return long ? "Coordinated Universal Time" : "UTC";
  if (!general) return ahead;
  if (minutes === 0) return long ? "Greenwich Mean Time" : "GMT";
  // From 1968 to 1971 the clocks were an hour ahead all year round, by another name.
  if (moment >= Date.UTC(1968, 9, 27) && moment < Date.UTC(1971, 9, 31, 2)) return ahead;
  return (long ? summer : british && short) || ahead;
}
