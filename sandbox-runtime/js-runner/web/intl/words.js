// The smaller parts of Intl in en-GB: plural rules, relative times, lists, and comparing texts.

import { LOCALE, checkLocales, choose, joined, supporting } from "./locale.js";
import { NumberFormat } from "./number.js";

export class PluralRules {
  #type;
  #numbers;

  constructor(locales, options = {}) {
    checkLocales(locales);
    this.#type = choose(options, "type", ["cardinal", "ordinal"], "cardinal");
    this.#numbers = new NumberFormat(LOCALE, { ...options, style: "decimal", useGrouping: false });
  }

  static supportedLocalesOf = supporting();

  select(value) {
    const text = this.#numbers.format(value).replace("-", "");
    if (this.#type === "cardinal") return text === "1" ? "one" : "other";
    const number = Number(text);
    if (!Number.isInteger(number)) return "other";
    const [ten, hundred] = [number % 10, number % 100];
    if (ten === 1 && hundred !== 11) return "one";
    if (ten === 2 && hundred !== 12) return "two";
    return ten === 3 && hundred !== 13 ? "few" : "other";
  }

  resolvedOptions() {
    const { minimumIntegerDigits, minimumFractionDigits, maximumFractionDigits } = this.#numbers.resolvedOptions();
    const pluralCategories = this.#type === "cardinal" ? ["one", "other"] : ["few", "one", "two", "other"];
    return { locale: LOCALE, type: this.#type, minimumIntegerDigits, minimumFractionDigits, maximumFractionDigits, pluralCategories };
  }

  get [Symbol.toStringTag]() {
    return "Intl.PluralRules";
  }
}

const SHORT = { second: "sec", minute: "min", hour: "hr", week: "wk", month: "mo", quarter: "qtr", year: "yr" };
/** What numeric "auto" says for -1, 0 and 1. */
const AUTO = { day: ["yesterday", "today", "tomorrow"], second: [undefined, "now", undefined] };
for (const unit of ["minute", "hour"]) AUTO[unit] = [undefined, `this ${unit}`, undefined];
for (const unit of ["week", "month", "quarter", "year"]) AUTO[unit] = [`last ${unit}`, `this ${unit}`, `next ${unit}`];

export class RelativeTimeFormat {
  #style;
  #numeric;
  #numbers = new NumberFormat(LOCALE);

  constructor(locales, options = {}) {
    checkLocales(locales);
    this.#style = choose(options, "style", ["long", "short", "narrow"], "long");
    this.#numeric = choose(options, "numeric", ["always", "auto"], "always");
  }

  static supportedLocalesOf = supporting();

  format(value, unit) {
    return joined(this.formatToParts(value, unit));
  }

  formatToParts(value, unit) {
    const name = `${unit}`.replace(/s$/, "");
    if (!Object.hasOwn(AUTO, name)) throw new RangeError(`Invalid unit argument for format() '${unit}': it is one of ${Object.keys(AUTO).join(", ")}`);
    const number = Number(value);
    if (!Number.isFinite(number)) throw new RangeError("RelativeTimeFormat takes a finite number");
    const word = this.#numeric === "auto" && [-1, 0, 1].includes(number) ? AUTO[name][number + 1] : undefined;
    if (word) return [{ type: "literal", value: this.#style === "long" ? word : this.#short(word, name) }];
    const past = number < 0 || Object.is(number, -0);
    const digits = this.#numbers.formatToParts(Math.abs(number)).map((part) => ({ ...part, unit: name }));
    const abbreviated = this.#style !== "long" && Object.hasOwn(SHORT, name) ? SHORT[name] : undefined;
    const plural = abbreviated ?? (joined(digits) === "1" ? name : `${name}s`);
    return past ? [...digits, { type: "literal", value: ` ${plural} ago` }] : [{ type: "literal", value: "in " }, ...digits, { type: "literal", value: ` ${plural}` }];
  }

  #short(word, name) {
    return ["minute", "hour"].includes(name) || !Object.hasOwn(SHORT, name) ? word : word.replace(name, name === "second" ? name : `${SHORT[name]}${name === "quarter" || name === "week" || name === "month" || name === "year" ? "." : ""}`);
  }

  resolvedOptions() {
    return { locale: LOCALE, style: this.#style, numeric: this.#numeric, numberingSystem: "latn" };
  }

  get [Symbol.toStringTag]() {
    return "Intl.RelativeTimeFormat";
  }
}

export class ListFormat {
  #type;
  #style;

  constructor(locales, options = {}) {
    checkLocales(locales);
    this.#type = choose(options, "type", ["conjunction", "disjunction", "unit"], "conjunction");
    this.#style = choose(options, "style", ["long", "short", "narrow"], "long");
  }

  static supportedLocalesOf = supporting();

  format(list) {
    return joined(this.formatToParts(list));
  }

  formatToParts(list) {
    const items = [...list];
    for (const item of items) if (typeof item !== "string") throw new TypeError("Iterable yielded a value that is not a text: ListFormat takes texts");
    const narrowUnit = this.#type === "unit" && this.#style === "narrow";
    const between = narrowUnit ? " " : ", ";
    const last = this.#type === "disjunction" ? " or " : this.#type === "conjunction" && this.#style !== "narrow" ? " and " : between;
    return items.flatMap((value, at) => (at ? [{ type: "literal", value: at === items.length - 1 ? last : between }, { type: "element", value }] : [{ type: "element", value }]));
  }

  resolvedOptions() {
    return { locale: LOCALE, type: this.#type, style: this.#style };
  }

  get [Symbol.toStringTag]() {
    return "Intl.ListFormat";
  }
}

const MARKS = /\p{M}/gu;
/** Letters that stand beside a letter of the alphabet without being one plus an accent. */
const BESIDE = { ł: "l", đ: "d", ø: "o", ħ: "h", ı: "i", ß: "ss", æ: "ae", œ: "oe", þ: "th", ð: "d" };

/** A letter's or digit's place: spaces, then marks, then digits, then letters. */
function place(character) {
  if (/\s/.test(character)) return 0;
  if (/\p{P}/u.test(character)) return character === "_" ? 1 : character === "-" ? 2 : 3;
  if (/\p{S}/u.test(character)) return 4;
  if (/\p{N}/u.test(character)) return 5;
  return 6;
}

function base(text) {
  return text.normalize("NFD").replace(MARKS, "").toLowerCase().replace(/[łđøħıßæœþð]/g, (found) => BESIDE[found]);
}

function compareBase(a, b, numeric) {
  const split = (text) => (numeric ? (text.match(/\d+|[^\d]/gu) ?? []) : Array.from(text));
  const [first, second] = [split(a), split(b)];
  for (let at = 0; at < first.length && at < second.length; at++) {
    const [x, y] = [first[at], second[at]];
    if (x === y) continue;
    if (numeric && /^\d/.test(x) && /^\d/.test(y)) {
      const [m, n] = [BigInt(x), BigInt(y)];
      if (m === n) continue;
      return m < n ? -1 : 1;
    }
    return place(x) - place(y) || (x < y ? -1 : 1);
  }
  return first.length - second.length;
}

const sign = (number) => (number < 0 ? -1 : number > 0 ? 1 : 0);

export class Collator {
  #sensitivity;
  #numeric;
  #upperFirst;
  #ignorePunctuation;
  #usage;
  #bound;

  constructor(locales, options = {}) {
    checkLocales(locales);
    this.#usage = choose(options, "usage", ["sort", "search"], "sort");
    this.#sensitivity = choose(options, "sensitivity", ["base", "accent", "case", "variant"], "variant");
    this.#numeric = Boolean(options.numeric);
    this.#upperFirst = choose(options, "caseFirst", ["upper", "lower", "false"], "false") === "upper";
    this.#ignorePunctuation = Boolean(options.ignorePunctuation);
  }

  static supportedLocalesOf = supporting();

  get compare() {
    return (this.#bound ??= (a, b) => this.#compare(`${a}`, `${b}`));
  }

  #compare(a, b) {
    if (a === b) return 0;
    if (this.#ignorePunctuation) [a, b] = [a.replace(/[\p{P}\s]/gu, ""), b.replace(/[\p{P}\s]/gu, "")];
    const bases = compareBase(base(a), base(b), this.#numeric);
    if (bases || this.#sensitivity === "base") return sign(bases);
    if (this.#sensitivity !== "case") {
      const plain = (text) => text.normalize("NFD").toLowerCase();
      const accents = compareMarks(plain(a), plain(b));
      if (accents || this.#sensitivity === "accent") return accents;
    }
    // A small letter goes before its capital.
    const cased = (text) => (this.#sensitivity === "case" ? text.normalize("NFD").replace(MARKS, "") : text.normalize("NFD"));
    const [x, y] = [cased(a), cased(b)];
    for (let at = 0; at < Math.min(x.length, y.length); at++) {
      if (x[at] === y[at]) continue;
      return (x[at] === x[at].toLowerCase() ? -1 : 1) * (this.#upperFirst ? -1 : 1);
    }
    return 0;
  }

  resolvedOptions() {
    return { locale: LOCALE, usage: this.#usage, sensitivity: this.#sensitivity, ignorePunctuation: this.#ignorePunctuation, collation: "default", numeric: this.#numeric, caseFirst: this.#upperFirst ? "upper" : "false" };
  }

  get [Symbol.toStringTag]() {
    return "Intl.Collator";
  }
}

/** Letter by letter, a letter without a mark goes before one with. */
function compareMarks(a, b) {
  const split = (text) => text.match(/.\p{M}*/gsu) ?? [];
  const [first, second] = [split(a), split(b)];
  for (let at = 0; at < Math.min(first.length, second.length); at++) {
    if (first[at] !== second[at]) return first[at] < second[at] ? -1 : 1;
  }
  return sign(first.length - second.length);
}
