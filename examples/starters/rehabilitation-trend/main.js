// Rehabilitation trend: choose a measure, see the trend of care, the goal, and the guidance.
// measures.js knows the measures, guidance.js the links, this file makes the pages.

import { formatDate, formatShortDate, html, patientBanner } from "nhs";
import { lineChart } from "./chart.js";
import { noAnswer, notFound, patience, readForm, show, startPage } from "./find-patient.js";
import { guidanceFor } from "./guidance.js";
import { MEASURES, change, course, goalFor, reached } from "./measures.js";
import { openRecord, readAll } from "./record.js";

const app = {
  title: "Rehabilitation trend",
  intro: html`<p>How far have you come, and what comes next?</p>`,
  people: [
    ["9999100007", "Margaret Holroyd", "83, back on her feet after a broken hip; wants to fetch her newspaper"],
    ["9999100805", "Ewa Kowalczyk", "61, learning to walk after a stroke"],
    ["9999100104", "Anil Desai-Marlow", "58, nothing of rehabilitation in his record"],
    ["9999101518", "Robin Newcombe", "registered yesterday"],
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
    let record;
    try {
      record = await Promise.all([
        readAll("Observation", patient, signal, { code: MEASURES.map(({ code }) => code).join(",") }),
        readAll("Goal", patient, signal),
        readAll("CarePlan", patient, signal, { status: "active" }),
        readAll("Condition", patient, signal),
      ]);
    } catch (error) {
      return noAnswer(app, form, error, "The record of rehabilitation", patient);
    }
    return trendPage(patient, record, form);
  },
};

function trendPage(patient, [observations, goals, plans, conditions], form) {
  const measured = MEASURES.map((measure) => ({ measure, values: course(observations, measure), goal: goalFor(goals, measure) })).filter(({ values }) => values.length);
  // The measure that was asked for; else one with a goal, because a goal says what matters to the patient.
  const chosen = measured.find(({ measure }) => measure.code === form.get("measure")) ?? measured.find(({ goal }) => goal) ?? measured[0];
  return show(app, {
    title: "Your trend of care",
    body: html`
      ${patientBanner(patient)}
      ${chosen ? html`${choice(patient, measured, chosen)}${trend(chosen)}` : html`<p class="note">No measure of rehabilitation is recorded, so there is no trend.</p>`}
      ${goalList(goals)}
      ${planList(plans)}
      ${guidance(conditions)}`,
  });
}

function choice(patient, measured, chosen) {
  return html`<form method="post" action="./"><input type="hidden" name="nhs" value="${patient.id}">
    <label for="measure">Measure</label>
    <div class="row"><select id="measure" name="measure">${measured.map(({ measure }) => html`<option value="${measure.code}" ${measure === chosen.measure && html`selected`}>${measure.title}</option>`)}</select>
    <button>Show</button></div></form>`;
}

function trend({ measure, values, goal }) {
  const last = values.at(-1);
  const points = values.map(({ at, value }) => ({ x: at.getTime(), y: value }));
  return html`
    <h2>${measure.title}</h2>
    <p>${measure.what} ${measure.better === "lower" ? "Less is better." : "More is better."}</p>
    <p><strong class="big">${last.value} ${measure.words}</strong> on ${formatDate(last.at)}</p>
    ${values.length > 1 && progress(values, measure)}
    ${goal && goalSentence(last, goal, measure)}
    ${values.length > 1 && lineChart({ label: `${measure.title} went from ${values[0].value} to ${last.value} ${measure.words} in ${values.length} visits. The table below has every value.`, points, goal: goal?.value, least: 0, xText: (x) => formatShortDate(new Date(x)) })}
    <table><caption>${measure.title}, the newest first</caption><thead><tr><th scope="col">Date</th><th scope="col">Result</th></tr></thead>
      <tbody>${values.toReversed().map(({ at, value }) => html`<tr><th scope="row">${formatDate(at)}</th><td>${value} ${measure.words}</td></tr>`)}</tbody></table>`;
}

function progress(values, measure) {
  const { amount, direction } = change(values, measure);
  const tag = { better: "green", worse: "red", same: "amber" }[direction];
  return html`<p><span class="tag ${tag}">${direction === "same" ? "No change" : `${amount} ${measure.words} ${direction}`}</span> since ${formatDate(values[0].at)}</p>`;
}

function goalSentence(last, goal, measure) {
  const due = goal.due ? ` by ${formatDate(goal.due)}` : "";
  return reached(last.value, goal.value, measure)
    ? html`<p>The goal of ${goal.value} ${measure.words} is reached.</p>`
    : html`<p>Next goal: ${goal.value} ${measure.words}${due}. Still to go: ${Math.round(Math.abs(last.value - goal.value) * 100) / 100}.</p>`;
}

function goalList(goals) {
  if (!goals.length) return html`<h2>Goals</h2><p>No goals are recorded.</p>`;
  return html`<h2>Goals</h2><ul>${goals.map((goal) => html`<li>${goal.description?.text ?? "Not known"} – ${goal.achievementStatus?.coding?.[0]?.display?.toLowerCase() ?? "progress not known"}</li>`)}</ul>`;
}

const STATUS = { "not-started": "not begun", scheduled: "planned", "in-progress": "going on", completed: "done", cancelled: "cancelled", stopped: "stopped", "on-hold": "waiting" };

function planList(plans) {
  const steps = plans.flatMap((plan) => plan.activity ?? []).map(({ detail }) => detail).filter(Boolean);
  if (!steps.length) return html`<h2>What comes next</h2><p>No plan is recorded.</p>`;
  return html`<h2>What comes next</h2><ul>${steps.map((step) => html`<li>${step.description ?? step.code?.text ?? "Not known"} – ${STATUS[step.status] ?? "status not known"}</li>`)}</ul>`;
}

function guidance(conditions) {
  return html`<h2>Guidance</h2>${guidanceFor(conditions).map(([level, links]) => html`<h3>${level}</h3>
    <ul>${links.map(({ title, link }) => html`<li><a href="${link}" target="_blank" rel="noopener noreferrer">${title} (opens in a new tab)</a></li>`)}</ul>`)}`;
}
