// The journey with the SMART project's client for JavaScript, as a server uses it. C4H_FHIR is the base of the server.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import FHIR from "fhirclient";

const SYSTEM = "https://example.com/smart-journey";
const request = { url: "/", headers: { host: "127.0.0.1" } };
const client = FHIR(request, {}).client({ serverUrl: process.env.C4H_FHIR });
const marker = randomUUID();

function person(given) {
  return {
    resourceType: "Patient",
    identifier: [{ system: SYSTEM, value: marker }],
    name: [{ family: "MacDonald", given: [given] }],
    gender: "female",
  };
}

async function refused(status, asked) {
  const error = await asked.then(
    () => assert.fail(`was not refused with ${status}`),
    (error) => error,
  );
  assert.equal(error.status ?? error.statusCode, status, String(error));
}

test("fhirclient", async (journey) => {
  let patient;

  await journey.test("knows the version", async () => {
    assert.equal(await client.getFhirVersion(), "4.0.1");
    assert.equal(await client.getFhirRelease(), 4);
  });

  await journey.test("creates and reads", async () => {
    patient = await client.create(person("Isla"));
    assert.equal(patient.meta.versionId, "1");
    assert.deepEqual(await client.request(`Patient/${patient.id}`), patient);
  });

  await journey.test("searches, follows pages and references", async () => {
    for (let number = 0; number < 4; number += 1) {
      await client.create(person(`Number${number}`));
    }
    const query = `Patient?identifier=${encodeURIComponent(`${SYSTEM}|${marker}`)}&_count=2`;
    const found = [];
    for await (const resource of client.resources(query)) {
      found.push(resource.id);
    }
    assert.equal(new Set(found).size, 5);
    const flat = await client.request(query, { pageLimit: 0, flat: true });
    assert.deepEqual(flat.map(({ id }) => id), found);

    const rate = await client.create({
      resourceType: "Observation",
      status: "final",
      code: { coding: [{ system: "http://loinc.org", code: "8867-4" }] },
      subject: { reference: `Patient/${patient.id}` },
      valueQuantity: { value: 72, unit: "beats/minute", system: "http://unitsofmeasure.org", code: "/min" },
    });
    const resolved = await client.request(`Observation/${rate.id}`, { resolveReferences: "subject" });
    assert.equal(resolved.subject.id, patient.id);
  });

  await journey.test("updates with If-Match; a stale one is refused", async () => {
    const headers = { "if-match": 'W/"1"' };
    const updated = await client.update({ ...patient, gender: "other" }, { headers });
    assert.equal(updated.meta.versionId, "2");
    await refused(412, client.update({ ...patient, gender: "male" }, { headers }));
  });

  await journey.test("patches", async () => {
    const patched = await client.patch(`Patient/${patient.id}`, [{ op: "replace", path: "/gender", value: "unknown" }]);
    assert.equal(patched.gender, "unknown");
  });

  await journey.test("sends a transaction", async () => {
    const entry = [{ resource: person("Mother"), request: { method: "POST", url: "Patient" } }];
    const answer = await client.request({
      url: "",
      method: "POST",
      body: JSON.stringify({ resourceType: "Bundle", type: "transaction", entry }),
      headers: { "content-type": "application/fhir+json" },
    });
    assert.equal(answer.type, "transaction-response");
    assert.match(answer.entry[0].response.status, /^201/);
  });

  await journey.test("looks back, deletes; afterwards it is gone", async () => {
    const history = await client.request(`Patient/${patient.id}/_history`);
    assert.deepEqual(history.entry.map(({ resource }) => resource.meta.versionId), ["3", "2", "1"]);
    await client.delete(`Patient/${patient.id}`);
    await refused(410, client.request(`Patient/${patient.id}`));
    await refused(404, client.request("Patient/never-there"));
  });
});
