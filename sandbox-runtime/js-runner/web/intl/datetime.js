// Intl.DateTimeFormat in en-GB, on the Gregorian calendar, for Europe/London (the default), UTC and fixed offsets.

import { LOCALE, checkLocales, choose, joined, supportedLocalesOf, whole } from "./locale.js";
import { londonOffset } from "./zone.js";

const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const WIDTHS = ["numeric", "2-digit"];
const STYLES = ["full", "long", "medium", "short"];
const NAMES = ["short", "long", "narrow"];
const ZONE_NAMES = ["short", "long", "shortOffset", "longOffset", "shortGeneric", "longGeneric"];
/** Parts, with what each may be. */
const PARTS = { weekday: NAMES, era: NAMES, year: WIDTHS, month: [...WIDTHS, ...NAMES], day: WIDTHS, dayPeriod: NAMES, hour: WIDTHS, minute: WIDTHS, second: WIDTHS };
const DATE_PARTS = ["weekday", "year", "month", "day"];
const TIME_PARTS = ["dayPeriod", "hour", "minute", "second", "fractionalSecondDigits"];
/** Between two dates: an en dash with thin spaces. */
const BETWEEN = "\u2009–\u2009";
const LAST_MOMENT = 8.64e15;

const two = (number) => `${number}`.padStart(2, "0");
const literal = (value) => ({ type: "literal", value });
const shortMonth = (month) => (month === 8 ? "Sept" : MONTHS[month].slice(0, 3));

function zoneOf(name) {
  const text = `${name}`;
  if (/^(utc|gmt|etc\/(utc|gmt|uct|zulu|universal|greenwich)|uct|zulu|universal|greenwich)$/i.test(text)) return { name: "UTC", offset: () => 0 };
  if (/^(europe\/(london|belfast|jersey|guernsey|isle_of_man)|gb|gb-eire)$/i.test(text)) return { name: "Europe/London", offset: londonOffset };
  const fixed = /^([+-])(\d{2}):?(\d{2})?$/.exec(text);
  if (fixed && fixed[2] < 24 && (fixed[3] ?? 0) < 60) {
    const minutes = (fixed[1] === "-" ? -1 : 1) * (fixed[2] * 60 + Number(fixed[3] ?? 0));
    return { name: `${fixed[1]}${fixed[2]}:${fixed[3] ?? "00"}`, offset: () => minutes * 60_000 };
  }
  throw new RangeError(`Invalid time zone specified: ${text}. There are Europe/London, UTC, and offsets such as +01:00`);
}

function zoneName(zone, offset, at, style) {
  const minutes = Math.round(offset / 60_000);
  const hours = Math.floor(Math.abs(minutes) / 60);
  const rest = Math.abs(minutes) % 60;
  const mark = minutes < 0 ? "-" : "+";
  const short = minutes === 0 ? "GMT" : `GMT${mark}${hours}${rest ? `:${two(rest)}` : ""}`;
  if (style === "longOffset") return minutes === 0 ? "GMT" : `GMT${mark}${two(hours)}:${two(rest)}`;
  if (style === "shortOffset") return short;
  if (zone.name === "UTC") return style.startsWith("long") ? (style === "long" ? "Coordinated Universal Time" : "GMT") : style === "short" ? "UTC" : "GMT";
  if (zone.name !== "Europe/London") return style === "short" ? short : zoneName(zone, offset, at, "longOffset");
  if (style.endsWith("Generic")) return "United Kingdom Time";
  const summer = minutes !== 0;
  // From 1968 to 1971 the clocks were an hour ahead all year round, by another name.
  if (summer && at >= Date.UTC(1968, 9, 27) && at < Date.UTC(1971, 9, 31, 2)) return zoneName(zone, offset, at, style === "short" ? "shortOffset" : "longOffset");
  return style === "short" ? (summer ? "BST" : "GMT") : summer ? "British Summer Time" : "Greenwich Mean Time";
}

export class DateTimeFormat {
  #o = {};
  #zone;
  #style = {};
  #twelve;
  #bound;

  /** `defaults`: which parts stand when none is asked for: "date", "time" or "all". `required`: which count as asked for. */
  constructor(locales, options = {}, required = "any", defaults = "date") {
    checkLocales(locales);
    options ??= {};
    this.#zone = zoneOf(options.timeZone ?? "Europe/London");
    for (const [name, allowed] of Object.entries(PARTS)) {
      const value = choose(options, name, allowed, undefined);
      if (value !== undefined) this.#o[name] = value;
    }
    const fraction = whole(options, "fractionalSecondDigits", 1, 3);
    if (fraction !== undefined) this.#o.fractionalSecondDigits = fraction;
    const zone = choose(options, "timeZoneName", ZONE_NAMES, undefined);
    if (zone !== undefined) this.#o.timeZoneName = zone;
    const dateStyle = choose(options, "dateStyle", STYLES, undefined);
    const timeStyle = choose(options, "timeStyle", STYLES, undefined);
    const cycle = choose(options, "hourCycle", ["h11", "h12", "h23", "h24"], undefined);
    // 12 at noon and at midnight, always: 0:30 pm is nobody's time.
    this.#twelve = options.hour12 === undefined ? cycle === "h11" || cycle === "h12" : Boolean(options.hour12);
    if (dateStyle || timeStyle) {
      const mixed = Object.keys(this.#o)[0];
      if (mixed) throw new TypeError(`Can't set option ${mixed} when ${dateStyle ? "dateStyle" : "timeStyle"} is used`);
      if (required === "date" && timeStyle) throw new TypeError("Invalid option : timeStyle: toLocaleDateString shows dates only");
      if (required === "time" && dateStyle) throw new TypeError("Invalid option : dateStyle: toLocaleTimeString shows times only");
      this.#style = { dateStyle, timeStyle };
      this.#styled(dateStyle, timeStyle);
      return;
    }
    const wanted = [...(required !== "time" ? DATE_PARTS : []), ...(required !== "date" ? TIME_PARTS : [])];
    if (!wanted.some((name) => name in this.#o)) {
      if (defaults !== "time") Object.assign(this.#o, { year: "numeric", month: "numeric", day: "numeric" });
      if (defaults !== "date") Object.assign(this.#o, { hour: "numeric", minute: "numeric", second: "numeric" });
    }
  }

  #styled(date, time) {
    if (date === "full") this.#o.weekday = "long";
    if (date) Object.assign(this.#o, { day: "numeric", month: { full: "long", long: "long", medium: "short", short: "numeric" }[date], year: "numeric" });
    if (time) Object.assign(this.#o, { hour: "numeric", minute: "numeric" });
    if (time && time !== "short") this.#o.second = "numeric";
    if (time === "full") this.#o.timeZoneName = "long";
    if (time === "long") this.#o.timeZoneName = "short";
  }

  static supportedLocalesOf = supportedLocalesOf;

  get format() {
    return (this.#bound ??= (date) => joined(this.formatToParts(date)));
  }

  #fields(date) {
    const moment = date === undefined ? Date.now() : Number(date);
    if (!(Math.abs(moment) <= LAST_MOMENT)) throw new RangeError("Invalid time value: this is not a date. Was it read from something that is missing?");
    const offset = this.#zone.offset(moment);
    return { at: new Date(moment + offset), offset };
  }

  formatToParts(date) {
    const { at, offset } = this.#fields(date);
    const dates = this.#date(at);
    const times = this.#time(at);
    const o = this.#o;
    const all = [...dates];
    if (dates.length && times.length) {
      const onlyDay = o.weekday && !o.day && !o.month && !o.year;
      all.push(literal(o.month === "long" ? " at " : onlyDay && o.minute ? " " : ", "));
    }
    all.push(...times);
    if (o.timeZoneName) {
      if (all.length) all.push(literal(times.length ? " " : ", "));
      all.push({ type: "timeZoneName", value: zoneName(this.#zone, offset, at.getTime() - offset, o.timeZoneName) });
    }
    return all;
  }

  #date(at) {
    const o = this.#o;
    const { weekday, day, month, year } = o;
    const name = DAYS[at.getUTCDay()];
    const number = at.getUTCMonth();
    const text = NAMES.includes(month);
    const inNumbers = month && !text;
    // Alone and beside a year a month is padded; with a day both are, unless exactly one of them was asked for as 2-digit.
    const padded = inNumbers && (weekday ? Boolean(day || year) : day ? day === month : Boolean(year));
    const full = at.getUTCFullYear();
    const years = full <= 0 ? 1 - full : full;
    const W = weekday && { type: "weekday", value: weekday === "long" ? name : weekday === "short" ? name.slice(0, 3) : name[0] };
    const D = day && { type: "day", value: day === "2-digit" || (padded && month) ? two(at.getUTCDate()) : `${at.getUTCDate()}` };
    const M = month && { type: "month", value: text ? { long: MONTHS[number], short: shortMonth(number), narrow: MONTHS[number][0] }[month] : padded || month === "2-digit" ? two(number + 1) : `${number + 1}` };
    const Y = year && { type: "year", value: year === "2-digit" ? two(years % 100) : `${years}` };
    const with_ = (separator, ...parts) => parts.filter(Boolean).flatMap((part, index) => (index ? [literal(separator), part] : [part]));
    let parts = with_(inNumbers ? "/" : " ", D, M, Y);
    if (Y && D && !M && !W) parts = [Y, literal(" (day: "), D, literal(")")];
    if (W && !D) parts = [...parts, ...(parts.length ? [literal(" ")] : []), W];
    else if (W) parts = [W, literal(M && Y ? ", " : " "), ...parts];
    if (o.era) parts = [...parts, ...(parts.length ? [literal(" ")] : []), { type: "era", value: full <= 0 ? { short: "BC", long: "Before Christ", narrow: "B" }[o.era] : { short: "AD", long: "Anno Domini", narrow: "A" }[o.era] }];
    return parts;
  }

  #time(at) {
    const { hour, minute, second, fractionalSecondDigits: fraction } = this.#o;
    const parts = [];
    const push = (type, value) => parts.push(...(parts.length ? [literal(":")] : []), { type, value });
    if (hour) {
      const hours = at.getUTCHours();
      const plain = `${this.#twelve ? hours % 12 || 12 : hours}`;
      const short = this.#twelve ? hour === "numeric" : hour === "numeric" && minute === "2-digit" && second !== "numeric" && !this.#o.timeZoneName;
      push("hour", short ? plain : plain.padStart(2, "0"));
    }
    if (minute) push("minute", hour || second ? two(at.getUTCMinutes()) : `${at.getUTCMinutes()}`);
    if (second) push("second", minute ? two(at.getUTCSeconds()) : `${at.getUTCSeconds()}`);
    if (fraction) {
      if (parts.length) parts.push(literal("."));
      parts.push({ type: "fractionalSecond", value: `${at.getUTCMilliseconds()}`.padStart(3, "0").slice(0, fraction) });
    }
    if (hour && this.#twelve) parts.push(literal(" "), { type: "dayPeriod", value: at.getUTCHours() < 12 ? "am" : "pm" });
    return parts;
  }

  /** Both ends; what they share is said once where that is how people write it. */
  formatRange(start, end) {
    if (start === undefined || end === undefined) throw new TypeError("startDate or endDate cannot be undefined");
    const [first, last] = [this.format(start), this.format(end)];
    if (first === last) return first;
    const [a, b] = [this.#fields(start).at, this.#fields(end).at];
    const o = this.#o;
    const sameYear = a.getUTCFullYear() === b.getUTCFullYear();
    const sameDay = a.toISOString().slice(0, 10) === b.toISOString().slice(0, 10);
    const timed = TIME_PARTS.some((name) => name in o);
    if (timed && sameDay && !o.timeZoneName) {
      const date = joined(this.#date(a));
      return `${date}${date ? ", " : ""}${joined(this.#time(a))}–${joined(this.#time(b))}`;
    }
    if (!timed && NAMES.includes(o.month) && o.day && !o.weekday && sameYear) {
      const [day, month, year] = ["day", "month", "year"].map((type) => (parts) => parts.find((part) => part.type === type)?.value);
      const [x, y] = [this.#date(a), this.#date(b)];
      const from = a.getUTCMonth() === b.getUTCMonth() ? day(x) : `${day(x)} ${month(x)}`;
      return `${from}${BETWEEN}${[day(y), month(y), year(y)].filter(Boolean).join(" ")}`;
    }
    return `${first}${BETWEEN}${last}`;
  }

  resolvedOptions() {
    const o = this.#o;
    const styled = this.#style.dateStyle || this.#style.timeStyle;
    const clock = o.hour ? { hourCycle: this.#twelve ? "h12" : "h23", hour12: this.#twelve } : {};
    const shown = {};
    if (!styled) {
      for (const name of [...Object.keys(PARTS), "fractionalSecondDigits", "timeZoneName"]) if (o[name] !== undefined) shown[name] = o[name];
      // Day and month stand with two digits when both are numbers, and so do minutes and seconds.
      if (shown.day === "numeric" && shown.month === "numeric") shown.day = shown.month = "2-digit";
      if (shown.hour && shown.minute === "numeric") shown.hour = shown.minute = "2-digit";
      if (shown.minute && shown.second) shown.second = "2-digit";
    }
    const styles = Object.fromEntries(Object.entries(this.#style).filter(([, value]) => value));
    return { locale: LOCALE, calendar: "gregory", numberingSystem: "latn", timeZone: this.#zone.name, ...clock, ...shown, ...styles };
  }

  get [Symbol.toStringTag]() {
    return "Intl.DateTimeFormat";
  }
}
