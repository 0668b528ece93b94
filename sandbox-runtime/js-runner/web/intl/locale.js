// Locales and options of Intl. A class has one locale or some; whoever asks for another is answered in en-GB.

export const LOCALE = "en-GB";
/** https://unicode.org/reports/tr35/#unicode_locale_id: language, script, region, variants, extensions, private use. */
const TAG = /^([a-z]{2,3}|[a-z]{5,8})(-[a-z]{4})?(-([a-z]{2}|\d{3}))?(-([a-z\d]{5,8}|\d[a-z\d]{3}))*(-[a-wyz\d](-[a-z\d]{2,8})+)*(-x(-[a-z\d]{1,8})+)?$/i;

/** The tags that were asked for, checked and in their usual writing. */
export function checkLocales(locales) {
  const all = locales === undefined ? [] : typeof locales === "string" ? [locales] : Array.from(locales);
  return all.map((tag) => {
    if (typeof tag !== "string" && (typeof tag !== "object" || tag === null)) throw new TypeError(`A locale is a text such as "en-GB", not ${String(tag)}`);
    tag = `${tag}`;
    if (!TAG.test(tag)) throw new RangeError(`Incorrect locale information provided: ${JSON.stringify(tag)} is not a locale such as "en-GB"`);
    return canonical(tag);
  });
}

function canonical(tag) {
  let extension = false;
  const parts = tag.toLowerCase().split("-");
  return parts
    .map((part, at) => {
      extension ||= part.length === 1;
      if (at === 0 || extension) return part;
      return part.length === 2 ? part.toUpperCase() : part.length === 4 ? part[0].toUpperCase() + part.slice(1) : part;
    })
    .join("-");
}

/** The locale that a tag means: itself, or the first one of a language without a country (en, sv). */
function matching(tag, available) {
  const base = `${tag.replace(/-[a-z]-.*/, "")}-`;
  return available.find((each) => base.startsWith(`${each}-`)) ?? available.find((each) => each.startsWith(base));
}

/** The first locale asked for that is available, or en-GB, and the clock that its tag asks for: en-US-u-hc-h23. */
export function resolve(locales, available = [LOCALE]) {
  for (const tag of checkLocales(locales)) {
    const locale = matching(tag, available);
    if (locale) return { locale, clock: /-u-(?:[a-z\d]{2,8}-)*?hc-(h11|h12|h23|h24)\b/.exec(tag)?.[1] };
  }
  return { locale: LOCALE };
}

/** What a class answers when asked which locales it has. */
export const supporting = (available = [LOCALE]) => (locales) => checkLocales(locales).filter((tag) => matching(tag, available));

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

/** The text of a list of parts. */
export const joined = (parts) => parts.map((part) => part.value).join("");
