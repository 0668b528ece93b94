// Development: what worries the parent or the health visitor, written to the record. Scores of questionnaires that belong to
// somebody, such as ASQ-3, are not copied: note their totals where you keep them.

import { html, readFhir } from "nhs";
import { choiceField } from "./numbers.js";

const RECORDS = "https://fhir.c4h.internal";
const QUESTIONNAIRE = "https://code4health.example/Questionnaire/child-review-concerns";
const TOKEN_SYSTEM = "https://code4health.example/Id/child-review";

export const AREAS = [
  ["talking", "Talking and understanding"],
  ["moving", "Moving: sitting, crawling, walking"],
  ["hands", "Using hands and fingers"],
  ["people", "Playing, and getting on with others"],
  ["senses", "Hearing and seeing"],
  ["daily", "Eating and sleeping"],
];
const OPTIONS = [["no", "No concern"], ["yes", "Concern"]];

/** The questions. `token` makes that pressing twice saves once. */
export function questions(patient, form, problems) {
  const unplanned = problems.some(({ field }) => field === "plan");
  return html`<form method="post" action="./" novalidate>
    <input type="hidden" name="nhs" value="${patient.id}"><input type="hidden" name="token" value="${form.get("token") ?? crypto.randomUUID()}">
    ${AREAS.map(([name, label]) => choiceField({ name, label, options: OPTIONS }, form, problems))}
    <label for="plan">What was agreed</label><span class="c4h-hint" id="plan-hint">Needed where there is a concern</span>
    ${unplanned && html`<p class="error" id="plan-error">Enter what was agreed</p>`}
    <textarea id="plan" name="plan" rows="3" cols="40" maxlength="500" aria-describedby="${unplanned ? "plan-hint plan-error" : "plan-hint"}">${form.get("plan")}</textarea>
    <div><button>Save to the record</button></div></form>`;
}

/** What is missing: nothing may be taken as "no concern" because nobody asked. */
export function check(form) {
  const problems = AREAS.filter(([name]) => !["yes", "no"].includes(form.get(name))).map(([field, label]) => ({ field, text: `${label}: choose one` }));
  const concern = AREAS.some(([name]) => form.get(name) === "yes");
  if (concern && !`${form.get("plan") ?? ""}`.trim()) problems.push({ field: "plan", text: "Enter what was agreed" });
  return problems;
}

/** Saves the answers. If-None-Exist: an answer that was lost can be sent again without being kept twice. */
export function save(patient, form, now, signal) {
  const token = /^[0-9a-f-]{36}$/.test(form.get("token") ?? "") ? form.get("token") : crypto.randomUUID();
  const item = AREAS.map(([linkId, text]) => ({ linkId, text, answer: [{ valueBoolean: form.get(linkId) === "yes" }] }));
  const plan = `${form.get("plan") ?? ""}`.trim().slice(0, 500);
  if (plan) item.push({ linkId: "plan", text: "What was agreed", answer: [{ valueString: plan }] });
  const response = {
    resourceType: "QuestionnaireResponse", questionnaire: QUESTIONNAIRE, status: "completed", identifier: { system: TOKEN_SYSTEM, value: token },
    subject: { reference: `Patient/${patient.id}` }, authored: now.toISOString(), item,
  };
  return readFhir(`${RECORDS}/QuestionnaireResponse`, {
    method: "POST",
    headers: { "content-type": "application/fhir+json", "if-none-exist": `identifier=${TOKEN_SYSTEM}|${token}`, prefer: "return=representation" },
    body: JSON.stringify(response),
    signal,
  });
}

/** Earlier answers, the newest first: { at, concerns, plan }. */
export function earlier(responses) {
  const answer = (response, linkId) => response.item?.find((each) => each.linkId === linkId)?.answer?.[0];
  return responses.filter((each) => each.questionnaire === QUESTIONNAIRE && each.status === "completed")
    .map((each) => ({ at: each.authored, concerns: AREAS.filter(([name]) => answer(each, name)?.valueBoolean).map(([, label]) => label), plan: answer(each, "plan")?.valueString }))
    .sort((one, other) => `${other.at}`.localeCompare(`${one.at}`));
}
