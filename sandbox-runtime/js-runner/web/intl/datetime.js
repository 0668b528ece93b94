// Intl.DateTimeFormat on the Gregorian calendar, in the locales of forms.js and the time zones of timezones.js.

import { FORMS } from "./forms.js";
import { choose, joined, resolve, supporting, whole } from "./locale.js";
import { zoneName, zoneOf } from "./timezones.js";

const WIDTHS = ["numeric", "2-digit"];
const STYLES = ["full", "long", "medium", "short"];
const NAMES = ["short", "long", "narrow"];
const ZONE_NAMES = ["short", "long", "shortOffset", "longOffset", "shortGeneric", "longGeneric"];
/** Parts, with what each may be. */
const PARTS = { weekday: NAMES, era: NAMES, year: WIDTHS, month: [...WIDTHS, ...NAMES], day: WIDTHS, dayPeriod: NAMES, hour: WIDTHS, minute: WIDTHS, second: WIDTHS };
const DATE_PARTS = ["weekday", "year", "month", "day"];
const TIME_PARTS = ["dayPeriod", "hour", "minute", "second", "fractionalSecondDigits"];
const LOCALES = Object.keys(FORMS);
/** Before am and pm in parts and in ranges; the text of one date has an ordinary space there, as V8 has it. */
const NARROW = "\u202f";
const LAST_MOMENT = 8.64e15;

const two = (number) => `${number}`.padStart(2, "0");
const literal = (value) => ({ type: "literal", value });

export class DateTimeFormat {
  #o = {};
  #locale;
  #form;
  #zone;
  #style = {};
  #twelve;
  #bound;

  /** `defaults`: which parts stand when none is asked for: "date", "time" or "all". `required`: which count as asked for. */
  constructor(locales, options = {}, required = "any", defaults = "date") {
    const { locale, clock } = resolve(locales, LOCALES);
    this.#form = FORMS[locale];
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
    const hours = cycle ?? clock ?? (this.#form.twelve ? "h12" : "h23");
    // 12 at noon and at midnight, always: 0:30 pm is nobody's time. And without 12 hours midnight is 00, not 24.
    this.#twelve = options.hour12 === undefined ? hours === "h11" || hours === "h12" : Boolean(options.hour12);
    this.#locale = clock && (cycle ?? clock) === clock && this.#twelve === clock < "h20" ? `${locale}-u-hc-${clock}` : locale;
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
    if (fraction && this.#o.minute) this.#o.second ??= "numeric";
  }

  #styled(date, time) {
    if (date === "full") this.#o.weekday = "long";
    if (date) Object.assign(this.#o, { day: "numeric", month: { full: "long", long: "long", medium: "short", short: "numeric" }[date], year: date === "short" && !this.#form.padded ? "2-digit" : "numeric" });
    if (time) Object.assign(this.#o, { hour: "numeric", minute: "numeric" });
    if (time && time !== "short") this.#o.second = "numeric";
    if (time === "full") this.#o.timeZoneName = "long";
    if (time === "long") this.#o.timeZoneName = "short";
  }

  static supportedLocalesOf = supporting(LOCALES);

  get format() {
    return (this.#bound ??= (date) => joined(this.#parts(date, " ")));
  }

  #fields(date) {
    const moment = date === undefined ? Date.now() : Number(date);
    if (!(Math.abs(moment) <= LAST_MOMENT)) throw new RangeError("Invalid time value: this is not a date. Was it read from something that is missing?");
    const offset = this.#zone.offset(moment);
    return { at: new Date(moment + offset), offset };
  }

  formatToParts(date) {
    return this.#parts(date, NARROW);
  }

  /** `space`: what stands before am and pm. */
  #parts(date, space) {
    const { at, offset } = this.#fields(date);
    const dates = this.#date(at);
    const times = this.#time(at, space);
    const o = this.#o;
    const form = this.#form;
    const all = [...dates];
    if (dates.length && times.length) all.push(literal(o.month === "long" ? form.at : this.#onlyWeekday() && o.hour && (o.minute || this.#twelve) ? " " : form.joint));
    all.push(...times);
    if (o.timeZoneName) {
      if (all.length) all.push(literal(times.length ? " " : form.joint));
      all.push({ type: "timeZoneName", value: zoneName(this.#zone, offset, at.getTime() - offset, o.timeZoneName, form.summer) });
    }
    return all;
  }

  #onlyWeekday() {
    const { weekday, day, month, year } = this.#o;
    return weekday && !day && !month && !year;
  }

  #date(at, { weekday, day, month, year, era } = this.#o) {
    const form = this.#form;
    const name = form.days[at.getUTCDay()];
    const number = at.getUTCMonth();
    const monthName = form.months[number];
    const named = NAMES.includes(month);
    const order = named ? form.words : (era && form.beforeEra) || (day && !year && form.yearless) || form.numbers;
    // Alone and beside a year a month is padded; with a day both are, unless exactly one of them was asked for as 2-digit.
    const padded = month && form.padded && order === form.numbers && (era ? day && !weekday : weekday ? day || year : day ? day === month : year);
    const full = at.getUTCFullYear();
    const years = full <= 0 ? 1 - full : full;
    const fields = {
      D: day && { type: "day", value: day === "2-digit" || padded ? two(at.getUTCDate()) : `${at.getUTCDate()}` },
      M: month && { type: "month", value: named ? { long: monthName, short: form.shortMonth(monthName), narrow: monthName[0].toUpperCase() }[month] : padded || month === "2-digit" ? two(number + 1) : `${number + 1}` },
      Y: year && { type: "year", value: year === "2-digit" ? two(years % 100) : `${years}` },
    };
    let parts = [];
    let between;
    [...order[0]].forEach((key, index) => {
      if (!fields[key]) return;
      if (parts.length) parts.push(literal(between));
      parts.push(fields[key]);
      between = order[index + 1];
    });
    if (day && year && !month && !weekday) parts = [fields.Y, literal(" (day: "), fields.D, literal(")")];
    const spaced = () => (parts.length ? [literal(" ")] : []);
    if (era) parts.push(...spaced(), { type: "era", value: form.eras[era][full <= 0 ? 0 : 1] });
    if (!weekday) return parts;
    const W = { type: "weekday", value: weekday === "long" ? name : weekday === "short" ? form.shortDay(name) : name[0].toUpperCase() };
    if (!day || (form.dayFirst && !month)) return [...parts, ...spaced(), W];
    return [W, literal(form.comma(named, month, year) ? ", " : " "), ...parts];
  }

  /** Whether an hour of one digit has a zero before it. */
  #hourPadded() {
    const { hour, minute, second, timeZoneName } = this.#o;
    if (hour === "2-digit") return true;
    if (this.#style.timeStyle || this.#twelve) return !this.#twelve || Boolean(this.#style.timeStyle && !this.#form.twelve);
    if (this.#form.twelve || !minute) return true;
    if (timeZoneName) return !second;
    return this.#onlyWeekday() || minute !== "2-digit" || second === "numeric";
  }

  #time(at, space) {
    const { hour, minute, second, fractionalSecondDigits: fraction, dayPeriod } = this.#o;
    const form = this.#form;
    const parts = [];
    const push = (type, value) => parts.push(...(parts.length ? [literal(":")] : []), { type, value });
    const hours = at.getUTCHours();
    if (hour) {
      const plain = `${this.#twelve ? hours % 12 || 12 : hours}`;
      push("hour", this.#hourPadded() ? plain.padStart(2, "0") : plain);
    }
    if (minute) push("minute", hour || second ? two(at.getUTCMinutes()) : `${at.getUTCMinutes()}`);
    if (second) push("second", minute ? two(at.getUTCSeconds()) : `${at.getUTCSeconds()}`);
    if (fraction) {
      if (parts.length) parts.push(literal(form.point));
      parts.push({ type: "fractionalSecond", value: `${at.getUTCMilliseconds()}`.padStart(3, "0").slice(0, fraction) });
    }
    if (hour ? this.#twelve : dayPeriod && !parts.length) {
      const noon = hours === 12 && !(minute && at.getUTCMinutes());
      const value = !dayPeriod ? form.halves[hours < 12 ? 0 : 1] : noon ? (dayPeriod === "narrow" ? form.noon[0] : form.noon) : form.periods.find(([until]) => hours < until)[1];
      if (parts.length) parts.push(literal(dayPeriod ? " " : space));
      parts.push({ type: "dayPeriod", value });
    }
    return parts;
  }

  /** Both ends; what they share is said once where that is how people write it. */
  formatRange(start, end) {
    if (start === undefined || end === undefined) throw new TypeError("startDate or endDate cannot be undefined");
    const [first, last] = [start, end].map((each) => joined(this.#parts(each, NARROW)));
    const [{ at: a, offset }, { at: b, offset: after }] = [this.#fields(start), this.#fields(end)];
    const o = this.#o;
    const form = this.#form;
    if (o.hour && !this.#twelve && !this.#hourPadded()) return this.#with({ hour: "2-digit" }).formatRange(start, end);
    const same = (length) => a.toISOString().slice(0, -length) === b.toISOString().slice(0, -length);
    const [sameYear, sameMonth, sameDay] = [same(20), same(17), same(14)];
    const timed = TIME_PARTS.some((name) => name in o);
    if (timed && sameDay && offset === after && first !== last) return this.#times(a, b, offset);
    // What tells the two apart is added when it was not asked for.
    const more = timed && !sameDay && !DATE_PARTS.some((name) => name in o) ? ["day", "month", "year"] : [...(o.day && !o.weekday && !sameMonth ? ["month"] : []), ...(o.day && !sameYear ? ["year"] : [])];
    const missing = more.filter((name) => !o[name]);
    if (missing.length) return this.#with(Object.fromEntries(missing.map((name) => [name, "numeric"]))).formatRange(start, end);
    if (first === last) return this.format(start);
    if (timed || !sameYear || !NAMES.includes(o.month) || (o.weekday && !form.twelve)) return `${first}${form.between}${last}`;
    const [x, y] = [this.#date(a, { ...o, year: undefined }), this.#date(b)];
    if (!sameMonth || !o.day || o.weekday) return `${joined(x)}${form.between}${joined(y)}`;
    // 6 – 7 August 2026, August 6 – 7, 2026.
    return form.words[0] === "DMY" ? `${x[0].value}${form.between}${joined(y)}` : `${joined(x)}${form.between}${joined(y.slice(2))}`;
  }

  #with(more) {
    return new DateTimeFormat(this.#locale, { ...this.#o, ...more, timeZone: this.#zone.name, hour12: this.#twelve });
  }

  /** Two times of one day. */
  #times(a, b, offset) {
    const { hour, second, dayPeriod, timeZoneName } = this.#o;
    const form = this.#form;
    const [x, y] = [a, b].map((at) => this.#time(at, NARROW));
    if (hour && this.#twelve && !second && !dayPeriod && a.getUTCHours() < 12 === b.getUTCHours() < 12) x.splice(-2);
    const date = joined(this.#date(a));
    const zone = timeZoneName ? ` ${zoneName(this.#zone, offset, a.getTime() - offset, timeZoneName, form.summer)}` : "";
    return `${date}${date && form.joint}${joined(x)}${form.tight && !this.#twelve && !second ? "–" : form.between}${joined(y)}${zone}`;
  }

  resolvedOptions() {
    const o = this.#o;
    const styled = this.#style.dateStyle || this.#style.timeStyle;
    const clock = o.hour ? { hourCycle: this.#twelve ? "h12" : "h23", hour12: this.#twelve } : {};
    const shown = {};
    if (!styled) {
      for (const name of [...Object.keys(PARTS), "fractionalSecondDigits", "timeZoneName"]) if (o[name] !== undefined) shown[name] = o[name];
      // As they are written, not as they were asked for.
      if (this.#form.padded && shown.month === "numeric" && (shown.day ? shown.day === "numeric" && (shown.year || !this.#form.yearless) : shown.year)) {
        shown.month = "2-digit";
        if (shown.day) shown.day = "2-digit";
      }
      if (shown.hour && this.#hourPadded()) shown.hour = "2-digit";
      if (shown.minute) shown.minute = shown.hour || shown.second ? "2-digit" : "numeric";
      if (shown.second) shown.second = shown.minute ? "2-digit" : "numeric";
    }
    const styles = Object.fromEntries(Object.entries(this.#style).filter(([, value]) => value));
    return { locale: this.#locale, calendar: "gregory", numberingSystem: "latn", timeZone: this.#zone.name, ...clock, ...shown, ...styles };
  }

  get [Symbol.toStringTag]() {
    return "Intl.DateTimeFormat";
  }
}
