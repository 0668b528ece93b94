// Book an appointment at the patient's practice: see what is free, check, book; cancel.
// diary.js speaks GP Connect, this file makes the pages.

import { formatDate, formatDateTime, formatTime, html, isDeceased, isRestricted, patientBanner, practiceOf } from "nhs";
import { appointmentsOf, book, cancel, freeSlots, isOfSlot } from "./diary.js";
import { again, explain, findPatient, noAnswer, notFound, patience, readForm, show, startPage } from "./find-patient.js";

const REASONS = ["Feels better", "Cannot come at this time", "Booked by mistake", "Other"];
const WHAT_FOR_LETTERS = 100;

const app = {
  title: "Book an appointment",
  intro: html`<p>See what is free at the patient's practice in the next two weeks, book it, and cancel it again.</p>`,
  people: [
    ["9999100007", "Margaret Holroyd", "83, needs her blood pressure checked"],
    ["9999100600", "Gwilym Pritchard-Owen", "69, bloods are due after his heart attack"],
    ["9999101607", "Stanley Ormerod", "died in September: nothing may be offered to him"],
    ["9000000025", "Janet Smythe", "a restricted record"],
    ["9000000033", "A record with almost nothing in it", "no practice"],
  ],
};

export default {
  async fetch(request, env) {
    if (new URL(request.url).pathname !== "/") return notFound(app);
    if (request.method !== "POST") return startPage(app);
    const form = await readForm(request);
    const signal = patience();
    const { patient, page } = await findPatient(app, form, signal);
    if (page) return page;
    const reason = whyNot(patient);
    if (reason) return tell(patient, "No booking", html`<p class="note">${reason}</p>`);

    // Read anew for each page: what was free a minute ago may be taken.
    const now = new Date();
    let diary;
    try {
      const [slots, booked] = await Promise.all([freeSlots(practiceOf(patient), now, signal), appointmentsOf(patient, now, signal)]);
      const bookedBy = { code: env.ORGANISATION_CODE, name: env.ORGANISATION, telephone: env.TELEPHONE };
      diary = { slots, booked, bookedBy, now, signal };
    } catch (error) {
      form.delete("do"); // Trying again means looking again, never booking again.
      return noAnswer(app, form, error, "The diary of the practice", patient);
    }
    const step = { choose, book: bookSlot, "ask-cancel": askCancel, cancel: cancelAppointment }[form.get("do")] ?? overview;
    return step(patient, form, diary);
  },
};

function whyNot(patient) {
  if (isDeceased(patient)) return "This patient has died: nothing can be booked.";
  if (isRestricted(patient)) return "This record is restricted: it is not known here which practice the patient has. They book with their practice themselves.";
  if (!practiceOf(patient)) return "This patient is not registered with a practice, as far as is known.";
  return undefined;
}

function overview(patient, form, { slots, booked }) {
  const days = Object.entries(Object.groupBy(slots, (slot) => formatDate(slot.start)));
  return tell(patient, "Appointments", html`
    <h2>Booked</h2>
    ${booked.length ? html`<ul>${booked.map((each) => html`<li>${formatDateTime(each.start)}${each.description && `: ${each.description}`}
      ${step(patient, "ask-cancel", { appointment: each.id }, html`<button class="quiet">Cancel<span class="hidden"> the appointment on ${formatDateTime(each.start)}</span></button>`)}</li>`)}</ul>` : html`<p>No appointments are booked at the practice.</p>`}
    <h2>Free in the next two weeks</h2>
    ${days.length ? days.map(([name, each], at) => html`<details ${at === 0 && html`open`}><summary>${name} (${each.length})</summary>
      ${step(patient, "choose", {}, html`<div class="people">${each.map((slot) => html`<button name="slot" value="${slot.id}"><strong>${formatTime(slot.start)}<span class="hidden"> on ${name}</span></strong> ${slot.who}${slot.role && html`<br>${slot.role}`}</button>`)}</div>`)}</details>`) : html`<p>Nothing is free. Ask the practice.</p>`}`);
}

function choose(patient, form, { slots }) {
  const slot = slots.find(({ id }) => id === form.get("slot"));
  if (!slot) return taken(patient);
  return tell(patient, "Check before you book", html`
    ${slotFacts(slot)}
    ${step(patient, "book", { slot: slot.id }, html`<label for="what">What it is for</label><span class="c4h-hint" id="what-hint">Optional, at most ${WHAT_FOR_LETTERS} letters. The practice reads it.</span>
      <input id="what" name="what" size="40" maxlength="${WHAT_FOR_LETTERS}" autocomplete="off" aria-describedby="what-hint"><div><button>Book this appointment</button></div>`)}
    ${step(patient, "", {}, html`<button class="quiet">Choose another</button>`)}`);
}

async function bookSlot(patient, form, { slots, booked, bookedBy, now, signal }) {
  const id = form.get("slot");
  // The button was pressed twice, or the page was loaded again.
  const before = booked.find((each) => isOfSlot(each, id));
  if (before) return confirmed(patient, before);
  const slot = slots.find((each) => each.id === id);
  if (!slot) return taken(patient);
  try {
    const what = `${form.get("what") ?? ""}`.trim().slice(0, WHAT_FOR_LETTERS) || "Appointment";
    return confirmed(patient, await book(patient, slot, what, bookedBy, now, signal));
  } catch (error) {
    if (error.status === 409) return taken(patient);
    return unsure(patient, "The appointment could not be booked", error);
  }
}

function confirmed(patient, appointment) {
  return tell(patient, "Appointment booked", html`<p class="note"><strong class="big">${formatDateTime(appointment.start)}</strong><br>until ${formatTime(appointment.end)}${appointment.description && html`<br>${appointment.description}`}</p>
    ${step(patient, "", {}, html`<button class="quiet">See all appointments</button>`)}`);
}

function taken(patient) {
  return tell(patient, "This appointment is not free any more", html`<p>Somebody else was quicker. Nothing was booked for this patient.</p>
    ${step(patient, "", {}, html`<button>See what is free now</button>`)}`, 409);
}

function askCancel(patient, form, { booked }) {
  const appointment = booked.find(({ id }) => id === form.get("appointment"));
  if (!appointment) return gone(patient);
  return tell(patient, "Cancel this appointment?", html`
    <p class="note"><strong>${formatDateTime(appointment.start)}</strong>${appointment.description && html`<br>${appointment.description}`}</p>
    ${step(patient, "cancel", { appointment: appointment.id }, html`<label for="reason">Reason</label><select id="reason" name="reason">${REASONS.map((each) => html`<option>${each}</option>`)}</select>
      <div><button>Yes, cancel it</button></div>`)}
    ${step(patient, "", {}, html`<button class="quiet">No, keep it</button>`)}`);
}

async function cancelAppointment(patient, form, { booked, signal }) {
  const appointment = booked.find(({ id }) => id === form.get("appointment"));
  if (!appointment) return gone(patient);
  try {
    await cancel(appointment, REASONS.includes(form.get("reason")) ? form.get("reason") : "Other", signal);
  } catch (error) {
    if (error.status === 461) return tell(patient, "Too late to cancel", html`<p>The appointment has begun. Ring the practice.</p>`, 409);
    if (error.status === 409) return tell(patient, "The appointment was changed meanwhile", html`<p>Somebody changed it since you looked. Nothing was cancelled.</p>${step(patient, "", {}, html`<button>Look again</button>`)}`, 409);
    return unsure(patient, "The appointment could not be cancelled", error);
  }
  return tell(patient, "Appointment cancelled", html`<p>The appointment on ${formatDateTime(appointment.start)} is cancelled, and free for somebody else.</p>
    ${step(patient, "", {}, html`<button class="quiet">See all appointments</button>`)}`);
}

const gone = (patient) => tell(patient, "No such appointment", html`<p>The appointment is not booked any more.</p>${step(patient, "", {}, html`<button>See all appointments</button>`)}`, 404);

/** The order was sent and no good answer came: it may or may not have been carried out. */
function unsure(patient, title, error) {
  console.warn(`${title}: ${error.name} ${error.status ?? ""}`);
  const refused = error.status >= 400 && error.status < 500;
  return tell(patient, refused ? title : "It is not known what happened", html`<p>${explain(error)}</p>
    <p>${refused ? "Nothing was changed." : "Look at the appointments before you try again, so that nothing is done twice."}</p>${step(patient, "", {}, html`<button>See all appointments</button>`)}`, 503);
}

const slotFacts = (slot) => html`<dl class="facts">${[["When", `${formatDateTime(slot.start)} to ${formatTime(slot.end)}`], ["With", [slot.who, slot.role].filter(Boolean).join(", ")], ["Where", slot.place]]
  .map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;

const tell = (patient, title, body, status) => show(app, { title, status, body: html`${patientBanner(patient)}${body}` });

/** A form that takes this patient one step further. */
function step(patient, name, fields, body) {
  const hidden = new FormData();
  for (const [key, value] of Object.entries({ nhs: patient.id, do: name, ...fields })) hidden.set(key, value);
  return html`<form method="post" action="./" autocomplete="off">${again(hidden)}${body}</form>`;
}
