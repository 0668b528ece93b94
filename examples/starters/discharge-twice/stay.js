// From a record to one stay in hospital: what was found and done, what changed, what comes next.

import { referenceId } from "nhs";

const DAY_MS = 86_400_000;
const DISCHARGE_SUMMARY = "373942005"; // SNOMED CT

/** What is read of a record. */
export const TYPES = ["Encounter", "Condition", "Procedure", "MedicationRequest", "MedicationStatement", "AllergyIntolerance", "List", "Observation",
  "DocumentReference", "CarePlan", "Appointment", "RelatedPerson", "Flag", "Practitioner", "Organization"];

/** The last stay that has ended, or undefined. */
export function lastStay(record) {
  const stays = record.Encounter.filter((each) => each.class?.code === "IMP" && each.status === "finished" && each.period?.end);
  const stay = stays.sort((one, other) => new Date(other.period.end) - new Date(one.period.end))[0];
  return stay && gather(record, stay);
}

function gather(record, stay) {
  const [from, to] = [new Date(stay.period.start), new Date(stay.period.end)];
  const ofStay = (each) => referenceId(each.encounter)?.id === stay.id;
  const near = (date) => date && new Date(date) >= new Date(from - DAY_MS) && new Date(date) <= new Date(+to + DAY_MS);
  const plans = record.MedicationRequest.filter((each) => each.intent === "plan");
  const ended = (plan) => record.MedicationStatement.find((each) => each.basedOn?.some((basis) => referenceId(basis)?.id === plan.id))?.effectivePeriod?.end;
  const diagnosed = (stay.diagnosis ?? []).map((each) => referenceId(each.condition)?.id);
  const letter = record.DocumentReference.find((each) => near(each.date) && each.type?.coding?.some(({ code }) => code === DISCHARGE_SUMMARY));
  return {
    stay,
    hospital: record.Organization.find((each) => each.id === referenceId(stay.serviceProvider)?.id),
    clinician: record.Practitioner.find((each) => each.id === referenceId(stay.participant?.[0]?.individual)?.id),
    diagnoses: record.Condition.filter((each) => diagnosed.includes(each.id)),
    problems: record.Condition.filter((each) => !diagnosed.includes(each.id) && each.clinicalStatus?.coding?.[0]?.code === "active"),
    procedures: record.Procedure.filter((each) => ofStay(each) && each.status === "completed"),
    medicines: {
      started: record.MedicationRequest.filter((each) => ofStay(each) && each.category?.some((category) => category.coding?.some(({ code }) => code === "discharge"))),
      stopped: plans.filter((plan) => plan.status === "stopped" && near(ended(plan))),
      continued: plans.filter((plan) => plan.status === "active" && new Date(plan.authoredOn) < from),
      added: plans.filter((plan) => plan.status === "active" && new Date(plan.authoredOn) >= new Date(to.toISOString().slice(0, 10))),
    },
    allergies: record.AllergyIntolerance,
    lists: record.List.filter((each) => each.code?.coding?.some(({ code }) => code === "886921000000105")),
    results: record.Observation.filter((each) => ofStay(each) && each.category?.some((category) => category.coding?.some(({ code }) => code === "laboratory"))),
    scales: record.Observation.filter((each) => ofStay(each) && each.valueInteger !== undefined),
    steps: record.CarePlan.filter((plan) => near(plan.period?.start)).flatMap((plan) => plan.activity ?? []).map(({ detail }) => detail).filter(Boolean),
    appointments: record.Appointment.filter((each) => each.status === "booked" && new Date(each.start) > to),
    relatives: record.RelatedPerson,
    flags: record.Flag.filter((each) => each.status === "active"),
    letter: letter && paragraphs(letter),
  };
}

/** The letter's paragraphs by the words before the first colon: { "For the patient": "call 999 ..." }. */
function paragraphs(letter) {
  const data = letter.content?.[0]?.attachment?.data;
  if (!data) return {};
  const text = new TextDecoder().decode(Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0)));
  return Object.fromEntries(text.split("\n").map((line) => /^([A-Z][a-z ]{2,30}): (.+)$/.exec(line)).filter(Boolean).map(([, name, words]) => [name, words[0].toUpperCase() + words.slice(1)]));
}
