// Made from blocks. Change it with the blocks, or write here: then it is code from there on.
import { app, change, count, latest, round, words } from "./kit.js";

export default app("My app", async (page) => {
  const number = page.field({ name: "number", label: "NHS number", type: "nhs-number" });
  if (page.pressed("Show the patient")) {
    const patient = await page.patient(number);
    page.banner(patient);
    const weights = await page.observations(patient, "weight");
    if (count(weights) > 0) {
      page.text(words`The latest weight is ${latest(weights)} kg, a change of ${round(change(weights), 1)} kg since the first.`);
      page.chart(weights, "Weight over time");
    } else {
      page.warning("No weight is recorded for this patient.");
    }
  }
});
