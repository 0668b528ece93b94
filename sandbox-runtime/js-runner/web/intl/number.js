// Intl.NumberFormat in en-GB and en-US. Rounding works on the decimal digits of a number as it is written, so 1.005 rounds to 1.01.

import { LOCALE, choose, joined, resolve, supporting, whole } from "./locale.js";
import { unitPattern } from "./units.js";

const AMERICAN = "en-US";
const LOCALES = [LOCALE, AMERICAN];
/** Symbol, narrow symbol, name. In en-US the dollar and the yen have their narrow symbols. */
const CURRENCIES = {
  GBP: ["£", "£", "British pounds"],
  EUR: ["€", "€", "euros"],
  USD: ["US$", "$", "US dollars"],
  JPY: ["JP¥", "¥", "Japanese yen"],
  INR: ["₹", "₹", "Indian rupees"],
  AUD: ["A$", "$", "Australian dollars"],
  CAD: ["CA$", "$", "Canadian dollars"],
};
const NO_PENCE = ["JPY", "KRW", "VND", "CLP", "ISK"];
/** Power of ten, short, short in en-US, long. */
const COMPACT = [
  [12, "tn", "T", "trillion"],
  [9, "bn", "B", "billion"],
  [6, "m", "M", "million"],
  [3, "k", "K", "thousand"],
];

/** A number as {negative, digits, point}: 0.0123 is digits "123" with the point at -1. Undefined for NaN and infinity. */
function decimal(value) {
  let text = typeof value === "bigint" ? value.toString() : typeof value === "string" ? value.trim() || "0" : Object.is(value, -0) ? "-0" : String(value);
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return undefined;
  const negative = text.startsWith("-");
  const [mantissa, exponent = "0"] = text.replace(/^[+-]/, "").toLowerCase().split("e");
  const [left, right = ""] = mantissa.split(".");
  const digits = (left + right).replace(/^0+/, "");
  const dropped = (left + right).length - digits.length;
  return { negative, digits, point: digits ? left.length - dropped + Number(exponent) : 0 };
}

/** The digits cut to `keep` of them (from the front), rounded half away from zero or as the mode says. */
function rounded({ negative, digits, point }, keep, mode) {
  if (keep >= digits.length) return { negative, digits, point };
  if (keep < 0) keep = -1;
  const rest = keep < 0 ? "0" : digits.slice(keep);
  const kept = keep < 0 ? "" : digits.slice(0, keep);
  const half = rest[0] > "5" || (rest[0] === "5" && /[1-9]/.test(rest.slice(1))) ? 1 : rest[0] === "5" ? 0 : -1;
  const some = keep < 0 ? digits !== "" : /[1-9]/.test(rest);
  const odd = Number(kept.at(-1) ?? 0) % 2 === 1;
  const up = {
    halfExpand: half >= 0,
    halfTrunc: half > 0,
    halfEven: half > 0 || (half === 0 && odd),
    halfCeil: half > 0 || (half === 0 && !negative),
    halfFloor: half > 0 || (half === 0 && negative),
    trunc: false,
    expand: some,
    ceil: some && !negative,
    floor: some && negative,
  }[mode];
  if (!up) return { negative, digits: kept.replace(/0+$/, ""), point };
  // Rounding up what lies before the first digit makes a 1 in the last place that is kept.
  if (keep < 0) return { negative, digits: "", point };
  const raised = (BigInt(kept || "0") + 1n).toString();
  return { negative, digits: raised, point: point + (raised.length - kept.length) };
}

/** Integer and fraction digits of a decimal, at least so many of each. */
function spelled({ digits, point }, integers, fractions) {
  const padded = point <= 0 ? "0".repeat(-point) + digits : digits;
  const at = Math.max(point, 0);
  const integer = padded.slice(0, at).padEnd(at, "0").padStart(integers, "0");
  return { integer, fraction: padded.slice(at).replace(/0+$/, "").padEnd(fractions, "0") };
}

export class NumberFormat {
  #o;
  #american;
  #bound;

  constructor(locales, options = {}) {
    this.#american = resolve(locales, LOCALES).locale === AMERICAN;
    const style = choose(options, "style", ["decimal", "percent", "currency", "unit"], "decimal");
    const o = (this.#o = { style });
    if (style === "currency") {
      if (options.currency === undefined) throw new TypeError("Currency code is required with currency style: { style: \"currency\", currency: \"GBP\" }");
      o.currency = `${options.currency}`.toUpperCase();
      if (!/^[A-Z]{3}$/.test(o.currency)) throw new RangeError(`Invalid currency code: ${options.currency}`);
      o.currencyDisplay = choose(options, "currencyDisplay", ["code", "symbol", "narrowSymbol", "name"], "symbol");
      o.currencySign = choose(options, "currencySign", ["standard", "accounting"], "standard");
    }
    if (style === "unit") {
      if (options.unit === undefined) throw new TypeError("Unit is required with unit style: { style: \"unit\", unit: \"kilogram\" }");
      o.unit = `${options.unit}`;
      o.unitDisplay = choose(options, "unitDisplay", ["short", "narrow", "long"], "short");
      unitPattern(o.unit, o.unitDisplay, true, false);
    }
    o.notation = choose(options, "notation", ["standard", "scientific", "engineering", "compact"], "standard");
    if (o.notation === "compact") o.compactDisplay = choose(options, "compactDisplay", ["short", "long"], "short");
    this.#digits(options);
    const grouping = options.useGrouping;
    const usual = o.notation === "compact" ? "min2" : "auto";
    o.useGrouping = grouping === undefined || grouping === "true" || grouping === "false" ? usual : grouping === true ? "always" : grouping === false ? false : choose(options, "useGrouping", ["always", "auto", "min2"], usual);
    o.signDisplay = choose(options, "signDisplay", ["auto", "never", "always", "exceptZero", "negative"], "auto");
    o.roundingMode = choose(options, "roundingMode", ["ceil", "floor", "expand", "trunc", "halfCeil", "halfFloor", "halfExpand", "halfTrunc", "halfEven"], "halfExpand");
    o.trailingZeroDisplay = choose(options, "trailingZeroDisplay", ["auto", "stripIfInteger"], "auto");
  }

  #digits(options) {
    const o = this.#o;
    o.minimumIntegerDigits = whole(options, "minimumIntegerDigits", 1, 21) ?? 1;
    const least = whole(options, "minimumSignificantDigits", 1, 21);
    const most = whole(options, "maximumSignificantDigits", 1, 21);
    if (least !== undefined || most !== undefined) {
      o.minimumSignificantDigits = least ?? 1;
      o.maximumSignificantDigits = most ?? 21;
      if (o.minimumSignificantDigits > o.maximumSignificantDigits) throw new RangeError("maximumSignificantDigits value is out of range: it is below the minimum");
      return;
    }
    const money = o.style === "currency" && o.notation === "standard" ? (NO_PENCE.includes(o.currency) ? 0 : 2) : 0;
    const usualMost = o.style === "currency" && o.notation === "standard" ? money : o.style === "percent" ? 0 : 3;
    const min = whole(options, "minimumFractionDigits", 0, 100);
    const max = whole(options, "maximumFractionDigits", 0, 100);
    if (o.notation === "compact" && min === undefined && max === undefined) {
      o.compactRounding = true;
      o.minimumFractionDigits = o.maximumFractionDigits = 0;
      return;
    }
    if (min !== undefined && max !== undefined && min > max) throw new RangeError("maximumFractionDigits value is out of range: it is below the minimum");
    o.minimumFractionDigits = min ?? Math.min(money, max ?? money);
    o.maximumFractionDigits = max ?? Math.max(usualMost, o.minimumFractionDigits);
  }

  static supportedLocalesOf = supporting(LOCALES);

  get format() {
    return (this.#bound ??= (value) => joined(this.formatToParts(value)));
  }

  #round(number) {
    const o = this.#o;
    if (o.maximumSignificantDigits !== undefined) return rounded(number, o.maximumSignificantDigits, o.roundingMode);
    // Compact: whole numbers, but two digits at least.
    const keep = o.compactRounding ? Math.max(number.point, 2) : number.point + o.maximumFractionDigits;
    return rounded(number, keep, o.roundingMode);
  }

  #compact(number) {
    const power = (at) => COMPACT.find(([zeros]) => at - 1 >= zeros)?.[0] ?? 0;
    const shift = (zeros) => ({ ...number, point: number.point - zeros });
    let zeros = number.digits ? power(number.point) : 0;
    const first = this.#round(shift(zeros));
    // 999,999 rounds to 1000k, which is 1m.
    const again = first.digits && first.point > 3 ? power(number.point + 1) : zeros;
    if (again > zeros) zeros = again;
    return { number: this.#round(shift(zeros)), zeros };
  }

  formatToParts(value) {
    const o = this.#o;
    if (typeof value === "string" && value.trim() !== "" && !decimal(value)) value = Number(value);
    if (typeof value !== "bigint" && typeof value !== "string") value = Number(value);
    let number = decimal(value);
    const parts = [];
    let negative = number ? number.negative : value < 0;
    let zero = false;
    let suffix;
    if (!number) {
      parts.push(Number.isNaN(value) ? { type: "nan", value: "NaN" } : { type: "infinity", value: "∞" });
    } else {
      if (o.style === "percent") number = { ...number, point: number.digits ? number.point + 2 : 0 };
      let exponent;
      if (o.notation === "compact") {
        const { number: short, zeros } = this.#compact(number);
        number = short;
        if (zeros) suffix = COMPACT.find(([each]) => each === zeros)[o.compactDisplay === "long" ? 3 : this.#american ? 2 : 1];
      } else if (o.notation === "standard") {
        number = this.#round(number);
      } else {
        const size = number.digits ? number.point - 1 : 0;
        exponent = o.notation === "engineering" ? Math.floor(size / 3) * 3 : size;
        number = this.#round({ ...number, point: number.digits ? number.point - exponent : 0 });
      }
      zero = !/[1-9]/.test(number.digits);
      this.#spell(number, zero, parts);
      if (exponent !== undefined) {
        parts.push({ type: "exponentSeparator", value: "E" });
        if (exponent < 0) parts.push({ type: "exponentMinusSign", value: "-" });
        parts.push({ type: "exponentInteger", value: `${Math.abs(exponent)}` });
      }
    }
    if (suffix) {
      if (o.compactDisplay === "long") parts.push({ type: "literal", value: " " });
      parts.push({ type: "compact", value: suffix });
    }
    return this.#dressed(parts, negative, zero || Number.isNaN(value));
  }

  #spell(number, zero, parts) {
    const o = this.#o;
    let fractions = o.minimumFractionDigits ?? 0;
    if (o.minimumSignificantDigits !== undefined) fractions = Math.max(0, o.minimumSignificantDigits - (zero ? 1 : number.point));
    const { integer, fraction } = spelled(number, o.minimumIntegerDigits, fractions);
    const whole = integer;
    const groups = [];
    const grouped = o.useGrouping !== false && whole.length > 3 && !(o.useGrouping === "min2" && whole.length < 5);
    if (grouped) for (let end = whole.length; end > 0; end -= 3) groups.unshift(whole.slice(Math.max(0, end - 3), end));
    else groups.push(whole);
    groups.forEach((group, at) => {
      if (at) parts.push({ type: "group", value: "," });
      parts.push({ type: "integer", value: group });
    });
    if (fraction && !(o.trailingZeroDisplay === "stripIfInteger" && /^0*$/.test(fraction))) {
      parts.push({ type: "decimal", value: "." }, { type: "fraction", value: fraction });
    }
  }

  /** Sign, currency, percent and unit around the digits. */
  #dressed(parts, negative, zero) {
    const o = this.#o;
    const text = joined(parts);
    const shown = { auto: negative ? "-" : "", never: "", always: negative ? "-" : "+", exceptZero: zero ? "" : negative ? "-" : "+", negative: negative && !zero ? "-" : "" }[o.signDisplay];
    const sign = shown === "-" ? [{ type: "minusSign", value: "-" }] : shown === "+" ? [{ type: "plusSign", value: "+" }] : [];
    if (o.style === "percent") return [...sign, ...parts, { type: "percentSign", value: "%" }];
    if (o.style === "unit") {
      const [before, after] = unitPattern(o.unit, o.unitDisplay, text === "1", this.#american);
      return [...sign, ...before, ...parts, ...after];
    }
    if (o.style !== "currency") return [...sign, ...parts];
    const [symbol, narrow, name] = CURRENCIES[o.currency] ?? [o.currency, o.currency, o.currency];
    if (o.currencyDisplay === "name") return [...sign, ...parts, { type: "literal", value: " " }, { type: "currency", value: name }];
    const usual = this.#american && ["USD", "JPY"].includes(o.currency) ? narrow : symbol;
    const mark = { symbol: usual, narrowSymbol: narrow, code: o.currency }[o.currencyDisplay];
    const space = /[A-Z]$/.test(mark) ? [{ type: "literal", value: "\u00a0" }] : [];
    const money = [{ type: "currency", value: mark }, ...space, ...parts];
    if (o.currencySign === "accounting" && shown === "-") return [{ type: "literal", value: "(" }, ...money, { type: "literal", value: ")" }];
    return [...sign, ...money];
  }

  formatRange(start, end) {
    const [first, last] = [this.format(start), this.format(end)];
    return first === last ? `~${first}` : `${first}${this.#american && ["currency", "percent"].includes(this.#o.style) ? " – " : "–"}${last}`;
  }

  resolvedOptions() {
    const o = this.#o;
    const { style, currency, currencyDisplay, currencySign, unit, unitDisplay, notation, compactDisplay, signDisplay, roundingMode, trailingZeroDisplay, useGrouping } = o;
    const significant = o.compactRounding ? { minimumSignificantDigits: 1, maximumSignificantDigits: 2 } : o.minimumSignificantDigits === undefined ? {} : { minimumSignificantDigits: o.minimumSignificantDigits, maximumSignificantDigits: o.maximumSignificantDigits };
    const fraction = o.minimumFractionDigits === undefined ? {} : { minimumFractionDigits: o.minimumFractionDigits, maximumFractionDigits: o.maximumFractionDigits };
    const all = {
      locale: this.#american ? AMERICAN : LOCALE, numberingSystem: "latn", style, currency, currencyDisplay, currencySign, unit, unitDisplay, minimumIntegerDigits: o.minimumIntegerDigits, ...significant, ...fraction,
      useGrouping, notation, compactDisplay, signDisplay, roundingMode, roundingIncrement: 1, trailingZeroDisplay, roundingPriority: o.compactRounding ? "morePrecision" : "auto",
    };
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  }

  get [Symbol.toStringTag]() {
    return "Intl.NumberFormat";
  }
}
