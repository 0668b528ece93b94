// The diary of a practice, through GP Connect (FHIR STU3): what is free, what is booked, book, cancel.

import { formatName, readFhir, referenceId, resources } from "nhs";

const GP_CONNECT = "https://int.api.service.nhs.uk/gp-connect/patient-facing/appointments-management-fhir/FHIR/STU3";
const PROFILE = "https://fhir.nhs.uk/STU3/StructureDefinition/GPConnect-Appointment-1";
const BOOKED_BY = "https://fhir.nhs.uk/STU3/StructureDefinition/Extension-GPConnect-BookingOrganisation-1";
const CANCELLED_BECAUSE = "https://fhir.nhs.uk/STU3/StructureDefinition/Extension-GPConnect-AppointmentCancellationReason-1";
const ODS = "https://fhir.nhs.uk/Id/ods-organization-code";
const JSON_HEADERS = { "content-type": "application/fhir+json" };

/** A practice shows two weeks at once, today and 13 days more. */
const DAYS_AHEAD = 13;
const day = (now, days) => new Date(now.getTime() + days * 86_400_000).toISOString().slice(0, 10);

/** What is free at the practice: [{ id, start, end, who, role, location, place }], the soonest first. */
export async function freeSlots(practice, now, signal) {
  const query = new URLSearchParams([
    ["start", `ge${day(now, 0)}`], ["end", `le${day(now, DAYS_AHEAD)}`], ["status", "free"], ["_include", "Slot:schedule"],
    ["_include:recurse", "Schedule:actor:Practitioner"], ["_include:recurse", "Schedule:actor:Location"], ["searchFilter", `${ODS}|${practice}`],
  ]);
  return slotsOf(await readFhir(`${GP_CONNECT}/Slot?${query}`, { signal }), now);
}

/** From the Bundle of a search to slots with the clinician's name. What has begun is not free. */
export function slotsOf(bundle, now) {
  const named = new Map(resources(bundle).map((each) => [`${each.resourceType}/${each.id}`, each]));
  const actors = (slot) => (named.get(slot.schedule?.reference)?.actor ?? []).map(({ reference }) => named.get(reference)).filter(Boolean);
  return resources(bundle, "Slot")
    .filter((slot) => slot.status === "free" && new Date(slot.start) > now)
    .map((slot) => {
      const [clinician, location] = ["Practitioner", "Location"].map((type) => actors(slot).find((each) => each.resourceType === type));
      const role = named.get(slot.schedule?.reference)?.extension?.find((each) => each.url.endsWith("PractitionerRole-1"))?.valueCodeableConcept?.coding?.[0]?.display;
      return {
        id: slot.id, start: slot.start, end: slot.end, role,
        who: clinician ? formatName(clinician) : "Clinician not known",
        location: location?.id, place: location?.name ?? "Place not known",
      };
    })
    .sort((one, other) => new Date(one.start) - new Date(other.start));
}

/** What is booked for the patient from now on, a year ahead, the soonest first. */
export async function appointmentsOf(patient, now, signal) {
  const query = new URLSearchParams([["start", `ge${day(now, 0)}`], ["start", `le${day(now, 365)}`], ["status", "booked"]]);
  const found = resources(await readFhir(`${GP_CONNECT}/Patient/${patient.id}/Appointment?${query}`, { signal }), "Appointment");
  return found.filter((each) => each.status === "booked" && new Date(each.end) > now).sort((one, other) => new Date(one.start) - new Date(other.start));
}

/** Books the slot, once: a booking is never sent again by itself. `bookedBy` is { code, name, telephone } of who books. */
export function book(patient, slot, description, bookedBy, now, signal) {
  const appointment = {
    resourceType: "Appointment",
    meta: { profile: [PROFILE] },
    contained: [{ resourceType: "Organization", id: "1", identifier: [{ system: ODS, value: bookedBy.code }], name: bookedBy.name, telecom: [{ system: "phone", value: bookedBy.telephone }] }],
    extension: [{ url: BOOKED_BY, valueReference: { reference: "#1" } }],
    status: "booked",
    description,
    start: slot.start,
    end: slot.end,
    slot: [{ reference: `Slot/${slot.id}` }],
    created: now.toISOString().replace(/\.\d+Z$/, "+00:00"),
    participant: [`Patient/${patient.id}`, `Location/${slot.location}`].map((reference) => ({ actor: { reference }, status: "accepted" })),
  };
  return readFhir(`${GP_CONNECT}/Appointment`, { method: "POST", headers: JSON_HEADERS, body: JSON.stringify(appointment), signal });
}

/** Cancels what was read before: if somebody has changed it since, the practice refuses (409). */
export function cancel(appointment, reason, signal) {
  const extension = [...(appointment.extension ?? []).filter(({ url }) => url !== CANCELLED_BECAUSE), { url: CANCELLED_BECAUSE, valueString: reason }];
  return readFhir(`${GP_CONNECT}/Appointment/${appointment.id}`, {
    method: "PUT",
    headers: { ...JSON_HEADERS, "if-match": `W/"${appointment.meta?.versionId}"` },
    body: JSON.stringify({ ...appointment, status: "cancelled", extension }),
    signal,
  });
}

/** Whether an appointment is the one of this slot. */
export const isOfSlot = (appointment, slotId) => (appointment.slot ?? []).some((each) => referenceId(each)?.id === slotId);

