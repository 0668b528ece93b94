// NEWS2: seven measures, a score, and what to do.
// Source: Royal College of Physicians. National Early Warning Score (NEWS) 2. London: RCP, 2017. The RCP is acknowledged;
// scores are computed here, its charts are not drawn. For people of 16 and over who are not pregnant.

/** Each step is the highest value that still scores so; the last one has no end. */
const STEPS = {
  breaths: [[8, 3], [11, 1], [20, 0], [24, 2], [Infinity, 3]],
  scale1: [[91, 3], [93, 2], [95, 1], [Infinity, 0]],
  scale2OnAir: [[83, 3], [85, 2], [87, 1], [Infinity, 0]],
  scale2OnOxygen: [[83, 3], [85, 2], [87, 1], [92, 0], [94, 1], [96, 2], [Infinity, 3]],
  systolic: [[90, 3], [100, 2], [110, 1], [219, 0], [Infinity, 3]],
  pulse: [[40, 3], [50, 1], [90, 0], [110, 1], [130, 2], [Infinity, 3]],
  temperature: [[35.0, 3], [36.0, 1], [38.0, 0], [39.0, 1], [Infinity, 2]],
};
const points = (steps, value) => steps.find(([highest]) => value <= highest)[1];

/** The measures, in the order of the chart. */
export const MEASURES = [
  { name: "breaths", label: "Respiration rate", unit: "a minute", low: 1, high: 80 },
  { name: "saturation", label: "Oxygen saturation", unit: "%", low: 50, high: 100 },
  { name: "systolic", label: "Systolic blood pressure", unit: "mmHg", low: 30, high: 300 },
  { name: "pulse", label: "Pulse", unit: "a minute", low: 10, high: 250 },
  { name: "temperature", label: "Temperature", unit: "°C", low: 25, high: 45, decimals: 1 },
];
const OTHERS = { oxygen: "Air or oxygen", alert: "Consciousness" };

/**
 * The score of a set: { breaths, saturation, scale, oxygen, systolic, pulse, alert, temperature }, where `scale` is 1 or 2,
 * `oxygen` says whether oxygen is given, and `alert` is false for new confusion and for who answers to voice or pain only, or not.
 * Gives { total, band, red, parts }; without any one of the measures there is no total, and `missing` names them.
 */
export function score(set) {
  const missing = [
    ...MEASURES.filter(({ name }) => !Number.isFinite(set[name])).map(({ label }) => label),
    ...Object.keys(OTHERS).filter((name) => typeof set[name] !== "boolean").map((name) => OTHERS[name]),
  ];
  if (missing.length) return { missing };

  const scale = set.scale === 2 ? (set.oxygen ? STEPS.scale2OnOxygen : STEPS.scale2OnAir) : STEPS.scale1;
  const parts = [
    ["Respiration rate", `${set.breaths} a minute`, points(STEPS.breaths, set.breaths)],
    [`Oxygen saturation, scale ${set.scale === 2 ? 2 : 1}`, `${set.saturation}%`, points(scale, set.saturation)],
    ["Air or oxygen", set.oxygen ? "Oxygen" : "Air", set.oxygen ? 2 : 0],
    ["Systolic blood pressure", `${set.systolic} mmHg`, points(STEPS.systolic, set.systolic)],
    ["Pulse", `${set.pulse} a minute`, points(STEPS.pulse, set.pulse)],
    ["Consciousness", set.alert ? "Alert" : "New confusion, voice, pain or unresponsive", set.alert ? 0 : 3],
    ["Temperature", `${set.temperature}°C`, points(STEPS.temperature, Math.round(set.temperature * 10) / 10)],
  ];
  const total = parts.reduce((sum, [, , each]) => sum + each, 0);
  const red = parts.filter(([, , each]) => each === 3).map(([name]) => name);
  return { total, red, parts, band: band(total, red.length > 0) };
}

function band(total, hasRed) {
  if (total >= 7) return "high";
  if (total >= 5) return "medium";
  return hasRed ? "low-medium" : "low";
}

/** What the RCP's report asks for at each band, in short. Your hospital's own policy comes first. */
export function response(total, band) {
  if (band === "high") return { often: "Watch the vital signs without a break", act: "Emergency: tell the medical team at once, at least a specialist registrar; assessment by a team that can manage an airway and give critical care." };
  if (band === "medium") return { often: "At least every hour", act: "Urgent: tell the medical team at once, and ask for an urgent assessment by somebody trained in acute illness. Think of sepsis." };
  if (band === "low-medium") return { often: "At least every hour", act: "One measure alone scores 3: tell the medical team, who review the patient and decide whether to escalate." };
  return total === 0 ? { often: "At least every 12 hours", act: "Go on with routine monitoring." } : { often: "At least every 4 to 6 hours", act: "A registered nurse assesses the patient and decides whether to monitor more often or to escalate." };
}
