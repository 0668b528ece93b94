// Locales and options of Intl. There is one locale, en-GB: every other is accepted and answered in en-GB.

export const LOCALE = "en-GB";
const TAG = /^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*$|^[ix]-[A-Za-z0-9-]+$/i;

/** Checks the tags that were asked for; what is used is en-GB whatever they are. */
export function checkLocales(locales) {
  const all = locales === undefined ? [] : Array.isArray(locales) ? locales : [locales];
  return all.map((tag) => {
    tag = `${tag}`;
    if (!TAG.test(tag) || tag.includes("_")) throw new RangeError(`Incorrect locale information provided: ${JSON.stringify(tag)} is not a locale such as "en-GB"`);
    return canonical(tag);
  });
}

function canonical(tag) {
  return tag
    .split("-")
    .map((part, at) => (at === 0 ? part.toLowerCase() : part.length === 2 ? part.toUpperCase() : part.length === 4 ? part[0].toUpperCase() + part.slice(1).toLowerCase() : part.toLowerCase()))
    .join("-");
}

/** One option out of a list, or its default. */
export function choose(options, name, allowed, fallback) {
  const value = options?.[name];
  if (value === undefined) return fallback;
  const text = `${value}`;
  if (!allowed.includes(text)) throw new RangeError(`Value ${text} out of range for Intl options property ${name}: it is one of ${allowed.join(", ")}`);
  return text;
}

/** A whole number within bounds, or undefined. */
export function whole(options, name, low, high) {
  const value = options?.[name];
  if (value === undefined) return undefined;
  const number = Math.floor(Number(value));
  if (!(number >= low && number <= high)) throw new RangeError(`${name} value is out of range: it is a number from ${low} to ${high}`);
  return number;
}

/** What each class answers when asked which locales it has. */
export function supportedLocalesOf(locales) {
  return checkLocales(locales).filter((tag) => tag === LOCALE || tag === "en");
}

/** The text of a list of parts. */
export const joined = (parts) => parts.map((part) => part.value).join("");
