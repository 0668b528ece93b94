// The cases of the conformance tables: expressions whose answer Node gives (generate.js) and the runner must give too.
// What Node shows in a way that helps nobody ("2026 (day: 6)", "0:00 pm") is left out, and said in javascript.md.

const j = JSON.stringify;
const cross = (...lists) => lists.reduce((all, list) => all.flatMap((row) => list.map((each) => [...row, each])), [[]]);
const tidy = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));

const MOMENTS = [Date.UTC(2026, 7, 6, 4, 5, 9, 123), Date.UTC(2026, 0, 15, 16, 30), Date.UTC(1969, 6, 20, 20, 17, 40), Date.UTC(1944, 5, 6, 5, 30), Date.UTC(2026, 9, 25, 0, 59, 59), Date.UTC(2026, 9, 25, 1), Date.UTC(2026, 2, 29, 1), 0, -1, Date.UTC(1920, 4, 1)];

/** What en-US has as en-GB has it, and of en-CA and sv-SE what people use them for: years first, and the dates and times around that. */
function otherDates() {
  const codes = [];
  const dtf = (locale, options, moment = MOMENTS[0]) => codes.push(`new Intl.DateTimeFormat("${locale}", ${j({ timeZone: "Europe/London", ...options })}).format(${moment})`);
  for (const [weekday, day, month, year] of cross([undefined, "short", "long"], [undefined, "numeric", "2-digit"], [undefined, "numeric", "2-digit", "short", "long"], [undefined, "numeric", "2-digit"])) {
    if (!(weekday || day || month || year) || (day && year && !month) || (weekday && !day && (month || year))) continue;
    if (weekday === "long" && (month === "2-digit" || year !== "numeric")) continue;
    dtf("en-US", tidy({ weekday, day, month, year }));
    if (weekday || year === "2-digit" || (!weekday && day === "numeric" && month === "2-digit")) continue;
    dtf("en-CA", tidy({ weekday, day, month, year }));
    dtf("sv-SE", tidy({ weekday, day, month, year }));
  }
  for (const locale of ["en-US", "en-CA", "sv-SE"]) {
    for (const [hour, minute, second] of [["numeric"], ["2-digit"], ["numeric", "numeric"], ["numeric", "2-digit"], ["2-digit", "2-digit"], ["numeric", "numeric", "numeric"], ["2-digit", "2-digit", "2-digit"]]) {
      for (const more of [{}, { hour12: true }, { hour12: false }, { hourCycle: "h23" }]) dtf(locale, tidy({ hour, minute, second, ...more }), MOMENTS[second ? 1 : 0]);
      if (minute) dtf(locale, tidy({ hour, minute, second, timeZoneName: "short" }));
      if (!second) dtf(locale, tidy({ weekday: "short", hour, minute, hour12: true }));
    }
    const styles = [undefined, "full", "long", "medium", "short"];
    for (const [dateStyle, timeStyle] of cross(styles, locale === "sv-SE" ? [undefined, "long", "medium", "short"] : styles)) if (dateStyle || timeStyle) dtf(locale, tidy({ dateStyle, timeStyle }), MOMENTS[timeStyle === "long" ? 1 : 0]);
    for (let month = 0; month < 12; month++) dtf(locale, { weekday: "short", day: "numeric", month: "short", year: "numeric" }, Date.UTC(2025, month, month + 1));
    for (const days of [0, 1, 40, 400]) for (const options of [{ dateStyle: "long" }, { dateStyle: "medium" }, { month: "short", day: "numeric" }, ...(locale === "en-US" ? [{}, { weekday: "short", day: "numeric", month: "short" }] : [])]) codes.push(`new Intl.DateTimeFormat("${locale}", ${j({ timeZone: "UTC", ...options })}).formatRange(${MOMENTS[0]}, ${MOMENTS[0] + days * 86_400_000})`);
    for (const options of [{}, { hour: "numeric", minute: "2-digit" }, { month: "numeric", day: "numeric" }, { month: "short", day: "numeric" }]) codes.push(`JSON.stringify(new Intl.DateTimeFormat("${locale}", ${j({ timeZone: "UTC", ...options })}).resolvedOptions())`);
    for (const options of [{}, { dateStyle: "long", timeStyle: "short" }]) codes.push(`JSON.stringify(new Intl.DateTimeFormat("${locale}", ${j({ timeZone: "UTC", ...options })}).formatToParts(${MOMENTS[0]}))`);
    for (const method of ["toLocaleString", "toLocaleDateString", "toLocaleTimeString"]) for (const moment of MOMENTS.slice(0, 2)) codes.push(`new Date(${moment}).${method}("${locale}", { timeZone: "Europe/London" })`);
    dtf(locale, { day: "2-digit", month: "2-digit", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false, timeZoneName: "short" });
    dtf(locale, { day: "numeric", month: "numeric", year: "numeric", era: "short" });
    dtf(locale, { minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 });
    dtf(locale, { timeZoneName: "short" });
  }
  for (const locale of ["en-GB", "en-US"]) {
    const at = (hour, minute = 0) => Date.UTC(2026, 0, 5, hour, minute);
    for (const hour of [1, 6, 12, 13, 18, 21]) for (const minute of [0, 30]) if (locale === "en-US" || hour !== 12) dtf(locale, { hour: "numeric", minute: "numeric", dayPeriod: "short", hour12: true }, at(hour, minute));
    for (const dayPeriod of ["short", "long", "narrow"]) dtf(locale, { weekday: "short", hour: "numeric", dayPeriod, hour12: true }, at(9));
    dtf(locale, { dayPeriod: "short" }, at(12));
    for (const hours of [1, 12, 36]) for (const options of [{ hour: "numeric", minute: "2-digit" }, { dateStyle: "medium", timeStyle: "short" }, { timeStyle: "medium" }, { hour: "numeric", minute: "numeric", hour12: true, timeZoneName: "short" }]) codes.push(`JSON.stringify(new Intl.DateTimeFormat("${locale}", ${j({ timeZone: "UTC", ...options })}).formatRange(${MOMENTS[0]}, ${MOMENTS[0] + hours * 3_600_000}))`);
    for (const timeZone of ["Europe/London", "europe/dublin", "Eire", "GB", "Europe/Jersey", "Etc/GMT-1", "etc/gmt+5", "Etc/GMT-14", "UTC", "GMT", "Etc/UTC", "Zulu"]) {
      if (locale === "en-US" && !timeZone.includes("/")) continue;
      for (const timeZoneName of ["short", "long", "shortOffset", "longOffset", "shortGeneric", "longGeneric"]) dtf(locale, { timeZone, timeZoneName, hour: "numeric", minute: "numeric" });
      dtf(locale, { timeZone, timeZoneName: "long", hour: "numeric", minute: "numeric" }, MOMENTS[1]);
      codes.push(`new Intl.DateTimeFormat("${locale}", { timeZone: "${timeZone}" }).resolvedOptions().timeZone`);
    }
  }
  for (const locale of ["en-US-u-hc-h23", "en-us", "EN-GB-u-hc-h12"]) for (const options of locale === "en-US-u-hc-h23" ? [{}, { hourCycle: "h12" }, { hour12: true }] : [{}]) {
    dtf(locale, { hour: "numeric", minute: "2-digit", ...options });
    codes.push(`new Intl.DateTimeFormat("${locale}", ${j(options)}).resolvedOptions().locale`);
  }
  for (const zone of ["Etc/GMT-15", "Etc/GMT+13", "Etc/GMT-01", "Mars/Olympus"]) codes.push(`new Intl.DateTimeFormat("en-GB", { timeZone: "${zone}" })`);
  codes.push(
    `new Date(new Date(${MOMENTS[1]}).toLocaleString("en-US", { timeZone: "Europe/London" })).toISOString()`,
    `new Date(new Date(${MOMENTS[0]}).toLocaleString("en-US", { timeZone: "UTC" }) + " UTC").toISOString()`,
    `new Date(${Date.UTC(2026, 0, 5)}).toLocaleTimeString("en-US", { hour12: false, timeZone: "UTC" })`,
    `Intl.DateTimeFormat.supportedLocalesOf(["en-GB", "en-us", "en-CA", "sv-SE", "en", "sv", "en-US-u-hc-h23"]).join()`,
    `new Date(${MOMENTS[0]}).toLocaleString("sv", { timeZone: "Europe/London" })`,
    `Intl.getCanonicalLocales(["EN-us-u-HC-h23", "fullwide", "en-latn-us", "de-419", "en-US-x-TWAIN"]).join()`,
  );
  for (const tag of ["abcd", "a", "en-", "en--US", "abcdefghi", "x-y", "en_US", ""]) codes.push(`Intl.getCanonicalLocales(${j(tag)})`);
  codes.push(`Intl.getCanonicalLocales(null)`, `Intl.getCanonicalLocales([5])`, `(1n).toLocaleString("fullwide", { useGrouping: false })`);
  return codes;
}

function dates() {
  const codes = [];
  const dtf = (options, moment = MOMENTS[0]) => codes.push(`new Intl.DateTimeFormat("en-GB", ${j({ timeZone: "Europe/London", ...options })}).format(${moment})`);
  for (const [weekday, day, month, year] of cross([undefined, "short", "long"], [undefined, "numeric", "2-digit"], [undefined, "numeric", "2-digit", "short", "long", "narrow"], [undefined, "numeric", "2-digit"])) {
    if (!(weekday || day || month || year) || (day && year && !month) || (weekday && !day && (month || year))) continue;
    dtf(tidy({ weekday, day, month, year }));
  }
  for (const [hour, minute, second] of cross([undefined, "numeric", "2-digit"], [undefined, "numeric", "2-digit"], [undefined, "numeric", "2-digit"])) {
    if (!(hour || minute || second) || (hour && second && !minute)) continue;
    dtf(tidy({ hour, minute, second }));
    dtf(tidy({ hour, minute, second }), MOMENTS[1]);
    dtf(tidy({ hour, minute, second, hour12: true }));
    dtf(tidy({ hour, minute, second, hour12: false }));
  }
  const styles = [undefined, "full", "long", "medium", "short"];
  for (const [dateStyle, timeStyle, timeZone] of cross(styles, styles, ["Europe/London", "UTC"])) {
    if (!dateStyle && !timeStyle) continue;
    for (const moment of MOMENTS.slice(0, 2)) dtf(tidy({ dateStyle, timeStyle, timeZone }), moment);
  }
  for (const moment of MOMENTS) dtf({ dateStyle: "full", timeStyle: "long" }, moment);
  for (let month = 0; month < 12; month++) {
    dtf({ dateStyle: "medium" }, Date.UTC(2025, month, 28));
    dtf({ weekday: "long", day: "numeric", month: "long" }, Date.UTC(2025, month, month + 1));
  }
  dtf({});
  dtf({ hour: "numeric", minute: "numeric", weekday: "short" });
  dtf({ day: "numeric", month: "long", hour: "numeric", minute: "numeric" });
  dtf({ day: "2-digit", month: "2-digit", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit" });
  dtf({ weekday: "long", day: "numeric", month: "long", hour: "numeric", minute: "2-digit", timeZoneName: "short" });
  dtf({ day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" });
  dtf({ timeZoneName: "short" });
  dtf({ timeZoneName: "long" }, MOMENTS[1]);
  dtf({ minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 });
  dtf({ year: "numeric", era: "short" });
  for (const part of [{}, { dateStyle: "long", timeStyle: "short" }]) {
    codes.push(`JSON.stringify(new Intl.DateTimeFormat("en-GB", ${j({ timeZone: "UTC", ...part })}).formatToParts(${MOMENTS[0]}))`);
  }
  for (const options of [{}, { dateStyle: "long", timeStyle: "short" }, { hour: "numeric", minute: "2-digit" }, { weekday: "long", day: "numeric" }]) {
    codes.push(`JSON.stringify(new Intl.DateTimeFormat("en-GB", ${j({ timeZone: "UTC", ...options })}).resolvedOptions())`);
  }
  for (const options of [{ dateStyle: "long" }, { dateStyle: "medium" }, {}]) {
    for (const days of [0, 1, 40]) codes.push(`new Intl.DateTimeFormat("en-GB", ${j({ timeZone: "UTC", ...options })}).formatRange(${MOMENTS[0]}, ${MOMENTS[0] + days * 86_400_000})`);
  }
  for (const method of ["toLocaleString", "toLocaleDateString", "toLocaleTimeString"]) {
    for (const options of [{}, { month: "long" }, { hour: "numeric", minute: "numeric" }]) codes.push(`new Date(${MOMENTS[0]}).${method}("en-GB", ${j({ timeZone: "Europe/London", ...options })})`);
    codes.push(`new Date(NaN).${method}("en-GB")`);
  }
  codes.push(...otherDates());
  codes.push(`new Intl.DateTimeFormat("en-GB", { month: "tall" })`, `new Intl.DateTimeFormat("en-GB", { dateStyle: "long", day: "numeric" })`, `new Intl.DateTimeFormat("en-GB").format(NaN)`, `new Intl.DateTimeFormat("x_y")`, `Object.prototype.toString.call(Intl.DateTimeFormat())`);
  return codes;
}

function numbers() {
  const codes = [];
  const nf = (options, ...values) => values.forEach((value) => codes.push(`new Intl.NumberFormat("en-GB", ${j(options)}).format(${typeof value === "bigint" ? `${value}n` : Object.is(value, -0) ? "-0" : typeof value === "string" ? j(value) : value})`));
  const VALUES = [0, -0, 1, -1, 0.5, 1.5, 2.5, 12, 999, 1000, 1234.5, -1234.567, 1e6, 123456789.125, 1.005, 0.00012345, 1e21, NaN, Infinity, -Infinity, 5e-324, 123456789012345678901234567890n, "1.23456789", "x"];
  nf({}, ...VALUES);
  for (const digits of [0, 1, 2]) nf({ minimumFractionDigits: digits, maximumFractionDigits: digits }, ...VALUES.slice(0, 16));
  for (const digits of [1, 2, 3, 6]) nf({ maximumSignificantDigits: digits }, ...VALUES.slice(0, 16));
  nf({ minimumSignificantDigits: 4 }, 0, 1, 1.5, 123456, 0.001);
  nf({ minimumIntegerDigits: 2 }, 0, 5, 12, 123.4);
  nf({ style: "percent" }, 0, 0.125, 0.5, 1, 12.345, -0.01);
  nf({ style: "percent", maximumFractionDigits: 1 }, 0.1234);
  for (const [currency, currencyDisplay] of cross(["GBP", "EUR", "USD", "JPY", "CHF"], ["symbol", "code"])) nf({ style: "currency", currency, currencyDisplay }, 0, 1234.5, -0.005, -12);
  nf({ style: "currency", currency: "GBP", currencyDisplay: "name" }, 1, 1234.5, -2);
  nf({ style: "currency", currency: "USD", currencyDisplay: "narrowSymbol" }, 1);
  nf({ style: "currency", currency: "GBP", minimumFractionDigits: 0 }, 5, 5.5);
  nf({ style: "currency", currency: "GBP", trailingZeroDisplay: "stripIfInteger" }, 5, 5.5);
  nf({ style: "currency", currency: "GBP", currencySign: "accounting" }, 5, -5);
  for (const compactDisplay of ["short", "long"]) nf({ notation: "compact", compactDisplay }, 0, 0.5, 15.55, 999, 1000, 1234, 12345, 123456, 999_999, 1e6, 1.25e6, 2.5e9, 1e12, -1234);
  nf({ notation: "scientific" }, 0, 12345.678, 0.00012);
  nf({ notation: "engineering" }, 12345.678);
  for (const signDisplay of ["always", "never", "exceptZero", "negative"]) nf({ signDisplay }, 5, -5, 0);
  for (const roundingMode of ["ceil", "floor", "expand", "trunc", "halfCeil", "halfFloor", "halfExpand", "halfTrunc", "halfEven"]) nf({ maximumFractionDigits: 0, roundingMode }, 2.5, -2.5, 3.5, 2.4, -2.6, 0.5, -0.5);
  nf({ useGrouping: false }, 1234567.5);
  nf({ useGrouping: "min2" }, 1234, 12345);
  const UNITS = ["bit", "byte", "celsius", "centimeter", "day", "degree", "fahrenheit", "foot", "gram", "hour", "inch", "kilobyte", "kilogram", "kilometer", "liter", "megabyte", "meter", "mile", "milliliter", "millimeter", "millisecond", "minute", "month", "ounce", "percent", "pound", "second", "stone", "week", "yard", "year"];
  for (const [unit, unitDisplay] of cross(UNITS, ["short", "long", "narrow"])) nf({ style: "unit", unit, unitDisplay }, 1, 72.5);
  const PER = ["kilometer-per-hour", "mile-per-hour", "meter-per-second", "gram-per-liter", "liter-per-minute", "milliliter-per-day", "kilogram-per-week", "byte-per-second", "pound-per-inch"];
  for (const [unit, unitDisplay] of cross(PER, ["short", "long", "narrow"])) nf({ style: "unit", unit, unitDisplay }, 1, 72.5);
  const us = (options, ...values) => values.forEach((value) => codes.push(`new Intl.NumberFormat("en-US", ${j(options)}).format(${value})`));
  us({}, 1234567.891, -0.5);
  for (const compactDisplay of ["short", "long"]) us({ notation: "compact", compactDisplay }, 999, 1234, 56e6, 2.5e9, 1e12);
  for (const [currency, currencyDisplay] of cross(["GBP", "EUR", "USD", "JPY", "INR", "AUD", "CAD", "CHF"], ["symbol", "narrowSymbol", "code"])) us({ style: "currency", currency, currencyDisplay }, -1234.5);
  us({ style: "currency", currency: "USD", notation: "compact" }, 56e6);
  us({ style: "currency", currency: "USD", currencyDisplay: "name" }, 2);
  for (const [unit, unitDisplay] of cross(UNITS, ["short", "long", "narrow"])) us({ style: "unit", unit, unitDisplay }, 1, 72.5);
  us({ style: "unit", unit: "milliliter-per-hour", unitDisplay: "long" }, 5);
  us({ style: "unit", unit: "milliliter-per-hour" }, 5);
  codes.push(`new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" }).formatRange(3, 5)`, `new Intl.NumberFormat("en-US").formatRange(3, 5)`, `JSON.stringify(new Intl.NumberFormat("en-us").resolvedOptions())`, `JSON.stringify(new Intl.NumberFormat("en-GB", { style: "unit", unit: "kilometer-per-hour" }).formatToParts(72))`, `new Intl.NumberFormat("en-GB", { style: "unit", unit: "kilometer-per-furlong" })`, `Intl.supportedValuesOf("unit").includes("kilogram")`, `Intl.supportedValuesOf("nothing")`);
  for (const options of [{}, { style: "currency", currency: "gbp" }, { maximumSignificantDigits: 3 }, { style: "percent" }, { notation: "compact" }]) codes.push(`JSON.stringify(new Intl.NumberFormat("en-GB", ${j(options)}).resolvedOptions())`);
  codes.push(`JSON.stringify(new Intl.NumberFormat("en-GB", { style: "currency", currency: "GBP" }).formatToParts(-1234.5))`, `(1234.5).toLocaleString("en-GB")`, `(12345678901234567890n).toLocaleString("en-GB")`, `(0.256).toLocaleString("en-GB", { style: "percent" })`, `new Intl.NumberFormat("en-GB", { style: "currency" })`, `new Intl.NumberFormat("en-GB", { maximumFractionDigits: 101 })`, `new Intl.NumberFormat("en-GB", { style: "unit", unit: "furlong" })`);
  return codes;
}

function words() {
  const codes = [];
  for (const [type, n] of cross(["cardinal", "ordinal"], [0, 1, 2, 3, 4, 11, 12, 13, 21, 22, 23, 101, 111, 1.5, -1])) codes.push(`new Intl.PluralRules("en-GB", { type: "${type}" }).select(${n})`);
  codes.push(`new Intl.PluralRules("en-GB", { minimumFractionDigits: 1 }).select(1)`);
  for (const [numeric, style, unit, n] of cross(["always", "auto"], ["long"], ["second", "minute", "hour", "day", "week", "month", "quarter", "year", "days"], [-2, -1, 0, 1, 2, 1.5, 1234])) codes.push(`new Intl.RelativeTimeFormat("en-GB", { numeric: "${numeric}", style: "${style}" }).format(${n}, "${unit}")`);
  for (const [style, unit, n] of cross(["short", "narrow"], ["second", "minute", "hour", "day", "week", "month", "quarter", "year"], [-2, 1])) codes.push(`new Intl.RelativeTimeFormat("en-GB", { style: "${style}" }).format(${n}, "${unit}")`);
  codes.push(`new Intl.RelativeTimeFormat("en-GB").format(1, "fortnight")`, `JSON.stringify(new Intl.RelativeTimeFormat("en-GB").formatToParts(-3, "day"))`);
  for (const [type, style, list] of cross(["conjunction", "disjunction", "unit"], ["long", "short", "narrow"], [[], ["A"], ["A", "B"], ["A", "B", "C", "D"]])) codes.push(`new Intl.ListFormat("en-GB", ${j({ type, style })}).format(${j(list)})`);
  codes.push(`new Intl.ListFormat("en-GB").format([1])`);
  const TEXTS = ["résumé", "resume", "Resume", "zebra", "Äpfel", "apple", "item 10", "item 2", "O'Brien", "OBrien", "Obrien", "_x", "Zoë", "Zoe", "1", "-", "Kociński", "kocinski", "MacDonald", "Mcdonald", "", " a", "Smith Jones", "Smith-Jones", "Smithson"];
  codes.push(`${j(TEXTS)}.sort(new Intl.Collator("en-GB").compare).join("<")`);
  for (const options of [{ sensitivity: "base" }, { sensitivity: "accent" }, { sensitivity: "case" }, { numeric: true }]) codes.push(`${j(["resume", "Resume", "résumé", "item 10", "item 2", "a", "B"])}.map((a) => ["resume", "item 2", "b"].map((b) => a.localeCompare(b, "en-GB", ${j(options)}))).join()`);
  codes.push(`"a".localeCompare("b")`, `"b".localeCompare("a")`, `"a".localeCompare("a")`, `"a".localeCompare("B", "en-GB")`, `Intl.getCanonicalLocales(["EN-gb", "cy"]).join()`);
  return codes;
}

function urls() {
  const codes = [];
  const ADDRESSES = ["https://int.api.service.nhs.uk/personal-demographics/FHIR/R4/Patient?family=Smith&birthdate=eq2010-10-22#top", "http://user:p%40ss@EXAMPLE.com:80/a/../b/./c?x=1", "https://example.com:443", "https://example.com:8443/%7Efoo/é?q=ü#ß", "data:text/plain,hello", "mailto:a@example.com", "file:///C:/x", "http://[::1]:3000/", "http://192.168.0.1/", "http://0x7f.1/", "https://münchen.example/", "https://a.b/?a=1&b=2&a=3&c", "https://a.b/#", "https://a.b/?", "  https://a.b/ x ", "http://a.b/\\c", "https://a.b:99999/", "nothing", "", "https://", "http://a b/"];
  for (const address of ADDRESSES) codes.push(`(({ href, protocol, username, password, host, hostname, port, pathname, search, hash, origin }) => [href, protocol, username, password, host, hostname, port, pathname, search, hash, origin].join(" "))(new URL(${j(address)}))`, `URL.canParse(${j(address)})`);
  for (const [path, base] of cross(["x", "/x", "../x", "?q", "#h", "//other.example/y", "https://o.example", ""], ["https://a.b/c/d?e#f", "https://a.b"])) codes.push(`new URL(${j(path)}, ${j(base)}).href`);
  for (const [part, value] of [["protocol", "http"], ["host", "x.y:81"], ["hostname", "z"], ["port", "8080"], ["port", ""], ["port", "x"], ["pathname", "a b"], ["search", "q=ä b"], ["search", ""], ["hash", "#x y"], ["username", "a@b"], ["password", ":"], ["href", "https://n.example/?z"]]) codes.push(`((u) => { u.${part} = ${j(value)}; return u.href; })(new URL("https://a.b/c?d#e"))`);
  for (const query of ["", "?", "a=1", "?a=1&a=2&b", "a+b=c+d", "a=%41%zz%C3%A9", "a=%ff%fe", "=x", "&&a", "a==b", "a=b=c", "é=ü", "%", "a=%", "a%3Db=c%26d"]) codes.push(`JSON.stringify([...new URLSearchParams(${j(query)})])`, `new URLSearchParams(${j(query)}).toString()`);
  codes.push(`new URLSearchParams({ a: 1, b: "é ~'()!*-._" }).toString()`, `new URLSearchParams([["a", "b"], ["a", "c"]]).getAll("a").join()`, `((p) => { p.set("a", 9); p.append("z", "\\ud800"); p.delete("b"); p.sort(); return p + " " + p.has("a") + p.has("b") + p.get("c") + p.size; })(new URLSearchParams("b=1&a=2&a=3"))`, `((u) => { u.searchParams.append("x", "1 2"); return u.href; })(new URL("https://a.b/?y=%20#h"))`, `((u) => { u.searchParams.delete("y"); return u.href; })(new URL("https://a.b/?y=1"))`, `new URLSearchParams("a=1&a=2").has("a", "2")`, `new URLSearchParams([["a"]])`, `JSON.stringify(new URL("https://a.b"))`, `String(URL.parse("nope"))`);
  return codes;
}

function headers() {
  const codes = [`JSON.stringify([...new Headers({ B: "2", a: "1", "X-Y": " z " })])`, `JSON.stringify([...new Headers([["a", "1"], ["A", "2"], ["Set-Cookie", "x=1"], ["set-cookie", "y=2"]])])`, `new Headers([["set-cookie", "x=1"], ["Set-Cookie", "y=2"]]).getSetCookie().join("|")`, `new Headers({ a: "1" }).get("b")`, `((h) => { h.append("a", "2"); h.set("b", "3"); h.delete("C"); return [...h.keys()] + [...h.values()] + h.has("A"); })(new Headers({ a: "1", c: "4" }))`, `((h) => { h.set("a", "9"); return h.get("A"); })(new Headers([["a", "1"], ["a", "2"]]))`, `((out) => { new Headers({ b: "2", a: "1" }).forEach((v, k) => out.push(k + v)); return out.join(); })([])`, `[...new Headers(new Headers({ a: "1" }))].join()`, `new Headers(undefined).has("a")`];
  for (const name of ["", " ", "a b", "a:b", "é", "a\n", "(", "x-y_z.1"]) codes.push(`new Headers([[${j(name)}, "v"]]).get(${j(name)})`);
  for (const value of ["a\nb", "a\0b", "é", "€", "\t a \r\n", "a\rb", "", "\u0001"]) codes.push(`new Headers({ a: ${j(value)} }).get("a")`);
  codes.push(`new Headers(null)`, `new Headers([["a"]])`, `new Headers([["a", "b", "c"]])`, `new Headers("a")`, `Object.prototype.toString.call(new Headers())`);
  return codes;
}

function bodies() {
  const text = (code) => `(async () => ${code})()`;
  const codes = [
    text(`(await new Response("a=1&b=c+d&b=%C3%A9&e", { headers: { "content-type": "application/x-www-form-urlencoded" } }).formData()).getAll("b").join()`),
    text(`JSON.stringify([...(await new Response("a=1&b=c+d&e", { headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" } }).formData())])`),
    text(`(await new Response("x", { headers: { "content-type": "text/plain" } }).formData())`),
    text(`((f) => f.name + f.type + f.size)((await new Response("--b\\r\\nContent-Disposition: form-data; name=\\"f\\"; filename=\\"a.txt\\"\\r\\nContent-Type: text/csv\\r\\n\\r\\n1,2\\r\\n--b--\\r\\n", { headers: { "content-type": "multipart/form-data; boundary=b" } }).formData()).get("f"))`),
    text(`(await new Response("--b\\r\\nContent-Disposition: form-data; name=\\"é\\"\\r\\n\\r\\n\\r\\n--b\\r\\ncontent-disposition: form-data; name=\\"x\\"\\r\\n\\r\\nline 1\\r\\nline 2\\r\\n--b--", { headers: { "content-type": "multipart/form-data; boundary=\\"b\\"" } }).formData()).get("x")`),
    text(`(await new Response("--b\\r\\nContent-Disposition: form-data; name=\\"x\\"\\r\\n\\r\\n1", { headers: { "content-type": "multipart/form-data; boundary=b" } }).formData())`),
    `((f) => { f.append("a", 1); f.append("a", "2"); f.set("b", new Blob(["x"], { type: "Text/Plain" })); return [f.getAll("a").join(), f.get("b").name, f.get("b").type, f.has("c"), String(f.get("c"))].join("|"); })(new FormData())`,
    `((f) => { f.append("a", new File(["x"], "n.txt"), "m.txt"); return f.get("a").name; })(new FormData())`,
    `((f) => { f.set("a", 1); f.append("b", 2); f.set("a", 3); f.delete("b"); return JSON.stringify([...f]); })(new FormData())`,
    `new FormData(1)`,
    text(`(await new Request("https://a.b", { method: "POST", body: new URLSearchParams({ a: "b c" }) }).text())`),
    `new Request("https://a.b", { method: "POST", body: new URLSearchParams({ a: "b" }) }).headers.get("content-type")`,
    `new Response("x").headers.get("content-type")`,
    `String(new Response(new Uint8Array(2)).headers.get("content-type"))`,
    `new Response(new Blob(["x"], { type: "image/png" })).headers.get("content-type")`,
    `Response.json({ a: 1 }).headers.get("content-type")`,
    `Response.redirect("https://a.b/c", 303).headers.get("location")`,
    `Response.redirect("https://a.b/c", 200)`,
    `[Response.error().type, Response.error().status].join()`,
    `new Response("x", { status: 99 })`,
    `new Response("x", { status: 600 })`,
    `new Response("x", { status: 204 })`,
    `new Response(null, { status: 204 }).status`,
    `new Response("x", { statusText: "a\\nb" })`,
    text(`(await new Response('{"a":[1]}').json()).a[0]`),
    text(`(await new Response("{").json())`),
    text(`(await new Response("\\ufeffx").text()).length`),
    text(`(await new Response("x").arrayBuffer()).byteLength`),
    text(`new Uint8Array(await new Response("\\ud83d").arrayBuffer()).join()`),
    text(`new Uint8Array(await new Request("https://a.b", { method: "POST", body: "a\\udc00é" }).arrayBuffer()).join()`),
    text(`(await new Response("a\\ud83d").text()).codePointAt(1)`),
    text(`(await new Response("\\ud83d\\ude00").text()).codePointAt(0)`),
    text(`(await new Response("\\ud83d").blob()).size`),
    text(`(await new Response("\\ud83d").body.getReader().read()).value.join()`),
    text(`((r) => r.text().then(() => r.text()))(new Response("x"))`),
    text(`((r) => r.text().then(() => r.bodyUsed))(new Response("x"))`),
    text(`((r) => r.text().then(() => r.clone()))(new Response("x"))`),
    text(`((r, c) => (c = r.clone(), Promise.all([r.text(), c.text()]).then((all) => all.join())))(new Response("x"))`),
    `new Request("https://a.b", { body: "x" })`,
    `new Request("https://a.b", { method: "TRACE" })`,
    `new Request("https://a.b", { method: "a b" })`,
    `[new Request("https://a.b", { method: "post" }).method, new Request("https://a.b", { method: "patch" }).method, new Request("https://a.b").url, new Request("https://a.b").redirect].join()`,
    `new Request("nope")`,
    `new Request("https://u:p@a.b/")`,
    `new Request(new Request("https://a.b", { headers: { x: "1" } }), { method: "PUT" }).headers.get("x")`,
  ];
  return codes;
}

function texts() {
  const codes = [];
  const bytes = (list) => `new Uint8Array(${j(list)})`;
  for (const list of [[], [65], [0xef, 0xbb, 0xbf, 65], [0xc3, 0xa9], [0xc3], [0xff, 65], [0xf0, 0x9f, 0x98, 0x80], [0xed, 0xa0, 0x80], [0xc0, 0x80]]) {
    codes.push(`JSON.stringify(new TextDecoder().decode(${bytes(list)}))`, `JSON.stringify(new TextDecoder("utf-8", { fatal: true }).decode(${bytes(list)}))`, `JSON.stringify(new TextDecoder("utf-8", { ignoreBOM: true }).decode(${bytes(list)}))`);
  }
  for (const label of ["latin1", "windows-1252", "ascii", "utf-16le", "UTF8", " utf-8 ", "iso-8859-15", "shift_jis", "gbk", "nope"]) codes.push(`new TextDecoder(${j(label)}).encoding`, `JSON.stringify(new TextDecoder(${j(label)}).decode(new Uint8Array([0x80, 0x41, 0xe9, 0x42])))`);
  codes.push(`((d) => JSON.stringify([d.decode(new Uint8Array([0xe2, 0x82]), { stream: true }), d.decode(new Uint8Array([0xac]), { stream: true }), d.decode()]))(new TextDecoder())`, `((d) => JSON.stringify([d.decode(new Uint8Array([0xef, 0xbb]), { stream: true }), d.decode(new Uint8Array([0xbf, 65])), d.decode(new Uint8Array([0xef, 0xbb, 0xbf]))]))(new TextDecoder())`);
  for (const text of ["", "a", "é", "€", "😀", "\ud800", "a\udc00b"]) codes.push(`Array.from(new TextEncoder().encode(${j(text)})).join()`);
  codes.push(`((t) => JSON.stringify([new TextEncoder().encodeInto("aé€😀", t), Array.from(t)]))(new Uint8Array(6))`);
  for (const text of ["", "a", "ab", "abc", "é", "€", "\0ÿ"]) codes.push(`btoa(${j(text)})`);
  for (const text of ["", "YQ==", "YQ", "YWI=", " Y W I ", "Y", "YQ=", "Y===", "é", "//+A"]) codes.push(`JSON.stringify(atob(${j(text)}))`);
  for (const code of [`structuredClone(new Map([[1, { a: new Date(5) }]])).get(1).a.getTime()`, `((o) => { o.self = o; const c = structuredClone(o); return c !== o && c.self === c; })({})`, `[...structuredClone(new Set([1, "a"]))].join()`, `structuredClone(/x/gi).flags`, `structuredClone(new Uint16Array([1, 2])).join()`, `structuredClone(new RangeError("x")).name`, `structuredClone({ f() {} })`, `structuredClone(Symbol("x"))`, `structuredClone(() => 1)`, `JSON.stringify(structuredClone([1, , 3]))`, `Object.getPrototypeOf(structuredClone(new (class A { b = 1; })())) === Object.prototype`, `structuredClone(Object(1n)) == 1n`, `structuredClone(Promise.resolve())`, `structuredClone(new WeakMap())`, `structuredClone(undefined)`, `new Uint8Array(structuredClone(new Uint8Array([7]).buffer))[0]`]) codes.push(code);
  // The vectors of FIPS 180: nothing, one block, two blocks, and a million letters; and a view of a part.
  for (const name of ["SHA-1", "SHA-256", "SHA-384", "SHA-512"]) {
    for (const data of [`new Uint8Array()`, `new TextEncoder().encode("abc")`, `new TextEncoder().encode("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")`, `new TextEncoder().encode("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu")`, `new TextEncoder().encode("a".repeat(1_000_000))`, `new Uint16Array([1, 2, 3]).subarray(1)`, `new Uint8Array([1, 2]).buffer`]) {
      codes.push(`(async () => Array.from(new Uint8Array(await crypto.subtle.digest("${name}", ${data})), (b) => b.toString(16).padStart(2, "0")).join(""))()`);
    }
  }
  codes.push(`(async () => new Uint8Array(await crypto.subtle.digest({ name: "sha-512" }, new Uint8Array())).length)()`, `(async () => crypto.subtle.digest("MD5", new Uint8Array()))()`, `crypto.getRandomValues(new Float32Array(1))`, `crypto.getRandomValues(new Uint8Array(65537))`, `/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(crypto.randomUUID())`, `AbortSignal.abort().reason.name`, `AbortSignal.abort("why").reason`, `((c) => { c.abort(); return c.signal.aborted; })(new AbortController())`, `AbortSignal.any([AbortSignal.abort("x")]).reason`, `((t, out) => { t.addEventListener("a", (e) => out.push(e.type), { once: true }); t.dispatchEvent(new Event("a")); t.dispatchEvent(new Event("a")); return out.join(); })(new EventTarget(), [])`, `new DOMException("m", "AbortError").code`);
  const hears = (code, options = "{ signal: c.signal }") => `((t, c, out) => { const hear = () => out.push(1), add = () => t.addEventListener("a", hear, ${options}), fire = () => t.dispatchEvent(new Event("a")); ${code}; return out.length; })(new EventTarget(), new AbortController(), [])`;
  codes.push(hears(`add(); fire(); c.abort(); fire()`), hears(`c.abort(); add(); fire()`), hears(`add(); c.abort(); add(); fire()`), hears(`add(); fire(); fire()`, `{ signal: c.signal, once: true }`), hears(`t.addEventListener("a", () => c.abort()); add(); fire()`), hears(`t.addEventListener("a", () => t.removeEventListener("a", hear)); add(); fire()`, `{}`), hears(`add()`, `{ signal: 1 }`));
  const transfers = (code, list = "b") => `((b, view) => { const c = structuredClone(${code}, { transfer: [${list}] }); return [b.byteLength, view.length, ArrayBuffer.isView(c) ? c.join() : c?.byteLength].join("|"); })(...((b) => [b, new Uint8Array(b).fill(7)])(new ArrayBuffer(3)))`;
  codes.push(transfers("b"), transfers("view"), transfers("view.subarray(1)"), transfers("1"), transfers("b", ""), transfers("b", "b, b"), transfers("{ f() {} }"), transfers("1", "new ArrayBuffer(1), b"), `((b) => { structuredClone(b, { transfer: [b] }); return structuredClone(b); })(new ArrayBuffer(1))`, `((b) => { structuredClone(b, { transfer: [b] }); return structuredClone(1, { transfer: [b] }); })(new ArrayBuffer(1))`, `((b) => { try { structuredClone({ b, f() {} }, { transfer: [b] }); } catch { return b.byteLength; } })(new ArrayBuffer(3))`);
  return codes;
}

/** Where Node 20 does not do what https://encoding.spec.whatwg.org, https://tc39.es/ecma402/ or https://html.spec.whatwg.org say today, and the runner does. */
export const corrections = {
  // hour12: false is the clock from 0 to 23; Node has 24:00:00.
  [`new Date(${Date.UTC(2026, 0, 5)}).toLocaleTimeString("en-US", { hour12: false, timeZone: "UTC" })`]: "00:00:00",
  // A detached buffer cannot be transferred again.
  "((b) => { structuredClone(b, { transfer: [b] }); return structuredClone(1, { transfer: [b] }); })(new ArrayBuffer(1))": "throws DataCloneError",
  'JSON.stringify(new TextDecoder("latin1").decode(new Uint8Array([0x80, 0x41, 0xe9, 0x42])))': '"€AéB"',
  'JSON.stringify(new TextDecoder("windows-1252").decode(new Uint8Array([0x80, 0x41, 0xe9, 0x42])))': '"€AéB"',
  'JSON.stringify(new TextDecoder("ascii").decode(new Uint8Array([0x80, 0x41, 0xe9, 0x42])))': '"€AéB"',
  'JSON.stringify(new TextDecoder("shift_jis").decode(new Uint8Array([0x80, 0x41, 0xe9, 0x42])))': JSON.stringify("\u0080A顳"),
};

export const tables = { "intl-dates": dates(), "intl-numbers": numbers(), "intl-words": words(), url: urls(), headers: headers(), bodies: bodies(), texts: texts() };
