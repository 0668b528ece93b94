// From MedicationRequests and MedicationStatements to what a patient takes. Nothing is left out in silence:
// what fits nowhere is listed as other entries.

import { codeText, formatDate, referenceId } from "nhs";

const DAY_MS = 86_400_000;
/** Repeats are usually issued for one or two months; after three somebody should ask. */
const LONG_AGO_MS = 90 * DAY_MS;

/** Sorts into { current, elsewhere, courses, stopped, other }. `now` is a Date. */
export function sortMedicines(requests, statements, now) {
  const ids = (resource) => (resource.basedOn ?? []).map((each) => referenceId(each)?.id);
  const plans = requests.filter((each) => each.intent === "plan");
  const issuesOf = (plan) => requests.filter((each) => each !== plan && ids(each).includes(plan.id));
  const statementOf = (plan) => statements.find((each) => ids(each).includes(plan.id));
  const tied = new Set(plans.flatMap((plan) => [...issuesOf(plan), statementOf(plan)]));

  const groups = { current: [], elsewhere: [], courses: [], stopped: [], other: [] };
  for (const plan of plans) {
    const entry = { ...facts(plan), ...lastIssue(issuesOf(plan), now) };
    const ended = statementOf(plan)?.effectivePeriod?.end;
    if (plan.status === "active") groups.current.push(entry);
    else if (plan.status === "stopped" || plan.status === "completed") groups.stopped.push({ ...entry, ended, why: plan.statusReason?.text ?? (codeText(plan.statusReason) === "Not known" ? "Reason not known" : codeText(plan.statusReason)) });
    else groups.other.push(entry);
  }
  for (const each of requests.filter((each) => each.intent !== "plan" && !tied.has(each))) {
    const until = each.dispenseRequest?.validityPeriod?.end;
    const entry = { ...facts(each), from: each.authoredOn, hospital: each.category?.some((category) => category.coding?.some(({ code }) => code === "discharge")), over: until && new Date(until) < now, until };
    groups[["active", "completed"].includes(each.status) ? "courses" : "other"].push(entry);
  }
  for (const each of statements.filter((each) => !tied.has(each))) {
    const entry = { ...facts(each), from: each.effectivePeriod?.start ?? each.effectiveDateTime, note: (each.note ?? []).map((note) => note.text).join(" ") };
    groups[each.status === "active" ? "elsewhere" : "other"].push(entry);
  }
  groups.courses.sort((one, other) => `${other.from}`.localeCompare(`${one.from}`));
  return groups;
}

function facts(resource) {
  return {
    name: codeText(resource.medicationCodeableConcept ?? { text: resource.medicationReference?.display }),
    dose: (resource.dosageInstruction ?? resource.dosage ?? []).map((each) => each.text).filter(Boolean).join("; ") || "Dose not known",
    status: resource.status,
    reason: (resource.reasonReference ?? []).map((each) => referenceId(each)?.id),
  };
}

function lastIssue(issues, now) {
  const dates = issues.map((each) => each.authoredOn).filter(Boolean).sort();
  const last = dates.at(-1);
  return { issued: last ? `Last issued ${formatDate(last)}` : "No issue is recorded", lapsed: !last || now - new Date(last) > LONG_AGO_MS };
}
