// How dates and times are written in each locale that there is for them.

const ENGLISH = {
  months: ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
  days: ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"],
  shortMonth: (name) => name.slice(0, 3),
  shortDay: (name) => name.slice(0, 3),
  eras: { short: ["BC", "AD"], long: ["Before Christ", "Anno Domini"], narrow: ["B", "A"] },
  /** Before an hour of the day; the last one begins again at midnight. */
  periods: [[12, "in the morning"], [18, "in the afternoon"], [21, "in the evening"], [24, "at night"]],
  noon: "noon",
  point: ".",
  /** Between a date and a time, and after a long month. */
  joint: ", ",
  at: " at ",
  /** Between two dates: an en dash with thin spaces. */
  between: "\u2009–\u2009",
};

const AMERICAN = {
  ...ENGLISH,
  twelve: true,
  halves: ["AM", "PM"],
  /** An order of day, month and year, and what follows the first and the second of them. */
  numbers: ["MDY", "/", "/"],
  words: ["MDY", " ", ", "],
  /** Whether a comma follows a weekday. */
  comma: (named, month) => month,
};

/**
 * `padded`: day and month as numbers have two digits. `yearless`: the order of a day and a month as numbers. `beforeEra`: the order of
 * numbers with an era. `dayFirst`: a day without a month stands before its weekday. `tight`: a dash without spaces between two times.
 */
export const FORMS = {
  "en-GB": {
    ...ENGLISH,
    halves: ["am", "pm"],
    shortMonth: (name) => name.slice(0, name === "September" ? 4 : 3),
    numbers: ["DMY", "/", "/"],
    words: ["DMY", " ", " "],
    padded: true,
    comma: (named, month, year) => month && year,
    tight: true,
    summer: true,
  },
  "en-US": { ...AMERICAN, dayFirst: true },
  "en-CA": { ...AMERICAN, halves: ["a.m.", "p.m."], numbers: ["YMD", "-", "-"], padded: true, beforeEra: AMERICAN.numbers, between: "–" },
  // Day periods and the names of time zones are the English ones.
  "sv-SE": {
    ...ENGLISH,
    months: ["januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november", "december"],
    days: ["söndag", "måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag"],
    shortMonth: (name) => (name.length < 5 ? name : `${name.slice(0, 3)}.`),
    shortDay: (name) => name.slice(0, name === "torsdag" ? 4 : 3),
    eras: { short: ["f.Kr.", "e.Kr."], long: ["före Kristus", "efter Kristus"], narrow: ["f.Kr.", "e.Kr."] },
    halves: ["fm", "em"],
    numbers: ["YMD", "-", "-"],
    yearless: ["DM", "/"],
    words: ["DMY", " ", " "],
    padded: true,
    comma: (named, month, year) => !named && month && year,
    point: ",",
    joint: " ",
    at: " kl. ",
    between: "–",
  },
};
