// The steps of an age, on both sides of each.
import { age, formatAge } from "nhs";

formatAge("2026-08-06", { at: "2026-08-06" }); // => "0d"
formatAge("2026-07-10", { at: "2026-08-06" }); // => "27d"
formatAge("2026-07-09", { at: "2026-08-06" }); // => "4w"
formatAge("2026-07-08", { at: "2026-08-06" }); // => "4w 1d"
formatAge("2025-08-07", { at: "2026-08-06" }); // => "52w"
formatAge("2025-08-06", { at: "2026-08-06" }); // => "12m"
formatAge("2025-08-05", { at: "2026-08-06" }); // => "12m 1d"
formatAge("2024-08-07", { at: "2026-08-06" }); // => "23m 30d"
formatAge("2024-08-06", { at: "2026-08-06" }); // => "2y"
formatAge("2024-07-06", { at: "2026-08-06" }); // => "2y 1m"
formatAge("2008-08-07", { at: "2026-08-06" }); // => "17y 11m"
formatAge("2008-08-06", { at: "2026-08-06" }); // => "18y"
formatAge("2008-01-06", { at: "2026-08-06" }); // => "18y"

// Born on 29 February: a year older on 1 March where there is no such day.
age("2008-02-29", { at: "2026-02-28" }).years; // => 17
age("2008-02-29", { at: "2026-03-01" }).years; // => 18
age("2008-02-29", { at: "2024-02-29" }).years; // => 16
formatAge("2024-02-29", { at: "2025-02-28" }); // => "52w 1d"
formatAge("2024-02-29", { at: "2025-03-01" }); // => "12m 1d"
// Born on the 31st: the month is over when the shorter one is.
age("2026-01-31", { at: "2026-02-28" }).months; // => 0
age("2026-01-31", { at: "2026-03-01" }).months; // => 1

// Who has died does not grow older, and of whom nobody knows when, nothing is known.
formatAge({ birthDate: "1984-05-17", deceasedDateTime: "2019-02-14" }, { at: "2026-08-06" }); // => "34y"
formatAge({ birthDate: "1984-05-17", deceasedBoolean: true }, { at: "2026-08-06" }); // => "Not known"
age({ birthDate: "1984-05-17", deceasedBoolean: true }); // => undefined
formatAge({ birthDate: "1984", deceasedBoolean: true }); // => "Not known"
formatAge({ birthDate: "1984-05-17", deceasedBoolean: false }, { at: "2026-08-06" }); // => "42y"
formatAge({ birthDate: "1984", deceasedDateTime: "2019" }); // => "about 35y"

formatAge("2026-08-07", { at: "2026-08-06" }); // => "Not known"
formatAge("1980-05", { at: "2026-08-06" }); // => "about 46y"
formatAge(undefined); // => "Not known"
formatAge("nonsense"); // => "Not known"
