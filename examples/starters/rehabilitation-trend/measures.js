// What rehabilitation measures, and what its numbers mean.

/** The measures of this app. `better` is the direction in which things improve. */
export const MEASURES = [
  { code: "timed-up-and-go", title: "Timed Up and Go", unit: "s", words: "seconds", better: "lower", what: "Stand up from a chair, walk three metres, turn, walk back, sit down." },
  { code: "ten-metre-walk", title: "10 metre walk", unit: "s", words: "seconds", better: "lower", what: "The time to walk ten metres." },
  { code: "walking-speed", title: "Walking speed", unit: "m/s", words: "metres a second", better: "higher", what: "Speed over ten metres." },
  { code: "sit-to-stand", title: "Sit to stand", unit: "{count}", words: "times in 30 seconds", better: "higher", what: "How often somebody stands up from a chair in 30 seconds." },
];

/** The values of one measure by time, the oldest first; only in its unit. */
export function course(observations, measure) {
  return observations
    .filter((each) => has(each.code, measure) && each.valueQuantity?.code === measure.unit && each.effectiveDateTime)
    .map((each) => ({ at: new Date(each.effectiveDateTime), value: each.valueQuantity.value }))
    .sort((one, other) => one.at - other.at);
}

/** The goal that is set for a measure: { value, due }. */
export function goalFor(goals, measure) {
  const targets = goals.filter((goal) => goal.lifecycleStatus === "active").flatMap((goal) => goal.target ?? []);
  const target = targets.find((each) => has(each.measure, measure) && each.detailQuantity?.code === measure.unit);
  return target && { value: target.detailQuantity.value, due: target.dueDate };
}

/** What changed from the first value to the last: { amount, direction: "better", "worse" or "same" }. */
export function change(values, measure) {
  const amount = Math.round((values.at(-1).value - values[0].value) * 100) / 100;
  if (amount === 0) return { amount, direction: "same" };
  return { amount: Math.abs(amount), direction: amount < 0 === (measure.better === "lower") ? "better" : "worse" };
}

export function reached(value, goal, measure) {
  return measure.better === "lower" ? value <= goal : value >= goal;
}

const has = (concept, { code }) => concept?.coding?.some((each) => each.code === code);
