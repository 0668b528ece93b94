// The UK's routine immunisations for children born on or after 1 July 2024.
// Source: UKHSA, Complete routine immunisation schedule from 1 January 2026, updated 10 December 2025 (Open Government Licence).

/** Who was born before had another schedule. */
export const FIRST_BIRTHDAY = "2024-07-01";
const MMRV_AT_ONE = "2025-01-01";

/** Diseases by SNOMED CT code: a vaccine is counted by what it protects from, since it can be recorded whole or in parts. */
const DIPHTHERIA = "397430003", TETANUS = "76902006", PERTUSSIS = "27836007", POLIO = "398102009", HIB = "709410003", HEPATITIS_B = "66071002";
const MEASLES = "14189004", MUMPS = "36989005", RUBELLA = "36653000", CHICKENPOX = "38907003";
const MENINGOCOCCUS = "23511006", PNEUMOCOCCUS = "16814004", ROTAVIRUS = "18624000";
const SIX = [DIPHTHERIA, TETANUS, PERTUSSIS, POLIO, HIB, HEPATITIS_B];

/** Rotavirus vaccine is not given from 24 weeks of age. */
const ROTAVIRUS_UNTIL_WEEKS = 24;

const doses = (name, diseases, dose, extra) => ({ name: `${name}, dose ${dose}`, needs: diseases.map((disease) => [disease, dose]), ...extra });

/** What is due to a child born on this day: [{ age, due, name, needs, until }], `needs` being [disease, how many by then]. */
function scheduleOf(birthDate) {
  const rotavirus = { until: addWeeks(birthDate, ROTAVIRUS_UNTIL_WEEKS) };
  const mmrvAtOne = birthDate >= MMRV_AT_ONE;
  const MMR = [MEASLES, MUMPS, RUBELLA];
  const mmrv = (mmr, chickenpox) => [...MMR.map((disease) => [disease, mmr]), [CHICKENPOX, chickenpox]];
  const ages = [
    ["8 weeks", addWeeks(birthDate, 8), doses("6-in-1", SIX, 1), doses("MenB", [MENINGOCOCCUS], 1), doses("Rotavirus", [ROTAVIRUS], 1, rotavirus)],
    ["12 weeks", addWeeks(birthDate, 12), doses("6-in-1", SIX, 2), doses("MenB", [MENINGOCOCCUS], 2), doses("Rotavirus", [ROTAVIRUS], 2, rotavirus)],
    ["16 weeks", addWeeks(birthDate, 16), doses("6-in-1", SIX, 3), doses("PCV", [PNEUMOCOCCUS], 1)],
    ["1 year", addMonths(birthDate, 12), doses("PCV", [PNEUMOCOCCUS], 2), doses("MenB", [MENINGOCOCCUS], 3),
      mmrvAtOne ? { name: "MMRV, dose 1", needs: mmrv(1, 1) } : doses("MMR", MMR, 1)],
    ["18 months", addMonths(birthDate, 18), doses("6-in-1", SIX, 4), mmrvAtOne ? { name: "MMRV, dose 2", needs: mmrv(2, 2) } : { name: "MMRV, dose 1", needs: mmrv(2, 1) }],
    ["3 years 4 months", addMonths(birthDate, 40), { name: "dTaP/IPV", needs: [DIPHTHERIA, TETANUS, PERTUSSIS, POLIO].map((disease) => [disease, 5]) },
      ...(mmrvAtOne ? [] : [{ name: "MMRV, dose 2", needs: mmrv(3, 2) }])],
  ];
  return ages.flatMap(([age, due, ...vaccines]) => vaccines.map((vaccine) => ({ age, due, ...vaccine })));
}

/**
 * Each vaccine of the schedule with its state on a day: "given", "due", "coming" or "too late"; `day` as YYYY-MM-DD.
 * Counts what was given, not what was declined. undefined for children of another schedule.
 */
export function immunisations(birthDate, given, day) {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(birthDate ?? "") || birthDate < FIRST_BIRTHDAY) return undefined;
  const counts = countDiseases(given);
  return scheduleOf(birthDate).map((vaccine) => {
    const isGiven = vaccine.needs.every(([disease, times]) => (counts[disease] ?? 0) >= times);
    const tooLate = vaccine.until && day >= vaccine.until;
    return { ...vaccine, state: isGiven ? "given" : tooLate ? "too late" : day >= vaccine.due ? "due" : "coming" };
  });
}

/** Days on which each disease was vaccinated against. Two entries on one day are one dose, recorded twice. */
function countDiseases(given) {
  const days = {};
  for (const each of given.filter(({ status }) => status === "completed")) {
    const diseases = (each.protocolApplied ?? []).flatMap(({ targetDisease }) => targetDisease ?? []).flatMap(({ coding }) => coding ?? []).map(({ code }) => code);
    for (const disease of diseases) (days[disease] ??= new Set()).add(each.occurrenceDateTime?.slice(0, 10));
  }
  return Object.fromEntries(Object.entries(days).map(([disease, set]) => [disease, set.size]));
}

/** A vaccination that names no disease cannot be counted: somebody must look. */
export const notCounted = (given) => given.filter((each) => each.status === "completed" && !(each.protocolApplied ?? []).some(({ targetDisease }) => targetDisease?.length));

function addWeeks(date, weeks) {
  return new Date(Date.parse(date) + weeks * 7 * 86_400_000).toISOString().slice(0, 10);
}

/** The same day of a later month; where that month is shorter, its last day. */
export function addMonths(date, months) {
  const [year, month, day] = date.split("-").map(Number);
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(day, last))).toISOString().slice(0, 10);
}
