// Launches with the SMART project's client for JavaScript: from a record, and by itself. C4H_FHIR is the base of the server.
import assert from "node:assert/strict";
import { test } from "node:test";
import FHIR from "fhirclient";

const BASE = process.env.C4H_FHIR;
const [PLATFORM, WORKSPACE] = BASE.replace(/\/fhir$/, "").split("/w/");
const APP = "127.0.0.1:9";
const CALLBACK = `http://${APP}/callback`;

async function register() {
  const answer = await fetch(`${PLATFORM}/api/v1/workspaces/${WORKSPACE}/applications`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ title: "Growth chart", callback_urls: [CALLBACK], client_type: "public" }),
  });
  assert.equal(answer.status, 201, await answer.clone().text());
  return (await answer.json()).api_key;
}

// What the library needs of a server: a request, a response that can redirect, and a session.
function adapter(path, session) {
  const sent = {};
  const request = { url: path, headers: { host: APP }, socket: {}, session };
  const response = {
    writeHead: (status, headers) => Object.assign(sent, { status, location: headers.location }),
    end: () => {},
  };
  return { smart: FHIR(request, response), sent };
}

async function step(address, form) {
  const answer = await fetch(address, {
    redirect: "manual",
    method: form ? "POST" : "GET",
    body: form && new URLSearchParams(form),
  });
  return { status: answer.status, location: answer.headers.get("location"), text: await answer.text() };
}

async function patient() {
  const found = await (await fetch(`${BASE}/Observation?_count=1`)).json();
  return found.entry[0].resource.subject.reference.replace("Patient/", "");
}

async function authorize(clientId, session, launch) {
  const { smart, sent } = adapter("/launch", session);
  await smart.authorize({
    clientId,
    iss: BASE,
    launch,
    redirectUri: CALLBACK,
    scope: `${launch ? "launch" : "launch/patient"} openid fhirUser patient/*.rs offline_access`,
    pkceMode: "required",
  });
  assert.equal(sent.status, 302);
  return sent.location;
}

async function ready(back, session) {
  assert.ok(back.startsWith(CALLBACK), back);
  const { smart } = adapter(back.slice(`http://${APP}`.length), session);
  return smart.ready();
}

test("a launch from a record", async () => {
  const [clientId, session, id] = [await register(), {}, await patient()];
  const page = await step(`${PLATFORM}/w/${WORKSPACE}/launch`, {
    address: `http://${APP}/launch`,
    patient: id,
    practitioner: "",
  });
  assert.equal(page.status, 200, page.text);
  const launch = page.text.match(/launch=([A-Za-z0-9]+)/)[1];
  const address = await authorize(clientId, session, launch);
  // Nobody said who uses the app, so it is asked.
  const choose = await step(address);
  const back = await step(choose.location, { decision: "allow", user: "patient" });
  const client = await ready(back.location, session);
  assert.equal(client.patient.id, id);
  assert.equal(client.getFhirUser(), `Patient/${id}`);
  assert.equal((await client.patient.read()).id, id);
  const readings = await client.request(`Observation?patient=${id}&_count=5`);
  assert.ok(readings.entry.length > 0);
  const refreshed = await client.refresh();
  assert.ok(refreshed.tokenResponse.access_token);
  assert.equal((await client.patient.read()).id, id);
});

test("a launch by itself, with a patient picker and scopes that hold", async () => {
  const [clientId, session, id] = [await register(), {}, await patient()];
  const choose = await step(await authorize(clientId, session));
  const shown = await step(choose.location);
  assert.match(shown.text, /Find a patient by name/);
  const back = await step(choose.location, { decision: "allow", user: "patient", patient: id });
  const client = await ready(back.location, session);
  assert.equal(client.patient.id, id);
  const all = await client.request("Patient?_count=10");
  assert.deepEqual(all.entry.map(({ resource }) => resource.id), [id]);
  await assert.rejects(client.create({ resourceType: "Observation", status: "final", code: { text: "x" } }), /403|Forbidden/);
});

test("a code in the wrong hands", async () => {
  const [clientId, session, id] = [await register(), {}, await patient()];
  const choose = await step(await authorize(clientId, session));
  const back = await step(choose.location, { decision: "allow", user: "patient", patient: id });
  const code = new URL(back.location).searchParams.get("code");
  const stolen = { grant_type: "authorization_code", code, redirect_uri: CALLBACK, client_id: clientId };
  const refused = await step(`${BASE}/auth/token`, { ...stolen, code_verifier: "guessed" });
  assert.equal(refused.status, 400);
  assert.equal(JSON.parse(refused.text).error, "invalid_grant");
});
