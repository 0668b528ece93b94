// BMI: from what you type, or from what the record holds.
// bmi.js has the rule, this file makes the pages.

import { age, formatDate, html, patientBanner } from "nhs";
import { bmi, classOf, healthyWeights } from "./bmi.js";
import { lineChart } from "./chart.js";
import { noAnswer, notFound, patience, readForm, show, startPage } from "./find-patient.js";
import { choiceField, numberField, readNumbers } from "./numbers.js";
import { openRecord, readAll } from "./record.js";

const YEAR_MS = 365 * 86_400_000;
const WEIGHT = "29463-7"; // LOINC
const HEIGHT = "8302-2";
const PREGNANT = "77386006"; // SNOMED CT

const FIELDS = [
  { name: "weight", label: "Weight", unit: "kg", low: 20, high: 400, decimals: 1 },
  { name: "height", label: "Height", unit: "cm", hint: "In centimetres, for example 172", low: 100, high: 250, decimals: 1 },
];
const BACKGROUND = {
  name: "lower",
  label: "Family background",
  hint: "With a South Asian, Chinese, other Asian, Middle Eastern, Black African or African-Caribbean family background, risks begin at a lower BMI",
  options: [["yes", "One of these"], ["no", "Another, or not known: use the usual classes"]],
};
const SOURCE = html`<p>For adults. Not in pregnancy. It cannot tell muscle from fat: interpret it with care in people who are very muscular, and in older people.</p>
  <p class="source">Source: NICE guideline NG246, Overweight and obesity management, 2025. Classes checked November 2026.
  <a href="https://www.nice.org.uk/guidance/ng246" target="_blank" rel="noopener noreferrer">NICE's page (opens in a new tab)</a></p>`;

const app = {
  title: "BMI",
  intro: html`<p>Work out a body mass index from the record, or from two numbers.</p>`,
  people: [
    ["9999100104", "Anil Desai-Marlow", "58, ten years with type 2 diabetes: eighteen kilograms less"],
    ["9999100708", "Leonard Ackroyd", "80, weighs himself at home: a weight that creeps up"],
    ["9999101402", "Yonas Tesfaye", "born in 1962, nobody knows which day; last measured in 2024"],
    ["9999100309", "Aisha Begum-Farrow", "20 months: too young for these classes"],
    ["9999101518", "Robin Newcombe", "registered yesterday: nothing was measured"],
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
    if (!isAdult(patient)) return noBmi(patient, "These classes are for people of 18 and over, and this patient is younger, or it is not known how old they are. For children there are BMI centiles.");
    let weights, heights, pregnancies;
    try {
      [weights, heights, pregnancies] = await Promise.all([
        readAll("Observation", patient, signal, { code: WEIGHT }),
        readAll("Observation", patient, signal, { code: HEIGHT }),
        readAll("Condition", patient, signal, { code: PREGNANT, "clinical-status": "active" }),
      ]);
    } catch (error) {
      return noAnswer(app, form, error, "The record of weights and heights", patient);
    }
    if (pregnancies.length) return noBmi(patient, "This patient is pregnant: these classes do not hold.");
    return patientPage(patient, values(weights, "kg"), values(heights, "cm"), form);
  },
};

const noBmi = (patient, why) => show(app, { title: "No BMI", body: html`${patientBanner(patient)}<p class="note">${why}</p>${SOURCE}` });

/** A year of birth alone will do where it is long enough ago. */
function isAdult(patient) {
  const years = age(patient)?.years ?? new Date().getFullYear() - 1 - Number(patient.birthDate?.slice(0, 4) || NaN);
  return years >= 18;
}

/** What was measured, by time, the newest first; only in the unit that is expected. */
function values(observations, unit) {
  return observations
    .filter((each) => each.valueQuantity?.code === unit && each.effectiveDateTime)
    .map((each) => ({ at: new Date(each.effectiveDateTime), value: each.valueQuantity.value }))
    .sort((one, other) => other.at - one.at);
}

function withoutPatient(form) {
  const { values: typed, problems } = readNumbers(form, FIELDS);
  const lower = form.get("lower") === "yes";
  return show(app, {
    title: "BMI without a patient",
    errors: problems,
    body: html`${!problems.length && result(typed.weight, typed.height, lower)}<h2>${problems.length ? "Measurements" : "Work out another"}</h2>${calculator(form, problems)}${SOURCE}`,
  });
}

function patientPage(patient, weights, heights, form) {
  const lower = form.get("lower") === "yes";
  const [weight, height] = [weights[0], heights[0]];
  const missing = [!weight && "weight", !height && "height"].filter(Boolean);
  // Adults keep their height: each weight is taken with the last height, whose date is shown.
  const course = height ? weights.map(({ at, value }) => ({ at, weight: value, bmi: bmi(value, height.value) })) : [];
  return show(app, {
    title: "BMI of this patient",
    body: html`
      ${patientBanner(patient)}
      ${missing.length ? html`<p class="note"><strong>No BMI.</strong> The record has no ${missing.join(" and no ")} that can be used. Measure, and type the numbers below.</p>` : html`
        <p>Weight ${weight.value} kg on ${formatDate(weight.at)}, height ${height.value} cm on ${formatDate(height.at)}.</p>
        ${Date.now() - weight.at > YEAR_MS && html`<p class="urgent">This weight is more than a year old. Weigh again before you act on it.</p>`}
        ${result(weight.value, height.value, lower)}
        <form method="post" action="./"><input type="hidden" name="nhs" value="${patient.id}">${choiceField(BACKGROUND, form)}<button class="quiet">Use this background</button></form>
        ${trend(course)}`}
      <h2>With new measurements</h2>
      ${calculator(new FormData())}${SOURCE}`,
  });
}

function result(weight, height, lower) {
  const value = bmi(weight, height);
  const { name, colour } = classOf(value, lower);
  const { from, below } = healthyWeights(height, lower);
  return html`<p><strong class="big">BMI ${value.toFixed(1)}</strong> <span class="tag ${colour}">${name}</span></p>
    <p>${lower ? "Lower classes used. " : ""}At ${height} cm a healthy weight is from ${from} kg to below ${below} kg.</p>`;
}

function trend(course) {
  if (course.length < 2) return undefined;
  const points = course.map(({ at, bmi: y }) => ({ x: at.getTime(), y })).reverse();
  const change = (course[0].weight - course.at(-1).weight).toFixed(1);
  return html`<h2>Trend</h2>
    <p>${Number(change) > 0 ? `${change} kg more` : `${change.replace("-", "")} kg less`} than on ${formatDate(course.at(-1).at)}.</p>
    ${lineChart({ label: `BMI went from ${points[0].y} to ${points.at(-1).y} in ${points.length} measurements. The table below has every value.`, points, xText: (x) => formatDate(new Date(x)) })}
    <table><caption>Weight and BMI, the newest first</caption><thead><tr><th scope="col">Date</th><th scope="col">Weight</th><th scope="col">BMI</th></tr></thead>
      <tbody>${course.map(({ at, weight, bmi: each }) => html`<tr><th scope="row">${formatDate(at)}</th><td>${weight} kg</td><td>${each.toFixed(1)}</td></tr>`)}</tbody></table>`;
}

/** Nothing typed here is saved. */
function calculator(form, problems = []) {
  return html`<form method="post" action="./" novalidate autocomplete="off">
    ${FIELDS.map((each) => numberField(each, form, problems))}
    ${choiceField(BACKGROUND, form, problems)}
    <button>Work out</button>
  </form>`;
}
