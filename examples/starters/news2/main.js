// NEWS2: score a set of observations, and see the patient's trend.
// score.js has the rule, sets.js finds the sets in the record, this file makes the pages.

import { age, formatDate, formatDateTime, html, patientBanner } from "nhs";
import { lineChart } from "./chart.js";
import { noAnswer, notFound, patience, readForm, show, startPage } from "./find-patient.js";
import { choiceField, numberField, readNumbers } from "./numbers.js";
import { openRecord, readAll } from "./record.js";
import { MEASURES, response, score } from "./score.js";
import { SOUGHT, setsOf } from "./sets.js";

const PREGNANT = "77386006"; // SNOMED CT
const HOUR_MS = 3_600_000;
/** The longest time that the rule allows between two sets: an older one says nothing about now. */
const STALE_MS = 12 * HOUR_MS;
/** The trend looks back this far from the last set. */
const TREND_MS = 7 * 24 * HOUR_MS;

const CHOICES = [
  { name: "scale", label: "Oxygen saturation scale", hint: "Scale 2 only where a competent clinician has prescribed a target of 88 to 92%",
    options: [["1", "Scale 1, for everybody else"], ["2", "Scale 2, prescribed for this patient"]], missing: "Choose the saturation scale" },
  { name: "oxygen", label: "Air or oxygen", options: [["air", "Breathing air"], ["oxygen", "On oxygen"]], missing: "Choose air or oxygen" },
  { name: "alert", label: "Consciousness", options: [["alert", "Alert"], ["cvpu", "New confusion, responds to voice or pain only, or unresponsive"]], missing: "Choose the level of consciousness" },
];

const LIMITS = html`<p>For people of 16 and over who are not pregnant. The score supports your judgement and does not replace it: if you are worried, escalate.</p>`;
const SOURCE = html`<p class="source">Source: Royal College of Physicians, National Early Warning Score (NEWS) 2, 2017. Rule checked November 2026.
  <a href="https://www.rcp.ac.uk/resources/national-early-warning-score-news-2/" target="_blank" rel="noopener noreferrer">The RCP's page (opens in a new tab)</a></p>`;

const app = {
  title: "NEWS2",
  intro: html`<p>How ill is this patient, and are they getting worse?</p>${LIMITS}`,
  people: [
    ["9999100201", "Raymond Tattersall", "74, in hospital and getting worse; scale 2"],
    ["9999100007", "Margaret Holroyd", "83, confused for two days after an operation"],
    ["9999100600", "Gwilym Pritchard-Owen", "69, home after a heart attack"],
    ["9999100406", "Chidinma Okwuosa-Reed", "32, pregnant: not for this score"],
    ["9999101003", "Kofi Asante-Bell", "9: too young for this score"],
    ["9000000033", "A record with almost nothing in it", "no date of birth"],
  ],
  more: html`<h2>Without a patient</h2>${calculator(new FormData())}${SOURCE}`,
};

export default {
  async fetch(request) {
    if (new URL(request.url).pathname !== "/") return notFound(app);
    if (request.method !== "POST") return startPage(app);
    const form = await readForm(request);
    if (!form.has("nhs")) return withoutPatient(form);

    const signal = patience();
    const { patient, page } = await openRecord(app, form, signal);
    if (page) return page;
    const years = age(patient)?.years;
    if (years === undefined) return unsuitable(patient, "It is not known how old this patient is, and NEWS2 is for people of 16 and over.");
    if (years < 16) return unsuitable(patient, "NEWS2 is for people of 16 and over. For children there is the National Paediatric Early Warning System.");
    let sets, pregnancies;
    try {
      const [observations, found] = await Promise.all([
        readAll("Observation", patient, signal, { code: SOUGHT }),
        readAll("Condition", patient, signal, { code: PREGNANT, "clinical-status": "active" }),
      ]);
      [sets, pregnancies] = [setsOf(observations), found];
    } catch (error) {
      return noAnswer(app, form, error, "The record of observations", patient);
    }
    if (pregnancies.length) return unsuitable(patient, "This patient is pregnant. NEWS2 is not for pregnancy; there is a maternity early warning score.");
    return patientPage(patient, sets, form);
  },
};

function unsuitable(patient, why) {
  return show(app, { title: "No score", body: html`${patientBanner(patient)}<p class="note">${why}</p>${SOURCE}` });
}

function withoutPatient(form) {
  const { set, problems } = typedSet(form);
  const body = html`${set && result(score(set))}<h2>${set ? "Score another set" : "Score a set"}</h2>${calculator(form, problems)}${SOURCE}`;
  return show(app, { title: "NEWS2 without a patient", errors: problems, body });
}

function patientPage(patient, sets, form) {
  // "breaths" is there when the set of observations was sent, and not only the patient chosen.
  const { set, problems } = form.has("breaths") ? typedSet(form) : {};
  const last = sets[0];
  const stale = last && Date.now() - new Date(last.at) > STALE_MS;
  const lastScore = last && score(last);
  return show(app, {
    title: "NEWS2 of this patient",
    errors: problems,
    body: html`
      ${patientBanner(patient)}
      ${set && html`<h2>The set you typed</h2>${result(score(set))}<p>This set is not saved to the record.</p>`}
      <h2>Last set in the record</h2>
      ${last ? html`<p>${formatDateTime(last.at)}${stale && html` – <strong>more than 12 hours ago: measure again before you act</strong>`}</p>${result(lastScore, stale)}${difference(last, lastScore)}` : html`<p>The record has no set of observations.</p>`}
      ${trend(sets)}
      <h2>Score a new set</h2>
      ${calculator(form, problems, patient)}
      ${LIMITS}${SOURCE}`,
  });
}

/** The set that was typed: { set }, or { problems }. */
function typedSet(form) {
  const { values, problems } = readNumbers(form, MEASURES);
  for (const { name, options, missing } of CHOICES) {
    if (!options.some(([value]) => value === form.get(name))) problems.push({ field: name, text: missing });
  }
  if (problems.length) return { problems };
  return { set: { ...values, scale: Number(form.get("scale")), oxygen: form.get("oxygen") === "oxygen", alert: form.get("alert") === "alert" } };
}

const COLOURS = { low: "green", "low-medium": "amber", medium: "amber", high: "red" };

function result({ total, band, red, parts, missing }, stale = false) {
  if (missing) return html`<p class="note"><strong>No score.</strong> Not measured, or not understood: ${missing.join(", ")}.</p>`;
  const { often, act } = response(total, band);
  return html`
    <p><strong class="big">NEWS2 ${total}</strong> <span class="tag ${COLOURS[band]}">${band} risk</span> ${red.length > 0 && html`<span class="tag red">3 in one measure: ${red.join(", ")}</span>`}</p>
    ${!stale && html`<div class="${band === "low" ? "note" : "urgent"}"><p>${act}</p><p>Next set: ${often.toLowerCase()}.</p></div>`}
    <table><caption>How the score is made up</caption><thead><tr><th scope="col">Measure</th><th scope="col">Value</th><th scope="col">Points</th></tr></thead>
      <tbody>${parts.map(([name, value, points]) => html`<tr><th scope="row">${name}</th><td>${value}</td><td>${points === 3 ? html`<span class="tag red">3</span>` : points}</td></tr>`)}</tbody></table>`;
}

/** Two sums that should be one are shown as two. */
function difference(set, { total }) {
  if (set.recorded === undefined || total === undefined || set.recorded === total) return undefined;
  return html`<p class="urgent">The record says ${set.recorded}, this app works out ${total}. Check which saturation scale was used.</p>`;
}

function trend(sets) {
  const scored = sets.map((set) => ({ at: new Date(set.at), total: score(set).total, set }));
  const shown = scored.filter(({ at }) => scored[0].at - at <= TREND_MS);
  const earlier = sets.length - shown.length;
  const points = shown.filter(({ total }) => total !== undefined).map(({ at, total }) => ({ x: at.getTime(), y: total })).reverse();
  if (!shown.length) return undefined;
  return html`<h2>Trend over the last seven days of observations</h2>
    ${points.length > 1 && lineChart({ label: `NEWS2 went from ${points[0].y} to ${points.at(-1).y} in ${points.length} sets. The table below has every value.`, points, least: 0, most: 7, xText: (x) => formatDate(new Date(x)) })}
    <table><caption>NEWS2, the newest first</caption><thead><tr><th scope="col">When</th><th scope="col">NEWS2</th></tr></thead>
      <tbody>${shown.map(({ set, total }) => html`<tr><th scope="row">${formatDateTime(set.at)}</th><td>${total ?? "No score: not whole"}</td></tr>`)}</tbody></table>
    ${earlier > 0 && html`<p>Older sets in the record, not shown here: ${earlier}.</p>`}`;
}

/** Always empty at first: a value from yesterday is no value of today. */
function calculator(form, problems, patient) {
  return html`<form method="post" action="./" novalidate autocomplete="off">
    ${patient && html`<input type="hidden" name="nhs" value="${patient.id}">`}
    ${MEASURES.slice(0, 2).map((each) => numberField(each, form, problems))}
    ${CHOICES.slice(0, 2).map((each) => choiceField(each, form, problems))}
    ${MEASURES.slice(2, 4).map((each) => numberField(each, form, problems))}
    ${choiceField(CHOICES[2], form, problems)}
    ${numberField(MEASURES[4], form, problems)}
    <button>Score</button>
  </form>`;
}
