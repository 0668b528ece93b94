// The journey with fhir-kit-client. C4H_FHIR is the base of the server.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { Client } from "fhir-kit-client";

const SYSTEM = "https://example.com/fhir-kit-journey";
const client = new Client({ baseUrl: process.env.C4H_FHIR });
const marker = randomUUID();

function person(given) {
  return {
    resourceType: "Patient",
    identifier: [{ system: SYSTEM, value: marker }],
    name: [{ family: "Fernández", given: [given] }],
    birthDate: "1990-06-15",
  };
}

async function refused(status, asked) {
  const error = await asked.then(
    () => assert.fail(`was not refused with ${status}`),
    (error) => error,
  );
  assert.equal(error.response?.status, status, JSON.stringify(error.response));
  assert.equal(error.response.data.resourceType, "OperationOutcome");
  return error.response.data.issue[0];
}

test("fhir-kit-client", async (journey) => {
  let patient;

  await journey.test("says what it can", async () => {
    const capabilities = await client.capabilityStatement();
    assert.equal(capabilities.fhirVersion, "4.0.1");
  });

  await journey.test("creates, reads and reads a version", async () => {
    patient = await client.create({ resourceType: "Patient", body: person("Lucía") });
    const { response } = Client.httpFor(patient);
    assert.equal(response.status, 201);
    assert.match(response.headers.get("location"), new RegExp(`/Patient/${patient.id}/_history/1$`));
    assert.deepEqual(await client.read({ resourceType: "Patient", id: patient.id }), patient);
    assert.deepEqual(await client.vread({ resourceType: "Patient", id: patient.id, version: "1" }), patient);
    assert.deepEqual(await client.resolve({ reference: `Patient/${patient.id}` }), patient);
  });

  await journey.test("searches page by page, by GET and POST, in a compartment and everywhere", async () => {
    for (let number = 0; number < 4; number += 1) {
      await client.create({ resourceType: "Patient", body: person(`Number${number}`) });
    }
    const searchParams = { identifier: `${SYSTEM}|${marker}`, _count: 2, _sort: "_id" };
    const first = await client.search({ resourceType: "Patient", searchParams });
    const pages = [first];
    for (let page = first; page; ) {
      page = await client.nextPage({ bundle: page });
      if (page) pages.push(page);
    }
    assert.deepEqual(pages.map((page) => page.entry.length), [2, 2, 1]);
    const found = pages.flatMap((page) => page.entry.map((entry) => entry.resource.id));
    assert.deepEqual(found, [...new Set(found)].sort());
    assert.ok(found.includes(patient.id));
    assert.equal(first.total, 5);
    const posted = await client.search({ resourceType: "Patient", searchParams, options: { postSearch: true } });
    assert.deepEqual(posted.entry, first.entry);
    // Accents do not keep anyone from being found.
    const plain = await client.search({ resourceType: "Patient", searchParams: { ...searchParams, family: "fernandez" } });
    assert.equal(plain.entry.length, 2);
    const everywhere = await client.systemSearch({ searchParams: { _type: "Patient,Practitioner", _id: patient.id } });
    assert.equal(everywhere.entry.length, 1);
  });

  await journey.test("updates with If-Match; a stale one is refused", async () => {
    const options = { headers: { "If-Match": 'W/"1"' } };
    const update = { resourceType: "Patient", id: patient.id, options };
    const updated = await client.update({ ...update, body: { ...patient, gender: "female" } });
    assert.equal(updated.meta.versionId, "2");
    await refused(412, client.update({ ...update, body: { ...patient, gender: "male" } }));
    const conditional = { identifier: `${SYSTEM}|${marker}-conditional` };
    const body = { ...person("Once"), identifier: [{ system: SYSTEM, value: `${marker}-conditional` }] };
    const made = await client.update({ resourceType: "Patient", searchParams: conditional, body });
    assert.equal(Client.httpFor(made).response.status, 201);
    const again = await client.update({ resourceType: "Patient", searchParams: conditional, body: { ...body, gender: "other" } });
    assert.equal(Client.httpFor(again).response.status, 200);
    assert.equal(again.id, made.id);
  });

  await journey.test("patches", async () => {
    const jsonPatch = [
      { op: "test", path: "/gender", value: "female" },
      { op: "add", path: "/name/0/given/-", value: "María" },
    ];
    const patched = await client.patch({ resourceType: "Patient", id: patient.id, jsonPatch });
    assert.deepEqual(patched.name[0].given, ["Lucía", "María"]);
    const outside = [{ op: "remove", path: "/telecom/7" }];
    await refused(422, client.patch({ resourceType: "Patient", id: patient.id, jsonPatch: outside }));
  });

  await journey.test("sends a batch and a transaction", async () => {
    const fullUrl = `urn:uuid:${randomUUID()}`;
    const observation = {
      resourceType: "Observation",
      status: "final",
      code: { coding: [{ system: "http://loinc.org", code: "8867-4" }] },
      subject: { reference: fullUrl },
    };
    const entry = [
      { fullUrl, resource: person("Mother"), request: { method: "POST", url: "Patient" } },
      { resource: observation, request: { method: "POST", url: "Observation" } },
    ];
    const answer = await client.transaction({ body: { resourceType: "Bundle", type: "transaction", entry } });
    assert.deepEqual(answer.entry.map(({ response }) => response.status.slice(0, 3)), ["201", "201"]);
    const id = answer.entry[0].response.location.split("Patient/")[1].split("/")[0];
    const compartment = { resourceType: "Patient", id };
    const rates = await client.search({ resourceType: "Observation", compartment });
    assert.equal(rates.entry[0].resource.subject.reference, `Patient/${id}`);
    const everything = await client.operation({ name: "$everything", resourceType: "Patient", id, method: "GET" });
    assert.deepEqual(everything.entry.map(({ resource }) => resource.resourceType).sort(), ["Observation", "Patient"]);

    const asked = ["Patient/never-there", `Patient/${patient.id}`].map((url) => ({ request: { method: "GET", url } }));
    const batch = await client.batch({ body: { resourceType: "Bundle", type: "batch", entry: asked } });
    assert.deepEqual(batch.entry.map(({ response }) => response.status.slice(0, 3)), ["404", "200"]);
  });

  await journey.test("looks back: one, a type, all", async () => {
    const versions = (bundle) => bundle.entry.filter(({ resource }) => resource?.id === patient.id).map(({ resource }) => resource.meta.versionId);
    assert.deepEqual(versions(await client.history({ resourceType: "Patient", id: patient.id })), ["3", "2", "1"]);
    assert.equal((await client.history({ resourceType: "Patient" })).type, "history");
    assert.equal((await client.history()).type, "history");
  });

  await journey.test("deletes; afterwards it is gone", async () => {
    await client.delete({ resourceType: "Patient", id: patient.id });
    assert.equal((await refused(410, client.read({ resourceType: "Patient", id: patient.id }))).code, "deleted");
    const vread = await client.vread({ resourceType: "Patient", id: patient.id, version: "1" });
    assert.equal(vread.meta.versionId, "1");
    const issue = await refused(400, client.search({ resourceType: "Patient", searchParams: { famly: "x" } }));
    assert.match(JSON.stringify(issue), /famly/);
  });
});
