// Looks for somebody by name and date of birth, as at a reception desk.

import { html, parseDate, readFhir, resources } from "nhs";
import { PDS } from "./find-patient.js";

/** Who could be meant: { patients }, or { sentence } where nobody or too many are found, or { problems } of what was typed. */
export async function searchPatients(form, signal) {
  const [family, given] = ["family", "given"].map((name) => `${form.get(name) ?? ""}`.trim());
  const problems = [];
  if (family.length < 2) problems.push({ text: "Enter a last name", field: "family" });
  let born;
  try {
    born = parseDate({ day: form.get("day") ?? "", month: form.get("month") ?? "", year: form.get("year") ?? "" });
  } catch (error) {
    // Its message is the sentence to show, such as "Date must include a month".
    problems.push({ text: error.message, field: "day" });
  }
  if (problems.length) return { problems };

  const query = new URLSearchParams({ family, birthdate: `eq${born}` });
  if (given) query.set("given", given);
  try {
    const patients = resources(await readFhir(`${PDS}/Patient?${query}`, { signal }), "Patient");
    return patients.length ? { patients } : { sentence: "Nobody with this name and date of birth was found. Check the spelling with the person." };
  } catch (error) {
    // The order and the number of matches say something about other people: with too many, the service shows none.
    if (error.code === "TOO_MANY_MATCHES") return { sentence: error.message };
    throw error;
  }
}

/** The fields, with what was typed and what is wrong with it. */
export function searchFields(form = new FormData(), problems = []) {
  const problem = (field) => problems.find((each) => each.field === field)?.text;
  const field = (name, label, size, describedBy) => html`<div>
    <label for="${name}">${label}</label>
    ${problem(name) && name !== "day" && html`<p class="error" id="${name}-error">${problem(name)}</p>`}
    <input id="${name}" name="${name}" size="${size}" value="${form.get(name)}" spellcheck="false"
      ${size < 6 && html`inputmode="numeric"`} aria-describedby="${describedBy ?? (problem(name) ? `${name}-error` : "")}"></div>`;
  const dates = problem("day") ? "born-hint born-error" : "born-hint";
  return html`
    <h2 id="by-name">Find by name and date of birth</h2>
    <form method="post" action="./" novalidate autocomplete="off">
      ${field("family", "Last name", 30)}
      ${field("given", "First name, if you know it", 30)}
      <fieldset><legend>Date of birth</legend>
        <span class="c4h-hint" id="born-hint">For example, 22 10 2010</span>
        ${problem("day") && html`<p class="error" id="born-error">${problem("day")}</p>`}
        <div class="row">${field("day", "Day", 2, dates)}${field("month", "Month", 2, dates)}${field("year", "Year", 4, dates)}</div>
      </fieldset>
      <button>Find by name</button>
    </form>`;
}
