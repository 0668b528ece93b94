// The units of Intl.NumberFormat that health apps use, as en-GB and en-US write them.

/** Short for one, short for more, narrow, long for one, long for more. A short that starts with a space is set apart. */
const UNITS = {
  bit: [" bit", " bit", "bit", "bit", "bits"],
  byte: [" byte", " byte", "B", "byte", "bytes"],
  celsius: ["°C", "°C", "°C", "degree Celsius", "degrees Celsius"],
  centimeter: [" cm", " cm", "cm", "centimetre", "centimetres"],
  day: [" day", " days", "d", "day", "days"],
  degree: [" deg", " deg", "°", "degree", "degrees"],
  fahrenheit: ["°F", "°F", "°F", "degree Fahrenheit", "degrees Fahrenheit"],
  foot: [" ft", " ft", "′", "foot", "feet"],
  gram: [" g", " g", "g", "gram", "grams"],
  hour: [" hr", " hrs", "h", "hour", "hours"],
  inch: [" in", " in", "″", "inch", "inches"],
  kilobyte: [" kB", " kB", "kB", "kilobyte", "kilobytes"],
  kilogram: [" kg", " kg", "kg", "kilogram", "kilograms"],
  kilometer: [" km", " km", "km", "kilometre", "kilometres"],
  liter: [" l", " l", "l", "litre", "litres"],
  megabyte: [" MB", " MB", "MB", "megabyte", "megabytes"],
  meter: [" m", " m", "m", "metre", "metres"],
  mile: [" mi", " mi", "mi", "mile", "miles"],
  milliliter: [" ml", " ml", "ml", "millilitre", "millilitres"],
  millimeter: [" mm", " mm", "mm", "millimetre", "millimetres"],
  millisecond: [" ms", " ms", "ms", "millisecond", "milliseconds"],
  minute: [" min", " mins", "m", "minute", "minutes"],
  month: [" mth", " mths", "m", "month", "months"],
  ounce: [" oz", " oz", "oz", "ounce", "ounces"],
  percent: ["%", "%", "%", "per cent", "per cent"],
  pound: [" lb", " lb", "lb", "pound", "pounds"],
  second: [" sec", " secs", "s", "second", "seconds"],
  stone: [" st", " st", "st", "stone", "stone"],
  week: [" wk", " wks", "w", "week", "weeks"],
  yard: [" yd", " yd", "yd", "yard", "yards"],
  year: [" yr", " yrs", "y", "year", "years"],
};

/** Where en-US differs, apart from metres and litres. */
const AMERICAN = {
  fahrenheit: ["°F", "°F", "°", "degree Fahrenheit", "degrees Fahrenheit"],
  hour: [" hr", " hr", "h", "hour", "hours"],
  minute: [" min", " min", "m", "minute", "minutes"],
  percent: ["%", "%", "%", "percent", "percent"],
  pound: [" lb", " lb", "#", "pound", "pounds"],
  second: [" sec", " sec", "s", "second", "seconds"],
  stone: [" st", " st", "st", "stone", "stones"],
};
/** After a slash, where it is not the short form for one. */
const PER = { day: "d", foot: "ft", hour: "h", inch: "in", minute: "min", month: "m", second: "s", week: "w", year: "y" };

export const UNIT_NAMES = Object.keys(UNITS);

function namesOf(unit, american) {
  if (!Object.hasOwn(UNITS, unit)) throw new RangeError(`The unit ${JSON.stringify(unit)} is not here. There are: ${UNIT_NAMES.join(", ")}, and one of them per another, such as kilometer-per-hour`);
  if (!american) return UNITS[unit];
  return AMERICAN[unit] ?? UNITS[unit].map((name, at) => (at < 3 ? name.replace(/l$/, "L") : name.replace(/([mt])re/, "$1er")));
}

/** What stands before and after the digits, as parts. `one`: the number is 1. */
export function unitPattern(unit, display, one, american) {
  const [counted, per] = unit.split(/-per-(.*)/);
  const names = namesOf(counted, american);
  let text = display === "narrow" ? names[2] : display === "long" ? ` ${names[one ? 3 : 4]}` : names[one ? 0 : 1];
  if (per !== undefined) {
    const others = namesOf(per, american);
    if (unit === "mile-per-hour" && display !== "long") text = text.replace("mi", "mph");
    else text += display === "long" ? ` per ${others[3]}` : `/${PER[per] ?? others[display === "narrow" ? 2 : 0].trim()}`;
  }
  const type = unit === "percent" && display !== "long" ? "percentSign" : "unit";
  const after = text.startsWith(" ") ? [{ type: "literal", value: " " }, { type, value: text.slice(1) }] : [{ type, value: text }];
  return [[], after];
}
