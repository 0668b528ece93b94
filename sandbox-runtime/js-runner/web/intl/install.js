// Intl as a whole, and the methods of Date, Number and String that stand on it.

import { DateTimeFormat } from "./datetime.js";
import { checkLocales } from "./locale.js";
import { NumberFormat } from "./number.js";
import { TIME_ZONES } from "./timezones.js";
import { UNIT_NAMES } from "./units.js";
import { Collator, ListFormat, PluralRules, RelativeTimeFormat } from "./words.js";

/** Classes of Intl can be called without `new`; the two that JavaScript allows it for are. */
function callable(type) {
  return new Proxy(type, { apply: (target, _, args) => new target(...args) });
}

const Intl = {
  Collator: callable(Collator),
  DateTimeFormat: callable(DateTimeFormat),
  ListFormat,
  NumberFormat: callable(NumberFormat),
  PluralRules,
  RelativeTimeFormat,
  getCanonicalLocales: (locales) => [...new Set(checkLocales(locales))],
  supportedValuesOf(key) {
    const values = { timeZone: TIME_ZONES, calendar: ["gregory"], numberingSystem: ["latn"], currency: ["AUD", "CAD", "EUR", "GBP", "INR", "JPY", "USD"], collation: ["default"], unit: UNIT_NAMES }[key];
    if (!values) throw new RangeError(`Intl.supportedValuesOf does not know ${JSON.stringify(key)}`);
    return [...values];
  },
  [Symbol.toStringTag]: "Intl",
};

let collator;

/** Puts Intl on the global object and makes toLocaleString and localeCompare use it. */
export function installIntl(global) {
  Object.defineProperty(global, "Intl", { value: Intl, writable: true, configurable: true, enumerable: false });
  const method = (prototype, name, value) => Object.defineProperty(prototype, name, { value, writable: true, configurable: true, enumerable: false });
  const shown = (date, locales, options, required, defaults) => (Number.isNaN(date.getTime()) ? "Invalid Date" : new DateTimeFormat(locales, options, required, defaults).format(date));
  method(Date.prototype, "toLocaleString", function toLocaleString(locales, options) {
    return shown(this, locales, options, "any", "all");
  });
  method(Date.prototype, "toLocaleDateString", function toLocaleDateString(locales, options) {
    return shown(this, locales, options, "date", "date");
  });
  method(Date.prototype, "toLocaleTimeString", function toLocaleTimeString(locales, options) {
    return shown(this, locales, options, "time", "time");
  });
  method(Number.prototype, "toLocaleString", function toLocaleString(locales, options) {
    return new NumberFormat(locales, options).format(Number(this));
  });
  method(BigInt.prototype, "toLocaleString", function toLocaleString(locales, options) {
    return new NumberFormat(locales, options).format(BigInt(this));
  });
  method(String.prototype, "localeCompare", function localeCompare(other, locales, options) {
    if (locales === undefined && options === undefined) return (collator ??= new Collator()).compare(this, other);
    return new Collator(locales, options).compare(this, other);
  });
}
