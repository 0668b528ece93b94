// My app: type an NHS number, see the patient.
// This file finds the page for a request and writes it; pds.ts asks the Personal Demographics Service.
// Files in public/ are served by the sandbox itself.

import { checkNhsNumber, formatDate, formatGender, formatName, formatNhsNumber, html } from "nhs";
import type { Html } from "nhs";
import { readPatient } from "./pds.ts";
import type { Found } from "./pds.ts";

export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname !== "/") return page("Page not found", html`<p>This app has no page at this address.</p>`, 404);

    const typed = searchParams.get("nhs");
    if (typed === null) return page("Find a patient", form());

    const checked = checkNhsNumber(typed);
    // Nobody is asked about a number that cannot be right.
    if (!checked.ok) return page("Find a patient", form(typed, checked.problem));

    const answer = await readPatient(checked.nhsNumber);
    switch (answer.kind) {
      case "found":
        return page("Patient", html`${record(checked.nhsNumber, answer)}${form()}`);
      case "not-found":
        return page("No patient found", html`<p>No patient has this NHS number. Check it with the person.</p>${form(typed)}`);
      case "try-again":
        return page("No answer in time", html`<p>The service did not answer. Wait a moment and look again.</p>${form(typed)}`);
      default:
        return page(
          "Something went wrong",
          html`<p>The Personal Demographics Service could not be asked: ${answer.reason} Nothing is known about the patient.</p>${form(typed)}`,
        );
    }
  },
};

function record(asked: string, { patient, restricted, died, address }: Found): Html {
  const number = patient.id;
  const rows: ([string, string] | false)[] = [
    ["Name", formatName(patient)],
    ["NHS number", formatNhsNumber(number)],
    ["Born", formatDate(patient.birthDate)],
    ["Gender", formatGender(patient)],
    died && ["Died", "Yes"],
    !restricted && ["Address", address],
  ];
  return html`
    ${number !== asked && html`<p class="warning">${formatNhsNumber(asked)} has been replaced. This is the record that stands.</p>`}
    ${restricted && html`<p class="warning">Restricted: this person's address must not be found out or passed on.</p>`}
    <dl class="patient">
      ${rows.filter((row) => row !== false).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value || "Not known"}</dd></div>`)}
    </dl>`;
}

function form(typed = "", problem = ""): Html {
  return html`
    <form method="get" novalidate autocomplete="off">
      <label for="nhs">NHS number</label>
      <p class="hint" id="nhs-hint">10 digits, for example 999 123 4567</p>
      ${problem && html`<p class="error" id="nhs-error">${problem}</p>`}
      <input id="nhs" name="nhs" inputmode="numeric" spellcheck="false" maxlength="40" value="${typed}"
        aria-describedby="${problem ? "nhs-hint nhs-error" : "nhs-hint"}">
      <button>Find patient</button>
    </form>`;
}

// html`…` escapes whatever comes from people and from records.
function page(heading: string, body: Html, status = 200): Response {
  const text = html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${heading} – My app</title>
  <link rel="stylesheet" href="style.css">
</head>
<body>
  <p class="sandbox">Training sandbox: made-up patients, not for care</p>
  <main><h1>${heading}</h1>${body}</main>
</body>
</html>
`;
  // The page is about one person, and its address holds their number: keep neither, tell nobody.
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
  };
  return new Response(String(text), { status, headers });
}
