// From the observations of a record to sets that belong together: what was measured at one moment.

const AIR = "722742002";
const OXYGEN = "371825009";
const ALERT = "248234008";
/** New confusion, and who answers to voice or pain only, or not at all. */
const NOT_ALERT = ["130987000", "300202002", "450847001", "422768004"];

/** What each measure is called in LOINC, and the only unit in which it is understood. */
const CODES = {
  "9279-1": ["breaths", "/min"],
  "2708-6": ["saturation", "%"],
  "8867-4": ["pulse", "/min"],
  "8310-5": ["temperature", "Cel"],
};
const FLOW = "3151-8";
const PRESSURE = "85354-9";
const SYSTOLIC = "8480-6";
const AIR_OR_OXYGEN = "air-or-oxygen";
const ACVPU = "1104441000000107";
const NEWS2 = "1104051000000101";

/** For a search: only what a score is made of. */
export const SOUGHT = [...Object.keys(CODES), FLOW, PRESSURE, AIR_OR_OXYGEN, ACVPU, NEWS2].join(",");

/** Sets by time, the newest first. One with few measures is no set: somebody took a pulse. */
export function setsOf(observations) {
  const times = Object.groupBy(observations.filter((each) => each.effectiveDateTime), (each) => each.effectiveDateTime);
  return Object.entries(times)
    .map(([at, together]) => toSet(at, together))
    .filter((set) => set.recorded !== undefined || Object.keys(set).length > 5)
    .sort((one, other) => new Date(other.at) - new Date(one.at));
}

function toSet(at, observations) {
  // Scale 2 is a decision that somebody wrote down, and never worked out from the diagnosis.
  const set = { at, scale: 1 };
  for (const each of observations) {
    const codes = (each.code?.coding ?? []).map((coding) => coding.code);
    const known = codes.find((code) => CODES[code]);
    const value = each.valueCodeableConcept?.coding?.[0]?.code;
    if (known) put(set, CODES[known][0], each.valueQuantity, CODES[known][1]);
    else if (codes.includes(PRESSURE)) put(set, "systolic", each.component?.find((part) => part.code?.coding?.some((coding) => coding.code === SYSTOLIC))?.valueQuantity, "mm[Hg]");
    else if (codes.includes(FLOW) && each.valueQuantity) set.oxygen = each.valueQuantity.value > 0;
    else if (codes.includes(AIR_OR_OXYGEN) && [AIR, OXYGEN].includes(value)) set.oxygen = value === OXYGEN;
    else if (codes.includes(ACVPU) && [ALERT, ...NOT_ALERT].includes(value)) set.alert = value === ALERT;
    else if (codes.includes(NEWS2)) {
      set.recorded = each.valueInteger ?? each.valueQuantity?.value;
      if (each.note?.some((note) => /scale 2/i.test(note.text))) set.scale = 2;
    }
  }
  return set;
}

/** A value in another unit is left out, and so missing: nobody guesses. */
function put(set, name, quantity, unit) {
  if (quantity?.code === unit && Number.isFinite(quantity.value)) set[name] = quantity.value;
}
