// Child review, for a health visitor: growth, the review that is due, development, immunisations due.
// growth.js, schedule.js and reviews.js have the rules, development.js asks and saves, this file makes the pages.

import { age, codeText, formatDate, formatDateTime, html, patientBanner, today } from "nhs";
import { lineChart } from "./chart.js";
import { check, earlier, questions, save } from "./development.js";
import { explain, noAnswer, notFound, patience, readForm, show, startPage } from "./find-patient.js";
import { MEASURES, SPACE, centile, growthAge, valueAt, zScore } from "./growth.js";
import { openRecord, readAll } from "./record.js";
import { reviews } from "./reviews.js";
import { immunisations, notCounted } from "./schedule.js";

const MONTH_DAYS = 30.4375;
const OLDEST_YEARS = 5;

const app = {
  title: "Child review",
  intro: html`<p>Is this child growing, developing and protected? For health visitors, up to five years.</p>`,
  people: [
    ["9999100309", "Aisha Begum-Farrow", "20 months, born at 36 weeks; vaccines are due"],
    ["9999101003", "Kofi Asante-Bell", "9: too old for this review"],
    ["9000000025", "Janet Smythe", "a restricted record"],
    ["9000000033", "A record with almost nothing in it", "no date of birth"],
  ],
};

export default {
  async fetch(request) {
    if (new URL(request.url).pathname !== "/") return notFound(app);
    if (request.method !== "POST") return startPage(app);
    const form = await readForm(request);
    const signal = patience();
    const { patient, page } = await openRecord(app, form, signal);
    if (page) return page;
    const years = age(patient)?.years;
    if (years === undefined) return refuse(patient, "It is not known when this patient was born, so nothing can be worked out.");
    if (years >= OLDEST_YEARS) return refuse(patient, "This review is for children under five.");

    const problems = form.has("token") ? check(form) : [];
    const saved = form.has("token") && !problems.length ? await keep(patient, form, signal) : undefined;
    let record;
    try {
      record = await Promise.all([
        readAll("Observation", patient, signal, { code: MEASURES.map(({ code }) => code).join(",") }),
        readAll("Immunization", patient, signal),
        readAll("Encounter", patient, signal),
        readAll("QuestionnaireResponse", patient, signal),
      ]);
    } catch (error) {
      return noAnswer(app, form, error, "The record", patient);
    }
    return reviewPage(patient, record, form, problems, saved);
  },
};

const refuse = (patient, why) => show(app, { title: "No review", body: html`${patientBanner(patient)}<p class="note">${why}</p>` });

async function keep(patient, form, signal) {
  try {
    await save(patient, form, new Date(), signal);
    return html`<p class="note" role="status"><strong>Saved to the record.</strong></p>`;
  } catch (error) {
    console.warn(`Not saved: ${error.name} ${error.status ?? ""}`);
    return html`<div class="urgent" role="alert"><p><strong>It is not certain that the answers were saved.</strong> ${explain(error)} Look below whether they are there; sending them again does not keep them twice.</p></div>`;
  }
}

function reviewPage(patient, [observations, given, encounters, responses], form, problems, saved) {
  return show(app, {
    title: "Review of this child",
    errors: problems,
    body: html`
      ${patientBanner(patient)}${saved}
      ${reviewPart(patient, encounters)}
      ${immunisationPart(patient, given)}
      ${growthPart(patient, observations, form)}
      ${developmentPart(patient, responses, saved ? new FormData() : form, problems)}`,
  });
}

function reviewPart(patient, encounters) {
  const visits = encounters.filter((each) => each.status === "finished" && each.period?.start).map((each) => each.period.start.slice(0, 10)).sort();
  const words = {
    visit: ({ visit }) => html`<span class="tag">Visit on ${formatDate(visit)}</span> Check that it was this review.`,
    due: ({ to }) => html`<span class="tag amber">Due now</span> until ${formatDate(to)}`,
    overdue: ({ to }) => html`<span class="tag red">No visit found</span> was due by ${formatDate(to)}`,
    coming: ({ from, to }) => html`From ${formatDate(from)} to ${formatDate(to)}`,
  };
  return html`<h2>Reviews</h2><dl class="facts">${reviews(patient.birthDate, visits, today()).map((each) => html`<div><dt>${each.name}</dt><dd>${words[each.state](each)}</dd></div>`)}</dl>
    <p class="source">Source: Delivery of the healthy child programme, Part 2, 6 February 2026, Open Government Licence.
    <a href="https://www.gov.uk/government/publications/delivery-of-the-healthy-child-programme/part-2-health-visiting-ages-0-to-5" target="_blank" rel="noopener noreferrer">GOV.UK (opens in a new tab)</a></p>`;
}

function immunisationPart(patient, given) {
  const all = immunisations(patient.birthDate, given, today());
  const source = html`<p class="source">Source: UKHSA, routine immunisation schedule from 1 January 2026, Open Government Licence.
    <a href="https://www.gov.uk/government/publications/the-complete-routine-immunisation-schedule" target="_blank" rel="noopener noreferrer">GOV.UK (opens in a new tab)</a></p>`;
  if (!all) return html`<h2>Immunisations</h2><p class="note">This app knows the schedule of children born on or after 1 July 2024. For others, use the complete schedule.</p>${source}`;
  const [due, coming, done, late] = ["due", "coming", "given", "too late"].map((state) => all.filter((each) => each.state === state));
  const declined = given.filter((each) => each.status === "not-done");
  const unclear = notCounted(given);
  return html`<h2>Immunisations</h2>
    ${due.length ? html`<div class="urgent"><p><strong>Due now: ${due.length}</strong></p><ul>${due.map((each) => html`<li>${each.name}, since ${formatDate(each.due)} (${each.age})</li>`)}</ul></div>` : html`<p class="note">Nothing is due today, by what is recorded.</p>`}
    ${late.length > 0 && html`<p>Not given, and too old for it now: ${late.map(({ name }) => name).join(", ")}.</p>`}
    ${declined.length > 0 && html`<p>Declined or not given: ${declined.map((each) => `${codeText(each.vaccineCode)} on ${formatDate(each.occurrenceDateTime)}`).join(", ")}.</p>`}
    ${unclear.length > 0 && html`<p class="urgent">Not counted, because the record does not say what they protect from: ${unclear.map((each) => codeText(each.vaccineCode)).join(", ")}. Look at them yourself.</p>`}
    <details><summary>Coming (${coming.length}) and given (${done.length})</summary>
      <h3>Coming</h3><ul>${coming.map((each) => html`<li>${each.name}: ${formatDate(each.due)} (${each.age})</li>`)}</ul>
      <h3>Given</h3>${done.length ? html`<ul>${done.map((each) => html`<li>${each.name} (${each.age})</li>`)}</ul>` : html`<p>None are recorded. That is not the same as none given.</p>`}</details>
    ${source}`;
}

function growthPart(patient, observations, form) {
  const measure = MEASURES.find(({ name }) => name === form.get("measure")) ?? MEASURES[0];
  const weeks = Number(form.get("gestation"));
  const gestation = weeks >= 22 && weeks <= 44 ? weeks : undefined;
  const rows = observations.filter((each) => each.code?.coding?.some(({ code }) => code === measure.code) && each.valueQuantity?.code === measure.unit && each.effectiveDateTime)
    .map((each) => growthRow(patient, measure, gestation, each)).sort((one, other) => one.at.localeCompare(other.at));
  return html`<h2>Growth</h2>
    <form method="post" action="./" class="row"><input type="hidden" name="nhs" value="${patient.id}">
      <div><label for="measure">Measure</label><select id="measure" name="measure">${MEASURES.map(({ name, title }) => html`<option value="${name}" ${name === measure.name && html`selected`}>${title}</option>`)}</select></div>
      <div><label for="gestation">Born at (weeks)</label><input id="gestation" name="gestation" size="4" inputmode="numeric" autocomplete="off" value="${gestation}"></div>
      <button>Show</button></form>
    <p>${gestation === undefined ? "The record does not say at how many weeks the child was born: ask, and type it. Without it, ages are not corrected." : gestation < 37 ? `Born at ${gestation} weeks: ages are corrected up to ${gestation < 32 ? "two years" : "one year"}.` : `Born at ${gestation} weeks: no correction.`}</p>
    ${!["female", "male"].includes(patient.gender) && html`<p class="note">The standard is for girls or for boys, and the record does not say which: no centiles.</p>`}
    ${rows.length ? growthChart(measure, rows, patient) : html`<p class="note">No ${measure.title.toLowerCase()} is recorded.</p>`}
    <p class="source">WHO Child Growth Standards, for teaching: the NHS uses the UK-WHO charts. Not before two weeks after the due date, nor after two years.
    <a href="https://www.who.int/tools/child-growth-standards" target="_blank" rel="noopener noreferrer">WHO (opens in a new tab)</a></p>`;
}

function growthRow(patient, measure, gestation, observation) {
  const at = observation.effectiveDateTime.slice(0, 10);
  const days = growthAge(age(patient, { at })?.days, gestation);
  const value = observation.valueQuantity.value;
  return { at, days, value, z: zScore(measure.name, patient.gender, days, value) };
}

function growthChart(measure, rows, patient) {
  const known = rows.filter(({ z }) => z !== undefined);
  const months = (days) => days / MONTH_DAYS;
  const curve = (z, name) => ({ name, points: Array.from({ length: 24 }, (_, at) => 15 + at * 31).map((days) => ({ x: months(days), y: valueAt(measure.name, patient.gender, days, z) })).filter(({ y }) => y !== undefined) });
  const others = known.length ? [curve(-3 * SPACE, "2nd"), curve(0, "50th"), curve(3 * SPACE, "98th")] : [];
  const [first, last] = [known[0], known.at(-1)];
  return html`
    ${last && html`<p><strong class="big">${last.value} ${measure.unit}</strong> on ${formatDate(last.at)}: ${centile(last.z)}</p>`}
    ${known.length > 1 && change(first, last)}
    ${known.length > 0 && lineChart({ label: `${measure.title} by age, with the 2nd, 50th and 98th centiles. The table below has every value.`, points: known.map(({ days, value }) => ({ x: months(days), y: value })), others, xText: (x) => `${Math.round(x)} months` })}
    <table><caption>${measure.title}, the newest first</caption><thead><tr><th scope="col">Date</th><th scope="col">${measure.title}</th><th scope="col">Centile</th></tr></thead>
      <tbody>${rows.toReversed().map(({ at, value, z }) => html`<tr><th scope="row">${formatDate(at)}</th><td>${value} ${measure.unit}</td><td>${z === undefined ? "not on this standard" : centile(z)}</td></tr>`)}</tbody></table>`;
}

/** Crossing lines is worth a second look; one number is not a diagnosis. */
function change(first, last) {
  const spaces = Math.round(((last.z - first.z) / SPACE) * 10) / 10;
  const low = last.z < -3 * SPACE;
  return html`<p>${Math.abs(spaces)} centile spaces ${spaces < 0 ? "down" : "up"} since ${formatDate(first.at)}.
    ${(spaces <= -2 || low) && html`<span class="tag red">Look closer</span> NICE guideline NG75, Faltering growth, says when a fall in weight is a concern.`}</p>`;
}

function developmentPart(patient, responses, form, problems) {
  const before = earlier(responses);
  return html`<h2>Development</h2>
    ${before.length ? html`<h3>Asked before</h3><ul>${before.map(({ at, concerns, plan }) => html`<li>${formatDateTime(at)}: ${concerns.length ? `concern about ${concerns.join(", ").toLowerCase()}` : "no concerns"}. ${plan}</li>`)}</ul>` : html`<p>Nobody has asked these questions before, as far as is recorded.</p>`}
    <h3>Does anything worry the parent or you?</h3>
    ${questions(patient, form, problems)}`;
}
